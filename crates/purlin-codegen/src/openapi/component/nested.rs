//! Writes in writes: what a body says of a relation, in Prisma's form. What stands inside does not say whose it is, so
//! that its body is one of its own for each relation.

use purlin_schema::model::{Field, FieldId, Link, Model, Relation};
use serde_json::{Map, Value, json};

use crate::openapi::context::{Context, is_creatable};
use crate::openapi::names::Part;
use crate::openapi::value::{described, object, one_of_members, reference};

/// The fields of the target that the row around it says.
pub(super) fn said(relation: &Relation) -> Vec<FieldId> {
    let mut said = vec![relation.opposite];
    if let Link::Inverse { references, .. } = &relation.link {
        said.extend(references);
    }
    said
}

/// What may be done with the rows of a relation, where the row around is made or changed.
pub(super) fn relation_write(
    context: Context<'_>,
    model: &Model,
    field: &Field,
    relation: &Relation,
    is_new: bool,
) -> Option<Value> {
    let target = context.target(relation);
    if target.is_view {
        return None;
    }
    let writes = Writes { context, target, relation, field, is_list: field.is_list() };
    let mut members = Map::new();
    let create = is_creatable(target).then(|| reference(context.names.nested_create(model.id, field.id)));
    let key = context.part(target, Part::Key);
    if let Some(create) = &create {
        members.insert("create".to_owned(), writes.each(create.clone()));
        if writes.is_list {
            let mut rows = members_of(&[("data", one_or_several(create))]);
            // What is left out could not be linked by a join table.
            if !matches!(relation.link, Link::Join(_)) {
                rows.insert("skipDuplicates".to_owned(), json!({ "type": "boolean" }));
            }
            members.insert("createMany".to_owned(), Value::Object(object(rows, vec![json!("data")])));
        }
        let pair = required(&[("where", key.clone()), ("create", create.clone())]);
        members.insert("connectOrCreate".to_owned(), writes.each(pair));
    }
    members.insert("connect".to_owned(), writes.each(key));
    if !is_new {
        let update = reference(context.names.nested_update(model.id, field.id));
        writes.add_changes(&mut members, create.as_ref(), &update);
    }
    let schema = if writes.is_list {
        let mut schema = object(members, Vec::new());
        schema.insert("minProperties".to_owned(), json!(1));
        Value::Object(schema)
    } else {
        one_of_members(members)
    };
    Some(described(schema, field.docs.as_deref()))
}

/// Many rows at once are linked to one row, or to none, and nothing is written around them.
pub(super) fn relation_of_many(context: Context<'_>, field: &Field, relation: &Relation) -> Option<Value> {
    let target = context.target(relation);
    if target.is_view || !relation.is_owning() {
        return None;
    }
    let mut members = members_of(&[("connect", context.part(target, Part::Key))]);
    if !field.is_required() {
        members.insert("disconnect".to_owned(), json!({ "const": true }));
    }
    Some(described(one_of_members(members), field.docs.as_deref()))
}

struct Writes<'a> {
    context: Context<'a>,
    target: &'a Model,
    relation: &'a Relation,
    field: &'a Field,
    is_list: bool,
}

impl Writes<'_> {
    /// Several where the relation leads to several.
    fn each(&self, one: Value) -> Value {
        if self.is_list { one_or_several(&one) } else { one }
    }

    /// Whether the rows can do without each other.
    fn can_let_go(&self) -> bool {
        match &self.relation.link {
            Link::Owning { .. } => !self.field.is_required(),
            Link::Inverse { references, .. } => {
                references.iter().all(|key| !self.target.field(*key).is_required())
            }
            Link::Join(_) => true,
        }
    }

    /// Users are deleted at their own path, for their sessions end with them.
    fn can_delete(&self) -> bool {
        let is_user = self.context.schema.auth_model == Some(self.target.id);
        !is_user && (self.can_let_go() || !self.relation.is_owning())
    }

    fn add_changes(&self, members: &mut Map<String, Value>, create: Option<&Value>, update: &Value) {
        let (key, filter) =
            (self.context.part(self.target, Part::Key), self.context.part(self.target, Part::Where));
        let mut add = |name: &str, schema: Value| {
            members.insert(name.to_owned(), schema);
        };
        let upsert = |pick: Value, must: &[Value]| {
            let create = create?;
            let parts = [("where", pick), ("create", create.clone()), ("update", update.clone())];
            Some(Value::Object(object(members_of(&parts), must.to_vec())))
        };
        if self.is_list {
            let pair = required(&[("where", key.clone()), ("data", update.clone())]);
            add("update", one_or_several(&pair));
            let many = members_of(&[("where", filter.clone()), ("data", update.clone())]);
            add("updateMany", one_or_several(&Value::Object(object(many, vec![json!("data")]))));
            let must = ["where", "create", "update"].map(|name| json!(name));
            if let Some(upsert) = upsert(key.clone(), &must) {
                add("upsert", one_or_several(&upsert));
            }
            if self.can_let_go() {
                add("disconnect", one_or_several(&key));
                add("set", one_or_several(&key));
            }
            if self.can_delete() {
                add("delete", one_or_several(&key));
                add("deleteMany", one_or_several(&filter));
            }
            return;
        }
        let chosen = members_of(&[("where", filter.clone()), ("data", update.clone())]);
        let chosen = Value::Object(object(chosen, vec![json!("data")]));
        add("update", json!({ "anyOf": [update, chosen] }));
        if let Some(upsert) = upsert(filter.clone(), &["create", "update"].map(|name| json!(name))) {
            add("upsert", upsert);
        }
        if self.can_let_go() {
            add("disconnect", json!({ "const": true }));
        }
        if self.can_delete() {
            add("delete", json!({ "anyOf": [{ "const": true }, filter] }));
        }
    }
}

fn one_or_several(one: &Value) -> Value {
    json!({ "anyOf": [one, { "type": "array", "items": one }] })
}

fn members_of(members: &[(&str, Value)]) -> Map<String, Value> {
    members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect()
}

/// An object that has all of these.
fn required(members: &[(&str, Value)]) -> Value {
    let names = members.iter().map(|(name, _)| json!(name)).collect();
    Value::Object(object(members_of(members), names))
}
