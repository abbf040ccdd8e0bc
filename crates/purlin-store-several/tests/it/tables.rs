//! New databases with the tables of one datasource.

use std::path::Path;

use purlin_core::schema::{DatasourceId, FieldId, Link, Model, ReferentialAction, Schema};
use purlin_sql::Dialect;
use purlin_sql::dialect::Sqlite;

pub(crate) fn create_tables(path: &Path, schema: &Schema, datasource: DatasourceId) {
    let models = schema.models.iter().filter(|model| model.datasource == datasource);
    let text: String = models.map(|model| table(schema, model)).collect();
    purlin_store_sqlite::open_for_migration(path).unwrap().execute_batch(&text).unwrap();
}

fn table(schema: &Schema, model: &Model) -> String {
    let name = |model: &Model| Sqlite.identifier(&Sqlite.table_name(model));
    let names = |model: &Model, fields: &[FieldId]| {
        let column = |id: &FieldId| Sqlite.identifier(&model.field(*id).column);
        fields.iter().map(column).collect::<Vec<_>>().join(", ")
    };
    let mut parts: Vec<String> = model
        .columns()
        .map(|field| {
            let null = if field.is_required() || field.is_list() { " NOT NULL" } else { "" };
            let unique = if field.is_unique && !field.is_id { " UNIQUE" } else { "" };
            let column = Sqlite.identifier(&field.column);
            format!("{column} {}{null}{unique}", Sqlite.column_type(schema, model, field))
        })
        .collect();
    let key: Vec<FieldId> = model.key_fields().map(|field| field.id).collect();
    parts.push(format!("PRIMARY KEY ({})", names(model, &key)));
    for relation in model.fields.iter().filter_map(|field| field.relation()).filter(|it| !it.is_split) {
        let Link::Owning { fields, references, .. } = &relation.link else { continue };
        let target = schema.model(relation.target);
        let action = match relation.on_delete {
            ReferentialAction::Cascade => "CASCADE",
            ReferentialAction::SetNull => "SET NULL",
            _ => "RESTRICT",
        };
        parts.push(format!(
            "FOREIGN KEY ({}) REFERENCES {}({}) ON DELETE {action} ON UPDATE RESTRICT",
            names(model, fields),
            name(target),
            names(target, references),
        ));
    }
    format!("CREATE TABLE {} ({});\n", name(model), parts.join(", "))
}
