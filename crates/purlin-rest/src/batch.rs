//! Several writes in one transaction: `POST …/batch`. Later ones may name fields of rows that earlier ones write.

use std::sync::Arc;

use http::StatusCode;
use purlin_core::FieldErrors;
use purlin_core::input::{
    DataReader, EarlierRow, MOST_ROWS, Problems, key_from_json, selection_from_json, where_from_json,
};
use purlin_core::operation::{Action, Data, Key, Operation, Selection, UpdateMode, Where};
use purlin_core::schema::Model;
use purlin_http::{BoxFuture, Error, Handler, Request, Response, json};
use purlin_schema::suggest::closest;
use serde_json::{Map, Value as Json};

use crate::caller::Caller;
use crate::etag::refuse_if_match;
use crate::query;
use crate::surface::{Surface, served};
use crate::writing::{Writing, Written};

pub(crate) struct BatchEndpoint {
    pub(crate) surface: Arc<Surface>,
}

/// They are one plan, which holds up all others while it runs.
const MOST_OPERATIONS: usize = 100;

const OPS: [&str; 7] = ["create", "createMany", "update", "updateMany", "upsert", "delete", "deleteMany"];

impl Handler for BatchEndpoint {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.run(request))
    }
}

impl BatchEndpoint {
    async fn run(&self, mut request: Request) -> Result<Response, Error> {
        let caller = Caller::of(&request).await?;
        refuse_if_match(&request)?;
        query::unparameterized(request.query().unwrap_or_default())?;
        let body = crate::body::read(&mut request).await?;
        let mut reader = Reader {
            surface: &self.surface,
            earlier: Vec::new(),
            problems: Problems::default(),
            errors: FieldErrors::default(),
            named: 0,
        };
        let mut operations = reader.operations(&body);
        let Reader { problems, errors, .. } = reader;
        problems.finish(())?;
        if let Some(first) = operations.first_mut() {
            first.errors = errors;
        }
        let writing = Writing::new(&caller, &request, Some(&body), StatusCode::OK);
        let mut outcome = match self.surface.write_all(writing, operations).await? {
            Written::Now(outcome) => outcome,
            Written::Before(response) => return Ok(response),
        };
        outcome.body.push(b'}');
        Ok(json(StatusCode::OK, outcome.body))
    }
}

struct Reader<'a> {
    surface: &'a Surface,
    earlier: Vec<EarlierRow>,
    /// Of the request's form.
    problems: Problems,
    /// Of its data.
    errors: FieldErrors,
    /// Rows, keys and filters that the operations name.
    named: usize,
}

impl<'a> Reader<'a> {
    fn operations(&mut self, body: &Json) -> Vec<Operation> {
        let list = match body {
            Json::Object(members) if members.len() == 1 => members.get("operations"),
            _ => None,
        };
        let Some(list) = list.and_then(Json::as_array).filter(|list| !list.is_empty()) else {
            self.problems.add("", "must be {\"operations\": […]} with at least one operation");
            return Vec::new();
        };
        if list.len() > MOST_OPERATIONS {
            self.problems.add("operations", format!("must be at most {MOST_OPERATIONS}"));
            return Vec::new();
        }
        let mut operations = Vec::with_capacity(list.len());
        for (number, json) in list.iter().enumerate() {
            if self.problems.is_full() {
                break;
            }
            operations.extend(self.operation(number, json));
        }
        operations
    }

    fn operation(&mut self, number: usize, json: &Json) -> Option<Operation> {
        let path = format!("operations.{number}");
        let Some(members) = json.as_object() else {
            self.problems.add(&path, "must be an object with op and model");
            return None;
        };
        let op = members.get("op").and_then(Json::as_str).unwrap_or_default();
        if !OPS.contains(&op) {
            self.problems.add(&format!("{path}.op"), format!("must be one of {}", OPS.join(", ")));
        }
        let model = self.model(members, &path)?;
        let words: &[&str] = match op {
            "create" => &["data", "as", "select", "include", "omit"],
            "createMany" => &["data", "skipDuplicates"],
            "update" => &["where", "data", "select", "include", "omit"],
            "updateMany" => &["where", "data"],
            "upsert" => &["where", "create", "update", "as", "select", "include", "omit"],
            "delete" | "deleteMany" => &["where"],
            _ => return None,
        };
        for name in members.keys() {
            if !matches!(name.as_str(), "op" | "model") && !words.contains(&name.as_str()) {
                let message = format!("{op} takes {}", words.join(", "));
                self.problems.add(&format!("{path}.{name}"), message);
            }
        }
        let action = self.action(op, model, members, &path)?;
        if let Some(name) = members.get("as") {
            self.name(number, name, model, op == "upsert", &path);
        }
        Some(Operation { model: model.id, action, within: None, errors: FieldErrors::default() })
    }

