//! Prisma's `where/select/include/omit/orderBy/skip/take/distinct` in JSON to a typed query.

use serde_json::{Map, Value as Json};

use super::names::{describe_unknown, exposed_field, filterable_field};
use super::{Problems, value_from_json, where_from_json};
use crate::operation::{Count, Include, Key, Nulls, Order, OrderTarget, Page, Query, Selection, Where};
use crate::schema::{Field, FieldKind, Model, Scalar, Schema, SortOrder};

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
    if let Page::Offset { take, .. } = &mut query.page {
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

/// Each costs a term of the statement, or a table of it.
const MAX_KEYS: usize = 16;
const MAX_HOPS: usize = 4;

fn path_length(order: &Order) -> usize {
    match &order.target {
        OrderTarget::Field { relations, .. } => relations.len(),
        OrderTarget::Count { .. } => 1,
    }
}

/// `orderBy`: an object or a list of objects.
pub fn order_from_json(
    schema: &Schema,
    model: &Model,
    json: &Json,
    path: &str,
    problems: &mut Problems,
) -> Vec<Order> {
    let mut order = Vec::new();
    match json {
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                order_item(schema, model, item, &format!("{path}.{index}"), problems, &mut order);
            }
        }
        single => order_item(schema, model, single, path, problems, &mut order),
    }
    if order.len() > MAX_KEYS || order.iter().any(|key| path_length(key) > MAX_HOPS) {
        problems
            .add(path, format!("takes at most {MAX_KEYS} keys, each through at most {MAX_HOPS} relations"));
        order.clear();
    }
    let is_repeated =
        |(index, key): (usize, &Order)| order.iter().take(index).any(|other| other.target == key.target);
    if order.iter().enumerate().any(is_repeated) {
        problems.add(path, "names a key twice");
    }
    order
}

/// A unique key: `{"id": 1}`, `{"email": "…"}`, `{"a_b": {"a": 1, "b": 2}}`.
pub fn key_from_json(
    schema: &Schema,
    model: &Model,
    json: &Json,
    path: &str,
    problems: &mut Problems,
) -> Option<Key> {
    let Json::Object(members) = json else {
        problems.add(path, "must be an object that names a unique key");
        return None;
    };
    let keys = std::iter::once((&model.primary_key.fields, model.primary_key.client_name.as_ref())).chain(
        model
            .uniques
            .iter()
            .filter(|key| key.partial.is_none())
            .map(|key| (&key.fields, key.client_name.as_ref())),
    );
    for (parts, client_name) in keys {
        let fields: Vec<&Field> = parts.iter().map(|part| model.field(part.field)).collect();
        if fields.iter().any(|field| !field.is_exposed() || field.is_omitted) {
            continue;
        }
        let joined = fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join("_");
        let values = match (fields.as_slice(), members.len()) {
            ([field], 1) => members.get(&field.name).map(|value| vec![value]),
            (_, 1) => {
                members.get(client_name.unwrap_or(&joined)).and_then(Json::as_object).and_then(|inner| {
                    fields.iter().map(|field| inner.get(&field.name)).collect::<Option<Vec<_>>>()
                })
            }
            _ => None,
        };
        let Some(values) = values else { continue };
        let mut key = Key { fields: Vec::with_capacity(fields.len()) };
        for (field, value) in fields.iter().zip(values) {
            match value_from_json(schema, field, value) {
                Ok(value) if value.is_null() => {
                    problems.add(&format!("{path}.{}", field.name), "must not be null");
                }
                Ok(value) => key.fields.push((field.id, value)),
                Err(message) => problems.add(&format!("{path}.{}", field.name), message),
            }
        }
        return (key.fields.len() == fields.len()).then_some(key);
    }
    problems.add(path, format!("must name one unique key of {}", model.name));
    None
}

/// By the primary key, ascending.
pub fn default_order(model: &Model) -> Vec<Order> {
    let mut order = Vec::new();
    finish_order(model, &mut order);
    order
}

/// Ends an order with the fields of the primary key, so that it is total. They go the way of the last key
/// asked for: pages that go one way can be found in an index.
pub fn finish_order(model: &Model, order: &mut Vec<Order>) {
    let direction = order.last().map_or(SortOrder::Ascending, |last| last.direction);
    for part in &model.primary_key.fields {
        let target = OrderTarget::Field { relations: Vec::new(), field: part.field };
        if !order.iter().any(|entry| entry.target == target) {
            order.push(Order { target, direction, nulls: None });
        }
    }
}

