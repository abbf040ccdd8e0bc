//! What has changed since: a number for each table, and one for the whole database that is odd
//! while a commit is being made known.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::table::Table;
use crate::schema::{Link, ModelId, ReferentialAction, Schema};

#[derive(Debug)]
pub struct Versions {
    generation: AtomicU64,
    /// Models first, by id, then join tables.
    tables: Vec<AtomicU64>,
    joins: BTreeMap<Table, usize>,
    /// Tables whose rows a change of keys, or a delete, in a model may change too: all the way down.
    reached: Vec<Vec<usize>>,
}

/// The tables that a group of plans has touched.
#[derive(Debug, Default)]
pub struct Touched {
    tables: Vec<usize>,
    pub all: bool,
}

impl Touched {
    /// Nobody knows what was touched.
    pub fn everything() -> Self {
        Self { tables: Vec::new(), all: true }
    }
}

impl Versions {
    pub fn new(schema: &Schema) -> Self {
        let mut joins = BTreeMap::new();
        for model in &schema.models {
            for field in &model.fields {
                let Some(relation) = field.relation() else { continue };
                if matches!(relation.link, Link::Join(_)) {
                    let next = schema.models.len() + joins.len();
                    joins.entry(Table::join(schema, model.id, field.id)).or_insert(next);
                }
            }
        }
        let tables = (0..schema.models.len() + joins.len()).map(|_| AtomicU64::new(0)).collect();
        let reached = schema.models.iter().map(|model| reached(schema, model.id, &joins)).collect();
        Self { generation: AtomicU64::new(0), tables, joins, reached }
    }

    /// Even, unless a commit is just being made known.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    pub fn table(&self, table: Table) -> u64 {
        self.position(table)
            .and_then(|position| self.tables.get(position))
            .map_or(0, |version| version.load(Ordering::SeqCst))
    }

    /// How often the tables were changed, all together: as long as it stays the same, none of them was.
    pub fn of(&self, tables: &[Table]) -> u64 {
        tables.iter().fold(0, |sum, table| sum.wrapping_add(self.table(*table)))
    }

    fn position(&self, table: Table) -> Option<usize> {
        match table {
            Table::Model(model) => Some(model.index()),
            Table::Join(..) => self.joins.get(&table).copied(),
        }
    }

    pub fn touch(&self, touched: &mut Touched, table: Table, cascades: bool) {
        let reached = match table {
            Table::Model(model) if cascades => self.reached.get(model.index()).map(Vec::as_slice),
            _ => None,
        };
        for position in self.position(table).into_iter().chain(reached.into_iter().flatten().copied()) {
            if !touched.tables.contains(&position) {
                touched.tables.push(position);
            }
        }
    }

    /// Before a commit: from here on a new snapshot may or may not hold it.
    pub fn begin(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// After the commit, whether it succeeded or not.
    pub fn end(&self, touched: &Touched) {
        self.count(touched);
        self.generation.fetch_add(1, Ordering::SeqCst);
        // Whoever has asked in between may go on with a snapshot of before: what it then reads is not of now.
        self.count(touched);
    }

    fn count(&self, touched: &Touched) {
        for (position, version) in self.tables.iter().enumerate() {
            if touched.all || touched.tables.contains(&position) {
                version.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

fn reached(schema: &Schema, start: ModelId, joins: &BTreeMap<Table, usize>) -> Vec<usize> {
    let mut found = Vec::new();
    let mut open = vec![start];
    while let Some(model) = open.pop() {
        for field in &schema.model(model).fields {
            let Some(relation) = field.relation() else { continue };
            match relation.link {
                Link::Owning { .. } => {}
                Link::Inverse { .. } => {
                    let actions = schema.opposite(relation).relation();
                    let is_passive =
                        |action| matches!(action, ReferentialAction::Restrict | ReferentialAction::NoAction);
                    if actions.is_some_and(|other| is_passive(other.on_delete) && is_passive(other.on_update))
                    {
                        continue;
                    }
                    if !found.contains(&relation.target.index()) {
                        found.push(relation.target.index());
                        open.push(relation.target);
                    }
                }
                Link::Join(_) => {
                    found.extend(joins.get(&Table::join(schema, model, field.id)).copied());
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn schema() -> Schema {
        let text = (0..60).fold(String::new(), |mut text, number| {
            writeln!(text, "model M{number} {{\n  id Int @id\n}}").unwrap();
            text
        });
        purlin_schema::compile(vec![purlin_schema::SourceFile::new("schema.zmodel", text)]).schema.unwrap()
    }

    /// Whoever holds a snapshot goes on with it as long as the generation is the same.
    #[test]
    fn a_number_that_was_asked_for_during_a_commit_is_no_number_after_it() {
        const COMMITS: usize = 20_000;
        let versions = Versions::new(&schema());
        let first = [Table::Model(ModelId(0))];
        let is_over = std::sync::atomic::AtomicBool::new(false);
        let (after, during) = std::thread::scope(|scope| {
            let asking = scope.spawn(|| {
                let mut during = Vec::new();
                while !is_over.load(Ordering::SeqCst) {
                    let number = versions.of(&first);
                    let generation = versions.generation();
                    if !generation.is_multiple_of(2) {
                        during.push((generation, number));
                    }
                }
                during
            });
            let mut after = BTreeMap::new();
            for _ in 0..COMMITS {
                versions.begin();
                let generation = versions.generation();
                versions.end(&Touched::everything());
                after.insert(generation, versions.of(&first));
            }
            is_over.store(true, Ordering::SeqCst);
            (after, asking.join().unwrap())
        });
        assert!(!during.is_empty(), "nobody asked during a commit");
        for (generation, number) in during {
            assert_ne!(after.get(&generation), Some(&number), "in generation {generation}");
        }
    }
}
