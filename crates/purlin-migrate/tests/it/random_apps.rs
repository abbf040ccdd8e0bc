//! Random apps that change step by step, as text: models, fields, types, keys, relations, enums and their renames. One
//! number is one life of an app, the same on every machine.

use std::fmt::Write as _;

/// Splitmix: a number makes the next.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(count).unwrap()).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

#[derive(Clone, Debug)]
pub(crate) struct RandomApp {
    models: Vec<Model>,
    enums: Vec<Enum>,
    /// Names are never given twice, unless a step does so on purpose.
    last_name: usize,
}

#[derive(Clone, Debug)]
struct Model {
    name: String,
    table: Option<String>,
    renamed_from: Option<String>,
    key: &'static str,
    fields: Vec<Field>,
    /// `@@index` and `@@unique` over names of fields.
    keys: Vec<(bool, Vec<String>)>,
    /// `@@fulltext` over all texts.
    is_searched: bool,
    /// Name, target, whether it is required.
    references: Vec<(String, String, bool)>,
    /// Models with which it has an implicit relation of many to many.
    partners: Vec<String>,
}

#[derive(Clone, Debug)]
struct Field {
    name: String,
    column: Option<String>,
    renamed_from: Option<String>,
    scalar: String,
    arity: &'static str,
    default: Option<&'static str>,
    is_unique: bool,
}

#[derive(Clone, Debug)]
struct Enum {
    name: String,
    /// Name, stored name, and what it was called.
    values: Vec<(String, Option<String>, Option<String>)>,
}

const SCALARS: [&str; 9] =
    ["String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes"];
const KEYS: [&str; 3] = [
    "Int @id @default(autoincrement())",
    "String @id @default(uuid())",
    "BigInt @id @default(autoincrement())",
];

fn defaults(scalar: &str) -> &'static [&'static str] {
    match scalar {
        "String" => &["\"a 'b'\"", "uuid()", "cuid()", "nanoid(9)", "ulid()"],
        "Boolean" => &["true", "false"],
        "Int" | "BigInt" => &["7", "-1"],
        "Float" | "Decimal" => &["1.5"],
        "DateTime" => &["now()"],
        "Json" => &["\"{}\""],
        _ => &[],
    }
}

impl RandomApp {
    pub(crate) fn new() -> Self {
        Self { models: Vec::new(), enums: Vec::new(), last_name: 0 }
    }

    fn name(&mut self, kind: &str) -> String {
        self.last_name += 1;
        format!("{kind}{}", self.last_name)
    }

    /// Some changes at once.
    pub(crate) fn change(&mut self, dice: &mut Dice) {
        // What was renamed has been told.
        for model in &mut self.models {
            model.renamed_from = None;
            model.fields.iter_mut().for_each(|field| field.renamed_from = None);
        }
        for value in self.enums.iter_mut().flat_map(|known| &mut known.values) {
            value.2 = None;
        }
        for _ in 0..=dice.below(3) {
            self.change_once(dice);
        }
    }

    fn change_once(&mut self, dice: &mut Dice) {
        let count = self.models.len();
        if count == 0 || (count < 5 && dice.one_in(6)) {
            return self.add_model(dice);
        }
        let at = dice.below(count);
        match dice.below(16) {
            0 if count > 1 => self.drop_model(at),
            1 => self.rename_model(at, dice),
            2 => self.map_model(at),
            3 | 4 => self.add_field(at, dice),
            5 => self.drop_field(at, dice),
            6 => self.rename_field(at, dice),
            7 => self.map_field(at, dice),
            8 => self.change_type(at, dice),
            9 => self.change_arity(at, dice),
            10 => self.change_default(at, dice),
            11 => self.change_keys(at, dice),
            12 => self.change_reference(at, dice),
            13 => self.change_partner(at, dice),
            _ => self.change_enum(dice),
        }
    }

