//! One round: what the database has and the text has not, as edits.

use std::collections::{BTreeMap, BTreeSet};

use purlin_schema::ast;
use purlin_schema::model::{DefaultFunction, DefaultValue, Field};

use super::edit::{Edit, find};
use super::entity::{self, Entity, EnumNames};
use super::found::Found;
use super::known::Known;
use super::{block, field, join, keys, mark, relation};
use crate::adopt::owned;
use crate::diff::{Change, column_changes};
use crate::engine::Engine;
use crate::physical::{Column, PhysicalSchema, Table};

/// What all rounds together did and saw.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) changes: Vec<String>,
    pub(super) gone: BTreeSet<String>,
    pub(super) notes: BTreeSet<String>,
}

pub(super) struct Round<'a> {
    pub(super) engine: &'a dyn Engine,
    pub(super) known: &'a Known,
    pub(super) found: &'a Found,
    /// The live tables as the schema would call them.
    pub(super) adopted: PhysicalSchema,
    pub(super) edits: Vec<Edit>,
    pub(super) report: &'a mut Report,
}

pub(super) fn round(engine: &dyn Engine, known: &Known, found: &Found, report: &mut Report) -> Vec<Edit> {
    let adopted = owned(engine, &found.schema, &[&known.physical]);
    let mut round = Round { engine, known, found, adopted, edits: Vec::new(), report };
    round.run();
    round.edits
}

impl<'a> Round<'a> {
    fn run(&mut self) {
        let (engine, known, found) = (self.engine, self.known, self.found);
        let mut entities = entity::entities(engine, known, found);
        let enums = entity::enums(engine, known, found, &entities);
        let mut blocks: Vec<Vec<String>> = Vec::new();
        for entity in &mut entities {
            blocks.push(self.columns(entity, &enums));
        }
        let models = &known.schema.models;
        let new = relation::new(engine, models, found, &entities, &mut self.report.notes);
        relation::add_lines(&mut entities, &new, &self.relations());
        join::add_lines(engine, &known.physical, &found.schema, &mut entities, &mut self.report.notes);
        for (entity, attributes) in entities.iter().zip(&blocks) {
            self.write(entity, attributes);
        }
        self.enums(&enums);
        self.gone_models(&entities);
    }

    /// How many relations the text has between two models.
    fn relations(&self) -> BTreeMap<(String, String), usize> {
        let mut counts = BTreeMap::new();
        for model in &self.known.schema.models {
            for relation in model.fields.iter().filter_map(Field::relation).filter(|it| it.is_owning()) {
                let target = self.known.schema.model(relation.target).name.clone();
                let pair = if model.name < target {
                    (model.name.clone(), target)
                } else {
                    (target, model.name.clone())
                };
                *counts.entry(pair).or_default() += 1;
            }
        }
        counts
    }

