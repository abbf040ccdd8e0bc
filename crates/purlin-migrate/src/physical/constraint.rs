//! Keys, indexes and foreign keys of a model. Every foreign key gets an index, unless one
//! starts with its columns: without it each delete of a parent reads the whole table.

use purlin_schema::model::{
    Field, IndexField, IndexKind, Link, Model, PartialIndex, ReferentialAction, Relation, RelationMode,
    Schema, SortOrder,
};

use super::names::Names;
use super::{Action, ForeignKey, Index, IndexKey, IndexPart, PrimaryKey, Table, condition};
use crate::dialect::MigrationDialect;

/// What PostgreSQL calls the kinds of indexes that are not the usual tree.
const METHODS: [(&str, IndexKind); 5] = [
    ("hash", IndexKind::Hash),
    ("gist", IndexKind::Gist),
    ("gin", IndexKind::Gin),
    ("spgist", IndexKind::SpGist),
    ("brin", IndexKind::Brin),
];

pub(crate) fn method_kind(name: &str) -> Option<IndexKind> {
    METHODS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

pub(super) struct Maker<'a> {
    pub(super) schema: &'a Schema,
    pub(super) dialect: MigrationDialect,
    pub(super) names: Names,
    /// What the engine cannot hold.
    pub(super) problems: Vec<String>,
    /// Names of indexes that only relations ask for.
    pub(super) implied: Vec<String>,
}

/// Names given by `map:`: no generated name may take them.
pub(super) fn mapped_names(model: &Model) -> impl Iterator<Item = String> + '_ {
    let uniques = model.uniques.iter().filter_map(|unique| unique.constraint.clone());
    uniques.chain(model.indexes.iter().filter_map(|index| index.name.clone()))
}

