//! A checked schema to the tables of one of its datasources. Views are not migrated; ignored
//! models and fields are, since they exist in the database.

use std::collections::BTreeMap;

use purlin_schema::model::{DatasourceId, Field, FieldKind, JoinTable, Link, Model, Relation, Schema};

use super::constraint::{Maker, mapped_names};
use super::names::Names;
use super::{
    Action, Column, EnumMember, Enumeration, Fill, ForeignKey, Index, IndexKey, IndexPart, PhysicalSchema,
    Table,
};
use crate::dialect::MigrationDialect;
use crate::error::Error;
use purlin_schema::builtin::is_bookkeeping;

pub fn physical(
    schema: &Schema,
    datasource: DatasourceId,
    dialect: MigrationDialect,
) -> Result<PhysicalSchema, Error> {
    build(schema, datasource, dialect).map(|(physical, _)| physical)
}

/// The names of the indexes that nobody asks for but relations.
pub(crate) fn implied_indexes(
    schema: &Schema,
    datasource: DatasourceId,
    dialect: MigrationDialect,
) -> Result<Vec<String>, Error> {
    build(schema, datasource, dialect).map(|(_, implied)| implied)
}

fn build(
    schema: &Schema,
    datasource: DatasourceId,
    dialect: MigrationDialect,
) -> Result<(PhysicalSchema, Vec<String>), Error> {
    let models: Vec<&Model> =
        schema.models.iter().filter(|model| model.datasource == datasource && !model.is_view).collect();
    let joins = joins(&models);
    let tables = models
        .iter()
        .map(|model| dialect.sql().table_name(model).into_owned())
        .chain(joins.iter().map(|join| join.table.table.clone()));
    let mapped = models.iter().flat_map(|model| mapped_names(model));
    let names = Names::new(dialect.engine().longest_name(), tables.chain(mapped));
    let mut maker = Maker { schema, dialect, names, problems: Vec::new(), implied: Vec::new() };

    let mut tables: Vec<Table> = models.iter().map(|model| model_table(model, &mut maker)).collect();
    tables.extend(joins.iter().map(|join| join_table(join, &mut maker)));
    tables.sort_by(|left, right| left.name.cmp(&right.name));
    let name = schema.datasources.get(datasource.index()).map_or("db", |datasource| &datasource.name);
    let made = PhysicalSchema { enums: enums(schema, &tables), tables };
    let (mut problems, implied) = (maker.problems, maker.implied);
    problems.extend(clashes(&made.tables));
    problems.extend(dialect.engine().problems(&made));
    if problems.is_empty() {
        Ok((made, implied))
    } else {
        Err(Error::Unfit { datasource: name.to_owned(), problems })
    }
}

/// An implicit many-to-many relation, seen from the end whose id stands in column `A`.
struct Join<'a> {
    model: &'a Model,
    relation: &'a Relation,
    table: &'a JoinTable,
}

fn joins<'a>(models: &[&'a Model]) -> Vec<Join<'a>> {
    let mut found = BTreeMap::new();
    for model in models {
        for relation in model.fields.iter().filter_map(Field::relation) {
            if let Link::Join(table) = &relation.link
                && table.local_column == "A"
            {
                found.entry(&table.table).or_insert(Join { model, relation, table });
            }
        }
    }
    found.into_values().collect()
}

fn model_table(model: &Model, maker: &mut Maker<'_>) -> Table {
    let columns =
        model.columns().filter(|field| !field.is_computed).map(|field| column(model, field, maker)).collect();
    let name = maker.dialect.sql().table_name(model).into_owned();
    let mut table = Table {
        primary_key: Some(maker.primary_key(&name, model)),
        indexes: maker.indexes(&name, model),
        foreign_keys: maker.foreign_keys(&name, model),
        model: Some(model.name.clone()),
        renamed_from: model.renamed_from.clone(),
        columns,
        name,
    };
    for part in &model.primary_key.fields {
        let key = model.field(part.field);
        if let Some(column) = table.columns.iter_mut().find(|column| column.name == key.column) {
            column.is_nullable = false;
        }
    }
    maker.index_relations(&mut table, model);
    table
}

fn column(model: &Model, field: &Field, maker: &Maker<'_>) -> Column {
    let sql = maker.dialect.sql();
    let is_counted = sql.is_counted_key(model, field);
    let default = if is_counted { None } else { sql.column_default(maker.schema, field) };
    let fill = if default.is_none() { Fill::of(field) } else { None };
    Column {
        name: field.column.clone(),
        field: Some(field.name.clone()),
        column_type: sql.column_type(maker.schema, model, field).to_string(),
        is_nullable: !(field.is_required() || field.is_list())
            || is_left_to_database(field, default.as_ref()),
        is_list: field.is_list(),
        is_counted,
        default,
        fill,
        enumeration: match field.kind {
            FieldKind::Enum(id) => Some(maker.schema.enumeration(id).name.clone()),
            _ => None,
        },
        renamed_from: field.renamed_from.clone(),
    }
}

