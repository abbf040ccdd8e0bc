//! How much one request may ask for, however it is written: each condition costs a part of a
//! statement, each include a statement of its own. A condition on related rows is looked at for each
//! of them, and one inside it for each of those again, so the deeper the dearer.

use purlin_core::input::Problems;
use purlin_core::operation::{OrderTarget, Query, Search, Selection, Where};

const MAX_CONDITIONS: usize = 500;
const MAX_INCLUDES: usize = 30;
/// Conditions that a step to related rows weighs, times its depth.
const STEP: usize = 5;

#[derive(Default)]
struct Weight {
    conditions: usize,
    includes: usize,
}

pub(super) fn check_query(query: &Query, problems: &mut Problems) {
    let mut weight = Weight::default();
    weight.add_query(query);
    weight.check(problems);
}

pub(crate) fn check_filter(filter: &Where, problems: &mut Problems) {
    let mut weight = Weight::default();
    weight.add_filter(filter, 0);
    weight.check(problems);
}

impl Weight {
    fn check(&self, problems: &mut Problems) {
        if self.conditions > MAX_CONDITIONS {
            problems.add(
                "where",
                format!(
                    "a request has at most {MAX_CONDITIONS} conditions, and one on related rows counts for \
                     {STEP} more at each level of its nesting; use \"in\" for lists"
                ),
            );
        }
        if self.includes > MAX_INCLUDES {
            problems.add("include", format!("a request has at most {MAX_INCLUDES} includes"));
        }
    }

    fn add_query(&mut self, query: &Query) {
        self.add_filter(&query.filter, 0);
        for order in &query.order {
            if let OrderTarget::Relevance(search) = &order.target {
                self.add_search(search);
            }
        }
        self.add_selection(&query.selection);
    }

    fn add_search(&mut self, search: &Search) {
        self.conditions += search.terms.len() * search.fields.len();
    }

    fn add_selection(&mut self, selection: &Selection) {
        for include in &selection.includes {
            self.includes += 1;
            self.add_query(&include.query);
        }
        for (_, filter) in &selection.counts {
            self.includes += 1;
            self.add_filter(filter, 0);
        }
    }

    /// `depth` counts the steps to related rows so far.
    fn add_filter(&mut self, filter: &Where, depth: usize) {
        self.conditions += 1;
        match filter {
            Where::All(parts) | Where::Any(parts) => {
                parts.iter().for_each(|part| self.add_filter(part, depth));
            }
            Where::Not(part) => self.add_filter(part, depth),
            Where::Relation { filter: part, .. } => {
                self.conditions += STEP * (depth + 1);
                self.add_filter(part, depth + 1);
            }
            Where::Search(search) => self.add_search(search),
            Where::Field { .. } => {}
        }
    }
}
