//! `@db.*`: honoured by the engine that the datasource's provider names, and by no other.

use super::Engine;
use super::scope::{Found, Scope};
use crate::model::{Field, FieldKind, Model, NativeType, Scalar};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Native {
    None,
    Honoured,
    /// Of another engine, or a name that this one does not have.
    Ignored,
}

const POSTGRES: &[&str] = &[
    "Text",
    "VarChar",
    "Char",
    "Citext",
    "Uuid",
    "Inet",
    "Xml",
    "Bit",
    "VarBit",
    "Boolean",
    "SmallInt",
    "Integer",
    "Int",
    "Int4",
    "Int2",
    "BigInt",
    "Int8",
    "Oid",
    "Real",
    "Float4",
    "DoublePrecision",
    "Float8",
    "Money",
    "Decimal",
    "Timestamp",
    "Timestamptz",
    "Date",
    "Time",
    "Timetz",
    "Json",
    "JsonB",
    "ByteA",
    "Bytes",
];
const MYSQL: &[&str] = &[
    "VarChar",
    "Char",
    "Text",
    "TinyText",
    "MediumText",
    "LongText",
    "Bit",
    "Int",
    "UnsignedInt",
    "SmallInt",
    "UnsignedSmallInt",
    "MediumInt",
    "UnsignedMediumInt",
    "TinyInt",
    "UnsignedTinyInt",
    "Year",
    "BigInt",
    "UnsignedBigInt",
    "Float",
    "Double",
    "Decimal",
    "DateTime",
    "Timestamp",
    "Time",
    "Date",
    "Json",
    "Binary",
    "VarBinary",
    "TinyBlob",
    "Blob",
    "MediumBlob",
    "LongBlob",
];

pub(super) fn of(scope: &Scope<'_>, model: &Model, field: &Field) -> Native {
    let Some(native) = &field.native_type else { return Native::None };
    let name = native.name.as_str();
    let is_honoured = match scope.engine {
        Engine::Sqlite => false,
        Engine::Postgres => scope.is_home(model) && POSTGRES.contains(&name),
        Engine::MySql => scope.is_home(model) && MYSQL.contains(&name) && !field.is_list(),
        // Whatever the provider is.
        Engine::MongoDb => name == "ObjectId",
    };
    if is_honoured { Native::Honoured } else { Native::Ignored }
}

/// Attributes that would make a difference if they were honoured.
pub(super) fn ignored(scope: &Scope<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (model, field) in scope.columns() {
        let Some(native) = field.native_type.as_ref().filter(|_| of(scope, model, field) == Native::Ignored)
        else {
            continue;
        };
        if let Some(effect) = effect(field, native, scope.home(model)) {
            let title = scope.home(model).map_or("its own engine", Engine::title);
            found.push(subject(model, field, native).detail(format!("on {title} {effect}")));
        }
    }
    found
}

/// Attributes by which the database changes or refuses values that Purlin took.
pub(super) fn changing(scope: &Scope<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (model, field) in scope.columns() {
        let honoured = field.native_type.as_ref().filter(|_| of(scope, model, field) == Native::Honoured);
        if let Some(native) = honoured
            && let Some(effect) = effect(field, native, Some(scope.engine))
        {
            found.push(subject(model, field, native).detail(effect));
        }
    }
    found
}

fn subject(model: &Model, field: &Field, native: &NativeType) -> Found {
    let Found { span, subject, detail } = Found::of_field(model, field);
    Found { span, subject: format!("{subject} @db.{}", native.name), detail }
}

/// `VarChar(n)` and `Char(n)` hold on every engine: Purlin counts itself.
pub(super) fn length(field: &Field) -> Option<u32> {
    let native = field.native_type.as_ref()?;
    let is_text = matches!(field.kind, FieldKind::Scalar(Scalar::String));
    (is_text && matches!(native.name.as_str(), "VarChar" | "Char"))
        .then(|| native.arguments.first()?.parse().ok())
        .flatten()
}

/// What becomes of values; `None` for a type that holds all of them as they are.
fn effect(field: &Field, native: &NativeType, home: Option<Engine>) -> Option<&'static str> {
    let is_mysql = home == Some(Engine::MySql);
    let first = native.arguments.first().map(String::as_str);
    Some(match native.name.as_str() {
        "Citext" => "it compares without regard to case",
        "Char" if is_mysql => "spaces at its end are cut off",
        "Char" => "it is filled with spaces at its end",
        "Uuid" => "it takes UUIDs only, and writes them in lower case",
        "Inet" => "it takes addresses only",
        "Xml" => "it takes XML only, and compares with nothing",
        "Bit" | "VarBit" => "it takes zeros and ones only",
        "Oid" => "it takes whole numbers only",
        "SmallInt" | "Int2" => "it holds 16 bits",
        "MediumInt" => "it holds 24 bits",
        "TinyInt" if first == Some("1") && field.kind_is(Scalar::Boolean) => return None,
        "TinyInt" => "it holds 8 bits",
        "UnsignedInt" | "UnsignedSmallInt" | "UnsignedMediumInt" | "UnsignedTinyInt" | "UnsignedBigInt" => {
            "it takes no negative numbers"
        }
        "Year" => "it holds the years from 1901 to 2155",
        "Real" | "Float4" | "Float" => "numbers are rounded to 7 digits",
        "Money" => "numbers are rounded to cents",
        "Decimal" if first.is_some() => "numbers are rounded to its places, and larger ones refused",
        "Timestamp" | "Timestamptz" | "DateTime" if !has_milliseconds(first, is_mysql) => {
            "times are rounded to its digits"
        }
        "Timestamp" if is_mysql => "it holds the years from 1970 to 2038",
        "Date" => "the time of day is cut off",
        "Time" | "Timetz" => "the day is cut off",
        "Json" if !is_mysql => "it compares with nothing and stands in no key",
        "TinyText" | "TinyBlob" => "it holds 255 bytes",
        "Text" | "Blob" if is_mysql => "it holds 65,535 bytes",
        "MediumText" | "MediumBlob" => "it holds 16 MB",
        "Binary" => "it is filled with zeros at its end",
        "VarBinary" => "it holds so many bytes",
        "ObjectId" => "it takes 24 hexadecimal digits only",
        _ => return None,
    })
}

/// PostgreSQL has microseconds where nothing is said, MySQL whole seconds.
fn has_milliseconds(digits: Option<&str>, is_mysql: bool) -> bool {
    digits.map_or(!is_mysql, |digits| digits.parse::<u8>().is_ok_and(|digits| digits >= 3))
}

impl Field {
    fn kind_is(&self, scalar: Scalar) -> bool {
        matches!(self.kind, FieldKind::Scalar(own) if own == scalar)
    }
}
