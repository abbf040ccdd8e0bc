//! A declared type taken apart, and which one serves as another.

use crate::physical::Column;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Declared<'a> {
    /// Without arguments and `unsigned`.
    pub(super) name: &'a str,
    /// What stands in the parentheses.
    pub(super) arguments: &'a str,
    pub(super) is_unsigned: bool,
}

impl<'a> Declared<'a> {
    pub(super) fn of(column: &'a Column) -> Self {
        Self::parse(&column.column_type)
    }

    fn parse(text: &'a str) -> Self {
        let is_unsigned = text.ends_with(" unsigned");
        let text = text.trim_end_matches(" unsigned");
        let (name, arguments) = text.split_once('(').unwrap_or((text, ""));
        Self { name: name.trim(), arguments: arguments.trim_end_matches(')'), is_unsigned }
    }

    pub(super) fn is_text(self) -> bool {
        self.length_class().is_some()
    }

    /// The most characters of a text.
    pub(super) fn length_class(self) -> Option<u64> {
        match self.name {
            "varchar" | "char" => self.arguments.parse().ok(),
            "tinytext" => Some(63),
            "text" => Some(16_383),
            "mediumtext" => Some(4_194_303),
            "longtext" => Some(u64::MAX),
            _ => None,
        }
    }

    pub(super) fn is_bytes(self) -> bool {
        matches!(self.name, "varbinary" | "binary" | "tinyblob" | "blob" | "mediumblob" | "longblob")
    }

    pub(super) fn is_boolean(self) -> bool {
        self.name == "tinyint" && self.arguments == "1"
    }

    /// The range of a whole number, a Boolean's too.
    pub(super) fn range(self) -> Option<(i128, i128)> {
        let bits = match self.name {
            "tinyint" => 8,
            "smallint" => 16,
            "mediumint" => 24,
            "int" => 32,
            "bigint" => 64,
            _ => return None,
        };
        Some(if self.is_unsigned {
            (0, (1_i128 << bits) - 1)
        } else {
            (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1)
        })
    }

    pub(super) fn is_time(self) -> bool {
        matches!(self.name, "datetime" | "timestamp")
    }
}

/// What other tools declare for the same field.
pub(super) fn serves_as(live: &Column, wanted: &Column) -> bool {
    let (found, asked) = (Declared::of(live), Declared::of(wanted));
    if found == asked || (found.is_time() && asked.is_time()) || (found.is_bytes() && asked.is_bytes()) {
        return true;
    }
    if asked.is_text() {
        return found.is_text() || (found.name == "enum" && wanted.enumeration.is_some());
    }
    match asked.name {
        "json" => found.name == "longtext",
        "double" => found.name == "float",
        "decimal" => found.name == "decimal",
        "int" => {
            matches!(found.name, "smallint" | "mediumint") || (found.name == "tinyint" && !found.is_boolean())
        }
        "tinyint" => found.name == "tinyint" || found.name == "bit",
        _ => false,
    }
}

/// Without display widths, which newer servers do not know.
pub(super) fn canonical(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let (name, rest) = lower.split_once('(').unwrap_or((&lower, ""));
    match name {
        "tinyint" if rest.starts_with("1)") && !rest.contains("unsigned") => "tinyint(1)".to_owned(),
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" => {
            let unsigned = if lower.contains(" unsigned") { " unsigned" } else { "" };
            format!("{}{unsigned}", name.trim_end_matches(" unsigned"))
        }
        // Members keep their case.
        "enum" | "set" => format!("{name}{}", text.get(name.len()..).unwrap_or_default()),
        _ => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn widths_are_left_out() {
        for (given, expected) in [
            ("int(11)", "int"),
            ("bigint(20) unsigned", "bigint unsigned"),
            ("int unsigned", "int unsigned"),
            ("tinyint(1)", "tinyint(1)"),
            ("tinyint(4)", "tinyint"),
            ("year(4)", "year"),
            ("varchar(191)", "varchar(191)"),
            ("enum('A','b')", "enum('A','b')"),
        ] {
            assert_eq!(canonical(given), expected);
        }
    }
}
