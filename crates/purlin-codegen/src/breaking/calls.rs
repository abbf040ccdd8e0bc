//! Paths and methods: which calls are gone, which are new, and those of both documents one by one.

use serde_json::Value;

use super::call;
use super::document::{Document, Unusable};
use super::report::{Report, Severity};
use super::schema::Comparison;

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// A method of a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) path: &'a str,
    method: &'static str,
    pub(super) item: &'a Value,
    pub(super) operation: &'a Value,
}

impl Call<'_> {
    fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// What the names of parameters in a path are does not matter to clients.
    fn is_same(&self, other: &Call<'_>) -> bool {
        self.method == other.method && template(self.path).eq(template(other.path))
    }
}

fn template(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').map(|part| if part.starts_with('{') && part.ends_with('}') { "{}" } else { part })
}

/// Compares the document that clients know with the one of the present.
pub fn compare(before: &Value, after: &Value) -> Result<Report, Unusable> {
    let (before, after) = (Document::new(before)?, Document::new(after)?);
    let mut comparison = Comparison::new(before, after);
    let (old, new) = (calls(before), calls(after));
    for one in &old {
        let node = comparison.graph.call(one.name());
        match new.iter().find(|other| one.is_same(other)) {
            Some(other) => call::compare(&mut comparison, node, one, other),
            None => comparison.graph.found(node, Severity::Breaking, "the call is gone".to_owned()),
        }
    }
    for other in new.iter().filter(|other| !old.iter().any(|one| one.is_same(other))) {
        let node = comparison.graph.call(other.name());
        comparison.graph.found(node, Severity::Compatible, "the call is new".to_owned());
    }
    Ok(comparison.graph.into_report())
}

fn calls(document: Document<'_>) -> Vec<Call<'_>> {
    let paths = document.paths.iter().map(|(path, item)| (path.as_str(), document.resolve(item)));
    let calls = paths.flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| {
            let operation = item.get(*method)?;
            Some(Call { path, method, item, operation })
        })
    });
    calls.collect()
}
