//! The parameters of a request, word by word; what is no word is a filter.

use purlin_core::Error;
use purlin_core::input::{
    CAPPED, Limits, Problems, by_relevance, count_mode, exposed_field, finish_order, query_from_json,
    search_from_text, where_from_json,
};
use purlin_core::operation::{Count, Function, Page, Query, Search, Selection, Where, Window};
use purlin_core::schema::{FieldId, IndexField, Model, Schema};
use purlin_schema::suggest::closest;
use serde_json::Value as Json;

use super::aggregate::Measures;
use super::filter::{FilterReader, is_combinator, is_operated};
use super::order::order;
use super::selection::{fields, includes};
use super::text::excerpt;
use super::tree::{Node, Place};
use super::weight::check_query;

/// A list as asked for. Its cursor, if any, is still sealed.
#[derive(Debug)]
pub struct ListRequest {
    pub query: Query,
    /// Cursor pages; the empty text asks for the first.
    pub cursor: Option<String>,
    pub page: u64,
    pub limit: u64,
}

/// Words that are parameters, never filters.
const WORDS: [&str; 13] = [
    "page", "limit", "cursor", "sort", "search", "fields", "include", "where", "count", "or", "and", "not",
    "upsert",
];

/// `GET …?…`
pub fn list(schema: &Schema, model: &Model, query: &str, limits: Limits) -> Result<ListRequest, Error> {
    let mut reader = Reader::new(schema, model, limits);
    reader.read(query, &WORDS, true);
    reader.finish()
}

/// `POST …/query`
pub fn query(schema: &Schema, model: &Model, body: &Json, limits: Limits) -> Result<ListRequest, Error> {
    let mut problems = Problems::default();
    let (mut query, cursor) = query_from_json(schema, model, body, limits, &mut problems);
    let (skip, limit) = match query.page {
        Page::Offset { skip, take } | Page::Window(Window { skip, take, .. }) => {
            (skip, take.unwrap_or(limits.default_page))
        }
        Page::Cursor { take, .. } => (0, take),
    };
    let is_from_row = matches!(query.page, Page::Window(Window { from: Some(_), .. }));
    let is_backward = matches!(query.page, Page::Window(Window { is_backward: true, .. }));
    if cursor.is_some() || is_from_row {
        let is_counted = body.get("count").and_then(Json::as_str).is_some_and(|count| count != "none");
        for (word, stands) in [("count", is_counted), ("take", limit == 0)] {
            if stands {
                problems.add(word, beside_cursor(word));
            }
        }
        query.count = Count::None;
    }
    if cursor.is_some() {
        for (word, stands) in
            [("skip", skip > 0), ("distinct", !query.distinct.is_empty()), ("a negative take", is_backward)]
        {
            if stands {
                problems.add(word, beside_cursor(word));
            }
        }
        query.page = Page::Cursor { after: None, take: limit };
    }
    check_query(&query, &mut problems);
    let page = skip.checked_div(limit).unwrap_or(0) + 1;
    problems.finish(ListRequest { query, cursor, page, limit })
}

/// The selection of a request for one row: `fields` and `include`.
pub fn selected(schema: &Schema, model: &Model, query: &str, limits: Limits) -> Result<Selection, Error> {
    if query.is_empty() {
        return Ok(Selection::default());
    }
    let mut reader = Reader::new(schema, model, limits);
    reader.read(query, &["fields", "include"], false);
    reader.finish().map(|request| request.query.selection)
}

/// The filter of a change of many rows: one must be given, so that nobody changes all rows by leaving it out.
pub(crate) fn filter(schema: &Schema, model: &Model, query: &str, limits: Limits) -> Result<Where, Error> {
    let mut reader = Reader::new(schema, model, limits);
    reader.read(query, &["where", "or", "and", "not"], true);
    if reader.filters.is_empty() && reader.problems.is_empty() {
        let message = "give a filter: this is about many rows; where={} stands for all of them";
        reader.problems.add("", message);
    }
    reader.finish().map(|request| request.query.filter)
}

/// How rows are made.
#[derive(Debug)]
pub(crate) struct Creating {
    pub selection: Selection,
    /// The fields of the key of an upsert.
    pub upsert: Option<Vec<FieldId>>,
    pub skip_duplicates: bool,
}

