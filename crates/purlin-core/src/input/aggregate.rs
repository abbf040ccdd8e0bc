//! Prisma's `aggregate` and `groupBy` in JSON to a typed operation.

use serde_json::Value as Json;

use super::having::having_from_json;
use super::names::{describe_unknown, filterable_field};
use super::order::{direction_from_json, finish_order, order_from_json};
use super::query::{Limits, join};
use super::search::search_from_text;
use super::value::whole_number;
use super::{Problems, where_from_json};
use crate::operation::{
    Aggregate, Answered, Function, GroupOrder, Grouping, Having, Measure, Over, Subject, Where, groups_by,
};
use crate::schema::{Field, FieldId, Model, Schema, SortOrder};

/// Each costs a column of the statement.
const MAX_MEASURES: usize = 60;
const MAX_GROUP_FIELDS: usize = 4;
const MAX_GROUP_KEYS: usize = 16;

const MEMBERS: &str = "where, search, orderBy, skip, take, _count, _sum, _avg, _min, _max, by or having";

/// The body of `POST …/aggregate`.
pub fn aggregate_from_json(
    schema: &Schema,
    model: &Model,
    json: &Json,
    limits: Limits,
    problems: &mut Problems,
) -> Aggregate {
    let mut aggregate = Aggregate {
        filter: Where::everything(),
        over: Over::Rows { order: Vec::new(), skip: 0, take: None },
        answer: Vec::new(),
    };
    let Json::Object(members) = json else {
        problems.add("", "must be an object");
        return aggregate;
    };
    let by = members.get("by").map(|by| fields_to_group(model, by, problems));
    let most = if by.is_some() { limits.max_page } else { u64::from(u32::MAX) };
    let (mut skip, mut take, mut having, mut search) = (0, None, Having::everything(), None);
    let mut answered = Vec::new();
    for (name, value) in members {
        if problems.is_full() {
            break;
        }
        match name.as_str() {
            "where" => aggregate.filter = where_from_json(schema, model, value, name, problems),
            "search" => match value.as_str().map(|text| search_from_text(model, text)) {
                Some(Ok(found)) => search = Some(found),
                Some(Err(message)) => problems.add(name, message),
                None => problems.add(name, "must be a string"),
            },
            "skip" => skip = number(value, name, u64::from(u32::MAX), problems).unwrap_or(0),
            "take" => take = number(value, name, most, problems),
            "having" => match &by {
                Some(by) => having = having_from_json(schema, model, by, value, name, problems),
                None => problems.add(name, "stands beside by only: it is about groups"),
            },
            "by" | "orderBy" => {}
            other => match Function::named(other) {
                Some(function) => answered.extend(measures_from_json(model, function, value, problems)),
                None => problems.add(name, format!("unknown member, use {MEMBERS}")),
            },
        }
    }
    if let Some(search) = search {
        aggregate.filter = Where::All(vec![aggregate.filter, Where::Search(search)]);
    }
    let order = members.get("orderBy");
    aggregate.over = if let Some(by) = by {
        let order = order.map(|order| group_order_from_json(model, &by, order, problems));
        let order = total_group_order(&by, order.unwrap_or_default());
        let take = take.unwrap_or(limits.default_page);
        Over::Groups(Grouping { by, having, order, skip, take })
    } else {
        let mut order =
            order.map_or_else(Vec::new, |order| order_from_json(schema, model, order, "orderBy", problems));
        finish_order(model, &mut order);
        rows(order, skip, take)
    };
    aggregate.answer = answer(answered);
    check_aggregate(&aggregate, problems);
    aggregate
}

/// All rows, or a page of them.
fn rows(order: Vec<crate::operation::Order>, skip: u64, take: Option<u64>) -> Over {
    // In which order all of them come makes no difference.
    let order = if skip > 0 || take.is_some() { order } else { Vec::new() };
    Over::Rows { order, skip, take }
}

