//! Renames that only a person can tell from a drop and an addition, and the answers.

use serde::{Deserialize, Serialize};

use super::rename::Renames;
use crate::error::Error;
use crate::physical::{Column, Table};

/// Was `from` renamed to one of the candidates, or is it dropped?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The model whose field it is; `None` when a whole model is meant.
    pub table: Option<String>,
    pub from: String,
    /// What `from` is called in the database.
    pub database_name: String,
    /// The likeliest first; never empty.
    pub candidates: Vec<String>,
}

impl Question {
    /// The flags that answer it: one per candidate, then the one that drops.
    pub fn flags(&self) -> Vec<String> {
        let path = self.path();
        let renames = self.candidates.iter().map(|to| format!("--rename {path}={to}"));
        renames.chain([format!("--drop {path}")]).collect()
    }

    pub fn rename_to(&self, candidate: &str) -> Answer {
        Answer::Rename { table: self.table.clone(), from: self.from.clone(), to: candidate.to_owned() }
    }

    pub fn drop(&self) -> Answer {
        Answer::Drop { table: self.table.clone(), name: self.from.clone() }
    }

    fn path(&self) -> String {
        self.table.as_ref().map_or_else(|| self.from.clone(), |table| format!("{table}.{}", self.from))
    }
}

impl std::fmt::Display for Question {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "is {} renamed to {}, or dropped?", self.path(), self.candidates.join(" or "))
    }
}

/// Schema names or database names, as people write them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Rename {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table: Option<String>,
        from: String,
        to: String,
    },
    Drop {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table: Option<String>,
        name: String,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub Vec<Answer>);

impl Answers {
    /// `--rename Old=New` or `--rename Model.old=new`.
    pub fn add_rename(&mut self, flag: &str) -> Result<(), Error> {
        let wrong = || Error::Flag {
            flag: format!("--rename {flag}"),
            expected: "--rename Old=New for a model, --rename Model.old=new for a field",
        };
        let (from, to) = flag.split_once('=').ok_or_else(wrong)?;
        let (table, from) = split(from);
        // The field's new name may be written with its model, too.
        let (_, to) = split(to);
        if from.is_empty() || to.is_empty() {
            return Err(wrong());
        }
        self.0.push(Answer::Rename { table, from, to });
        Ok(())
    }

    /// `--drop Model` or `--drop Model.field`.
    pub fn add_drop(&mut self, flag: &str) -> Result<(), Error> {
        let (table, name) = split(flag);
        if name.is_empty() {
            let flag = format!("--drop {flag}");
            return Err(Error::Flag {
                flag,
                expected: "--drop Model for a model, --drop Model.field for a field",
            });
        }
        self.0.push(Answer::Drop { table, name });
        Ok(())
    }

    /// Keeps renames that have been carried out, so that a later plan from an earlier state knows
    /// them: `a` to `b` and then `b` to `c` is `a` to `c`.
    pub(crate) fn remember(&mut self, renames: &Renames) {
        for rename in &renames.tables {
            for answer in &mut self.0 {
                if let Answer::Rename { table: Some(table), .. } = answer
                    && *table == rename.from
                {
                    table.clone_from(&rename.to);
                }
            }
            self.chain(None, &rename.from, &rename.to);
        }
        for rename in &renames.columns {
            self.chain(Some(&rename.table), &rename.from, &rename.to);
        }
        for rename in &renames.members {
            self.chain(Some(&rename.enumeration), &rename.from, &rename.to);
        }
    }

    fn chain(&mut self, owner: Option<&str>, old: &str, new: &str) {
        for answer in &mut self.0 {
            if let Answer::Rename { table, to, .. } = answer
                && table.as_deref() == owner
                && to == old
            {
                new.clone_into(to);
                return;
            }
        }
        let (table, from, to) = (owner.map(str::to_owned), old.to_owned(), new.to_owned());
        self.0.push(Answer::Rename { table, from, to });
    }

    pub(super) fn renames_table(&self, before: &Table, after: &Table) -> bool {
        self.0.iter().any(|answer| {
            matches!(answer, Answer::Rename { table: None, from, to }
                if names_table(before, from) && names_table(after, to))
        })
    }

    pub(super) fn drops_table(&self, before: &Table) -> bool {
        self.0
            .iter()
            .any(|answer| matches!(answer, Answer::Drop { table: None, name } if names_table(before, name)))
    }

    pub(super) fn renames_column(&self, table: &Table, before: &Column, after: &Column) -> bool {
        self.0.iter().any(|answer| {
            matches!(answer, Answer::Rename { table: Some(name), from, to }
                if names_table(table, name) && names_column(before, from) && names_column(after, to))
        })
    }

    /// Members of an enum are named as fields of a model are.
    pub(super) fn renames_member(&self, enumeration: &str, before: &str, after: &str) -> bool {
        self.0.iter().any(|answer| {
            matches!(answer, Answer::Rename { table: Some(name), from, to }
                if name == enumeration && from == before && to == after)
        })
    }

    pub(super) fn drops_column(&self, table: &Table, before: &Column) -> bool {
        self.0.iter().any(|answer| {
            matches!(answer, Answer::Drop { table: Some(owner), name }
                if names_table(table, owner) && names_column(before, name))
        })
    }
}

fn split(path: &str) -> (Option<String>, String) {
    match path.trim().split_once('.') {
        Some((table, name)) => (Some(table.to_owned()), name.to_owned()),
        None => (None, path.trim().to_owned()),
    }
}

fn names_table(table: &Table, name: &str) -> bool {
    table.name == name || table.model.as_deref() == Some(name)
}

fn names_column(column: &Column, name: &str) -> bool {
    column.name == name || column.field.as_deref() == Some(name)
}
