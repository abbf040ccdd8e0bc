//! Declared types, in the spelling that catalogues give back without display widths. `@db.*` counts where the
//! datasource is MySQL's; elsewhere it was written for another engine. Collations are the table's.

use std::borrow::Cow;

use purlin_core::schema::{Field, FieldKind, Link, Model, NativeType, Provider, Scalar, Schema};

use super::MySql;
use crate::dialect::ColumnType;

pub(super) fn of(_dialect: MySql, schema: &Schema, model: &Model, field: &Field) -> ColumnType {
    if field.is_list() {
        return ColumnType::plain("json");
    }
    let datasource = schema.datasources.get(model.datasource.index());
    let is_own = datasource.is_some_and(|source| source.provider == Provider::Mysql);
    let native = field.native_type.as_ref().filter(|_| is_own).and_then(native);
    native.unwrap_or_else(|| match &field.kind {
        // Keys have a length; other texts have none.
        FieldKind::Scalar(Scalar::String) if is_key(schema, model, field) => {
            ColumnType::plain("varchar(191)")
        }
        FieldKind::Scalar(Scalar::Bytes) if is_key(schema, model, field) => {
            ColumnType::plain("varbinary(191)")
        }
        FieldKind::Scalar(scalar) => of_scalar(*scalar),
        FieldKind::Enum(_) => ColumnType::plain("varchar(191)"),
        FieldKind::Composite(_) => ColumnType::plain("json"),
        FieldKind::Unsupported(name) => ColumnType { name: Cow::Owned(name.clone()), collation: None },
        // No column; the name is never shown.
        FieldKind::Relation(_) => ColumnType::plain("longblob"),
    })
}

fn of_scalar(scalar: Scalar) -> ColumnType {
    match scalar {
        Scalar::String => ColumnType::plain("longtext"),
        Scalar::Boolean => ColumnType::plain("tinyint(1)"),
        Scalar::Int => ColumnType::plain("int"),
        Scalar::BigInt => ColumnType::plain("bigint"),
        Scalar::Float => ColumnType::plain("double"),
        Scalar::Decimal => ColumnType::plain("decimal(65,30)"),
        Scalar::DateTime => ColumnType::plain("datetime(3)"),
        Scalar::Json => ColumnType::plain("json"),
        Scalar::Bytes => ColumnType::plain("longblob"),
    }
}

/// Whether some key or index holds the column, or a foreign key goes out from it or comes to it.
fn is_key(schema: &Schema, model: &Model, field: &Field) -> bool {
    let of_model = field.is_id
        || field.is_unique
        || model.primary_key.fields.iter().any(|part| part.field == field.id)
        || model.uniques.iter().flat_map(|unique| &unique.fields).any(|part| part.field == field.id)
        || model.indexes.iter().flat_map(|index| &index.fields).any(|part| part.field == field.id);
    let owns = |link: &Link| matches!(link, Link::Owning { fields, .. } if fields.contains(&field.id));
    of_model
        || model.fields.iter().filter_map(Field::relation).any(|relation| owns(&relation.link))
        || schema.models.iter().flat_map(|other| &other.fields).filter_map(Field::relation).any(|relation| {
            relation.target == model.id
                && matches!(&relation.link, Link::Owning { references, .. } if references.contains(&field.id))
        })
}

/// `None` for a name that MySQL does not have: the field's own type then stands.
fn native(native: &NativeType) -> Option<ColumnType> {
    let arguments = native.arguments.join(",");
    let with = |name: &'static str| {
        let name = if arguments.is_empty() {
            Cow::Borrowed(name)
        } else {
            Cow::Owned(format!("{name}({arguments})"))
        };
        Some(ColumnType { name, collation: None })
    };
    let fixed = |name: &'static str| Some(ColumnType::plain(name));
    let or_one = |name: &'static str| {
        if arguments.is_empty() {
            Some(ColumnType { name: Cow::Owned(format!("{name}(1)")), collation: None })
        } else {
            with(name)
        }
    };
    match native.name.as_str() {
        "VarChar" if arguments.is_empty() => fixed("varchar(191)"),
        "VarChar" => with("varchar"),
        "Char" => or_one("char"),
        "Text" => fixed("text"),
        "TinyText" => fixed("tinytext"),
        "MediumText" => fixed("mediumtext"),
        "LongText" => fixed("longtext"),
        "Bit" => or_one("bit"),
        "Int" => fixed("int"),
        "UnsignedInt" => fixed("int unsigned"),
        "SmallInt" => fixed("smallint"),
        "UnsignedSmallInt" => fixed("smallint unsigned"),
        "MediumInt" => fixed("mediumint"),
        "UnsignedMediumInt" => fixed("mediumint unsigned"),
        // Only this width has a meaning: it is a Boolean.
        "TinyInt" if arguments == "1" => fixed("tinyint(1)"),
        "TinyInt" => fixed("tinyint"),
        "UnsignedTinyInt" => fixed("tinyint unsigned"),
        "Year" => fixed("year"),
        "BigInt" => fixed("bigint"),
        "UnsignedBigInt" => fixed("bigint unsigned"),
        "Float" => fixed("float"),
        "Double" => fixed("double"),
        "Decimal" => match native.arguments.as_slice() {
            [] => fixed("decimal(65,30)"),
            [precision] => {
                Some(ColumnType { name: Cow::Owned(format!("decimal({precision},0)")), collation: None })
            }
            _ => with("decimal"),
        },
        "DateTime" => with("datetime"),
        "Timestamp" => with("timestamp"),
        "Time" => with("time"),
        "Date" => fixed("date"),
        "Json" => fixed("json"),
        "Binary" => or_one("binary"),
        "VarBinary" if arguments.is_empty() => fixed("varbinary(191)"),
        "VarBinary" => with("varbinary"),
        "TinyBlob" => fixed("tinyblob"),
        "Blob" => fixed("blob"),
        "MediumBlob" => fixed("mediumblob"),
        "LongBlob" => fixed("longblob"),
        _ => None,
    }
}