    fn model(&mut self, members: &Map<String, Json>, path: &str) -> Option<&'a Model> {
        let path = format!("{path}.model");
        let models = || served(&self.surface.schema).filter(|model| !model.is_view);
        let Some(name) = members.get("model").and_then(Json::as_str) else {
            self.problems.add(&path, "must be the name of a model");
            return None;
        };
        let found = models().find(|model| model.name == name);
        if found.is_none() {
            let message = match closest(name, models().map(|model| model.name.as_str())) {
                Some(near) => format!("is no model, did you mean \"{near}\"?"),
                None => "is no model".to_owned(),
            };
            self.problems.add(&path, message);
        }
        found
    }

    fn action(&mut self, op: &str, model: &Model, members: &Map<String, Json>, path: &str) -> Option<Action> {
        let update = Some(UpdateMode::Partial);
        Some(match op {
            "create" => {
                let data = self.rows(model, members, "data", None, path)?;
                Action::Create { rows: data, many: false, selection: self.selection(model, members, path) }
            }
            "createMany" => {
                if !members.get("data").is_some_and(Json::is_array) {
                    self.problems.add(&format!("{path}.data"), "must be a list");
                    return None;
                }
                let skip_duplicates = match members.get("skipDuplicates") {
                    None => false,
                    Some(Json::Bool(skip)) => *skip,
                    Some(_) => {
                        self.problems.add(&format!("{path}.skipDuplicates"), "must be true or false");
                        false
                    }
                };
                Action::CreateMany { rows: self.rows(model, members, "data", None, path)?, skip_duplicates }
            }
            "update" => {
                let key = self.key(model, members, path);
                let data = self.rows(model, members, "data", update, path)?.pop()?;
                let selection = self.selection(model, members, path);
                Action::Update { key: key?, data, mode: UpdateMode::Partial, selection }
            }
            "updateMany" => {
                let filter = self.filter(model, members, path);
                let data = self.rows(model, members, "data", update, path)?.pop()?;
                Action::UpdateMany { filter: filter?, data, each: None }
            }
            "upsert" => {
                let key = self.key(model, members, path);
                let create = self.rows(model, members, "create", None, path);
                let update = self.rows(model, members, "update", update, path);
                let selection = self.selection(model, members, path);
                Action::Upsert { key: key?, create: create?.pop()?, update: update?.pop()?, selection }
            }
            "delete" => Action::Delete { key: self.key(model, members, path)? },
            _ => Action::DeleteMany { filter: self.filter(model, members, path)?, each: None },
        })
    }

    fn rows(
        &mut self,
        model: &Model,
        members: &Map<String, Json>,
        name: &str,
        mode: Option<UpdateMode>,
        path: &str,
    ) -> Option<Vec<Data>> {
        let Some(json) = members.get(name) else {
            self.problems.add(&format!("{path}.{name}"), "is required");
            return None;
        };
        let is_many = members.get("op").and_then(Json::as_str) == Some("createMany");
        if json.is_array() && !is_many {
            self.problems.add(&format!("{path}.{name}"), "must be one row");
            return None;
        }
        if json.as_array().is_some_and(|rows| rows.is_empty() || rows.len() > MOST_ROWS) {
            self.problems.add(&format!("{path}.{name}"), format!("must be 1 to {MOST_ROWS} rows"));
            return None;
        }
        let reader = DataReader::new(&self.surface.schema, &self.earlier, &mut self.errors);
        let mut reader = reader.after(self.named);
        let rows = reader.rows(model, json, mode, &format!("{path}.{name}."));
        self.named = reader.named();
        Some(rows)
    }

    fn key(&mut self, model: &Model, members: &Map<String, Json>, path: &str) -> Option<Key> {
        let path = format!("{path}.where");
        let Some(json) = members.get("where") else {
            self.problems.add(&path, "is required: a unique key");
            return None;
        };
        key_from_json(&self.surface.schema, model, json, &path, &mut self.problems)
    }

    fn filter(&mut self, model: &Model, members: &Map<String, Json>, path: &str) -> Option<Where> {
        let path = format!("{path}.where");
        let Some(json) = members.get("where") else {
            self.problems.add(&path, "is required: this is about many rows; {} stands for all of them");
            return None;
        };
        let filter = where_from_json(&self.surface.schema, model, json, &path, &mut self.problems);
        query::check_filter(&filter, &mut self.problems);
        Some(filter)
    }

    fn selection(&mut self, model: &Model, members: &Map<String, Json>, path: &str) -> Selection {
        let words = ["select", "include", "omit"];
        let chosen: Map<String, Json> = members
            .iter()
            .filter(|(name, _)| words.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if chosen.is_empty() {
            return Selection::default();
        }
        let limits = self.surface.settings.limits;
        let mut problems = Problems::default();
        let selection =
            selection_from_json(&self.surface.schema, model, &Json::Object(chosen), limits, &mut problems);
        if let Err(error) = problems.finish(()) {
            self.problems.add(path, error.to_string());
        }
        selection
    }

    fn name(&mut self, operation: usize, json: &Json, model: &Model, has_key_only: bool, path: &str) {
        let path = format!("{path}.as");
        let is_word = |name: &&str| {
            let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            !name.is_empty() && name.len() <= 64 && name.chars().all(is_letter)
        };
        let Some(name) = json.as_str().filter(is_word) else {
            self.problems.add(&path, "must be a name of letters, digits and _");
            return;
        };
        if self.earlier.iter().any(|row| row.name == name) {
            self.problems.add(&path, "is the name of an earlier operation");
            return;
        }
        self.earlier.push(EarlierRow { name: name.to_owned(), operation, model: model.id, has_key_only });
    }
}
