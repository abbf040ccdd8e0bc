//! Which table and which column of the old state is which of the new one, where names differ.
//! Evidence in order: the same name in the database; `@renamedFrom`; the same schema name under
//! another `@map`; an answer. Anything less is a question, never a guess.

use super::carry::carry;
use super::question::{Answers, Question};
use super::rename::{ColumnRename, MemberRename, Rename, Renames};
use super::{join, similarity};
use crate::physical::{Column, EnumMember, PhysicalSchema, Table};
use purlin_schema::builtin::is_own_table as is_own;

/// What is known, and what has to be asked first.
pub(super) fn find(
    old: &PhysicalSchema,
    new: &PhysicalSchema,
    answers: &Answers,
) -> (Renames, Vec<Question>) {
    let mut renames = Renames::default();
    let mut questions = Vec::new();
    tables(old, new, answers, &mut renames, &mut questions);
    join::tables(old, new, answers, &mut renames, &mut questions);
    let carried = carry(old, &renames);
    for table in &new.tables {
        if let Some(before) = carried.table(&table.name).filter(|before| before.model.is_some()) {
            columns(before, table, answers, &mut renames, &mut questions);
        }
    }
    renames.members = members(old, new, answers);
    (renames, questions)
}

/// Members of enums that have another name now. One that is only gone is counted by the guard.
fn members(old: &PhysicalSchema, new: &PhysicalSchema, answers: &Answers) -> Vec<MemberRename> {
    let mut found: Vec<MemberRename> = Vec::new();
    for after in &new.enums {
        let Some(before) = old.enumeration(&after.name) else { continue };
        let has = |values: &[EnumMember], name: &str| values.iter().any(|value| value.name == name);
        for value in after.values.iter().filter(|value| !has(&before.values, &value.name)) {
            let was = before.values.iter().find(|old| {
                !has(&after.values, &old.name)
                    && found.iter().all(|taken| taken.enumeration != after.name || taken.from != old.name)
                    && (value.renamed_from.as_ref() == Some(&old.name)
                        || answers.renames_member(&after.name, &old.name, &value.name))
            });
            found.extend(was.map(|old| MemberRename {
                enumeration: after.name.clone(),
                from: old.name.clone(),
                to: value.name.clone(),
            }));
        }
    }
    found
}

fn tables(
    old: &PhysicalSchema,
    new: &PhysicalSchema,
    answers: &Answers,
    renames: &mut Renames,
    questions: &mut Vec<Question>,
) {
    let of_models = |table: &&Table| table.model.is_some();
    let all: Vec<&Table> = old.tables.iter().filter(of_models).collect();
    let mut gone: Vec<&Table> = all.clone();
    gone.retain(|table| new.table(&table.name).is_none());
    let mut come: Vec<&Table> = new.tables.iter().filter(of_models).collect();
    come.retain(|table| old.table(&table.name).is_none());
    let is_called = |table: &Table, name: &str| table.name == name || table.model.as_deref() == Some(name);
    let found = pair(
        &mut come,
        [
            &|table: &Table| {
                table.renamed_from.as_deref().and_then(|name| find_in(&all, |before| is_called(before, name)))
            },
            &|table: &Table| find_in(&gone, |before| before.model == table.model),
            &|table: &Table| find_in(&gone, |before| answers.renames_table(before, table)),
        ],
    );
    for (before, table) in found {
        gone.retain(|other| other.name != before.name);
        renames.tables.push(Rename { from: before.name.clone(), to: table.name.clone() });
    }
    for before in gone.iter().filter(|before| !answers.drops_table(before)) {
        // An app's table never becomes one of Purlin's own, nor the other way round.
        let mut alike = come.clone();
        alike.retain(|table| is_own(&table.name) == is_own(&before.name));
        let candidates: Vec<String> =
            similarity::tables(before, &alike).into_iter().map(|table| table.label().to_owned()).collect();
        if !candidates.is_empty() {
            let (from, database_name) = (before.label().to_owned(), before.name.clone());
            questions.push(Question { table: None, from, database_name, candidates });
        }
    }
}

/// `before` already has the table's new name.
fn columns(
    before: &Table,
    after: &Table,
    answers: &Answers,
    renames: &mut Renames,
    questions: &mut Vec<Question>,
) {
    let all: Vec<&Column> = before.columns.iter().collect();
    let mut gone = all.clone();
    gone.retain(|column| after.column(&column.name).is_none());
    let mut come: Vec<&Column> = after.columns.iter().collect();
    come.retain(|column| before.column(&column.name).is_none());
    let is_called =
        |column: &Column, name: &str| column.name == name || column.field.as_deref() == Some(name);
    let found = pair(
        &mut come,
        [
            &|column: &Column| {
                column.renamed_from.as_deref().and_then(|name| find_in(&all, |old| is_called(old, name)))
            },
            &|column: &Column| find_in(&gone, |old| old.field.is_some() && old.field == column.field),
            &|column: &Column| find_in(&gone, |old| answers.renames_column(after, old, column)),
        ],
    );
    for (old, column) in found {
        gone.retain(|other| other.name != old.name);
        let (from, to) = (old.name.clone(), column.name.clone());
        renames.columns.push(ColumnRename { table: after.name.clone(), from, to });
    }
    for old in gone.iter().filter(|old| !answers.drops_column(after, old)) {
        let candidates: Vec<String> = similarity::columns(before, old, after, &come)
            .into_iter()
            .map(|column| column.label().to_owned())
            .collect();
        if !candidates.is_empty() {
            questions.push(Question {
                table: Some(after.label().to_owned()),
                from: old.label().to_owned(),
                database_name: old.name.clone(),
                candidates,
            });
        }
    }
}

fn find_in<'a, T>(items: &[&'a T], is_meant: impl Fn(&T) -> bool) -> Option<&'a T> {
    items.iter().copied().find(|item| is_meant(item))
}

/// What an item was, by one kind of evidence.
type Evidence<'e, 'a, T> = &'e dyn Fn(&T) -> Option<&'a T>;

/// Pairs what came with what it was, by one kind of evidence after the other; what is paired
/// leaves `come`. Nothing is paired twice.
fn pair<'a, T: Named>(come: &mut Vec<&'a T>, evidence: [Evidence<'_, 'a, T>; 3]) -> Vec<(&'a T, &'a T)> {
    let mut found: Vec<(&T, &T)> = Vec::new();
    for was in evidence {
        come.retain(|item| match was(item) {
            Some(before) if found.iter().all(|(taken, _)| taken.name() != before.name()) => {
                found.push((before, item));
                false
            }
            _ => true,
        });
    }
    found
}

trait Named {
    fn name(&self) -> &str;
}

impl Named for Table {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Named for Column {
    fn name(&self) -> &str {
        &self.name
    }
}