/// What is asked for, in the order that answers have.
pub fn answer(mut answered: Vec<Answered>) -> Vec<Answered> {
    let rank = |answered: &Answered| match answered {
        Answered::Number { .. } => 0,
        Answered::Object { function, .. } => {
            Function::ALL.into_iter().position(|known| known == *function).unwrap_or(0)
        }
    };
    answered.sort_by_key(rank);
    answered
}

/// Whether there is something to answer, and not too much.
pub fn check_aggregate(aggregate: &Aggregate, problems: &mut Problems) {
    let count = |answered: &Answered| match answered {
        Answered::Number { .. } => 1,
        Answered::Object { measures, .. } => measures.len(),
    };
    let measures: usize = aggregate.answer.iter().map(count).sum();
    if measures == 0 && matches!(aggregate.over, Over::Rows { .. }) && problems.is_empty() {
        problems.add("", "ask for at least one of _count, _sum, _avg, _min and _max");
    }
    if measures > MAX_MEASURES {
        problems.add("", format!("a request has at most {MAX_MEASURES} measures"));
    }
}

/// `true`, or an object of fields, with `_all` for the number of rows.
fn measures_from_json(
    model: &Model,
    function: Function,
    json: &Json,
    problems: &mut Problems,
) -> Option<Answered> {
    let path = function.name();
    let members = match json {
        Json::Bool(true) if function == Function::Count => {
            return Some(Answered::Number { name: path, measure: Measure::ROWS });
        }
        Json::Bool(false) => return None,
        Json::Object(members) => members,
        _ => {
            problems.add(path, "must be an object of fields, such as {\"id\": true}");
            return None;
        }
    };
    let mut measures = Vec::with_capacity(members.len());
    for (name, value) in members {
        if problems.is_full() {
            break;
        }
        let path = &join(path, name);
        match (measure(model, function, name), value) {
            (Ok(measure), Json::Bool(true)) => measures.push(measure),
            (Ok(_), Json::Bool(false)) => {}
            (Ok(_), _) => problems.add(path, "must be true or false"),
            (Err(message), _) => problems.add(path, message),
        }
    }
    (!measures.is_empty()).then_some(Answered::Object { function, measures })
}

/// A measure by the name of its field; `_all` counts rows.
pub fn measure(model: &Model, function: Function, name: &str) -> Result<Measure, String> {
    if name == "_all" && function == Function::Count {
        return Ok(Measure::ROWS);
    }
    let field = filterable_field(model, name).ok_or_else(|| describe_unknown(model, name))?;
    if function.takes(field) {
        return Ok(Measure { function, field: Some(field.id) });
    }
    Err(match function {
        Function::Count => "is a list, which is never null: count rows with _all".to_owned(),
        Function::Sum | Function::Average => "is no number".to_owned(),
        Function::Min | Function::Max => "has no order: it is no number, text, date or enum".to_owned(),
    })
}

/// A field that groups are made by.
pub(super) fn field_to_group<'m>(model: &'m Model, name: &str) -> Result<&'m Field, String> {
    let field = filterable_field(model, name).ok_or_else(|| describe_unknown(model, name))?;
    if groups_by(field) {
        Ok(field)
    } else {
        Err(format!("\"{name}\" is a list, a document or bytes, by which no groups are made"))
    }
}

/// Adds a field that groups are made by.
pub fn push_group_field(
    model: &Model,
    name: &str,
    path: &str,
    by: &mut Vec<FieldId>,
    problems: &mut Problems,
) {
    match field_to_group(model, name) {
        Ok(field) if by.contains(&field.id) => problems.add(path, format!("\"{name}\" is named twice")),
        Ok(_) if by.len() == MAX_GROUP_FIELDS => {
            problems.add(path, format!("groups are made by at most {MAX_GROUP_FIELDS} fields"));
        }
        Ok(field) => by.push(field.id),
        Err(message) => problems.add(path, message),
    }
}

