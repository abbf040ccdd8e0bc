//! Prisma's `where/select/include/omit/orderBy/skip/take/distinct` in JSON to a typed query.

use serde_json::Value as Json;

use super::names::{describe_unknown, filterable_field};
use super::order::{by_relevance, finish_order, order_from_json};
use super::search::search_from_text;
use super::value::{signed_number, whole_number};
use super::{Problems, key_from_json, where_from_json};
use crate::operation::{Count, Page, Query, Selection, Where, Window};
use crate::schema::{Model, Schema};

/// How much one request may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rows of a page where the request names no number.
    pub default_page: u64,
    pub max_page: u64,
    /// Levels of nested includes.
    pub max_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { default_page: 20, max_page: 100, max_depth: 6 }
    }
}

/// The body of `POST …/query`. The second value is `cursor`, an opaque text for the surface to open.
pub fn query_from_json(
    schema: &Schema,
    model: &Model,
    json: &Json,
    limits: Limits,
    problems: &mut Problems,
) -> (Query, Option<String>) {
    let mut reader = Reader { schema, limits, problems };
    let (mut query, cursor) = reader.query(model, json, "", 0);
    if let Page::Offset { take, .. } | Page::Window(Window { take, .. }) = &mut query.page {
        *take = Some(take.unwrap_or(limits.default_page));
    }
    finish_order(model, &mut query.order);
    (query, cursor)
}

/// `select`, `omit` and `include` alone.
pub fn selection_from_json(
    schema: &Schema,
    model: &Model,
    json: &Json,
    limits: Limits,
    problems: &mut Problems,
) -> Selection {
    if let Json::Object(members) = json {
        Reader { schema, limits, problems }.selection(model, members, "", 0)
    } else {
        problems.add("", "must be an object");
        Selection::default()
    }
}

pub(super) struct Reader<'a> {
    pub schema: &'a Schema,
    pub limits: Limits,
    pub problems: &'a mut Problems,
}

impl Reader<'_> {
    pub(super) fn query(
        &mut self,
        model: &Model,
        json: &Json,
        path: &str,
        depth: usize,
    ) -> (Query, Option<String>) {
        let mut query = Query {
            filter: Where::everything(),
            order: Vec::new(),
            selection: Selection::default(),
            page: Page::Offset { skip: 0, take: None },
            count: Count::None,
            distinct: Vec::new(),
        };
        let mut cursor = None;
        let Json::Object(members) = json else {
            self.problems.add(path, "must be an object");
            return (query, cursor);
        };
        let (mut skip, mut take, mut search) = (0, None, None);
        let (mut from, mut is_backward) = (None, false);
        for (name, value) in members {
            if self.problems.is_full() {
                break;
            }
            let path = &join(path, name);
            match name.as_str() {
                "where" => query.filter = where_from_json(self.schema, model, value, path, self.problems),
                "orderBy" => query.order = order_from_json(self.schema, model, value, path, self.problems),
                "skip" => skip = self.number(value, path, u64::from(u32::MAX)).unwrap_or(0),
                "take" => (is_backward, take) = self.take(value, path),
                "distinct" => query.distinct = self.distinct(model, value, path),
                "select" | "include" | "omit" => {}
                "cursor" if depth == 0 => match value {
                    Json::String(text) => cursor = Some(text.clone()),
                    Json::Null => cursor = Some(String::new()),
                    Json::Object(_) => from = key_from_json(self.schema, model, value, path, self.problems),
                    _ => self.problems.add(
                        path,
                        "must be a unique key of the row to begin at, the nextCursor of an earlier answer, or null for \
                         the first page",
                    ),
                },
                "search" if depth == 0 => match value.as_str().map(|text| search_from_text(model, text)) {
                    Some(Ok(found)) => search = Some(found),
                    Some(Err(message)) => self.problems.add(path, message),
                    None => self.problems.add(path, "must be a string"),
                },
                "count" if depth == 0 => match value.as_str().and_then(count_mode) {
                    Some(count) => query.count = count,
                    None => self.problems.add(path, "must be exact, capped or none"),
                },
                _ if depth == 0 => self.problems.add(
                    path,
                    "unknown member, use where, select, include, omit, orderBy, skip, take, cursor, distinct, search or count",
                ),
                _ => self.problems.add(
                    path,
                    "unknown member, use where, select, include, omit, orderBy, skip, take or distinct",
                ),
            }
        }
        if depth == 0 && !members.contains_key("count") {
            query.count = CAPPED;
        }
        if let Some(search) = search {
            if query.order.is_empty() {
                query.order.push(by_relevance(&search));
            }
            query.filter = Where::All(vec![query.filter, Where::Search(search)]);
        }
        query.page = if from.is_some() || is_backward {
            if !query.distinct.is_empty() {
                self.problems.add(&join(path, "distinct"), "cannot stand beside cursor or a negative take");
            }
            Page::Window(Window { from, is_backward, skip, take })
        } else {
            Page::Offset { skip, take }
        };
        query.selection = self.selection(model, members, path, depth);
        (query, cursor)
    }

    fn distinct(&mut self, model: &Model, json: &Json, path: &str) -> Vec<crate::schema::FieldId> {
        let single = std::slice::from_ref(json);
        let names = json.as_array().map_or(single, Vec::as_slice);
        let mut fields = Vec::new();
        for name in names {
            if self.problems.is_full() {
                break;
            }
            match name.as_str().map(|name| (name, filterable_field(model, name))) {
                Some((_, Some(field))) if !fields.contains(&field.id) => fields.push(field.id),
                Some((_, Some(_))) => {}
                Some((name, None)) => self.problems.add(path, describe_unknown(model, name)),
                None => self.problems.add(path, "must be a list of field names"),
            }
        }
        fields
    }

    fn number(&mut self, json: &Json, path: &str, max: u64) -> Option<u64> {
        match json.as_number().and_then(whole_number) {
            Some(number) if number <= max => Some(number),
            _ => {
                self.problems.add(path, format!("must be an integer between 0 and {max}"));
                None
            }
        }
    }

    /// Whether it counts from the end, and how far.
    fn take(&mut self, json: &Json, path: &str) -> (bool, Option<u64>) {
        let max = self.limits.max_page;
        match json.as_number().and_then(signed_number) {
            Some(number) if number.unsigned_abs() <= max => (number < 0, Some(number.unsigned_abs())),
            _ => {
                self.problems.add(path, format!("must be an integer between -{max} and {max}"));
                (false, None)
            }
        }
    }

    pub(super) fn object<'j>(
        &mut self,
        json: &'j Json,
        path: &str,
    ) -> impl Iterator<Item = (&'j String, &'j Json)> + use<'j> {
        let members = json.as_object();
        if members.is_none() {
            self.problems.add(path, "must be an object");
        }
        members.into_iter().flatten()
    }
}

/// `count=capped`, the default of lists.
pub const CAPPED: Count = Count::Capped(10_000);

/// `exact`, `capped` or `none`.
pub fn count_mode(text: &str) -> Option<Count> {
    match text {
        "exact" => Some(Count::Exact),
        "capped" => Some(CAPPED),
        "none" => Some(Count::None),
        _ => None,
    }
}

pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
