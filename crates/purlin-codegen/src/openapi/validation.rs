//! Validation attributes as JSON Schema keywords. Transforms run before the checks: where one could
//! turn refused input into accepted input, the keyword is left out and only said in words.

use purlin_schema::model::{Field, FieldKind, Scalar, Transform, Validation, ValidationCheck};
use serde_json::{Map, Value, json};

use super::value::nullable;

const NO_CONTROL_CHARACTERS: &str = "^[^\\u0000-\\u001F\\u007F-\\u009F]*$";

/// `schema`, which is the field's value without null, narrowed by the field's checks. `default` and
/// what keywords cannot say go into the description.
pub(super) fn validated(field: &Field, schema: Value) -> Value {
    let Value::Object(mut members) = schema else { return schema };
    let mut rules = Rules { field, keywords: Map::new(), patterns: Vec::new(), notes: Vec::new() };
    for Validation { check, .. } in &field.validations {
        rules.check(check);
    }
    rules.native_length();
    rules.key();
    rules.more_than_space();
    rules.password();
    let Rules { keywords, patterns, notes, .. } = rules;
    let holds_numbers_as_text =
        matches!(field.kind, FieldKind::Scalar(Scalar::BigInt | Scalar::Decimal)) && !keywords.is_empty();
    let is_positive = ["minimum", "exclusiveMinimum"]
        .iter()
        .any(|bound| keywords.get(*bound).is_some_and(|number| !number.to_string().starts_with('-')));
    members.extend(keywords);
    if let Some(Value::String(pattern)) = members.get_mut("pattern").filter(|_| is_positive) {
        *pattern = pattern.replacen("^-?", "^", 1);
    }
    match patterns.as_slice() {
        [] => {}
        [one] if !members.contains_key("pattern") => {
            members.insert("pattern".to_owned(), json!(one));
        }
        several => {
            let each: Vec<Value> = several.iter().map(|pattern| json!({ "pattern": pattern })).collect();
            members.insert("allOf".to_owned(), Value::Array(each));
        }
    }
    let mut words: Vec<String> = field.docs.iter().map(|docs| docs.trim().to_owned()).collect();
    words.extend(notes);
    if holds_numbers_as_text {
        words.push("The bounds hold for numbers in strings too.".to_owned());
    }
    if !words.is_empty() {
        members.insert("description".to_owned(), json!(words.join("\n\n")));
    }
    Value::Object(members)
}

/// The same, with null where the field may be null. The description stays outside.
pub(super) fn validated_or_null(field: &Field, schema: Value) -> Value {
    let mut schema = validated(field, schema);
    if field.is_required() || field.is_list() {
        return schema;
    }
    let description = schema.as_object_mut().and_then(|members| members.shift_remove("description"));
    let mut schema = nullable(schema);
    if let (Some(description), Some(members)) = (description, schema.as_object_mut()) {
        members.insert("description".to_owned(), description);
    }
    schema
}

/// ECMA 262 does not count the next line among the spaces, Unicode does.
const NOT_SPACE: &str = "[^\\s\\u0085]";

/// Without the quoted forms that the format `email` also has, and with a dot in the domain. Means the same in
/// either case of letters.
const EMAIL: &str = "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$";

/// With a host; the format `uri` says the rest.
const URL: &str = "^https?://([^/?#\\s]*@)?[^/?#\\s@:.]";

struct Rules<'a> {
    field: &'a Field,
    keywords: Map<String, Value>,
    patterns: Vec<String>,
    notes: Vec<String>,
}