    fn add_model(&mut self, dice: &mut Dice) {
        let name = self.name("M");
        self.models.push(Model {
            name,
            table: None,
            renamed_from: None,
            key: KEYS[dice.below(KEYS.len())],
            fields: Vec::new(),
            keys: Vec::new(),
            is_searched: dice.one_in(3),
            references: Vec::new(),
            partners: Vec::new(),
        });
        let at = self.models.len() - 1;
        for _ in 0..=dice.below(3) {
            self.add_field(at, dice);
        }
    }

    fn drop_model(&mut self, at: usize) {
        let gone = self.models.remove(at).name;
        for model in &mut self.models {
            let lost: Vec<String> = model
                .references
                .iter()
                .filter(|(_, target, _)| *target == gone)
                .map(|(name, _, _)| format!("{name}Id"))
                .collect();
            model.keys.retain(|(_, fields)| fields.iter().all(|field| !lost.contains(field)));
            model.references.retain(|(_, target, _)| *target != gone);
            model.partners.retain(|partner| *partner != gone);
        }
    }

    fn rename_model(&mut self, at: usize, dice: &mut Dice) {
        let new = self.name("M");
        let old = std::mem::replace(&mut self.models[at].name, new.clone());
        for model in &mut self.models {
            for (_, target, _) in model.references.iter_mut().filter(|(_, target, _)| *target == old) {
                target.clone_from(&new);
            }
            for partner in model.partners.iter_mut().filter(|partner| **partner == old) {
                partner.clone_from(&new);
            }
        }
        let model = &mut self.models[at];
        if model.table.is_none() && dice.one_in(3) {
            // The table keeps its name: nothing to do in the database.
            model.table = Some(old);
        } else if model.table.is_none() && model.renamed_from.is_none() {
            model.renamed_from = Some(old);
        }
    }

    /// Another table for the same model is a rename.
    fn map_model(&mut self, at: usize) {
        let name = self.name("table_");
        let model = &mut self.models[at];
        model.table = if model.table.is_some() && model.renamed_from.is_none() { None } else { Some(name) };
    }

    fn add_field(&mut self, at: usize, dice: &mut Dice) {
        let name = self.name("f");
        let of_enum = !self.enums.is_empty() && dice.one_in(5);
        let scalar =
            if of_enum { dice.pick(&self.enums).name.clone() } else { (*dice.pick(&SCALARS)).to_owned() };
        let arity = *dice.pick(&["", "?", "?", "[]"]);
        let known = defaults(&scalar);
        let has_default = !known.is_empty() && arity.is_empty() && !dice.one_in(4);
        let default = has_default.then(|| *dice.pick(known));
        let is_unique = arity != "[]" && default.is_none() && dice.one_in(5) && scalar == "String";
        let (column, renamed_from) = (None, None);
        self.models[at].fields.push(Field { name, column, renamed_from, scalar, arity, default, is_unique });
    }

    fn drop_field(&mut self, at: usize, dice: &mut Dice) {
        let model = &mut self.models[at];
        if model.fields.len() < 2 {
            return;
        }
        let place = dice.below(model.fields.len());
        let gone = model.fields.remove(place).name;
        model.keys.retain(|(_, fields)| !fields.contains(&gone));
    }

    fn rename_field(&mut self, at: usize, dice: &mut Dice) {
        let new = self.name("f");
        let model = &mut self.models[at];
        let place = dice.below(model.fields.len());
        let field = &mut model.fields[place];
        let old = std::mem::replace(&mut field.name, new.clone());
        if field.column.is_none() && field.renamed_from.is_none() {
            if dice.one_in(3) {
                field.column = Some(old.clone());
            } else {
                field.renamed_from = Some(old.clone());
            }
        }
        for name in model.keys.iter_mut().flat_map(|(_, fields)| fields).filter(|name| **name == old) {
            name.clone_from(&new);
        }
    }

