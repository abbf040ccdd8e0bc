//! What a write's input says of a relation: Prisma's nested writes. What stands inside of a row needs not, and must
//! not, name the row that it stands in.

use serde_json::{Map, Value as Json};

use super::data::DataReader;
use super::{Problems, key_from_json, where_from_json};
use crate::operation::{Assignment, Data, Key, Nested, Pick, UpdateMode, Upsert, Where};
use crate::schema::{Field, Model, Relation};

/// The relation that is written, from the side of the row that is.
pub(super) struct RelationEnd<'a> {
    pub field: &'a Field,
    pub relation: &'a Relation,
    /// `None` where the row around is made.
    pub mode: Option<UpdateMode>,
}

/// In the order in which they happen, whatever the input's: what goes, what changes, what comes.
const IN_CREATES: [&str; 4] = ["create", "createMany", "connectOrCreate", "connect"];
const IN_UPDATES: [&str; 11] = [
    "deleteMany",
    "delete",
    "disconnect",
    "set",
    "update",
    "updateMany",
    "upsert",
    "create",
    "createMany",
    "connectOrCreate",
    "connect",
];
const OF_MANY: [&str; 4] = ["deleteMany", "set", "updateMany", "createMany"];

impl RelationEnd<'_> {
    fn is_list(&self) -> bool {
        self.field.is_list()
    }

    fn words(&self) -> impl Iterator<Item = &'static str> + use<> {
        let words: &[&str] = if self.mode.is_some() { &IN_UPDATES } else { &IN_CREATES };
        let is_list = self.is_list();
        words.iter().copied().filter(move |word| is_list || !OF_MANY.contains(word))
    }
}