/// The parameters of a `POST` that makes rows.
pub(crate) fn creating(
    schema: &Schema,
    model: &Model,
    query: &str,
    limits: Limits,
) -> Result<Creating, Error> {
    let mut reader = Reader::new(schema, model, limits);
    reader.is_creating = true;
    if !query.is_empty() {
        reader.read(query, &["fields", "include", "upsert", "skipDuplicates"], false);
    }
    if reader.upsert.is_some() && reader.skip_duplicates {
        reader.problems.add("skipDuplicates", "cannot stand beside upsert");
    }
    let (upsert, skip_duplicates) = (reader.upsert.take(), reader.skip_duplicates);
    let selection = reader.finish()?.query.selection;
    Ok(Creating { selection, upsert, skip_duplicates })
}

/// For requests that take no parameters at all.
pub(crate) fn unparameterized(query: &str) -> Result<(), Error> {
    if query.is_empty() {
        return Ok(());
    }
    Err(Error::BadRequest("this request takes no parameters".to_owned()))
}

fn beside_cursor(word: &str) -> &'static str {
    match word {
        "take" => "must be at least 1 beside cursor",
        "count" => "cannot stand beside cursor, whose pages have no total",
        "skip" => "cannot stand beside cursor, unless that is the key of a row",
        _ => "cannot stand beside cursor",
    }
}

