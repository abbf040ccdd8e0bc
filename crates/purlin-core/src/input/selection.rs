//! `select`, `include` and `omit` to a selection.

use serde_json::{Map, Value as Json};

use super::names::{describe_unknown, exposed_field, filterable_field};
use super::order::finish_order;
use super::query::{Reader, join};
use super::where_from_json;
use crate::operation::{Count, Include, Selection, Where};
use crate::schema::Model;

impl Reader<'_> {
    pub(super) fn selection(
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
                    (Some(_), Json::Bool(false)) => {}
                    (Some(_), _) => self.problems.add(path, "must be true or false"),
                    (None, _) => self.problems.add(path, "is not a relation"),
                }
                continue;
            };
            if matches!(value, Json::Bool(false)) {
                continue;
            }
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
        let select = match json {
            Json::Bool(false) => return,
            Json::Bool(true) => {
                let lists = model.fields.iter().filter(|field| field.relation().is_some() && field.is_list());
                let all =
                    lists.filter(|field| field.is_exposed()).map(|field| (field.id, Where::everything()));
                selection.counts.extend(all);
                return;
            }
            other => only_member(other, "select"),
        };
        let Some(select) = select else {
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
            let filter = match value {
                Json::Bool(false) => continue,
                Json::Bool(true) => Where::everything(),
                Json::Object(members) if members.is_empty() => Where::everything(),
                other => {
                    let Some(filter) = only_member(other, "where") else {
                        self.problems.add(path, "must be true or {\"where\": {…}}");
                        continue;
                    };
                    let target = self.schema.model(relation.target);
                    where_from_json(self.schema, target, filter, &join(path, "where"), self.problems)
                }
            };
            selection.counts.push((field.id, filter));
        }
    }
}

/// What an object holds that has this member and no other.
fn only_member<'j>(json: &'j Json, name: &str) -> Option<&'j Json> {
    json.as_object().filter(|members| members.len() == 1)?.get(name)
}
