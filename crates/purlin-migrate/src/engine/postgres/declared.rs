//! A declared type taken apart, and which one serves as another.

use crate::physical::Column;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Declared<'a> {
    /// Without arguments, brackets and collation.
    pub(super) name: &'a str,
    /// What stands in the parentheses.
    pub(super) arguments: &'a str,
    pub(super) is_array: bool,
}

impl<'a> Declared<'a> {
    pub(super) fn of(column: &'a Column) -> Self {
        Self::parse(&column.column_type)
    }

    fn parse(text: &'a str) -> Self {
        let text = text.split(" COLLATE ").next().unwrap_or(text).trim();
        let element = text.trim_end_matches("[]");
        let (name, arguments) = element.split_once('(').unwrap_or((element, ""));
        Self {
            name: name.trim(),
            arguments: arguments.trim_end_matches(')'),
            is_array: element.len() < text.len(),
        }
    }

    pub(super) fn is_text(self) -> bool {
        matches!(self.name, "text" | "varchar" | "char" | "citext" | "bpchar" | "name")
    }

    pub(super) fn is_whole(self) -> bool {
        matches!(self.name, "smallint" | "integer" | "bigint")
    }

    pub(super) fn is_time(self) -> bool {
        matches!(self.name, "timestamp" | "timestamptz")
    }
}

/// What other tools declare for the same field.
pub(super) fn serves_as(live: &Column, wanted: &Column) -> bool {
    let (found, asked) = (Declared::of(live), Declared::of(wanted));
    if found.is_array != asked.is_array {
        return false;
    }
    if found.name == asked.name || (found.is_time() && asked.is_time()) {
        return true;
    }
    match asked.name {
        _ if asked.is_text() => {
            found.is_text()
                || found.name == "uuid"
                || (wanted.enumeration.is_some() && !is_built_in(found.name))
        }
        "integer" => found.name == "smallint",
        "double precision" => found.name == "real",
        "jsonb" => found.name == "json",
        _ => false,
    }
}

/// Not a type that somebody created, such as an enum.
pub(super) fn is_built_in(name: &str) -> bool {
    let known = [
        "boolean",
        "smallint",
        "integer",
        "bigint",
        "real",
        "double precision",
        "numeric",
        "money",
        "oid",
        "bytea",
        "date",
        "time",
        "timetz",
        "timestamp",
        "timestamptz",
        "interval",
        "json",
        "jsonb",
        "uuid",
        "xml",
        "inet",
        "cidr",
        "macaddr",
        "bit",
        "varbit",
        "tsvector",
        "tsquery",
        "point",
        "line",
        "box",
        "path",
        "polygon",
        "circle",
    ];
    known.contains(&name)
}

/// The catalogue's long names in the short spelling that the dialect declares.
pub(super) fn shortened(text: &str) -> String {
    let (element, brackets) = match text.strip_suffix("[]") {
        Some(element) => (element, "[]"),
        None => (text, ""),
    };
    let short = if let Some(rest) = element.strip_prefix("character varying") {
        format!("varchar{rest}")
    } else if let Some(rest) = element.strip_prefix("character") {
        format!("char{rest}")
    } else if let Some(rest) = element.strip_prefix("bit varying") {
        format!("varbit{rest}")
    } else if let Some(rest) = element.strip_suffix(" without time zone") {
        rest.to_owned()
    } else if let Some(rest) = element.strip_suffix(" with time zone") {
        let (name, precision) =
            rest.split_once('(').map_or((rest, String::new()), |(name, it)| (name, format!("({it}")));
        format!("{name}tz{precision}")
    } else {
        element.to_owned()
    };
    short + brackets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortens_names() {
        for (long, short) in [
            ("character varying(20)", "varchar(20)"),
            ("character varying[]", "varchar[]"),
            ("character(3)", "char(3)"),
            ("timestamp(3) without time zone", "timestamp(3)"),
            ("timestamp with time zone", "timestamptz"),
            ("time(6) with time zone", "timetz(6)"),
            ("bit varying(3)", "varbit(3)"),
            ("double precision", "double precision"),
            ("numeric(65,30)[]", "numeric(65,30)[]"),
        ] {
            assert_eq!(shortened(long), short);
        }
        let declared = Declared::parse("varchar(20)[] COLLATE \"C\"");
        assert_eq!(declared, Declared { name: "varchar", arguments: "20", is_array: true });
    }
}
