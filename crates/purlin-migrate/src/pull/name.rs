//! Names of a database in the manner of a schema: models in the singular and in capitals, fields in camel case.
//! A name that is good already stays, and any other is kept by `@map`.

use std::collections::BTreeSet;

use purlin_schema::naming;

/// `blog_posts` is `BlogPost`; `Post` and `OrderItems` stay.
pub(super) fn model(table: &str) -> String {
    if is_capitalized(table) {
        return table.to_owned();
    }
    let mut words: Vec<String> = words(table).into_iter().map(str::to_owned).collect();
    if let Some(last) = words.last_mut() {
        *last = naming::singular(&last.to_lowercase());
    }
    let name: String = words.iter().map(|word| capitalized(word)).collect();
    sound(&name, "Table")
}

/// `user_role` is `UserRole`; the words of the column `users.role` are `UserRole`, too.
pub(super) fn enumeration(name: &str) -> String {
    if let Some((table, column)) = name.split_once('.') {
        return format!("{}{}", model(table), capitalized(&field(column)));
    }
    if is_capitalized(name) {
        return name.to_owned();
    }
    sound(&words(name).iter().map(|word| capitalized(word)).collect::<String>(), "Enum")
}

/// `created_at` is `createdAt`; `userID` stays.
pub(super) fn field(column: &str) -> String {
    if is_identifier(column)
        && !column.contains('_')
        && column.chars().any(|letter| letter.is_ascii_lowercase())
    {
        return column.to_owned();
    }
    let words = words(column);
    let name: String = words
        .iter()
        .enumerate()
        .map(|(number, word)| if number == 0 { word.to_lowercase() } else { capitalized(word) })
        .collect();
    sound(&name, "column")
}

/// A member of an enum as it is, as far as the language takes it.
pub(super) fn member(stored: &str) -> String {
    if is_identifier(stored) {
        return stored.to_owned();
    }
    let name: String =
        stored.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
    sound(name.trim_matches('_'), "VALUE")
}

/// `Post` is `post`.
pub(super) fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

pub(super) fn capitalized(word: &str) -> String {
    let is_shouted = word.chars().all(|letter| !letter.is_ascii_lowercase());
    let mut letters = word.chars();
    let rest = |letters: std::str::Chars<'_>| {
        if is_shouted { letters.as_str().to_lowercase() } else { letters.as_str().to_owned() }
    };
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(rest(letters).chars()).collect())
}

/// `blogPost` is `blogPosts`.
pub(super) fn plural(name: &str) -> String {
    let at = name.rfind(|letter: char| letter.is_ascii_uppercase()).unwrap_or(0);
    let (start, last) = name.split_at(at);
    let many = naming::plural(&last.to_lowercase());
    format!("{start}{}", if at == 0 { many } else { capitalized(&many) })
}

/// Cut at signs; a word in which capitals begin parts stays as it is.
fn words(name: &str) -> Vec<&str> {
    name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// `Post`, `OrderItem`; neither `post` nor `POSTS`.
fn is_capitalized(name: &str) -> bool {
    is_identifier(name)
        && name.starts_with(|letter: char| letter.is_ascii_uppercase())
        && !name.contains('_')
        && (name.len() == 1 || name.chars().any(|letter| letter.is_ascii_lowercase()))
}

/// Begins with a letter, whatever is left of it.
fn sound(name: &str, otherwise: &str) -> String {
    if is_identifier(name) { name.to_owned() } else { format!("{otherwise}{name}") }
}

/// The first of these that nobody has; at last one with a number.
pub(super) fn free(taken: &mut BTreeSet<String>, wanted: impl IntoIterator<Item = String>) -> String {
    let mut last = String::new();
    for name in wanted {
        if taken.insert(name.clone()) {
            return name;
        }
        last = name;
    }
    let mut number = 2_u32;
    loop {
        let name = format!("{last}{number}");
        if taken.insert(name.clone()) {
            return name;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_schemas_manner() {
        for (table, expected) in [
            ("users", "User"),
            ("blog_posts", "BlogPost"),
            ("Post", "Post"),
            ("OrderItems", "OrderItems"),
            ("Order_Items", "OrderItem"),
            ("categories", "Category"),
            ("addresses", "Address"),
            ("status", "Status"),
            ("news", "News"),
            ("2fa-codes", "Table2faCode"),
            ("LOGS", "Log"),
            ("auth.users", "AuthUser"),
            ("people", "Person"),
            ("über", "Ber"),
        ] {
            assert_eq!(model(table), expected, "{table}");
        }
        for (column, expected) in [
            ("created_at", "createdAt"),
            ("createdAt", "createdAt"),
            ("userID", "userID"),
            ("ID", "id"),
            ("UserName", "UserName"),
            ("_id", "id"),
            ("1st", "column1st"),
            ("is admin?", "isAdmin"),
        ] {
            assert_eq!(field(column), expected, "{column}");
        }
        assert_eq!((member("in-progress"), member("1")), ("in_progress".to_owned(), "VALUE1".to_owned()));
        assert_eq!(
            (plural("category"), plural("box"), plural("day")),
            ("categories".to_owned(), "boxes".to_owned(), "days".to_owned())
        );
    }
}