impl Maker<'_> {
    pub(super) fn primary_key(&mut self, table: &str, model: &Model) -> PrimaryKey {
        let columns = model.key_fields().map(|field| field.column.clone()).collect();
        let given = model.primary_key.constraint.clone();
        PrimaryKey {
            name: given.unwrap_or_else(|| self.names.unique(self.dialect.engine().bare_name(table), "pkey")),
            columns,
        }
    }

    pub(super) fn indexes(&mut self, table: &str, model: &Model) -> Vec<Index> {
        let mut found = Vec::new();
        for unique in &model.uniques {
            let Some(parts) = self.parts(model, &unique.fields) else {
                self.refuse(
                    model,
                    unique.constraint.as_deref(),
                    "has no unique index on a member of a composite",
                );
                continue;
            };
            if unique.partial.is_some() && !self.dialect.engine().has_partial_indexes(true) {
                self.refuse(model, unique.constraint.as_deref(), "has no unique index with a condition");
            }
            let name = unique.constraint.clone();
            let name = name.unwrap_or_else(|| self.generate(table, model, &unique.fields, "key"));
            let condition = self.condition(model, unique.partial.as_ref(), true);
            found.push(Index { name, is_unique: true, parts, condition, method: None });
        }
        for index in &model.indexes {
            // An index only serves speed: what the engine cannot have is left out.
            let Some(mut parts) = self.parts(model, &index.fields) else { continue };
            if index.kind != IndexKind::BTree && !self.dialect.engine().indexes_documents() {
                continue;
            }
            let method = self.method(index.kind);
            if method.is_none() {
                self.end_with_key(model, &mut parts);
            }
            let name = index.name.clone();
            let name = name.unwrap_or_else(|| self.generate(table, model, &index.fields, "idx"));
            let condition = self.condition(model, index.partial.as_ref(), false);
            found.push(Index { name, is_unique: false, parts, condition, method });
        }
        found.extend(self.search_index(table, model));
        found.sort_by(|left, right| left.name.cmp(&right.name));
        found
    }

    fn search_index(&mut self, table: &str, model: &Model) -> Option<Index> {
        let fields = model.searched();
        if fields.is_empty() || !self.dialect.engine().has_search_index(model) {
            return None;
        }
        let bare = self.dialect.engine().bare_name(table);
        let name = self.dialect.engine().search_index(model);
        let name = name.unwrap_or_else(|| self.names.unique(bare, "search_idx"));
        Some(Index::search(name, fields.into_iter().map(|field| model.field(field).column.clone())))
    }

    fn refuse(&mut self, model: &Model, unique: Option<&str>, what: &str) {
        let unique = unique.map(|name| format!(" (\"{name}\")")).unwrap_or_default();
        let engine = self.dialect.as_str();
        self.problems.push(format!("{}: {engine} {what}{unique}", model.name));
    }

    pub(super) fn foreign_keys(&mut self, table: &str, model: &Model) -> Vec<ForeignKey> {
        let mode = self.schema.datasources.get(model.datasource.index());
        if mode.is_some_and(|datasource| datasource.relation_mode == RelationMode::Prisma) {
            return Vec::new();
        }
        let mut found: Vec<ForeignKey> = Vec::new();
        for relation in model.fields.iter().filter_map(Field::relation) {
            let Some(key) = self.foreign_key(table, model, relation) else { continue };
            if !found.iter().any(|other| other.is_like(&key)) {
                found.push(key);
            }
        }
        found.sort_by(|left, right| left.name.cmp(&right.name));
        found
    }

    /// `None` where the database cannot hold it: another end in another datasource, or a view.
    fn foreign_key(&mut self, table: &str, model: &Model, relation: &Relation) -> Option<ForeignKey> {
        let Link::Owning { fields, references, constraint } = &relation.link else { return None };
        let target = self.schema.model(relation.target);
        if target.datasource != model.datasource || target.is_view {
            return None;
        }
        let columns: Vec<&str> = fields.iter().map(|id| model.field(*id).column.as_str()).collect();
        let name = constraint
            .clone()
            .unwrap_or_else(|| self.names.generate(self.dialect.engine().bare_name(table), &columns, "fkey"));
        Some(ForeignKey {
            name,
            columns: columns.into_iter().map(str::to_owned).collect(),
            references_table: self.dialect.sql().table_name(target).into_owned(),
            references_columns: references.iter().map(|id| target.field(*id).column.clone()).collect(),
            on_delete: action(relation.on_delete),
            on_update: action(relation.on_update),
        })
    }

    /// Also where the foreign key itself is not the database's: lookups go the same way.
    pub(super) fn index_relations(&mut self, table: &mut Table, model: &Model) {
        for relation in model.fields.iter().filter_map(Field::relation) {
            let Link::Owning { fields, .. } = &relation.link else { continue };
            let columns: Vec<String> = fields.iter().map(|id| model.field(*id).column.clone()).collect();
            for column in table.columns.iter_mut().filter(|column| columns.contains(&column.name)) {
                // A made-up value would refer to nothing.
                column.fill = None;
            }
            if columns.is_empty() || table.has_index_for(&columns) {
                continue;
            }
            let names: Vec<&str> = columns.iter().map(String::as_str).collect();
            let mut parts: Vec<IndexPart> = columns
                .iter()
                .map(|column| IndexPart {
                    key: IndexKey::Column(column.clone()),
                    is_descending: false,
                    ops: None,
                    length: None,
                })
                .collect();
            self.end_with_key(model, &mut parts);
            let name = self.names.generate(self.dialect.engine().bare_name(&table.name), &names, "idx");
            self.implied.push(name.clone());
            table.indexes.push(Index { name, is_unique: false, parts, condition: None, method: None });
        }
        table.indexes.sort_by(|left, right| left.name.cmp(&right.name));
    }

    /// Every order of the API ends with the key, in the direction of the field before it: an index that does too
    /// gives whole pages in order, without sorting.
    fn end_with_key(&self, model: &Model, parts: &mut Vec<IndexPart>) {
        if self.dialect.sql().indexes_hold_key(model) {
            return;
        }
        let is_descending = parts.last().is_some_and(|part| part.is_descending);
        for field in model.key_fields() {
            let key = IndexKey::Column(field.column.clone());
            if !parts.iter().any(|part| part.key == key) {
                parts.push(IndexPart { key, is_descending, ops: None, length: None });
            }
        }
    }

    fn method(&self, kind: IndexKind) -> Option<String> {
        let (name, _) = METHODS.iter().find(|(_, other)| *other == kind)?;
        self.dialect.engine().has_index_methods().then(|| (*name).to_owned())
    }

    /// `None` where the engine has no index on one of them.
    fn parts(&self, model: &Model, fields: &[IndexField]) -> Option<Vec<IndexPart>> {
        let engine = self.dialect.engine();
        let part = |part: &IndexField| {
            let column = &model.field(part.field).column;
            let key = if part.path.is_empty() {
                IndexKey::Column(column.clone())
            } else {
                IndexKey::Expression(engine.member(column, &part.path)?)
            };
            let ops = part.ops.as_deref().filter(|_| engine.has_index_methods()).map(operator_class);
            let length = part.length.filter(|_| engine.has_index_lengths());
            let is_descending = part.sort == SortOrder::Descending && engine.has_descending_indexes();
            Some(IndexPart { key, is_descending, ops, length })
        };
        fields.iter().map(part).collect()
    }

    fn generate(&mut self, table: &str, model: &Model, fields: &[IndexField], suffix: &str) -> String {
        let table = self.dialect.engine().bare_name(table);
        let columns: Vec<&str> = fields
            .iter()
            .flat_map(|part| {
                let column = model.field(part.field).column.as_str();
                std::iter::once(column).chain(part.path.iter().map(String::as_str))
            })
            .collect();
        self.names.generate(table, &columns, suffix)
    }

    fn condition(&self, model: &Model, partial: Option<&PartialIndex>, is_unique: bool) -> Option<String> {
        let partial = partial.filter(|_| self.dialect.engine().has_partial_indexes(is_unique));
        partial.map(|partial| condition::of(self.dialect, self.schema, model, partial))
    }
}

/// As written, or Prisma's name: `JsonbPathOps` is `jsonb_path_ops`.
fn operator_class(name: &str) -> String {
    let mut text = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(character.to_ascii_lowercase());
    }
    text
}

fn action(action: ReferentialAction) -> Action {
    match action {
        ReferentialAction::Cascade => Action::Cascade,
        ReferentialAction::Restrict => Action::Restrict,
        ReferentialAction::NoAction => Action::NoAction,
        ReferentialAction::SetNull => Action::SetNull,
        ReferentialAction::SetDefault => Action::SetDefault,
    }
}