    fn map_field(&mut self, at: usize, dice: &mut Dice) {
        let name = self.name("c_");
        let model = &mut self.models[at];
        let place = dice.below(model.fields.len());
        let field = &mut model.fields[place];
        field.column = if field.column.is_some() && field.renamed_from.is_none() { None } else { Some(name) };
    }

    fn change_type(&mut self, at: usize, dice: &mut Dice) {
        let model = &mut self.models[at];
        let place = dice.below(model.fields.len());
        let field = &mut model.fields[place];
        (*dice.pick(&SCALARS)).clone_into(&mut field.scalar);
        field.default = None;
        field.is_unique = false;
        if field.arity.is_empty() {
            field.arity = "?";
        }
        let name = field.name.clone();
        model.keys.retain(|(_, fields)| !fields.contains(&name));
    }

    fn change_arity(&mut self, at: usize, dice: &mut Dice) {
        let model = &mut self.models[at];
        let place = dice.below(model.fields.len());
        let field = &mut model.fields[place];
        let to_list = dice.one_in(4) && !field.is_unique && SCALARS.contains(&field.scalar.as_str());
        field.arity = match field.arity {
            "[]" => "?",
            "?" if to_list && field.scalar != "Bytes" => "[]",
            "?" => "",
            _ => "?",
        };
        let name = field.name.clone();
        if field.arity == "[]" {
            field.default = None;
            model.keys.retain(|(_, fields)| !fields.contains(&name));
        } else if field.arity.is_empty() && !field.is_unique {
            field.default = defaults(&field.scalar).first().copied();
        }
    }

    fn change_default(&mut self, at: usize, dice: &mut Dice) {
        let model = &mut self.models[at];
        let place = dice.below(model.fields.len());
        let field = &mut model.fields[place];
        let known = defaults(&field.scalar);
        if field.arity != "[]" && !field.is_unique && !known.is_empty() {
            field.default = if field.default.is_some() { None } else { Some(*dice.pick(known)) };
        }
    }

    fn change_keys(&mut self, at: usize, dice: &mut Dice) {
        let model = &mut self.models[at];
        if dice.one_in(4) {
            model.is_searched = !model.is_searched;
            return;
        }
        if !model.keys.is_empty() && dice.one_in(2) {
            let place = dice.below(model.keys.len());
            model.keys.remove(place);
            return;
        }
        let fit = |field: &&Field| {
            field.arity != "[]"
                && ["String", "Boolean", "Int", "BigInt", "DateTime"].contains(&field.scalar.as_str())
        };
        let mut names: Vec<String> =
            model.fields.iter().filter(fit).map(|field| field.name.clone()).take(2).collect();
        names.extend(model.references.first().map(|(name, _, _)| format!("{name}Id")));
        if names.is_empty() {
            return;
        }
        names.truncate(1 + dice.below(2));
        let key = (dice.one_in(2), names);
        if model.keys.iter().all(|known| known.1 != key.1) {
            model.keys.push(key);
        }
    }

    fn change_reference(&mut self, at: usize, dice: &mut Dice) {
        let name = self.name("r");
        let target = dice.pick(&self.models).name.clone();
        let model = &mut self.models[at];
        if !model.references.is_empty() && dice.one_in(2) {
            let place = dice.below(model.references.len());
            if dice.one_in(2) {
                let gone = format!("{}Id", model.references.remove(place).0);
                model.keys.retain(|(_, fields)| !fields.contains(&gone));
            } else {
                let reference = &mut model.references[place];
                reference.2 = !reference.2 && reference.1 != model.name;
            }
            return;
        }
        // A required one to itself could never be filled.
        let is_required = target != model.name && dice.one_in(3);
        model.references.push((name, target, is_required));
    }

    fn change_partner(&mut self, at: usize, dice: &mut Dice) {
        let partner = dice.pick(&self.models).name.clone();
        let model = &mut self.models[at];
        if model.partners.contains(&partner) {
            model.partners.retain(|known| *known != partner);
        } else if partner > model.name {
            model.partners.push(partner);
        }
    }

