//! Which rows a condition looks up besides its own: so it is found what one database cannot judge.

use purlin_core::error::Error;
use purlin_core::schema::{DatasourceId, FieldId, ModelId, Schema};
use purlin_core::statement::{Filter, Operand, Origin};

/// Rows that are looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub target: ModelId,
    /// The relation that leads to them; none leads to rows that are asked for by their values.
    pub by: Option<(ModelId, FieldId)>,
}

/// Calls back for every model whose rows the filter looks up.
pub(crate) fn each_look(schema: &Schema, filter: &Filter, found: &mut dyn FnMut(Look)) {
    match filter {
        Filter::Always | Filter::Never => {}
        Filter::All(parts) | Filter::Any(parts) => {
            parts.iter().for_each(|part| each_look(schema, part, found));
        }
        Filter::Not(inner) | Filter::Residual(inner) => each_look(schema, inner, found),
        Filter::Compare { left, right, .. } | Filter::EqualIgnoreCase { left, right } => {
            of_operand(schema, left, found);
            of_operand(schema, right, found);
        }
        Filter::IsNull(operand) | Filter::Truth(operand) => of_operand(schema, operand, found),
        Filter::In { value, list } => {
            of_operand(schema, value, found);
            of_operand(schema, list, found);
        }
        Filter::Text { value, argument, .. }
        | Filter::Words { value, argument, .. }
        | Filter::Json { value, argument, .. } => {
            of_operand(schema, value, found);
            of_operand(schema, argument, found);
        }
        Filter::Offered { texts, words } => {
            texts.iter().chain([words]).for_each(|operand| of_operand(schema, operand, found));
        }
        Filter::List { list, argument, .. } => {
            of_operand(schema, list, found);
            argument.iter().for_each(|argument| of_operand(schema, argument, found));
        }
        Filter::Related { origin, model, relation, condition, .. } => {
            of_origin(schema, origin, found);
            hop(schema, *model, *relation, found);
            each_look(schema, condition, found);
        }
        Filter::Exists { model, condition } => {
            found(Look { target: *model, by: None });
            each_look(schema, condition, found);
        }
    }
}

fn of_origin(schema: &Schema, origin: &Origin, found: &mut dyn FnMut(Look)) {
    if let Origin::Values(values) = origin {
        values.iter().for_each(|value| of_operand(schema, value, found));
    }
}

fn of_operand(schema: &Schema, operand: &Operand, found: &mut dyn FnMut(Look)) {
    if let Operand::Column { origin, model, relations, .. } = operand {
        of_origin(schema, origin, found);
        let mut at = Some(*model);
        for relation in relations {
            at = at.and_then(|model| hop(schema, model, *relation, found));
        }
    }
}

fn hop(schema: &Schema, model: ModelId, relation: FieldId, found: &mut dyn FnMut(Look)) -> Option<ModelId> {
    let target = schema.model(model).field(relation).relation()?.target;
    found(Look { target, by: Some((model, relation)) });
    Some(target)
}

/// Whether all that the filter looks up stands in `home`.
pub(crate) fn is_near(schema: &Schema, filter: &Filter, home: DatasourceId) -> bool {
    let mut is_near = true;
    each_look(schema, filter, &mut |look| is_near &= schema.model(look.target).datasource == home);
    is_near
}

/// Refuses a filter that looks up what stands elsewhere.
pub(crate) fn require_near(schema: &Schema, filter: &Filter, home: DatasourceId) -> Result<(), Error> {
    let mut refused = None;
    each_look(schema, filter, &mut |look| {
        if schema.model(look.target).datasource != home && refused.is_none() {
            refused = Some(look);
        }
    });
    match refused {
        None => Ok(()),
        Some(Look { by: Some((model, relation)), .. }) => Err(apart(schema, model, relation)),
        Some(Look { target, by: None }) => Err(Error::Unsupported(format!(
            "{} stands in another datasource, which cannot be asked here",
            schema.model(target).name
        ))),
    }
}

/// What is said of a relation that no statement can follow.
pub(crate) fn apart(schema: &Schema, model: ModelId, relation: FieldId) -> Error {
    let model = schema.model(model);
    let name = &model.field(relation).name;
    Error::Unsupported(format!(
        "{name} of {} stands in another datasource: it can be included, but nothing can be filtered, sorted or counted by it",
        model.name
    ))
}
