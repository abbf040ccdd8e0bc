//! What the language makes of names, and the names that it keeps for itself.

/// Names that would clash with the language or with words of the API's clients.
const RESERVED: &[&str] = &[
    "String",
    "Boolean",
    "Int",
    "BigInt",
    "Float",
    "Decimal",
    "DateTime",
    "Json",
    "Bytes",
    "Unsupported",
    "Null",
];

/// Whether no model and no enum can have the name.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// `OrderItem` to `order-items`.
pub fn plural_path(name: &str) -> String {
    let mut words = words(name);
    if let Some(last) = words.pop() {
        words.push(plural(&last));
    }
    words.join("-")
}

/// Lower-case words: a new one begins at a capital after a small letter, at the last
/// capital of a run (`APIKey`), and at underscores.
fn words(name: &str) -> Vec<String> {
    // The one common word that mixes its capitals.
    let chars: Vec<char> = name.replace("OAuth", "Oauth").chars().collect();
    let mut words = vec![String::new()];
    for (index, &c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| chars.get(at)).copied().unwrap_or('_');
        let after = chars.get(index + 1).copied().unwrap_or('_');
        let starts = c.is_uppercase() && (!before.is_uppercase() || after.is_lowercase());
        if (c == '_' || starts) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c != '_'
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"),
    ("child", "children"),
    ("man", "men"),
    ("woman", "women"),
    ("mouse", "mice"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("goose", "geese"),
    ("leaf", "leaves"),
    ("life", "lives"),
    ("knife", "knives"),
    ("wife", "wives"),
    ("half", "halves"),
    ("shelf", "shelves"),
    ("datum", "data"),
    ("criterion", "criteria"),
    ("analysis", "analyses"),
    ("index", "indexes"),
    ("quiz", "quizzes"),
    ("hero", "heroes"),
    ("potato", "potatoes"),
    ("tomato", "tomatoes"),
    ("echo", "echoes"),
];

/// Words that are their own plural.
const UNCHANGED: &[&str] = &[
    "data",
    "metadata",
    "media",
    "series",
    "species",
    "news",
    "information",
    "equipment",
    "sheep",
    "fish",
    "people",
    "children",
    "analytics",
    "settings",
    "criteria",
    "software",
    "hardware",
    "feedback",
    "staff",
];

/// Of one word in lower case. A plural stays as it is.
pub fn plural(word: &str) -> String {
    if UNCHANGED.contains(&word) {
        return word.to_owned();
    }
    if let Some((_, plural)) = IRREGULAR.iter().find(|(singular, _)| *singular == word) {
        return (*plural).to_owned();
    }
    // Already a plural: `users`, `details`, `categories`; but not `status`, `address`, `basis`.
    let is_plural = word.len() > 3
        && word.ends_with('s')
        && !["ss", "us", "is", "as", "os"].iter().any(|end| word.ends_with(end));
    if is_plural {
        return word.to_owned();
    }
    let ends_in_sound = ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end));
    if let Some(stem) = word.strip_suffix("sis") {
        return format!("{stem}ses");
    }
    if ends_in_sound {
        return format!("{word}es");
    }
    if let Some(stem) = word.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'i', 'o', 'u'])
    {
        return format!("{stem}ies");
    }
    format!("{word}s")
}

/// The other way round. What is no plural stays as it is.
pub fn singular(word: &str) -> String {
    // Nobody calls one of these a datum.
    let irregular = IRREGULAR.iter().find(|(_, plural)| *plural == word && word != "data");
    if let Some((singular, _)) = irregular {
        return (*singular).to_owned();
    }
    let is_plural = word.len() > 3 && !UNCHANGED.contains(&word) && plural(word) == word;
    let stem = |length: usize| word.get(..word.len() - length).unwrap_or(word);
    if !is_plural {
        // `statuses`, `addresses`, and no others of these.
        let is_doubled = ["sses", "uses"].iter().any(|end| word.ends_with(end));
        return if is_doubled { stem(2).to_owned() } else { word.to_owned() };
    }
    if word.ends_with("ies") {
        return format!("{}y", stem(3));
    }
    // `boxes`, `branches`, `statuses`; but `caches`, `houses`, `causes`.
    let ends_in_sound = ["sses", "shes", "ches", "xes", "zzes", "uses"].iter().any(|end| word.ends_with(end))
        && !["caches", "ouses", "auses"].iter().any(|end| word.ends_with(end));
    stem(if ends_in_sound { 2 } else { 1 }).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{plural, plural_path, singular};

    #[test]
    fn english_plurals() {
        let rows = [
            ("OrderItem", "order-items"),
            ("User", "users"),
            ("Users", "users"),
            ("Category", "categories"),
            ("Day", "days"),
            ("Status", "statuses"),
            ("Address", "addresses"),
            ("Box", "boxes"),
            ("Branch", "branches"),
            ("APIKey", "api-keys"),
            ("OAuth2Token", "oauth2-tokens"),
            ("App_RoutingForms_Form", "app-routing-forms-forms"),
            ("Person", "people"),
            ("SalesPerson", "sales-people"),
            ("Analysis", "analyses"),
            ("Thesis", "theses"),
            ("Bus", "buses"),
            ("EventData", "event-data"),
            ("UserSettings", "user-settings"),
            ("session_v2", "session-v2s"),
            ("HTTPServer", "http-servers"),
        ];
        for (name, path) in rows {
            assert_eq!(plural_path(name), path, "{name}");
        }
    }

    #[test]
    fn plurals_come_back() {
        for word in [
            "user", "category", "day", "status", "address", "box", "branch", "person", "child", "series",
            "bus", "house", "key", "quiz", "news", "class", "cache", "size", "cause", "database", "data",
        ] {
            assert_eq!(singular(&plural(word)), word);
            assert_eq!(singular(word), word);
        }
    }
}