    fn change_enum(&mut self, dice: &mut Dice) {
        if self.enums.len() < 2 && dice.one_in(2) {
            let name = self.name("E");
            let values = vec![(self.name("V"), None, None), (self.name("V"), None, None)];
            self.enums.push(Enum { name, values });
            return;
        }
        let new = self.name("V");
        let stored = self.name("s_");
        let Some(known) = self.enums.first_mut() else { return };
        let place = dice.below(known.values.len());
        match dice.below(4) {
            0 => known.values.push((new, None, None)),
            1 if known.values.len() > 1 => {
                known.values.remove(place);
            }
            2 => known.values[place].1 = Some(stored),
            _ => {
                let value = &mut known.values[place];
                let old = std::mem::replace(&mut value.0, new);
                if value.1.is_none() && value.2.is_none() {
                    value.2 = Some(old);
                }
            }
        }
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for known in &self.enums {
            writeln!(text, "enum {} {{", known.name).unwrap();
            for (name, stored, old) in &known.values {
                let stored = stored.as_ref().map(|stored| format!(" @map(\"{stored}\")")).unwrap_or_default();
                let old = old.as_ref().map(|old| format!(" @renamedFrom(\"{old}\")")).unwrap_or_default();
                writeln!(text, "  {name}{stored}{old}").unwrap();
            }
            text.push_str("}\n");
        }
        for model in &self.models {
            self.model(model, &mut text);
        }
        text
    }

    fn model(&self, model: &Model, text: &mut String) {
        let of = &model.name;
        writeln!(text, "model {of} {{\n  id {}", model.key).unwrap();
        for field in &model.fields {
            write!(text, "  {} {}{}", field.name, field.scalar, field.arity).unwrap();
            if field.is_unique {
                text.push_str(" @unique");
            }
            for (attribute, value) in [("map", &field.column), ("renamedFrom", &field.renamed_from)] {
                if let Some(value) = value {
                    write!(text, " @{attribute}(\"{value}\")").unwrap();
                }
            }
            if let Some(default) = field.default {
                write!(text, " @default({default})").unwrap();
            }
            text.push('\n');
        }
        for (name, target, is_required) in &model.references {
            let key = self.models.iter().find(|other| other.name == *target).unwrap().key;
            let (scalar, arity) = (key.split(' ').next().unwrap(), if *is_required { "" } else { "?" });
            writeln!(text, "  {name}Id {scalar}{arity}").unwrap();
            writeln!(
                text,
                "  {name} {target}{arity} @relation(\"{name}\", fields: [{name}Id], references: [id])"
            )
            .unwrap();
        }
        for other in &self.models {
            for (name, _, _) in other.references.iter().filter(|(_, target, _)| target == of) {
                writeln!(text, "  {name}Back {}[] @relation(\"{name}\")", other.name).unwrap();
            }
            if model.partners.contains(&other.name) || other.partners.contains(of) {
                writeln!(text, "  with{0} {0}[]", other.name).unwrap();
            }
        }
        for (is_unique, fields) in &model.keys {
            let kind = if *is_unique { "unique" } else { "index" };
            writeln!(text, "  @@{kind}([{}])", fields.join(", ")).unwrap();
        }
        let is_text = |field: &&Field| field.scalar == "String" && field.arity != "[]";
        let texts: Vec<&str> = model.fields.iter().filter(is_text).map(|field| field.name.as_str()).collect();
        if model.is_searched && !texts.is_empty() {
            writeln!(text, "  @@fulltext([{}])", texts.join(", ")).unwrap();
        }
        if let Some(table) = &model.table {
            writeln!(text, "  @@map(\"{table}\")").unwrap();
        }
        if let Some(old) = &model.renamed_from {
            writeln!(text, "  @@renamedFrom(\"{old}\")").unwrap();
        }
        text.push_str("}\n");
    }
}