/// `@default(dbgenerated(…))` that this engine cannot express: nothing gives a value, so the
/// column must take none.
fn is_left_to_database(field: &Field, default: Option<&String>) -> bool {
    use purlin_schema::model::{DefaultFunction, DefaultValue};
    default.is_none()
        && matches!(&field.default, Some(DefaultValue::Function(DefaultFunction::Dbgenerated(_))))
}

fn join_table(join: &Join<'_>, maker: &mut Maker<'_>) -> Table {
    let name = join.table.table.clone();
    let target = maker.schema.model(join.relation.target);
    let ends = [("A", join.model, join.table.local_key), ("B", target, join.table.target_key)];
    let sql = maker.dialect.sql();
    let part = |column: &str| IndexPart {
        key: IndexKey::Column(column.to_owned()),
        is_descending: false,
        ops: None,
        length: None,
    };
    let columns = ends
        .iter()
        .map(|(column, model, key)| {
            let mut field = model.field(*key).clone();
            // Only a key of the table's own counts up.
            field.default = None;
            Column {
                name: (*column).to_owned(),
                field: None,
                column_type: sql.column_type(maker.schema, model, &field).to_string(),
                is_nullable: false,
                is_list: false,
                is_counted: false,
                default: None,
                fill: None,
                enumeration: None,
                renamed_from: None,
            }
        })
        .collect();
    let foreign_keys = ends
        .iter()
        .map(|(column, model, key)| ForeignKey {
            name: maker.names.generate(&name, &[column], "fkey"),
            columns: vec![(*column).to_owned()],
            references_table: sql.table_name(model).into_owned(),
            references_columns: vec![model.field(*key).column.clone()],
            on_delete: Action::Cascade,
            on_update: Action::Cascade,
        })
        .collect();
    let indexes = vec![
        Index {
            name: maker.names.unique(&name, "AB_unique"),
            is_unique: true,
            parts: vec![part("A"), part("B")],
            condition: None,
            method: None,
        },
        Index {
            name: maker.names.unique(&name, "B_index"),
            is_unique: false,
            parts: vec![part("B")],
            condition: None,
            method: None,
        },
    ];
    Table { name, model: None, columns, primary_key: None, indexes, foreign_keys, renamed_from: None }
}

/// The enums that some column uses.
fn enums(schema: &Schema, tables: &[Table]) -> Vec<Enumeration> {
    let is_used = |name: &str| {
        tables
            .iter()
            .flat_map(|table| &table.columns)
            .any(|column| column.enumeration.as_deref() == Some(name))
    };
    let mut found: Vec<Enumeration> = schema
        .enums
        .iter()
        .filter(|enumeration| is_used(&enumeration.name))
        .map(|enumeration| Enumeration {
            name: enumeration.name.clone(),
            values: enumeration
                .values
                .iter()
                .map(|value| EnumMember {
                    name: value.name.clone(),
                    stored: value.database_name.clone(),
                    renamed_from: value.renamed_from.clone(),
                })
                .collect(),
        })
        .collect();
    found.sort_by(|left, right| left.name.cmp(&right.name));
    found
}

/// Two models on one table, two fields on one column, a name that is not ours to use.
fn clashes(tables: &[Table]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut seen: BTreeMap<String, &Table> = BTreeMap::new();
    for table in tables {
        let lower = table.name.to_lowercase();
        if is_bookkeeping(&lower) {
            problems.push(format!(
                "{}: the table name \"{}\" is reserved; give the model another with @@map",
                table.label(),
                table.name
            ));
        }
        if let Some(other) = seen.insert(lower, table) {
            problems.push(format!(
                "{} and {} both live in the table \"{}\" (names must differ by more than case); change one @@map",
                other.label(),
                table.label(),
                table.name
            ));
        }
        let mut columns: BTreeMap<String, &Column> = BTreeMap::new();
        for column in &table.columns {
            if let Some(other) = columns.insert(column.name.to_lowercase(), column) {
                problems.push(format!(
                    "{}.{} and {}.{} both live in the column \"{}\" (names must differ by more than case); change one @map",
                    table.label(),
                    other.label(),
                    table.label(),
                    column.label(),
                    column.name
                ));
            }
        }
    }
    problems
}
