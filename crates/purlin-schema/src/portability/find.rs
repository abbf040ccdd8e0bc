//! A schema's constructs that an engine does not give as they are, as diagnostics.

use super::construct::State;
use super::scope::{Found, Scope};
use super::{Engine, constructs};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{DatasourceId, Schema};

/// All that would be different on the engine: warnings, and errors for what it cannot hold.
pub fn differences(schema: &Schema, engine: Engine) -> Vec<Diagnostic> {
    look(&Scope { schema, engine, datasource: None }, |_| true)
}

/// What the engine of a datasource cannot hold.
pub fn refusals(schema: &Schema, datasource: DatasourceId, engine: Engine) -> Vec<Diagnostic> {
    let scope = Scope { schema, engine, datasource: Some(datasource) };
    look(&scope, |state| matches!(state, State::Refused { .. }))
}

fn look(scope: &Scope<'_>, is_asked_for: impl Fn(State) -> bool) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for construct in constructs() {
        let state = construct.state(scope.engine);
        if is_asked_for(state) && !matches!(state, State::Same | State::Otherwise(_)) {
            let found = (construct.find)(scope);
            diagnostics
                .extend(found.iter().filter_map(|found| said(scope.engine, construct.code, state, found)));
        }
    }
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span.file, diagnostic.span.start, diagnostic.code));
    diagnostics.dedup();
    diagnostics
}

fn said(engine: Engine, code: Code, state: State, found: &Found) -> Option<Diagnostic> {
    let (how, help) = match state {
        State::Same | State::Otherwise(_) => return None,
        State::Differs { how, help } | State::Refused { how, help } => (how, help),
    };
    let mut message = format!("on {}, {} {how}", engine.title(), found.subject);
    if let Some(detail) = &found.detail {
        message.push_str(": ");
        message.push_str(detail);
    }
    let diagnostic = match state {
        State::Refused { .. } => Diagnostic::error(code, found.span, message),
        _ => Diagnostic::warning(code, found.span, message),
    };
    Some(diagnostic.help(help))
}
