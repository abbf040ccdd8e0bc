//! Values that move into a column of another type. What the new type cannot hold becomes null, and is counted by the
//! guard before anything happens.

use super::declared::Declared;
use crate::engine::Conversion;
use crate::physical::Column;

/// A text as JSON, or as a JSON string where it is none: before version 16, only an exception tells.
pub(super) const JSON_OR_TEXT: &str = "pg_temp.purlin_json";

/// Gone with the session.
pub(super) const MAKE_JSON_OR_TEXT: &str = "CREATE OR REPLACE FUNCTION pg_temp.purlin_json(value text) RETURNS jsonb \
LANGUAGE plpgsql AS $$ BEGIN RETURN value::jsonb; EXCEPTION WHEN others THEN RETURN to_jsonb(value); END $$";

/// `x` is where the old value is read.
pub(super) fn convert(x: &str, from: &Column, to: &Column) -> Conversion {
    let (old, new) = (Declared::of(from), Declared::of(to));
    match (old.is_array, new.is_array) {
        (false, false) => single(x, old, new),
        (false, true) => {
            let Conversion { value, is_exact } = single(x, old, Declared { is_array: false, ..new });
            let element = element_type(new);
            let value = format!("CASE WHEN {x} IS NULL THEN '{{}}' ELSE ARRAY[({value})::{element}] END");
            Conversion { value, is_exact }
        }
        (true, false) if new.name == "jsonb" || new.name == "json" => {
            Conversion::sure(format!("to_jsonb({x})"))
        }
        (true, false) => {
            let first = format!("({x})[1]");
            let Conversion { value, is_exact } = single(&first, Declared { is_array: false, ..old }, new);
            let fits = format!("cardinality({x}) <= 1");
            let is_exact = match is_exact {
                Some(exact) => format!("{fits} AND ({first} IS NULL OR ({exact}))"),
                None => fits,
            };
            Conversion::if_only(value, is_exact)
        }
        (true, true) if old.name == new.name || (old.is_text() && new.is_text()) => Conversion::sure(x),
        // Element by element it would take a function.
        (true, true) => Conversion::if_only(
            format!("CASE WHEN cardinality({x}) = 0 THEN '{{}}' END::{}[]", element_type(new)),
            format!("cardinality({x}) = 0"),
        ),
    }
}

fn element_type(declared: Declared<'_>) -> String {
    if declared.arguments.is_empty() {
        declared.name.to_owned()
    } else {
        format!("{}({})", declared.name, declared.arguments)
    }
}

fn single(x: &str, old: Declared<'_>, new: Declared<'_>) -> Conversion {
    let sure = |value: String| Conversion::sure(value);
    // The value is only looked at where it fits: a cast of another would fail the statement.
    let guarded = |value: String, fits: String| {
        Conversion::if_only(
            format!("CASE WHEN {fits} THEN {value} END"),
            format!("CASE WHEN {fits} THEN true END"),
        )
    };
    let whole_number = |value: &str| {
        let (least, most) = range(new.name);
        format!("{value} BETWEEN {least} AND {most}")
    };
    if old.name == new.name && !new.is_text() {
        return same(x, old, new);
    }
    match (old.name, new.name) {
        ("smallint", "integer" | "bigint") | ("integer", "bigint") | ("real", "double precision") => {
            sure(x.to_owned())
        }
        (_, "smallint" | "integer") if old.is_whole() => guarded(x.to_owned(), whole_number(x)),
        (_, "double precision" | "real") if old.is_whole() => Conversion::if_only(
            format!("{x}::double precision"),
            format!("abs({x}::numeric) <= 9007199254740992"),
        ),
        (_, "numeric") if old.is_whole() => fits_numeric(&format!("{x}::numeric"), x, new),
        (_, "boolean") if old.is_whole() => {
            Conversion::if_only(format!("{x} <> 0"), format!("{x} IN (0, 1)"))
        }
        (_, "json" | "jsonb") if !old.is_text() && !matches!(old.name, "json" | "jsonb") => {
            sure(format!("to_jsonb({x})"))
        }
        ("double precision" | "real" | "numeric", "smallint" | "integer" | "bigint") => {
            let (least, most) = range(new.name);
            Conversion::if_only(
                format!("CASE WHEN {x} BETWEEN {least} AND {most} THEN trunc({x}) END"),
                format!("{x} BETWEEN {least} AND {most} AND {x} = trunc({x})"),
            )
        }
        ("double precision" | "real", "numeric") => {
            let number =
                format!("nullif(nullif(nullif({x}::text, 'NaN'), 'Infinity'), '-Infinity')::numeric");
            fits_numeric(&number, &number, new)
        }
        ("numeric", "double precision" | "real") => Conversion::if_only(
            format!("{x}::double precision"),
            format!("{x}::double precision::text::numeric = {x}"),
        ),
        ("numeric", _) if new.is_text() => fits_length(&format!("trim_scale({x})::text"), new),
        ("boolean", "smallint" | "integer" | "bigint" | "double precision" | "real" | "numeric") => {
            sure(format!("{x}::integer"))
        }
        ("timestamp" | "timestamptz", _) if new.is_text() => {
            let time =
                if old.name == "timestamptz" { format!("({x} AT TIME ZONE 'UTC')") } else { x.to_owned() };
            fits_length(&format!("to_char({time}, 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"), new)
        }
        ("timestamp", "timestamptz") | ("timestamptz", "timestamp") => {
            sure(format!("({x} AT TIME ZONE 'UTC')"))
        }
        ("timestamp" | "timestamptz", "date") => {
            Conversion::if_only(format!("{x}::date"), format!("{x} = date_trunc('day', {x})"))
        }
        ("date", "timestamp" | "timestamptz") => sure(x.to_owned()),
        ("json" | "jsonb", _) if new.is_text() => {
            let text = format!(
                "CASE WHEN jsonb_typeof({x}::jsonb) = 'string' THEN {x}::jsonb #>> '{{}}' ELSE {x}::text END"
            );
            fits_length(&text, new)
        }
        ("json" | "jsonb", "smallint" | "integer" | "bigint" | "double precision" | "real" | "numeric") => {
            let number = format!("({x}::jsonb #>> '{{}}')::numeric");
            let is_number = format!("jsonb_typeof({x}::jsonb) = 'number'");
            match new.name {
                "smallint" | "integer" | "bigint" => guarded(
                    number.clone(),
                    format!(
                        "CASE WHEN {is_number} THEN {} AND {number} = trunc({number}) ELSE false END",
                        whole_number(&number)
                    ),
                ),
                _ => guarded(number, is_number),
            }
        }
        ("json", "jsonb") | ("jsonb", "json") => sure(format!("{x}::{}", new.name)),
        ("bytea", _) if new.is_text() => Conversion::if_only(format!("encode({x}, 'hex')"), "false"),
        _ if old.is_text() => of_text(x, new),
        _ if new.is_text() => fits_length(&format!("{x}::text"), new),
        _ => nothing(),
    }
}