pub(super) struct Reader<'a> {
    schema: &'a Schema,
    model: &'a Model,
    limits: Limits,
    problems: Problems,
    pub(super) page: Option<u64>,
    pub(super) limit: Option<u64>,
    cursor: Option<String>,
    count: Option<Count>,
    order: Vec<purlin_core::operation::Order>,
    selection: Selection,
    filters: Vec<Where>,
    search: Option<Search>,
    /// Where measures are asked for.
    pub(super) measures: Measures,
    is_creating: bool,
    upsert: Option<Vec<FieldId>>,
    skip_duplicates: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(schema: &'a Schema, model: &'a Model, limits: Limits) -> Self {
        Self {
            schema,
            model,
            limits,
            problems: Problems::default(),
            page: None,
            limit: None,
            cursor: None,
            count: None,
            order: Vec::new(),
            selection: Selection::default(),
            filters: Vec::new(),
            search: None,
            measures: Measures::default(),
            is_creating: false,
            upsert: None,
            skip_duplicates: false,
        }
    }

    pub(super) fn read(&mut self, query: &str, words: &[&str], takes_filters: bool) {
        let root = Node::parse(query, &mut self.problems);
        if words.contains(&"groupBy") {
            self.measures.group(self.model, &root, &mut self.problems);
        }
        for (step, node) in &root.children {
            let name = step.name.as_ref();
            let place = Place { outer: None, step };
            if !takes_filters && !words.contains(&name) {
                let known = words.join(" and ");
                self.problems.add(&excerpt(name), format!("unknown parameter, this request takes {known}"));
            } else if (words.contains(&name) || takes_filters && WORDS.contains(&name))
                && !is_operated(self.model, name, node)
            {
                if !words.contains(&name) {
                    self.problems.add(name, "is not available here");
                } else if is_combinator(name) {
                    let mut reader = FilterReader { schema: self.schema, problems: &mut self.problems };
                    self.filters.extend(reader.combination(self.model, node, &place));
                } else if name == "having" {
                    self.measures.having(self.schema, self.model, node, &place, &mut self.problems);
                } else {
                    self.parameter(name, node, words);
                }
            } else if let Some(field) = exposed_field(self.model, name) {
                let mut reader = FilterReader { schema: self.schema, problems: &mut self.problems };
                reader.field(field, node, &place, &mut self.filters);
            } else {
                self.unknown(name, words);
            }
        }
    }

    fn parameter(&mut self, name: &str, node: &Node<'_>, words: &[&str]) {
        let Some(text) = node.value.as_deref().filter(|_| node.children.is_empty()) else {
            self.problems.add(name, format!("is a parameter with one value: write {name}=…"));
            return;
        };
        match name {
            "page" => self.page = self.number(name, text, u64::from(u32::MAX)),
            "limit" => self.limit = self.number(name, text, self.limits.max_page),
            "cursor" => self.cursor = Some(text.to_owned()),
            "count" => match count_mode(text) {
                Some(count) => self.count = Some(count),
                None => self.problems.add(name, "must be exact, capped or none"),
            },
            "groupBy" => {}
            "sort" if words.contains(&"groupBy") => self.measures.sort(text),
            "sort" => self.order = order(self.schema, self.model, text, &mut self.problems),
            "fields" => self.selection.fields = Some(fields(self.model, text, &mut self.problems)),
            "include" => {
                includes(self.schema, self.model, text, self.limits, &mut self.selection, &mut self.problems);
            }
            "where" => self.filter(text),
            "upsert" if self.is_creating => self.upsert = self.unique_key(text),
            "skipDuplicates" if self.is_creating => match text {
                "true" => self.skip_duplicates = true,
                "false" => {}
                _ => self.problems.add(name, "must be true or false"),
            },
            "search" => match search_from_text(self.model, text) {
                Ok(search) => self.search = Some(search),
                Err(message) => self.problems.add(name, message),
            },
            other => match Function::named(other) {
                Some(function) => self.measures.measure(self.model, function, text, &mut self.problems),
                None => self.problems.add(name, "is not available here"),
            },
        }
    }

    fn filter(&mut self, text: &str) {
        match crate::body::parse(text.as_bytes()) {
            Ok(json) => {
                let filter = where_from_json(self.schema, self.model, &json, "where", &mut self.problems);
                self.filters.push(filter);
            }
            Err(message) => self.problems.add("where", format!("is not well-formed JSON: {message}")),
        }
    }

    /// The fields of a unique key, by name.
    fn unique_key(&mut self, text: &str) -> Option<Vec<FieldId>> {
        let names: Vec<&str> = text.split(',').collect();
        let keys = || {
            let uniques = self.model.uniques.iter().filter(|unique| unique.partial.is_none());
            std::iter::once(&self.model.primary_key.fields).chain(uniques.map(|unique| &unique.fields))
        };
        let name = |part: &IndexField| self.model.field(part.field).name.as_str();
        let is_named = |key: &&Vec<IndexField>| {
            key.len() == names.len() && key.iter().all(|part| names.contains(&name(part)))
        };
        let is_known = |part: &IndexField| exposed_field(self.model, name(part)).is_some();
        let found = keys().find(is_named).filter(|key| key.iter().all(is_known));
        if let Some(key) = found {
            return Some(key.iter().map(|part| part.field).collect());
        }
        let known: Vec<String> = keys()
            .filter(|key| !key.is_empty() && key.iter().all(is_known))
            .map(|key| key.iter().map(name).collect::<Vec<_>>().join(","))
            .collect();
        let model = &self.model.name;
        self.problems.add("upsert", format!("must be a unique key of {model}: {}", known.join(" or ")));
        None
    }

    fn number(&mut self, name: &str, text: &str, max: u64) -> Option<u64> {
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| is_plain && (1..=max).contains(number));
        if number.is_none() {
            self.problems.add(name, format!("must be an integer between 1 and {max}"));
        }
        number
    }

    fn unknown(&mut self, name: &str, words: &[&str]) {
        let visible = self.model.fields.iter().map(|field| field.name.as_str());
        let visible = visible.filter(|name| exposed_field(self.model, name).is_some());
        let shown = excerpt(name);
        self.problems.add(
            "",
            match closest(name, words.iter().copied().chain(visible)) {
                Some(near) => format!(
                    "\"{shown}\" is neither a parameter nor a field of {}, did you mean \"{near}\"?",
                    self.model.name
                ),
                None => format!("\"{shown}\" is neither a parameter nor a field of {}", self.model.name),
            },
        );
    }

    /// The filter alone, with what was wrong.
    pub(super) fn into_filter(mut self) -> (Where, Problems) {
        self.filters.extend(self.search.map(Where::Search));
        (all(self.filters), self.problems)
    }

    fn finish(mut self) -> Result<ListRequest, Error> {
        let limit = self.limit.unwrap_or(self.limits.default_page);
        let page = self.page.unwrap_or(1);
        let (paging, count) = if self.cursor.is_some() {
            if self.page.is_some() {
                self.problems.add("page", beside_cursor("page"));
            }
            if !matches!(self.count, None | Some(Count::None)) {
                self.problems.add("count", beside_cursor("count"));
            }
            (Page::Cursor { after: None, take: limit }, Count::None)
        } else {
            let skip = (page - 1).saturating_mul(limit);
            (Page::Offset { skip, take: Some(limit) }, self.count.unwrap_or(CAPPED))
        };
        if let Some(search) = &self.search
            && self.order.is_empty()
        {
            self.order.push(by_relevance(search));
        }
        finish_order(self.model, &mut self.order);
        self.filters.extend(self.search.map(Where::Search));
        let filter = all(self.filters);
        let query = Query {
            filter,
            order: self.order,
            selection: self.selection,
            page: paging,
            count,
            distinct: Vec::new(),
        };
        check_query(&query, &mut self.problems);
        self.problems.finish(ListRequest { query, cursor: self.cursor, page, limit })
    }
}

fn all(mut filters: Vec<Where>) -> Where {
    match filters.pop() {
        Some(only) if filters.is_empty() => only,
        last => {
            filters.extend(last);
            Where::All(filters)
        }
    }
}
