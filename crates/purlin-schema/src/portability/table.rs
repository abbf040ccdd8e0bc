//! The list as tables for the documentation.

use std::fmt::Write as _;

use super::{Engine, GROUPS, State};

/// Markdown: a table for each group, with a row for each construct and a column for each engine.
pub fn table() -> String {
    let titles: Vec<&str> = Engine::ALL.iter().map(|engine| engine.title()).collect();
    let mut text = String::new();
    for group in GROUPS {
        let _ = writeln!(text, "### {}\n\n| code | construct | {} |", group.title, titles.join(" | "));
        let _ = writeln!(text, "{}|", "|---".repeat(titles.len() + 2));
        for construct in group.constructs {
            let _ = write!(text, "| {} | {} |", construct.code.id, construct.code.title);
            for engine in Engine::ALL {
                let _ = write!(text, " {} |", cell(construct.state(engine)));
            }
            text.push('\n');
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn cell(state: State) -> String {
    match state {
        State::Same => "yes".to_owned(),
        State::Otherwise(how) => format!("yes: {how}"),
        State::Differs { how, .. } => format!("**differs**: {how}"),
        State::Refused { how, .. } => format!("**no**: {how}"),
    }
}