struct Reader<'a> {
    schema: &'a Schema,
    limits: Limits,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn query(&mut self, model: &Model, json: &Json, path: &str, depth: usize) -> (Query, Option<String>) {
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
        let (mut skip, mut take) = (0, None);
        for (name, value) in members {
            if self.problems.is_full() {
                break;
            }
            let path = &join(path, name);
            match name.as_str() {
                "where" => query.filter = where_from_json(self.schema, model, value, path, self.problems),
                "orderBy" => query.order = order_from_json(self.schema, model, value, path, self.problems),
                "skip" => skip = self.number(value, path, u64::from(u32::MAX)).unwrap_or(0),
                "take" => take = self.number(value, path, self.limits.max_page),
                "distinct" => query.distinct = self.distinct(model, value, path),
                "select" | "include" | "omit" => {}
                "cursor" if depth == 0 => match value {
                    Json::String(text) => cursor = Some(text.clone()),
                    Json::Null => cursor = Some(String::new()),
                    _ => self.problems.add(path, "must be the nextCursor of an earlier answer, or null for the first page"),
                },
                "count" if depth == 0 => match value.as_str().and_then(count_mode) {
                    Some(count) => query.count = count,
                    None => self.problems.add(path, "must be exact, capped or none"),
                },
                _ => self.problems.add(
                    path,
                    "unknown member, use where, select, include, omit, orderBy, skip, take, cursor, distinct or count",
                ),
            }
        }
        if depth == 0 && !members.contains_key("count") {
            query.count = CAPPED;
        }
        query.page = Page::Offset { skip, take };
        query.selection = self.selection(model, members, path, depth);
        (query, cursor)
    }

    fn selection(
        &mut self,
        model: &Model,
        members: &Map<String, Json>,
        path: &str,
        depth: usize,
    ) -> Selection {
        let mut selection = Selection::default();
        if let Some(select) = members.get("select") {
            let path = &join(path, "select");
            if members.contains_key("include") || members.contains_key("omit") {
                self.problems.add(path, "cannot stand beside include or omit");
            }
            selection.fields = Some(Vec::new());
            self.entries(model, select, path, depth, &mut selection);
        }
        if let Some(include) = members.get("include") {
            self.entries(model, include, &join(path, "include"), depth, &mut selection);
        }
        if let Some(omit) = members.get("omit") {
            let path = &join(path, "omit");
            for (name, value) in self.object(omit, path) {
                if self.problems.is_full() {
                    break;
                }
                match (filterable_field(model, name), value) {
                    (Some(field), Json::Bool(true)) => selection.omit.push(field.id),
                    (Some(_), Json::Bool(false)) => {}
                    (Some(_), _) => self.problems.add(&join(path, name), "must be true or false"),
                    (None, _) => self.problems.add(&join(path, name), describe_unknown(model, name)),
                }
            }
        }
        selection
    }

    /// The members of `select` (columns and relations) or `include` (relations).
    fn entries(&mut self, model: &Model, json: &Json, path: &str, depth: usize, selection: &mut Selection) {
        for (name, value) in self.object(json, path) {
            if self.problems.is_full() {
                break;
            }
            let path = &join(path, name);
            if matches!(value, Json::Bool(false)) {
                continue;
            }
            if name == "_count" {
                self.counts(model, value, path, selection);
                continue;
            }
            let Some(field) = exposed_field(model, name) else {
                self.problems.add(path, describe_unknown(model, name));
                continue;
            };
            let Some(relation) = field.relation() else {
                match (&mut selection.fields, value) {
                    (Some(fields), Json::Bool(true)) => fields.push(field.id),
                    (Some(_), _) => self.problems.add(path, "must be true or false"),
                    (None, _) => self.problems.add(path, "is not a relation"),
                }
                continue;
            };
            if depth >= self.limits.max_depth {
                self.problems.add(path, format!("includes go {} levels deep at most", self.limits.max_depth));
                continue;
            }
            let empty = Json::Object(Map::new());
            let arguments = if matches!(value, Json::Bool(true)) { &empty } else { value };
            let target = self.schema.model(relation.target);
            let (mut query, _) = self.query(target, arguments, path, depth + 1);
            query.count = Count::None;
            if field.is_list() {
                finish_order(target, &mut query.order);
            }
            selection.includes.push(Include { relation: field.id, query });
        }
    }

    fn counts(&mut self, model: &Model, json: &Json, path: &str, selection: &mut Selection) {
        let lists = model.fields.iter().filter(|field| field.relation().is_some() && field.is_list());
        if matches!(json, Json::Bool(true)) {
            let all = lists.filter(|field| field.is_exposed()).map(|field| (field.id, Where::everything()));
            selection.counts.extend(all);
            return;
        }
        let Some(select) = json.get("select") else {
            self.problems.add(path, "must be true or {\"select\": {…}}");
            return;
        };
        for (name, value) in self.object(select, path) {
            if self.problems.is_full() {
                break;
            }
            let path = &join(path, name);
            let field = exposed_field(model, name).filter(|field| field.is_list());
            let Some((field, relation)) =
                field.and_then(|field| field.relation().map(|relation| (field, relation)))
            else {
                self.problems.add(path, format!("is not a to-many relation of {}", model.name));
                continue;
            };
            match value {
                Json::Bool(true) => selection.counts.push((field.id, Where::everything())),
                Json::Bool(false) => {}
                other => {
                    let empty = Json::Object(Map::new());
                    let filter = other.get("where").unwrap_or(&empty);
                    let target = self.schema.model(relation.target);
                    let filter =
                        where_from_json(self.schema, target, filter, &join(path, "where"), self.problems);
                    selection.counts.push((field.id, filter));
                }
            }
        }
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
        match json.as_u64() {
            Some(number) if number <= max => Some(number),
            _ => {
                self.problems.add(path, format!("must be an integer between 0 and {max}"));
                None
            }
        }
    }

    fn object<'j>(
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

