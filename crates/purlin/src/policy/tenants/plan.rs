//! Which models belong to tenants: the tenants' own, and what leads to one by relations whose keys it holds. Users belong
//! to a tenant by such a relation, or by rows that lead to both (memberships).

use purlin_core::schema::{Field, FieldId, Model, ModelId, Relation, Schema};
use purlin_schema::suggest::closest;

#[derive(Clone, Debug)]
pub struct Plan {
    /// The model whose rows are the tenants.
    pub tenant: ModelId,
    /// In an order in which keys lead to rows that are there.
    pub owned: Vec<ModelId>,
    /// The rest: shared by all.
    pub shared: Vec<ModelId>,
}

/// `by` is a model, or a field that leads to one.
pub fn plan(schema: &Schema, by: &str) -> Result<Plan, String> {
    let tenant = tenant(schema, by)?;
    let mut owned = vec![tenant.id];
    loop {
        let next = schema.own_models().find(|model| {
            let leads = |relation: &Relation| owned.contains(&relation.target);
            !owned.contains(&model.id) && owning(model).any(|(_, relation)| leads(relation))
        });
        let members = || {
            // Users are of the tenant that rows between both say.
            let user = schema.auth_model.filter(|user| !owned.contains(user))?;
            let leads = |model: &&Model| {
                owned.contains(&model.id) && owning(model).any(|(_, relation)| relation.target == user)
            };
            schema.own_models().any(|model| leads(&model)).then(|| schema.model(user))
        };
        match next.or_else(members) {
            Some(model) => owned.push(model.id),
            None => break,
        }
    }
    let Some(user) = schema.auth_model else { return Err("the schema has no model of users".to_owned()) };
    if !owned.contains(&user) {
        let (user, tenant) = (&schema.model(user).name, &tenant.name);
        return Err(format!("no relation leads from {user} to {tenant}, so that no user is of a tenant"));
    }
    let shared = schema.own_models().map(|model| model.id).filter(|id| !owned.contains(id)).collect();
    Ok(Plan { tenant: tenant.id, owned, shared })
}

fn tenant<'s>(schema: &'s Schema, by: &str) -> Result<&'s Model, String> {
    if let Some(model) = schema.own_models().find(|model| model.name == by) {
        return Ok(model);
    }
    let targets: Vec<&Model> = schema
        .own_models()
        .flat_map(owning)
        .filter(|(field, relation)| field.name == by || is_key(schema, relation, by))
        .map(|(_, relation)| schema.model(relation.target))
        .collect();
    match targets.as_slice() {
        [] => {
            let names = schema.own_models().map(|model| model.name.as_str());
            let near = closest(by, names).map(|near| format!(", did you mean {near}?")).unwrap_or_default();
            Err(format!("{by} is neither a model nor a key of a relation{near}"))
        }
        [first, rest @ ..] if rest.iter().all(|other| other.id == first.id) => Ok(first),
        _ => Err(format!("{by} leads to several models: name the model of the tenants")),
    }
}

/// Whether one of the key's fields has the name, in whichever model the key stands.
fn is_key(schema: &Schema, relation: &Relation, name: &str) -> bool {
    let target = schema.model(relation.target);
    let Some(holder) = target.field(relation.opposite).relation().map(|back| schema.model(back.target))
    else {
        return false;
    };
    relation
        .pairs()
        .any(|(local, _)| holder.fields.get(local.index()).is_some_and(|field| field.name == name))
}

/// Relations whose keys the model holds.
pub(super) fn owning(model: &Model) -> impl Iterator<Item = (&Field, &Relation)> {
    let relations = model.fields.iter().filter_map(|field| Some((field, field.relation()?)));
    relations.filter(|(_, relation)| relation.is_owning())
}

/// The fields that hold keys of relations.
pub(super) fn key_fields(model: &Model) -> Vec<FieldId> {
    owning(model)
        .flat_map(|(_, relation)| relation.pairs().map(|(local, _)| local).collect::<Vec<_>>())
        .collect()
}
