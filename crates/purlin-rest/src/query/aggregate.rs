//! `GET …/count` and `GET …/aggregate`: measures by name, groups, conditions on groups, beside the filters of a list.

use purlin_core::Error;
use purlin_core::input::{
    Given, Limits, Problems, aggregate_from_json, answer, check_aggregate, check_having, group_test,
    having_from_json, key, measure, push_group_field, push_group_order, total_group_order,
};
use purlin_core::operation::{
    Aggregate, Answered, Function, GroupOrder, Grouping, Having, Measure, Over, Subject,
};
use purlin_core::schema::{FieldId, Model, Schema, SortOrder};
use serde_json::Value as Json;

use super::list::Reader;
use super::text::excerpt;
use super::tree::{Node, Place, Step};
use super::weight::check_filter;

/// The parameters of measures. Words that are parameters of lists name no field here either.
const WORDS: [&str; 15] = [
    "search", "groupBy", "having", "page", "limit", "sort", "where", "or", "and", "not", "_count", "_sum",
    "_avg", "_min", "_max",
];
const COUNT_WORDS: [&str; 5] = ["where", "or", "and", "not", "search"];

/// Measures as asked for.
#[derive(Debug)]
pub struct AggregateRequest {
    pub aggregate: Aggregate,
    /// Of groups: which page, and how many on it.
    pub page: Option<(u64, u64)>,
}

/// `GET …/count?…`
pub fn count(schema: &Schema, model: &Model, query: &str, limits: Limits) -> Result<Aggregate, Error> {
    let mut reader = Reader::new(schema, model, limits);
    reader.read(query, &COUNT_WORDS, true);
    let (filter, mut problems) = reader.into_filter();
    check_filter(&filter, &mut problems);
    let over = Over::Rows { order: Vec::new(), skip: 0, take: None };
    let answer = vec![Answered::Number { name: "count", measure: Measure::ROWS }];
    problems.finish(Aggregate { filter, over, answer })
}

/// `GET …/aggregate?…`
pub fn aggregate(
    schema: &Schema,
    model: &Model,
    query: &str,
    limits: Limits,
) -> Result<AggregateRequest, Error> {
    let mut asked = Reader::new(schema, model, limits);
    asked.read(query, &WORDS, true);
    let (page, limit) = (asked.page, asked.limit);
    let measures = std::mem::take(&mut asked.measures);
    let (filter, mut problems) = asked.into_filter();
    let over = match &measures.by {
        None => {
            for (word, stands) in [
                ("having", measures.has_having),
                ("sort", measures.sort.is_some()),
                ("page", page.is_some()),
                ("limit", limit.is_some()),
            ] {
                if stands {
                    problems
                        .add(word, "stands beside groupBy only: without it there is one answer for all rows");
                }
            }
            Over::Rows { order: Vec::new(), skip: 0, take: None }
        }
        Some(by) => {
            let (page, take) = (page.unwrap_or(1), limit.unwrap_or(limits.default_page));
            let order = measures.sort.as_deref().map(|text| order(model, by, text, &mut problems));
            let having = Having::All(measures.having);
            check_having(&having, "having", &mut problems);
            Over::Groups(Grouping {
                by: by.clone(),
                having,
                order: total_group_order(by, order.unwrap_or_default()),
                skip: (page - 1).saturating_mul(take),
                take,
            })
        }
    };
    let aggregate = Aggregate { filter, over, answer: answer(measures.answer) };
    check_aggregate(&aggregate, &mut problems);
    finish(aggregate, problems)
}

/// `POST …/aggregate`
pub fn aggregate_query(
    schema: &Schema,
    model: &Model,
    body: &Json,
    limits: Limits,
) -> Result<AggregateRequest, Error> {
    let mut problems = Problems::default();
    let aggregate = aggregate_from_json(schema, model, body, limits, &mut problems);
    finish(aggregate, problems)
}

fn finish(aggregate: Aggregate, mut problems: Problems) -> Result<AggregateRequest, Error> {
    check_filter(&aggregate.filter, &mut problems);
    let page = match &aggregate.over {
        Over::Groups(Grouping { skip, take, .. }) => Some((skip.checked_div(*take).unwrap_or(0) + 1, *take)),
        Over::Rows { .. } => None,
    };
    problems.finish(AggregateRequest { aggregate, page })
}

/// What the parameters of measures said.
#[derive(Debug, Default)]
pub(super) struct Measures {
    answer: Vec<Answered>,
    by: Option<Vec<FieldId>>,
    having: Vec<Having>,
    has_having: bool,
    sort: Option<String>,
}

impl Measures {
    /// Groups are known before what is said of them.
    pub(super) fn group(&mut self, model: &Model, root: &Node<'_>, problems: &mut Problems) {
        let node = root.children.iter().find(|(step, _)| step.name == "groupBy");
        let Some(text) = node.and_then(|(_, node)| node.value.as_deref()) else { return };
        let mut by = Vec::new();
        for name in text.split(',') {
            if problems.is_full() {
                break;
            }
            push_group_field(model, name, "groupBy", &mut by, problems);
        }
        self.by = Some(by);
    }

    pub(super) fn sort(&mut self, text: &str) {
        self.sort = Some(text.to_owned());
    }

