//! Keys, indexes and foreign keys of a model that the text has, and those of one that it gets.

use purlin_schema::Span;
use purlin_schema::ast;
use purlin_schema::model::{IndexField, Model};

use super::block::{self, Place};
use super::edit::{Edit, quoted};
use super::entity::Entity;
use super::merge::Round;
use super::{mark, relation};
use crate::engine::ForeignKeys;
use crate::physical::{Action, Index, Table};

/// The columns that are unique by themselves, and the attributes of the block.
pub(super) fn of_new(entity: &Entity<'_>) -> (Vec<String>, Vec<String>) {
    let mut columns = Vec::new();
    let mut attributes: Vec<String> = block::id(entity).into_iter().collect();
    for index in &entity.table.indexes {
        match block::index(entity, index) {
            // A second one on the same column, or one beside the key, says nothing new.
            Place::Field(column) if columns.contains(&column) => {}
            Place::Field(column) => columns.push(column),
            Place::Block(attribute) => attributes.push(attribute),
        }
    }
    (columns, attributes)
}

/// What both have, one has more, or calls otherwise.
pub(super) fn compare(round: &mut Round<'_>, entity: &Entity<'_>, live: &Table, wanted: &Table) {
    let Some(model) = entity.existing else { return };
    primary_key(round, entity, model, live, wanted);
    indexes(round, entity, model, live, wanted);
    foreign_keys(round, entity, model, wanted);
}

fn primary_key(round: &mut Round<'_>, entity: &Entity<'_>, model: &Model, live: &Table, wanted: &Table) {
    let (Some(live), Some(wanted)) = (&live.primary_key, &wanted.primary_key) else { return };
    if live.columns != wanted.columns {
        let label =
            format!("{}: its key is another one in the database ({})", entity.model, live.columns.join(", "));
        round.report.notes.insert(label);
    } else if live.name != wanted.name && round.engine.names_primary_keys() {
        set_name(round, model, model.primary_key.span, &live.name);
    }
}

fn indexes(round: &mut Round<'_>, entity: &Entity<'_>, model: &Model, live: &Table, wanted: &Table) {
    let engine = round.engine;
    let is_same_name = |left: &Index, right: &Index| engine.is_same_name(&left.name, &right.name);
    let has = |table: &Table, index: &Index| table.indexes.iter().any(|other| is_same_name(other, index));
    let mut waiting: Vec<&Index> = wanted.indexes.iter().filter(|index| !has(live, index)).collect();
    for index in live.indexes.iter().filter(|index| !has(wanted, index)) {
        // The same under another name, perhaps without the key at its end.
        let alike = waiting.iter().position(|other| {
            let mut shortened = (*other).clone();
            shortened.parts.truncate(index.parts.len());
            (other.parts.len() == index.parts.len() || !index.is_unique) && shortened.is_like(index, engine)
        });
        let asked = alike.and_then(|at| waiting.get(at)).filter(|it| !round.known.implied.contains(&it.name));
        let span = asked.and_then(|index| span_of(model, index));
        if let (Some(at), Some(span)) = (alike, span) {
            waiting.remove(at);
            set_name(round, model, span, &index.name);
            continue;
        }
        if let Some(at) = alike {
            // Purlin asks for it by itself; the database has one, so the text may as well.
            waiting.remove(at);
        }
        add(round, entity, model, index);
    }
    for index in waiting.into_iter().filter(|index| !round.known.implied.contains(&index.name)) {
        let Some(span) = span_of(model, index) else { continue };
        round.report.gone.insert(format!("{}: {}", entity.model, round.known.texts.source(span)));
        if is_inside(round, model, span) {
            let line = mark::line(&format!("the index \"{}\"", index.name));
            round.edits.push(round.known.texts.line_above(span, &line));
        }
    }
}