fn fields_to_group(model: &Model, json: &Json, problems: &mut Problems) -> Vec<FieldId> {
    let names = json.as_array().map_or(std::slice::from_ref(json), Vec::as_slice);
    let mut by = Vec::with_capacity(names.len());
    for name in names {
        if problems.is_full() {
            break;
        }
        match name.as_str() {
            Some(name) => push_group_field(model, name, "by", &mut by, problems),
            None => problems.add("by", "must be a list of field names"),
        }
    }
    if names.is_empty() {
        problems.add("by", "must name at least one field");
    }
    by
}

/// `{"role": "asc"}`, `{"_count": "desc"}`, `{"_sum": {"amount": "desc"}}`, or a list of them.
fn group_order_from_json(
    model: &Model,
    by: &[FieldId],
    json: &Json,
    problems: &mut Problems,
) -> Vec<GroupOrder> {
    let items = json.as_array().map_or(std::slice::from_ref(json), Vec::as_slice);
    let mut order: Vec<GroupOrder> = Vec::new();
    for item in items {
        let Json::Object(members) = item else {
            problems.add("orderBy", "must be an object such as {\"_sum\": {\"amount\": \"desc\"}}");
            continue;
        };
        for (name, value) in members {
            if problems.is_full() {
                break;
            }
            let path = &join("orderBy", name);
            let named: Vec<(Result<Subject, String>, &Json)> = match (Function::named(name), value) {
                (Some(Function::Count), json) if direction_from_json(json).is_some() => {
                    vec![(Ok(Subject::Measure(Measure::ROWS)), json)]
                }
                (Some(function), Json::Object(fields)) => fields
                    .iter()
                    .map(|(field, json)| (measure(model, function, field).map(Subject::Measure), json))
                    .collect(),
                (Some(_), _) => {
                    problems.add(path, "must be an object such as {\"amount\": \"desc\"}");
                    continue;
                }
                (None, json) => vec![(key(model, by, name), json)],
            };
            for (subject, json) in named {
                match (subject, direction_from_json(json)) {
                    (Ok(subject), Some((direction, nulls))) => {
                        push_group_order(
                            &mut order,
                            GroupOrder { subject, direction, nulls },
                            path,
                            problems,
                        );
                    }
                    (Ok(_), None) => problems.add(path, "must be \"asc\" or \"desc\""),
                    (Err(message), _) => problems.add(path, message),
                }
            }
        }
    }
    order
}

/// Adds a key of the order, once.
pub fn push_group_order(order: &mut Vec<GroupOrder>, key: GroupOrder, path: &str, problems: &mut Problems) {
    if order.iter().any(|known| known.subject == key.subject) {
        problems.add(path, "is named twice");
    } else if order.len() == MAX_GROUP_KEYS {
        problems.add(path, format!("takes at most {MAX_GROUP_KEYS} keys"));
    } else {
        order.push(key);
    }
}

/// A field that the groups are made by.
pub fn key(model: &Model, by: &[FieldId], name: &str) -> Result<Subject, String> {
    let field = filterable_field(model, name).ok_or_else(|| describe_unknown(model, name))?;
    if by.contains(&field.id) {
        return Ok(Subject::Key(field.id));
    }
    Err(format!("groups are not made by \"{name}\": name a measure of it, such as _min, or group by it"))
}

/// Ends an order of groups with all fields that they are made by.
pub fn total_group_order(by: &[FieldId], mut order: Vec<GroupOrder>) -> Vec<GroupOrder> {
    for field in by {
        let subject = Subject::Key(*field);
        if order.iter().all(|known| known.subject != subject) {
            order.push(GroupOrder { subject, direction: SortOrder::Ascending, nulls: None });
        }
    }
    order
}

fn number(json: &Json, path: &str, max: u64, problems: &mut Problems) -> Option<u64> {
    match json.as_number().and_then(whole_number) {
        Some(number) if number <= max => Some(number),
        _ => {
            problems.add(path, format!("must be an integer between 0 and {max}"));
            None
        }
    }
}