impl DataReader<'_> {
    /// Each message is about the relation's own path; what stands deeper is reported there.
    pub(super) fn relation(
        &mut self,
        end: &RelationEnd<'_>,
        json: &Json,
        path: &str,
    ) -> Result<Assignment, Vec<String>> {
        let target = self.target(end);
        if target.is_view || target.is_ignored {
            return Err(vec![format!("{} is only read", target.name)]);
        }
        let known = || end.words().collect::<Vec<_>>().join(", ");
        let Some(members) = json.as_object().filter(|members| !members.is_empty()) else {
            return Err(vec![format!("must be an object with one of {}", known())]);
        };
        let unknown: Vec<String> = members
            .keys()
            .filter(|name| !end.words().any(|word| word == name.as_str()))
            .map(|name| format!("\"{name}\" is not possible here: use one of {}", known()))
            .collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        if !end.is_list() && members.len() > 1 {
            return Err(vec!["leads to one row: give one of its operations".to_owned()]);
        }
        if let Some(plain) = self.plain(end, members)? {
            return Ok(plain);
        }
        self.levels += 1;
        let mut writes = Vec::with_capacity(members.len());
        let mut messages = Vec::new();
        for word in end.words() {
            let Some(value) = members.get(word) else { continue };
            match self.nested(end, word, value, &format!("{path}.{word}")) {
                Ok(write) => writes.push(write),
                Err(mut more) => messages.append(&mut more),
            }
        }
        self.levels -= 1;
        if messages.is_empty() { Ok(Assignment::Nested(writes)) } else { Err(messages) }
    }

    /// Links of a key that this row holds are values of the row itself.
    fn plain(
        &mut self,
        end: &RelationEnd<'_>,
        members: &Map<String, Json>,
    ) -> Result<Option<Assignment>, Vec<String>> {
        if !end.relation.is_owning() {
            return Ok(None);
        }
        if let Some(key) = members.get("connect") {
            return self.key(end, key, "connect").map(|key| Some(Assignment::Connect(key)));
        }
        match members.get("disconnect") {
            Some(_) if end.field.is_required() => {
                Err(vec!["is required and cannot be disconnected".to_owned()])
            }
            Some(Json::Bool(true)) => Ok(Some(Assignment::Disconnect)),
            Some(_) => Err(vec!["disconnect must be true".to_owned()]),
            None => Ok(None),
        }
    }

    fn nested(
        &mut self,
        end: &RelationEnd<'_>,
        word: &str,
        json: &Json,
        path: &str,
    ) -> Result<Nested, Vec<String>> {
        let update = Some(UpdateMode::Partial);
        let is_list = end.is_list();
        if !is_list && json.is_array() {
            return Err(vec![format!("{word} must be one, not a list: the relation leads to one row")]);
        }
        match word {
            "create" => {
                let rows = self.inner_rows(end, json, None, path);
                Ok(Nested::Create { rows, skip_duplicates: false })
            }
            "createMany" => {
                let members = only(json, word, &["data", "skipDuplicates"])?;
                let skip = match members.get("skipDuplicates") {
                    None => false,
                    Some(Json::Bool(skip)) => *skip,
                    Some(_) => {
                        return Err(vec!["createMany.skipDuplicates must be true or false".to_owned()]);
                    }
                };
                let data = required(members, word, "data")?;
                let rows = self.inner_rows(end, data, None, &format!("{path}.data"));
                Ok(Nested::Create { rows, skip_duplicates: skip })
            }
            "connect" => self.keys(end, json, word).map(Nested::Connect),
            "set" => match json {
                Json::Array(_) => self.keys(end, json, word).map(Nested::Set),
                single => self.key(end, single, word).map(|key| Nested::Set(vec![key])),
            },
            "connectOrCreate" => {
                let pair = |reader: &mut Self, json: &Json, path: &str| {
                    let members = only(json, word, &["where", "create"])?;
                    let key = reader.key(end, required(members, word, "where")?, "connectOrCreate.where")?;
                    let create = required(members, word, "create")?;
                    Ok((key, reader.inner(end, create, None, format!("{path}.create."))))
                };
                self.each(json, path, pair).map(Nested::ConnectOrCreate)
            }
            "disconnect" => match json {
                Json::Bool(true) if !is_list => Ok(Nested::Disconnect(vec![Pick::Only(Where::everything())])),
                _ if is_list => Ok(Nested::Disconnect(self.picks(end, json, word)?)),
                _ => Err(vec!["disconnect must be true".to_owned()]),
            },
            "delete" => match json {
                Json::Bool(true) if !is_list => Ok(Nested::Delete(vec![Pick::Only(Where::everything())])),
                _ => Ok(Nested::Delete(self.picks(end, json, word)?)),
            },
            "update" if !is_list => {
                let wrapped = json.as_object().filter(|members| {
                    let is_known = |name: &String| name == "where" || name == "data";
                    members.get("data").is_some_and(Json::is_object) && members.keys().all(is_known)
                });
                let (filter, data, path) = match wrapped {
                    Some(members) => (members.get("where"), members.get("data"), format!("{path}.data.")),
                    None => (None, Some(json), format!("{path}.")),
                };
                let filter = filter.map_or(Ok(Where::everything()), |json| self.filter(end, json, word))?;
                let data = self.inner(end, data.unwrap_or(json), update, path);
                Ok(Nested::Update(vec![(Pick::Only(filter), data)]))
            }
            "update" => {
                let pair = |reader: &mut Self, json: &Json, path: &str| {
                    let members = only(json, word, &["where", "data"])?;
                    let key = reader.key(end, required(members, word, "where")?, "update.where")?;
                    let data = required(members, word, "data")?;
                    Ok((Pick::Key(key), reader.inner(end, data, update, format!("{path}.data."))))
                };
                self.each(json, path, pair).map(Nested::Update)
            }
            "updateMany" => {
                let pair = |reader: &mut Self, json: &Json, path: &str| {
                    let members = only(json, word, &["where", "data"])?;
                    let filter = members.get("where");
                    let filter =
                        filter.map_or(Ok(Where::everything()), |json| reader.filter(end, json, word))?;
                    let data = required(members, word, "data")?;
                    Ok((filter, reader.inner(end, data, update, format!("{path}.data."))))
                };
                self.each(json, path, pair).map(Nested::UpdateMany)
            }
            "upsert" => {
                let one = |reader: &mut Self, json: &Json, path: &str| {
                    let members = only(json, word, &["where", "create", "update"])?;
                    let pick = match members.get("where") {
                        Some(json) if is_list => Pick::Key(reader.key(end, json, "upsert.where")?),
                        Some(json) => Pick::Only(reader.filter(end, json, word)?),
                        None if is_list => return Err(vec!["upsert.where is required".to_owned()]),
                        None => Pick::Only(Where::everything()),
                    };
                    let create = required(members, word, "create")?;
                    let changed = required(members, word, "update")?;
                    let create = reader.inner(end, create, None, format!("{path}.create."));
                    let update = reader.inner(end, changed, update, format!("{path}.update."));
                    Ok(Upsert { pick, create, update })
                };
                self.each(json, path, one).map(Nested::Upsert)
            }
            _ => {
                let filters = match json {
                    Json::Array(items) => items.iter().map(|json| self.filter(end, json, word)).collect(),
                    single => self.filter(end, single, word).map(|filter| vec![filter]),
                };
                filters.map(Nested::DeleteMany)
            }
        }
    }

    fn inner_rows(
        &mut self,
        end: &RelationEnd<'_>,
        json: &Json,
        mode: Option<UpdateMode>,
        path: &str,
    ) -> Vec<Data> {
        match json {
            Json::Array(items) => {
                let each = |(index, item)| self.inner(end, item, mode, format!("{path}.{index}."));
                items.iter().enumerate().map(each).collect()
            }
            single => vec![self.inner(end, single, mode, format!("{path}."))],
        }
    }

    /// A row of the relation, which must not say whose it is.
    fn inner(
        &mut self,
        end: &RelationEnd<'_>,
        json: &Json,
        mode: Option<UpdateMode>,
        prefix: String,
    ) -> Data {
        let target = self.target(end);
        let data = self.data(target, json, mode, prefix);
        let opposite = target.field(end.relation.opposite);
        let is_its_key = |field| {
            let mut keys = opposite.relation().filter(|relation| relation.is_owning()).into_iter();
            keys.any(|relation| relation.pairs().any(|(local, _)| local == field))
        };
        for (field, _) in &data.fields {
            if *field == opposite.id || is_its_key(*field) {
                let path = format!("{}{}", data.prefix, target.field(*field).name);
                self.errors.add(path, "is given by the row around it");
            }
        }
        data
    }

    fn each<T>(
        &mut self,
        json: &Json,
        path: &str,
        mut read: impl FnMut(&mut Self, &Json, &str) -> Result<T, Vec<String>>,
    ) -> Result<Vec<T>, Vec<String>> {
        match json {
            Json::Array(items) => {
                let numbered = items.iter().enumerate();
                numbered.map(|(index, item)| read(self, item, &format!("{path}.{index}"))).collect()
            }
            single => read(self, single, path).map(|one| vec![one]),
        }
    }

    fn keys(&mut self, end: &RelationEnd<'_>, json: &Json, word: &str) -> Result<Vec<Key>, Vec<String>> {
        self.each(json, word, |reader, json, path| reader.key(end, json, path))
    }

    fn picks(&mut self, end: &RelationEnd<'_>, json: &Json, word: &str) -> Result<Vec<Pick>, Vec<String>> {
        if end.is_list() {
            return Ok(self.keys(end, json, word)?.into_iter().map(Pick::Key).collect());
        }
        self.filter(end, json, word).map(|filter| vec![Pick::Only(filter)])
    }

    fn key(&mut self, end: &RelationEnd<'_>, json: &Json, path: &str) -> Result<Key, Vec<String>> {
        if !self.may_name(path) {
            return Err(Vec::new());
        }
        let mut problems = Problems::default();
        let key = key_from_json(self.schema, self.target(end), json, path, &mut problems);
        key.ok_or(problems.0)
    }

    fn filter(&mut self, end: &RelationEnd<'_>, json: &Json, path: &str) -> Result<Where, Vec<String>> {
        if !self.may_name(path) {
            return Err(Vec::new());
        }
        let mut problems = Problems::default();
        let filter = where_from_json(self.schema, self.target(end), json, path, &mut problems);
        if !self.may_ask(conditions(&filter)) {
            return Err(vec!["the request has too many conditions; use \"in\" for lists".to_owned()]);
        }
        if problems.is_empty() { Ok(filter) } else { Err(problems.0) }
    }
}

impl<'a> DataReader<'a> {
    fn target(&self, end: &RelationEnd<'_>) -> &'a Model {
        self.schema.model(end.relation.target)
    }
}

fn conditions(filter: &Where) -> usize {
    match filter {
        Where::All(parts) | Where::Any(parts) => parts.iter().map(conditions).sum(),
        Where::Not(part) => conditions(part),
        Where::Field { .. } | Where::Search(_) => 1,
        Where::Relation { filter, .. } => 5 + conditions(filter),
    }
}

/// An object with no other members than these.
fn only<'j>(json: &'j Json, word: &str, known: &[&str]) -> Result<&'j Map<String, Json>, Vec<String>> {
    match json.as_object() {
        Some(members) if members.keys().all(|name| known.contains(&name.as_str())) => Ok(members),
        _ => Err(vec![format!("{word} must be an object of {}", known.join(" and "))]),
    }
}

fn required<'j>(members: &'j Map<String, Json>, word: &str, name: &str) -> Result<&'j Json, Vec<String>> {
    members.get(name).ok_or_else(|| vec![format!("{word}.{name} is required")])
}