fn add(round: &mut Round<'_>, entity: &Entity<'_>, model: &Model, index: &Index) {
    let Some(syntax) = round.known.texts.model(&model.name) else { return };
    let (edit, label) = match block::index(entity, index) {
        Place::Field(column) => {
            let Some(field) = round.field(&model.name, entity.field(&column)) else { return };
            let label = format!("{}.{}: is unique now", entity.model, field.name.text);
            (Edit::add_attribute(field, "@unique"), label)
        }
        Place::Block(attribute) => {
            let gap = if syntax.attributes().next().is_none() { "\n  " } else { "" };
            let edit = round.known.texts.last_line(syntax.span, &format!("{gap}{attribute}"));
            (edit, format!("{}: {attribute} added", entity.model))
        }
    };
    round.edits.push(edit);
    round.report.changes.push(label);
}

/// The attribute that asks for an index; none asks for that of a relation.
fn span_of(model: &Model, index: &Index) -> Option<Span> {
    let columns: Vec<&str> = index.parts.iter().filter_map(|part| part.key.column()).collect();
    let of = |fields: &[IndexField]| -> Vec<&str> {
        fields.iter().map(|part| model.field(part.field).column.as_str()).collect()
    };
    if index.is_unique {
        return model.uniques.iter().find(|unique| of(&unique.fields) == columns).map(|unique| unique.span);
    }
    let asks = |wanted: &&purlin_schema::model::Index| {
        let fields = of(&wanted.fields);
        let mut rest = columns.iter().skip(fields.len());
        wanted.name.as_deref().is_none_or(|name| name == index.name)
            && columns.starts_with(&fields)
            && rest.all(|column| model.key_fields().any(|key| key.column == *column))
    };
    // The longest: of @@index([a]) and @@index([a, b]) the latter asks for an index on a and b.
    model.indexes.iter().filter(asks).max_by_key(|wanted| wanted.fields.len()).map(|wanted| wanted.span)
}

fn set_name(round: &mut Round<'_>, model: &Model, span: Span, name: &str) {
    let Some(syntax) = round.known.texts.model(&model.name) else { return };
    let of_fields = syntax.fields().flat_map(|field| &field.attributes);
    let attribute = syntax.attributes().chain(of_fields).find(|attribute| attribute.span == span);
    if let Some(attribute) = attribute {
        round.edits.push(Edit::set_argument(attribute, "map", &quoted(name)));
    }
}

/// What a model inherits is others' too.
fn is_inside(round: &Round<'_>, model: &Model, span: Span) -> bool {
    round.known.texts.model(&model.name).is_some_and(|syntax| syntax.span.contains(span))
}

fn foreign_keys(round: &mut Round<'_>, entity: &Entity<'_>, model: &Model, wanted: &Table) {
    if !round.known.has_foreign_keys() {
        return;
    }
    for key in &entity.table.foreign_keys {
        let found = relation::existing(round.engine, &round.known.schema.models, model, key);
        let same = wanted.foreign_keys.iter().find(|other| {
            other.columns == key.columns
                && round.engine.is_same_name(&other.references_table, &key.references_table)
        });
        let (Some((field, _)), Some(same)) = (found, same) else { continue };
        let Some(syntax) = round.field(&model.name, &field.name) else { continue };
        let Some(attribute) = super::edit::find(&syntax.attributes, "relation") else { continue };
        actions(round, &entity.model, syntax, attribute, key, same);
        if key.name != same.name && round.engine.foreign_keys() != ForeignKeys::WithTable {
            round.edits.push(Edit::set_argument(attribute, "map", &quoted(&key.name)));
        }
    }
}

fn actions(
    round: &mut Round<'_>,
    model: &str,
    syntax: &ast::Field,
    attribute: &ast::Attribute,
    live: &crate::physical::ForeignKey,
    wanted: &crate::physical::ForeignKey,
) {
    for (name, live, wanted) in
        [("onDelete", live.on_delete, wanted.on_delete), ("onUpdate", live.on_update, wanted.on_update)]
    {
        if live == wanted || live == Action::SetDefault {
            continue;
        }
        round.edits.push(Edit::set_argument(attribute, name, &format!("{live:?}")));
        round.changed(model, &syntax.name.text, &format!("{name} is {live:?} now"));
    }
}
