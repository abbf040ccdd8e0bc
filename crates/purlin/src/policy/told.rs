//! A verdict in words: what decided, each rule with its place and text, and for what did not hold the parts that made
//! it so.

use std::fmt;

use purlin_core::DefaultAccess;
use purlin_core::evaluate::{Decision, JudgedRule, Judgement, Reason};
use purlin_core::schema::{Effect, Model, PolicyOperation};
use purlin_schema::{SourceMap, Span};
use serde::Serialize;

use super::Verdict;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// Such as `update Post 7 as user:2`.
    pub question: String,
    pub is_allowed: bool,
    pub rules: Vec<Part>,
    pub fields: Vec<Part>,
    /// Rows that new keys name.
    pub named: Vec<Part>,
}

/// What the rules of one operation, or of one field, say.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// `read`, `post-update`, a field's name.
    pub of: String,
    pub is_allowed: bool,
    /// In words; where a rule decided, its place.
    pub decision: String,
    pub rules: Vec<Rule>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    pub place: String,
    pub text: String,
    pub holds: bool,
    pub is_decisive: bool,
    pub reasons: Vec<Why>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Why {
    pub condition: String,
    pub holds: bool,
    pub values: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Why>,
}

impl Told {
    pub fn new(question: String, model: &Model, verdict: &Verdict, sources: &SourceMap) -> Self {
        let part = |of: &str, judged: &Judgement| part(of, judged, sources);
        Self {
            question,
            is_allowed: verdict.is_allowed,
            rules: verdict.rules.iter().map(|(operation, judged)| part(operation.as_str(), judged)).collect(),
            fields: verdict.fields.iter().map(|(id, judged)| part(&model.field(*id).name, judged)).collect(),
            named: verdict
                .named
                .iter()
                .map(|(id, judged)| match judged {
                    Some(judged) => part(&model.field(*id).name, judged),
                    None => Part {
                        of: model.field(*id).name.clone(),
                        is_allowed: false,
                        decision: "there is no such row".to_owned(),
                        rules: Vec::new(),
                    },
                })
                .collect(),
        }
    }
}

fn part(of: &str, judged: &Judgement, sources: &SourceMap) -> Part {
    let rules = judged.rules.iter().enumerate();
    let rules = rules.map(|(index, rule)| told_rule(rule, judged.decision == Decision::Rule(index), sources));
    let place =
        |index: usize| judged.rules.get(index).map(|rule| (rule.effect, place_of(rule.span, sources)));
    let decision = match judged.decision {
        Decision::PassesRules => "whoever asks passes every rule".to_owned(),
        Decision::Default(DefaultAccess::Deny) => "the model has no rules, so nobody may".to_owned(),
        Decision::Default(DefaultAccess::Authenticated) => {
            "the model has no rules: default_access = \"authenticated\"".to_owned()
        }
        Decision::Default(DefaultAccess::Public) => {
            "the model has no rules: default_access = \"public\"".to_owned()
        }
        Decision::Rule(index) => match place(index) {
            Some((Effect::Deny, place)) => format!("refused by {place}"),
            Some((Effect::Allow, place)) => format!("allowed by {place}"),
            None => String::new(),
        },
        Decision::NothingAllows if judged.rules.is_empty() => "no rule is about it, so nobody may".to_owned(),
        Decision::NothingAllows => "no rule allows it".to_owned(),
        Decision::NothingRefuses => "no rule refuses it".to_owned(),
    };
    Part { of: of.to_owned(), is_allowed: judged.is_allowed, decision, rules: rules.collect() }
}

fn told_rule(rule: &JudgedRule, is_decisive: bool, sources: &SourceMap) -> Rule {
    let (place, text) = rule_at(rule.span, sources);
    Rule { place, text, holds: rule.holds, is_decisive, reasons: rule.reasons.iter().map(why).collect() }
}

fn why(reason: &Reason) -> Why {
    Why {
        condition: reason.text.clone(),
        holds: reason.holds,
        values: reason.values.clone(),
        because: reason.below.iter().map(why).collect(),
    }
}

/// Where a rule stands, and how it is written, on one line.
pub fn rule_at(span: Span, sources: &SourceMap) -> (String, String) {
    let text = sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
    (place_of(span, sources), text)
}

fn place_of(span: Span, sources: &SourceMap) -> String {
    let line = sources.position(span.file, span.start).line;
    format!("{}:{line}", sources.name(span.file))
}

impl fmt::Display for Told {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.is_allowed { "allowed" } else { "refused" };
        writeln!(formatter, "{word}: {}", self.question)?;
        for part in &self.rules {
            let note = if part.of == PolicyOperation::PostUpdate.as_str() {
                ", on the row as it would be"
            } else {
                ""
            };
            writeln!(formatter, "\n{}{note}: {}", part.of, part.decision)?;
            write_rules(formatter, &part.rules)?;
        }
        for part in &self.named {
            let word =
                if part.is_allowed { "may be named" } else { "may not be named, for it cannot be read" };
            writeln!(formatter, "\nthe row of {} {word}: {}", part.of, part.decision)?;
            if !part.is_allowed {
                write_rules(formatter, &part.rules)?;
            }
        }
        for part in &self.fields {
            let is_read = self.rules.first().is_some_and(|rules| rules.of == PolicyOperation::Read.as_str());
            let word = match (part.is_allowed, is_read) {
                (true, true) => "is shown",
                (false, true) => "is null",
                (true, false) => "may be set",
                (false, false) => "may not be set",
            };
            writeln!(formatter, "\nfield {} {word}: {}", part.of, part.decision)?;
            write_rules(formatter, &part.rules)?;
        }
        Ok(())
    }
}

fn write_rules(formatter: &mut fmt::Formatter<'_>, rules: &[Rule]) -> fmt::Result {
    for rule in rules {
        let mark = if rule.is_decisive { "=>" } else { "  " };
        writeln!(formatter, "{mark} {} {}: {}", rule.place, rule.text, rule.holds)?;
        write_reasons(formatter, &rule.reasons, 7)?;
    }
    Ok(())
}

fn write_reasons(formatter: &mut fmt::Formatter<'_>, reasons: &[Why], indent: usize) -> fmt::Result {
    for Why { condition, holds, values, because } in reasons {
        let values =
            values.iter().map(|(name, value)| format!("{name} is {value}")).collect::<Vec<_>>().join(", ");
        let values = if values.is_empty() { values } else { format!(" ({values})") };
        writeln!(formatter, "{:indent$}{condition} is {holds}{values}", "")?;
        write_reasons(formatter, because, indent + 2)?;
    }
    Ok(())
}