fn order_item(
    schema: &Schema,
    model: &Model,
    json: &Json,
    path: &str,
    problems: &mut Problems,
    order: &mut Vec<Order>,
) {
    let Json::Object(members) = json else {
        problems.add(path, "must be an object such as {\"name\": \"asc\"}");
        return;
    };
    for (name, value) in members {
        if problems.is_full() {
            break;
        }
        let (mut relations, mut current, mut name, mut value) = (Vec::new(), model, name, value);
        let path = &join(path, name);
        // To-one relations lead on to the column: {author: {team: {name: "asc"}}}.
        loop {
            let Some(field) = exposed_field(current, name) else {
                problems.add(path, describe_unknown(current, name));
                break;
            };
            let Some(relation) = field.relation() else {
                if let Some((direction, nulls)) = direction_from_json(value) {
                    if matches!(field.kind, FieldKind::Scalar(Scalar::Json) | FieldKind::Composite(_))
                        || field.is_list()
                    {
                        problems.add(path, "cannot be sorted by");
                    } else {
                        order.push(Order {
                            target: OrderTarget::Field { relations, field: field.id },
                            direction,
                            nulls,
                        });
                    }
                } else {
                    problems.add(path, "must be \"asc\" or \"desc\"");
                }
                break;
            };
            let mut inner = value.as_object().into_iter().flatten();
            let (Some((next, direction)), None) = (inner.next(), inner.next()) else {
                problems.add(path, "must be an object with one member");
                break;
            };
            if field.is_list() {
                match (next.as_str(), direction_from_json(direction), relations.is_empty()) {
                    ("_count", Some((direction, nulls)), true) => {
                        order.push(Order {
                            target: OrderTarget::Count { relation: field.id },
                            direction,
                            nulls,
                        });
                    }
                    _ => problems.add(path, "a to-many relation is sorted by {\"_count\": \"asc\"} only"),
                }
                break;
            }
            relations.push(field.id);
            (current, name, value) = (schema.model(relation.target), next, direction);
        }
    }
}

/// `"asc"`, `"desc"` or `{"sort": "asc", "nulls": "last"}`.
fn direction_from_json(json: &Json) -> Option<(SortOrder, Option<Nulls>)> {
    let direction = |json: &Json| match json.as_str() {
        Some("asc") => Some(SortOrder::Ascending),
        Some("desc") => Some(SortOrder::Descending),
        _ => None,
    };
    let Some(members) = json.as_object() else { return direction(json).map(|direction| (direction, None)) };
    if members.keys().any(|key| key != "sort" && key != "nulls") {
        return None;
    }
    let nulls = match members.get("nulls").map(Json::as_str) {
        None => None,
        Some(Some("first")) => Some(Nulls::First),
        Some(Some("last")) => Some(Nulls::Last),
        Some(_) => return None,
    };
    Some((direction(members.get("sort")?)?, nulls))
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
