//! The calls: resources of each model, resources nested under their rows, and what is not about data.

mod aggregate;
mod many;
mod model;
mod nested;
mod operation;
mod parameter;
mod response;
mod sign_in;
mod system;

use serde_json::{Map, Value};

use super::context::Context;
use super::names::Taken;

pub(super) use many::TAG as BATCH_TAG;
pub(super) use parameter::components as parameter_components;
pub(super) use response::{components as response_components, headers as header_components};
pub(super) use sign_in::TAG as SIGN_IN_TAG;
pub(super) use system::TAG as SYSTEM_TAG;

/// All of `paths`. Operation ids of models come before those of nested resources, which yield.
pub(super) fn paths(context: Context<'_>) -> Map<String, Value> {
    let mut ids = Taken::default();
    let mut paths = Map::new();
    let own: Vec<_> = context.models().map(|found| model::paths(context, found, &mut ids)).collect();
    let measured: Vec<_> = context.models().map(|found| aggregate::paths(context, found, &mut ids)).collect();
    for ((found, own), measured) in context.models().zip(own).zip(measured) {
        paths.extend(own);
        paths.extend(measured);
        paths.extend(nested::paths(context, found, &mut ids));
    }
    paths.extend(many::batch(context, &mut ids));
    paths.extend(sign_in::paths(context, &mut ids));
    paths.extend(system::paths(&mut ids, context));
    paths
}
