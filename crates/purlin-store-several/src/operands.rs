//! Operands of a filter, one by one: rows that another database has loaded are handed on as values.

use std::collections::BTreeSet;

use purlin_core::schema::FieldId;
use purlin_core::statement::{Filter, LoadSlot, Operand, Origin};

/// Calls back for every operand, also those that say where a relation starts.
fn each(filter: &mut Filter, found: &mut dyn FnMut(&mut Operand)) {
    match filter {
        Filter::Always | Filter::Never => {}
        Filter::All(parts) | Filter::Any(parts) => parts.iter_mut().for_each(|part| each(part, found)),
        Filter::Not(inner) | Filter::Residual(inner) => each(inner, found),
        Filter::Compare { left, right, .. } | Filter::EqualIgnoreCase { left, right } => {
            operand(left, found);
            operand(right, found);
        }
        Filter::IsNull(value) | Filter::Truth(value) => operand(value, found),
        Filter::In { value, list } => {
            operand(value, found);
            operand(list, found);
        }
        Filter::Text { value, argument, .. }
        | Filter::Words { value, argument, .. }
        | Filter::Json { value, argument, .. } => {
            operand(value, found);
            operand(argument, found);
        }
        Filter::Offered { texts, words } => texts.iter_mut().chain([words]).for_each(found),
        Filter::List { list, argument, .. } => {
            operand(list, found);
            argument.iter_mut().for_each(|argument| operand(argument, found));
        }
        Filter::Related { origin: from, condition, .. } => {
            origin(from, found);
            each(condition, found);
        }
        Filter::Exists { condition, .. } => each(condition, found),
    }
}

fn operand(value: &mut Operand, found: &mut dyn FnMut(&mut Operand)) {
    found(value);
    if let Operand::Column { origin: from, .. } = value {
        origin(from, found);
    }
}

fn origin(from: &mut Origin, found: &mut dyn FnMut(&mut Operand)) {
    if let Origin::Values(values) = from {
        values.iter_mut().for_each(|value| operand(value, found));
    }
}

/// Puts something else in place of the columns of loaded rows that `known` answers.
pub(crate) fn replace_loaded(
    filter: &mut Filter,
    known: &mut dyn FnMut(LoadSlot, FieldId) -> Option<Operand>,
) {
    each(filter, &mut |operand| {
        if let Operand::Loaded(loaded) = operand
            && let Some(other) = known(loaded.slot, loaded.field)
        {
            *operand = other;
        }
    });
}

/// The loaded rows that a filter names.
pub(crate) fn slots(filter: &Filter) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    each(&mut filter.clone(), &mut |operand| {
        if let Operand::Loaded(loaded) = operand {
            found.insert(loaded.slot.0);
        }
    });
    found
}