impl Rules<'_> {
    fn check(&mut self, check: &ValidationCheck) {
        match check {
            ValidationCheck::Length { min, max } => self.length(*min, *max),
            ValidationCheck::StartsWith(text) => {
                self.pattern(format!("^{}", escaped(text)), &format!("Starts with `{text}`."));
            }
            ValidationCheck::EndsWith(text) => {
                self.pattern(format!("{}$", escaped(text)), &format!("Ends with `{text}`."));
            }
            ValidationCheck::Contains(text) => {
                self.pattern(escaped(text), &format!("Contains `{text}`."));
            }
            ValidationCheck::Regex(pattern) if is_portable(pattern) => {
                self.pattern(pattern.clone(), &format!("Matches `{pattern}`."));
            }
            ValidationCheck::Regex(pattern) => self.notes.push(format!("Matches `{pattern}`.")),
            ValidationCheck::Email => {
                self.format("email");
                if !self.field.is_list() {
                    self.patterns.push(EMAIL.to_owned());
                }
            }
            ValidationCheck::Url => {
                self.format("uri");
                self.pattern(URL.to_owned(), "An http or https URL.");
            }
            ValidationCheck::Phone => {
                self.pattern("^\\+[1-9][0-9]{1,14}$".to_owned(), "A phone number as in E.164.");
            }
            ValidationCheck::DateTime => self.format("date-time"),
            ValidationCheck::Date => self.format("date"),
            // A time of day without an offset, which the format `time` would demand.
            ValidationCheck::Time => self.pattern(
                "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?$".to_owned(),
                "A time such as 09:30:00.",
            ),
            ValidationCheck::Greater(bound) => self.bound("exclusiveMinimum", bound),
            ValidationCheck::GreaterOrEqual(bound) => self.bound("minimum", bound),
            ValidationCheck::Less(bound) => self.bound("exclusiveMaximum", bound),
            ValidationCheck::LessOrEqual(bound) => self.bound("maximum", bound),
        }
    }

    fn length(&mut self, min: Option<u32>, max: Option<u32>) {
        let (least, most) =
            if self.field.is_list() { ("minItems", "maxItems") } else { ("minLength", "maxLength") };
        // A list of strings is counted in elements; anything else that has a length is a string.
        for (keyword, bound) in [(least, min), (most, max)] {
            if let Some(bound) = bound {
                self.keywords.insert(keyword.to_owned(), json!(bound));
            }
        }
    }

    /// A row's text id is not empty: the row would have no address.
    fn key(&mut self) {
        if self.field.is_id && matches!(self.field.kind, FieldKind::Scalar(Scalar::String)) {
            self.keywords.entry("minLength").or_insert(json!(1));
        }
    }

    /// What is trimmed and must not be shorter is not so either between the space at its ends.
    /// Every password obeys these, whatever its field says.
    fn password(&mut self) {
        if self.field.is_password {
            self.pattern(NO_CONTROL_CHARACTERS.to_owned(), "Without control characters.");
        }
    }

    fn more_than_space(&mut self) {
        let least = self.keywords.get("minLength").and_then(Value::as_u64).unwrap_or(0);
        if !self.field.transforms.contains(&Transform::Trim) {
            return;
        }
        match least {
            0 => {}
            1 => self.patterns.push(NOT_SPACE.to_owned()),
            _ => self.patterns.push(format!("{NOT_SPACE}[\\s\\S]{{{},}}{NOT_SPACE}", least - 2)),
        }
    }

    /// `@db.VarChar(n)` and `@db.Char(n)` hold on every engine.
    fn native_length(&mut self) {
        let Some(native) = &self.field.native_type else { return };
        if !matches!(native.name.as_str(), "VarChar" | "Char") || self.field.is_list() {
            return;
        }
        let Some(most) = native.arguments.first().and_then(|text| text.parse::<u64>().ok()) else { return };
        let known = self.keywords.get("maxLength").and_then(Value::as_u64).unwrap_or(u64::MAX);
        self.keywords.insert("maxLength".to_owned(), json!(most.min(known)));
    }

    /// A keyword for strings, unless the letters' case is changed before the check.
    fn pattern(&mut self, pattern: String, words: &str) {
        let folds_case = self.field.transforms.iter().any(|transform| *transform != Transform::Trim);
        if folds_case || self.field.is_list() {
            self.notes.push(words.to_owned());
        } else {
            self.patterns.push(pattern);
        }
    }

    fn format(&mut self, name: &str) {
        if self.field.is_list() {
            self.notes.push(format!("Each is of the format `{name}`."));
        } else {
            self.keywords.insert("format".to_owned(), json!(name));
        }
    }

    /// Bounds keep the digits that the schema's author wrote.
    fn bound(&mut self, keyword: &str, bound: &str) {
        match serde_json::from_str::<Value>(bound) {
            Ok(number) if number.is_number() => {
                self.keywords.insert(keyword.to_owned(), number);
            }
            _ => self.notes.push(format!("{keyword}: {bound}")),
        }
    }
}

/// Plain text as a pattern.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if "^$\\.*+?()[]{}|/".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

/// Whether the pattern means the same in ECMA 262, which JSON Schema speaks. Doubtful ones are not
/// promised: inline flags, anchors and classes that only other dialects know, and set operations.
fn is_portable(pattern: &str) -> bool {
    let foreign = [
        "\\A", "\\z", "\\Z", "\\x{", "\\p", "\\P", "\\h", "\\H", "\\a", "\\<", "\\>", "[[", "[:", "&&", "--",
        "~~",
    ];
    if foreign.iter().any(|part| pattern.contains(part)) {
        return false;
    }
    pattern.match_indices("(?").all(|(start, _)| {
        let rest = pattern.get(start + 2..).unwrap_or_default();
        rest.starts_with(':') || rest.starts_with('=') || rest.starts_with('!') || rest.starts_with('<')
    })
}