    /// Compares the columns; the attributes of the block that a new model gets.
    fn columns(&mut self, entity: &mut Entity<'_>, enums: &[EnumNames<'_>]) -> Vec<String> {
        let (engine, found) = (self.engine, self.found);
        let Some(model) = entity.existing else {
            let (uniques, attributes) = keys::of_new(entity);
            for column in &entity.table.columns {
                let text = field::of(engine, found, enums, entity, column);
                let key = match entity.table.key_columns() {
                    [only] if *only == column.name => " @id",
                    _ if uniques.contains(&column.name) => " @unique",
                    _ => "",
                };
                let line = field::line(entity.field(&column.name), column, &text, key);
                entity.lines.push(line);
            }
            return attributes;
        };
        let known = self.known;
        let Some(target) =
            known.physical.tables.iter().find(|it| engine.is_same_name(&it.name, &entity.table.name))
        else {
            return Vec::new();
        };
        let Some(adopted) = self.adopted.table(&entity.table.name).cloned() else { return Vec::new() };
        for column in &entity.table.columns {
            let text = field::of(engine, found, enums, entity, column);
            let name = entity.field(&column.name).to_owned();
            match target.columns.iter().find(|other| engine.is_same_name(&other.name, &column.name)) {
                None if model.field_named(&name).is_none() => {
                    self.report.changes.push(format!("{}.{name}: added", model.name));
                    entity.lines.push(field::line(&name, column, &text, ""));
                }
                None => {}
                Some(wanted) => {
                    if let Some(live) = adopted.column(&column.name) {
                        self.column(model.name.as_str(), &name, (live, wanted), &text);
                    }
                }
            }
        }
        self.gone_columns(entity, target);
        keys::compare(self, entity, &adopted, target);
        Vec::new()
    }

    /// A column that both have.
    fn column(
        &mut self,
        model: &str,
        name: &str,
        (live, wanted): (&Column, &Column),
        text: &field::FieldText,
    ) {
        let changes = column_changes(self.engine, wanted, live);
        let Some(syntax) = self.field(model, name) else { return };
        for change in changes {
            match change {
                Change::Type { .. } if self.says(syntax, text) => {}
                Change::Type { from, to, .. } => {
                    self.edits.push(Edit::replace(syntax.ty.span, text.ty.clone()));
                    self.native(syntax, text.native.as_deref());
                    self.changed(model, name, &format!("{from} is now {to}"));
                }
                Change::BecomesRequired { .. } | Change::BecomesOptional { .. }
                    if self.known.texts.source(syntax.ty.span) != text.ty =>
                {
                    self.edits.push(Edit::replace(syntax.ty.span, text.ty.clone()));
                    self.changed(
                        model,
                        name,
                        if live.is_nullable { "is optional now" } else { "is required now" },
                    );
                }
                Change::Default { .. } => self.default(model, name, syntax, text.default.as_deref()),
                _ => {}
            }
        }
    }

    /// Whether the text says the type already, as far as it can.
    fn says(&self, syntax: &ast::Field, text: &field::FieldText) -> bool {
        let native = syntax.attributes.iter().find(|attribute| attribute.name.text.starts_with("db."));
        let wanted = text.native.as_ref().map(|native| format!("@db.{native}"));
        self.known.texts.source(syntax.ty.span) == text.ty
            && native.map(|native| self.known.texts.source(native.span)) == wanted.as_deref()
    }

    fn native(&mut self, syntax: &ast::Field, native: Option<&str>) {
        let old = syntax.attributes.iter().find(|attribute| attribute.name.text.starts_with("db."));
        match (old, native) {
            (Some(old), Some(native)) => self.edits.push(Edit::replace(old.span, format!("@db.{native}"))),
            (Some(old), None) => self.edits.push(Edit::replace(old.span, "")),
            (None, Some(native)) => self.edits.push(Edit::add_attribute(syntax, &format!("@db.{native}"))),
            (None, None) => {}
        }
    }

    /// What Purlin itself makes for each new row stays, whatever the database has.
    fn default(&mut self, model: &str, name: &str, syntax: &ast::Field, default: Option<&str>) {
        let schema = &self.known.schema;
        let known = schema.model_named(model).and_then(|model| model.field_named(name));
        let is_made = match known.and_then(|field| field.default.as_ref()) {
            Some(DefaultValue::Function(function)) => {
                !matches!(function, DefaultFunction::Autoincrement | DefaultFunction::Dbgenerated(_))
            }
            Some(DefaultValue::Auth(_)) => true,
            _ => false,
        };
        let texts = &self.known.texts;
        let old = find(&syntax.attributes, "default");
        match (old, default) {
            (_, None) if is_made => return,
            (Some(old), Some(default)) if texts.source(old.span) == format!("@default({default})") => return,
            (Some(old), Some(default)) => {
                self.edits.push(Edit::replace(old.span, format!("@default({default})")));
            }
            (Some(old), None) => self.edits.push(Edit::replace(old.span, "")),
            (None, Some(default)) => {
                self.edits.push(Edit::add_attribute(syntax, &format!("@default({default})")));
            }
            (None, None) => return,
        }
        self.changed(
            model,
            name,
            &default
                .map_or_else(|| "has no default now".to_owned(), |it| format!("has the default {it} now")),
        );
    }

    pub(super) fn changed(&mut self, model: &str, name: &str, what: &str) {
        let line = format!("{model}.{name}: {what}");
        if !self.report.changes.contains(&line) {
            self.report.changes.push(line);
        }
    }

    /// Where the model itself declares the field; one that it inherits is others' too.
    pub(super) fn field(&self, model: &str, name: &str) -> Option<&'a ast::Field> {
        self.known.texts.model(model)?.fields().find(|field| field.name.text == name)
    }

    fn gone_columns(&mut self, entity: &Entity<'_>, target: &Table) {
        let engine = self.engine;
        for column in &target.columns {
            let is_there =
                entity.table.columns.iter().any(|other| engine.is_same_name(&other.name, &column.name));
            let Some(field) = column.field.as_deref().filter(|_| !is_there) else { continue };
            self.report.gone.insert(format!("{}.{field}", entity.model));
            if let Some(syntax) = self.field(&entity.model, field) {
                let line = mark::line(&format!("the column \"{}\"", column.name));
                self.edits.push(self.known.texts.line_above(syntax.span, &line));
            }
        }
    }

    fn gone_models(&mut self, entities: &[Entity<'_>]) {
        for model in self.known.models() {
            if entities.iter().any(|entity| entity.model == model.name) {
                continue;
            }
            self.report.gone.insert(model.name.clone());
            if let Some(syntax) = self.known.texts.model(&model.name) {
                let line = mark::line(&format!("the table \"{}\"", model.table));
                self.edits.push(self.known.texts.line_above(syntax.span, &line));
            }
        }
    }

    /// Adds what is new to the text.
    fn write(&mut self, entity: &Entity<'_>, attributes: &[String]) {
        let texts = &self.known.texts;
        if entity.existing.is_none() {
            self.report.changes.push(format!("model {}: added", entity.model));
            self.edits.push(texts.append(&block::model(self.engine, self.known, entity, attributes)));
            return;
        }
        let Some(syntax) = texts.model(&entity.model) else { return };
        for line in &entity.lines {
            let edit = match syntax.fields().last() {
                Some(last) => texts.line_after(last.span, line),
                None => texts.last_line(syntax.span, line),
            };
            self.edits.push(edit);
        }
    }

    fn enums(&mut self, enums: &[EnumNames<'_>]) {
        let texts = &self.known.texts;
        for names in enums {
            let Some(existing) = names.existing else {
                self.report.changes.push(format!("enum {}: added", names.name));
                self.edits.push(texts.append(&block::enumeration(names)));
                continue;
            };
            let Some(syntax) = texts.enumeration(&existing.name) else { continue };
            for stored in &names.native.members {
                if existing.values.iter().any(|value| value.database_name == *stored) {
                    continue;
                }
                self.report.changes.push(format!("{}.{stored}: added", existing.name));
                let member = block::member(names, stored);
                self.edits.push(match syntax.values.last() {
                    Some(last) => texts.line_after(last.span, &member),
                    None => texts.last_line(syntax.span, &member),
                });
            }
            for value in
                existing.values.iter().filter(|value| !names.native.members.contains(&value.database_name))
            {
                self.report.gone.insert(format!("{}.{}", existing.name, value.name));
                if let Some(syntax) = syntax.values.iter().find(|other| other.name.text == value.name) {
                    let line = mark::line(&format!("the value '{}'", value.database_name));
                    self.edits.push(texts.line_above(syntax.span, &line));
                }
            }
        }
    }
}