/// No value of one is a value of the other.
fn nothing() -> Conversion {
    Conversion::if_only("NULL", "false")
}

/// Another length, precision or scale of the same type.
fn same(x: &str, old: Declared<'_>, new: Declared<'_>) -> Conversion {
    if old.arguments == new.arguments || new.arguments.is_empty() {
        return Conversion::sure(x);
    }
    match new.name {
        "numeric" => fits_numeric(x, x, new),
        "timestamp" | "timestamptz" | "time" | "timetz" if digits(old.arguments) > digits(new.arguments) => {
            Conversion::if_only(x, format!("{x} = {x}::{}({})", new.name, new.arguments))
        }
        "bit" | "varbit" => Conversion::if_only(x, format!("length({x}) <= {}", new.arguments)),
        _ => Conversion::sure(x),
    }
}

/// A time without a precision has six digits.
fn digits(arguments: &str) -> u32 {
    arguments.parse().unwrap_or(6)
}

/// A number that must fit `numeric(precision,scale)`.
fn fits_numeric(value: &str, number: &str, new: Declared<'_>) -> Conversion {
    let mut arguments = new.arguments.split(',').map(|number| number.trim().parse::<u32>().unwrap_or(0));
    let (Some(precision), scale) =
        (arguments.next().filter(|precision| *precision > 0), arguments.next().unwrap_or(0))
    else {
        return Conversion::sure(value);
    };
    let most = format!("1e{}", precision.saturating_sub(scale));
    Conversion::if_only(
        format!("CASE WHEN abs(round({number}::numeric, {scale})) < {most} THEN {value} END"),
        format!(
            "abs(round({number}::numeric, {scale})) < {most} AND {number}::numeric = round({number}::numeric, {scale})"
        ),
    )
}

/// A text that must fit `varchar(n)`.
fn fits_length(text: &str, new: Declared<'_>) -> Conversion {
    match new.arguments.parse::<u32>() {
        Ok(length) if new.name != "text" => {
            Conversion::if_only(format!("left({text}, {length})"), format!("char_length({text}) <= {length}"))
        }
        _ => Conversion::sure(text),
    }
}

fn of_text(x: &str, new: Declared<'_>) -> Conversion {
    let guarded = |value: String, fits: String| {
        Conversion::if_only(
            format!("CASE WHEN {fits} THEN {value} END"),
            format!("CASE WHEN {fits} THEN true END"),
        )
    };
    // Of any collation, and with a pattern's meaning of digits only.
    let like = |pattern: &str| format!("{x} ~ '{pattern}'");
    match new.name {
        _ if new.is_text() => fits_length(x, new),
        "smallint" | "integer" | "bigint" => {
            let (least, most) = range(new.name);
            let fits = format!(
                "CASE WHEN {} THEN {x}::numeric BETWEEN {least} AND {most} ELSE false END",
                like("^-?[0-9]{1,19}$")
            );
            guarded(format!("{x}::{}", new.name), fits)
        }
        "numeric" => {
            let fits = like("^-?[0-9]{1,60}([.][0-9]{1,30})?$");
            guarded(format!("{x}::numeric"), fits)
        }
        "double precision" | "real" => guarded(
            format!("{x}::double precision"),
            like("^-?[0-9]{1,30}([.][0-9]{1,30})?([eE][-+]?[0-9]{1,2})?$"),
        ),
        "boolean" => guarded(
            format!("lower({x}) IN ('true', '1')"),
            format!("lower({x}) IN ('true', '1', 'false', '0')"),
        ),
        "timestamp" | "timestamptz" | "date" => {
            let fits = like(
                "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?(Z|[-+][0-9]{2}:?[0-9]{2})?)?$",
            );
            let time = format!("{x}::timestamptz");
            guarded(
                if new.name == "timestamptz" { time } else { format!("({time} AT TIME ZONE 'UTC')") },
                fits,
            )
        }
        "uuid" => guarded(
            format!("{x}::uuid"),
            like("^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"),
        ),
        "json" | "jsonb" => Conversion::sure(format!("{JSON_OR_TEXT}({x})")),
        "bytea" => Conversion::sure(format!("convert_to({x}, 'UTF8')")),
        _ => nothing(),
    }
}

fn range(name: &str) -> (&'static str, &'static str) {
    match name {
        "smallint" => ("-32768", "32767"),
        "integer" => ("-2147483648", "2147483647"),
        _ => ("-9223372036854775808", "9223372036854775807"),
    }
}
