//! The state of one statement in the making: its bindings, its aliases, the tables it reads.

use purlin_core::changes::Table;
use purlin_core::schema::{FieldId, ModelId, Schema};
use purlin_core::statement::{LoadSlot, ParamId};

use crate::binding::{Binding, Form, Source};
use crate::dialect::Dialect;

pub(super) const ALWAYS: &str = "1 = 1";
pub(super) const NEVER: &str = "1 = 0";

pub(super) struct Renderer<'a> {
    pub schema: &'a Schema,
    pub dialect: &'a dyn Dialect,
    pub bindings: Vec<Binding>,
    pub tables: Vec<Table>,
    aliases: usize,
    /// The row whose columns are being tested without looking them up.
    pub unindexed: Option<String>,
}

/// The rows that a filter may name: the innermost, and the way outwards.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub alias: &'s str,
    pub outer: Option<&'s Scope<'s>>,
}

impl<'s> Scope<'s> {
    /// A row with nothing around it.
    pub(super) fn alone(alias: &'s str) -> Self {
        Self { alias, outer: None }
    }

    pub(super) fn nth(&self, depth: u8) -> Option<&Scope<'s>> {
        let mut scope = Some(self);
        for _ in 0..depth {
            scope = scope.and_then(|scope| scope.outer);
        }
        scope
    }
}

/// A number of rows, as far as engines count.
pub(super) fn whole(rows: u64) -> String {
    rows.min(i64::MAX.unsigned_abs()).to_string()
}

/// Both conditions; one that always holds is not worth a word.
pub(super) fn both(left: &str, right: &str) -> String {
    match (left, right) {
        (ALWAYS, only) | (only, ALWAYS) => only.to_owned(),
        (left, right) => format!("{left} AND {right}"),
    }
}

impl<'a> Renderer<'a> {
    pub(super) fn new(schema: &'a Schema, dialect: &'a dyn Dialect) -> Self {
        Self { schema, dialect, bindings: Vec::new(), tables: Vec::new(), aliases: 0, unindexed: None }
    }

    pub(super) fn alias(&mut self) -> String {
        let alias = format!("t{}", self.aliases);
        self.aliases += 1;
        alias
    }

    /// The placeholder of a binding; equal bindings share one.
    pub(super) fn bind(&mut self, binding: Binding) -> String {
        let known = if self.dialect.shares_placeholders() {
            self.bindings.iter().position(|known| *known == binding)
        } else {
            None
        };
        let position = known.unwrap_or_else(|| {
            self.bindings.push(binding);
            self.bindings.len() - 1
        });
        self.dialect.placeholder(position + 1)
    }

    pub(super) fn param(&mut self, param: ParamId, form: Form) -> String {
        self.bind(Binding { source: Source::Param(param), form })
    }

    pub(super) fn loaded(&mut self, slot: LoadSlot, field: FieldId, form: Form) -> String {
        self.bind(Binding { source: Source::Loaded(slot, field), form })
    }

    /// `"Post" AS t0`.
    pub(super) fn table(&mut self, model: ModelId, alias: &str) -> String {
        self.touch(Table::Model(model));
        let mut text = self.dialect.table(self.schema.model(model));
        text.push_str(" AS ");
        text.push_str(alias);
        text
    }

    pub(super) fn touch(&mut self, table: Table) {
        if !self.tables.contains(&table) {
            self.tables.push(table);
        }
    }

    /// `t0."title"`.
    pub(super) fn column(&self, alias: &str, model: ModelId, field: FieldId) -> String {
        let mut text = String::with_capacity(24);
        text.push_str(alias);
        text.push('.');
        self.dialect.push_identifier(&mut text, &self.schema.model(model).field(field).column);
        text
    }

    /// The columns of the primary key.
    pub(super) fn key_columns(&self, alias: &str, model: ModelId) -> Vec<String> {
        let fields = self.schema.model(model).key_fields();
        fields.map(|field| self.column(alias, model, field.id)).collect()
    }

    /// One column as it is, several as a row.
    pub(super) fn row(columns: &[String]) -> String {
        match columns {
            [only] => only.clone(),
            several => format!("({})", several.join(", ")),
        }
    }
}