    /// `_count=true`, `_sum=amount,total`.
    pub(super) fn measure(&mut self, model: &Model, function: Function, text: &str, problems: &mut Problems) {
        let path = function.name();
        match (function, text) {
            (Function::Count, "true") => {
                self.answer.push(Answered::Number { name: path, measure: Measure::ROWS });
                return;
            }
            (Function::Count, "false") => return,
            _ => {}
        }
        let mut measures = Vec::new();
        for name in text.split(',') {
            if problems.is_full() {
                break;
            }
            match measure(model, function, name) {
                Ok(measure) if measures.contains(&measure) => {
                    problems.add(path, format!("\"{}\" is named twice", excerpt(name)));
                }
                Ok(measure) => measures.push(measure),
                Err(_) if name.is_empty() => {
                    problems.add(path, format!("needs field names, such as {path}=id"));
                }
                Err(message) => problems.add(path, message),
            }
        }
        self.answer.push(Answered::Object { function, measures });
    }

    /// `having={…}` or `having[_sum.amount][gt]=10`.
    pub(super) fn having(
        &mut self,
        schema: &Schema,
        model: &Model,
        node: &Node<'_>,
        place: &Place<'_>,
        problems: &mut Problems,
    ) {
        self.has_having = true;
        let Some(by) = &self.by else { return };
        if let Some(text) = &node.value {
            match crate::body::parse(text.as_bytes()) {
                Ok(json) => match having_from_json(schema, model, by, &json, "having", problems) {
                    Having::All(parts) => self.having.extend(parts),
                    other => self.having.push(other),
                },
                Err(message) => problems.add("having", format!("is not well-formed JSON: {message}")),
            }
        }
        for (step, child) in &node.children {
            let place = Place { outer: Some(place), step };
            let mut tests = Tests { schema, model, problems, found: &mut self.having };
            match Function::named(&step.name) {
                None => match key(model, by, &step.name) {
                    Ok(subject) => tests.of(subject, child, &place),
                    Err(message) => tests.problems.add(&place.to_string(), message),
                },
                Some(function) => tests.of_function(function, child, &place),
            }
        }
    }
}

/// Reads what stands below a subject.
struct Tests<'a> {
    schema: &'a Schema,
    model: &'a Model,
    problems: &'a mut Problems,
    found: &'a mut Vec<Having>,
}

impl Tests<'_> {
    /// Fields by dots, `having[_sum.amount][gt]`; operators in brackets, `having[_count][gt]`.
    fn of_function(&mut self, function: Function, node: &Node<'_>, place: &Place<'_>) {
        let is_field = |step: &Step<'_>| !step.is_bracket;
        for (step, child) in node.children.iter().filter(|(step, _)| is_field(step)) {
            let place = Place { outer: Some(place), step };
            match measure(self.model, function, &step.name) {
                Ok(measure) => self.of(Subject::Measure(measure), child, &place),
                Err(message) => self.problems.add(&place.to_string(), message),
            }
        }
        let has_own = node.value.is_some() || node.children.iter().any(|(step, _)| !is_field(step));
        if has_own && function == Function::Count {
            self.of(Subject::Measure(Measure::ROWS), node, place);
        } else if has_own {
            let name = function.name();
            self.problems.add(&place.to_string(), format!("needs a field, such as having[{name}.id][gt]=10"));
        }
    }

    fn of(&mut self, subject: Subject, node: &Node<'_>, place: &Place<'_>) {
        if let Some(text) = &node.value {
            self.test(subject, "equals", text, place);
        }
        for (step, child) in node.children.iter().filter(|(step, _)| step.is_bracket) {
            let place = Place { outer: Some(place), step };
            match child.value.as_ref().filter(|_| child.children.is_empty()) {
                Some(text) => self.test(subject, &step.name, text, &place),
                None => {
                    self.problems.add(&place.to_string(), "is an operator: write having[…][operator]=value");
                }
            }
        }
    }

    fn test(&mut self, subject: Subject, operator: &str, text: &str, place: &Place<'_>) {
        match group_test(self.schema, self.model, subject, operator, Given::Text(text)) {
            Ok(having) => self.found.push(having),
            Err(message) => self.problems.add(&place.to_string(), message),
        }
    }
}

/// `sort=-_count,role,-_sum.amount`.
fn order(model: &Model, by: &[FieldId], text: &str, problems: &mut Problems) -> Vec<GroupOrder> {
    let mut order = Vec::new();
    for item in text.split(',') {
        if problems.is_full() {
            break;
        }
        let (path, direction) = match item.strip_prefix('-') {
            Some(path) => (path, SortOrder::Descending),
            None => (item, SortOrder::Ascending),
        };
        let (first, field) = path.split_once('.').map_or((path, None), |(first, field)| (first, Some(field)));
        let subject = match (Function::named(first), field) {
            (Some(Function::Count), None) => Ok(Subject::Measure(Measure::ROWS)),
            (Some(function), Some(field)) => measure(model, function, field).map(Subject::Measure),
            (Some(function), None) => Err(format!("needs a field: {}.id", function.name())),
            (None, _) => key(model, by, path),
        };
        match subject {
            Ok(subject) => {
                push_group_order(
                    &mut order,
                    GroupOrder { subject, direction, nulls: None },
                    "sort",
                    problems,
                );
            }
            Err(message) => problems.add("sort", message),
        }
    }
    order
}
