//! `policies.test.json`: rows, and who may do what with them. Cases are data; each says who asks, of which rows, and
//! what must be allowed, refused, shown and hidden.

use std::collections::BTreeMap;

use purlin_core::schema::{FieldId, Model, PolicyOperation, Schema};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{Asking, Refused, Told, Verdict, Who, key_of, model_named, operation_named};
use purlin_schema::SourceMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct File {
    /// A file beside this one, or the rows themselves, in the form of seed.json.
    #[serde(default)]
    pub rows: Option<Json>,
    #[serde(default)]
    pub cases: Vec<Case>,
    /// Looks for rows of one tenant that another reaches.
    #[serde(default)]
    pub tenants: Option<Tenants>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Case {
    #[serde(default)]
    pub name: Option<String>,
    /// `user:ID`, `anonymous`, `admin`, or several.
    #[serde(rename = "as")]
    pub who: Json,
    pub model: String,
    /// Keys of rows; none for creates.
    #[serde(default)]
    pub row: Json,
    /// `"read"`, or `{"update": {…}}` with what is written.
    #[serde(default)]
    pub allow: Vec<Json>,
    #[serde(default)]
    pub deny: Vec<Json>,
    /// Fields that a read shows.
    #[serde(default)]
    pub shows: Vec<String>,
    /// Fields that a read answers with null.
    #[serde(default)]
    pub hides: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Tenants {
    /// A field such as `organizationId`, or a model such as `Organization`.
    pub by: String,
    /// Values that users of both tenants have, such as `{"role": "MEMBER"}`.
    #[serde(default)]
    pub users: BTreeMap<String, Json>,
    /// What tenants may do with each other's rows, such as `read Profile`.
    #[serde(default)]
    pub except: Vec<String>,
}

/// One text or number, or a list of them.
fn texts(json: &Json) -> Vec<String> {
    let text = |json: &Json| json.as_str().map_or_else(|| json.to_string(), str::to_owned);
    match json {
        Json::Null => Vec::new(),
        Json::Array(items) => items.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

/// What came of the cases.
#[derive(Debug, Default)]
pub struct Outcome {
    pub expectations: usize,
    /// What differs, each in words.
    pub failures: Vec<Failed>,
    /// Cases that cannot be asked.
    pub problems: Vec<String>,
}

#[derive(Debug)]
pub struct Failed {
    pub case: String,
    pub message: String,
    pub told: Told,
}

/// One thing that a case expects.
struct Expectation<'c> {
    who: &'c Who,
    model: &'c Model,
    operation: PolicyOperation,
    row: Option<&'c str>,
    data: Option<&'c Json>,
}

impl Expectation<'_> {
    fn words(&self) -> String {
        let row = self.row.map(|row| format!(" {row}")).unwrap_or_default();
        let data = self.data.map(|data| format!(" {data}")).unwrap_or_default();
        format!("{} {}{row}{data} as {}", self.operation.as_str(), self.model.name, self.who)
    }
}

/// Asks all cases of a file.
pub async fn run(
    asking: &Asking<'_>,
    schema: &Schema,
    sources: &SourceMap,
    cases: &[Case],
) -> Result<Outcome, Refused> {
    let mut outcome = Outcome::default();
    for (index, case) in cases.iter().enumerate() {
        let name = case.name.clone().unwrap_or_else(|| format!("case {}", index + 1));
        match run_case(asking, schema, sources, case, &name, &mut outcome).await {
            Err(Refused::Question(problem)) => outcome.problems.push(format!("{name}: {problem}")),
            other => other?,
        }
    }
    Ok(outcome)
}

async fn run_case(
    asking: &Asking<'_>,
    schema: &Schema,
    sources: &SourceMap,
    case: &Case,
    name: &str,
    outcome: &mut Outcome,
) -> Result<(), Refused> {
    let wrong = Refused::Question;
    let model = model_named(schema, &case.model).map_err(wrong)?;
    let people = texts(&case.who)
        .iter()
        .map(|text| text.parse::<Who>())
        .collect::<Result<Vec<_>, _>>()
        .map_err(wrong)?;
    if people.is_empty() {
        return Err(wrong("`as` names nobody".to_owned()));
    }
    let rows = texts(&case.row);
    let fields = |names: &[String]| {
        names.iter().map(|name| field_named(model, name)).collect::<Result<Vec<FieldId>, _>>()
    };
    let (shows, hides) = (fields(&case.shows).map_err(wrong)?, fields(&case.hides).map_err(wrong)?);
    for who in &people {
        for (wanted, is_wanted) in
            case.allow.iter().map(|one| (one, true)).chain(case.deny.iter().map(|one| (one, false)))
        {
            for (word, data) in parts(wanted).map_err(wrong)? {
                let operation = operation_named(word).map_err(wrong)?;
                for row in addressed(operation, &rows).map_err(wrong)? {
                    let expectation = Expectation { who, model, operation, row, data };
                    let verdict = verdict(asking, schema, &expectation).await?;
                    outcome.expectations += 1;
                    if verdict.is_allowed != is_wanted {
                        let message = if is_wanted {
                            "should be allowed, and is refused"
                        } else {
                            "should be refused, and is allowed"
                        };
                        outcome.fail(name, message.to_owned(), &expectation, &verdict, sources);
                    }
                }
            }
        }
        if shows.is_empty() && hides.is_empty() {
            continue;
        }
        let operation = PolicyOperation::Read;
        for row in addressed(operation, &rows).map_err(wrong)? {
            let expectation = Expectation { who, model, operation, row, data: None };
            let verdict = verdict(asking, schema, &expectation).await?;
            for (field, is_wanted) in
                shows.iter().map(|one| (one, true)).chain(hides.iter().map(|one| (one, false)))
            {
                outcome.expectations += 1;
                let judged = verdict.fields.iter().find(|(id, _)| id == field);
                let is_shown = verdict.is_allowed
                    && judged.is_none_or(|(_, judged)| judged.is_allowed)
                    && !model.field(*field).is_omitted;
                if is_shown != is_wanted {
                    let word = if is_wanted {
                        "should be shown, and is hidden"
                    } else {
                        "should be hidden, and is shown"
                    };
                    outcome.fail(
                        name,
                        format!("{} {word}", model.field(*field).name),
                        &expectation,
                        &verdict,
                        sources,
                    );
                }
            }
        }
    }
    Ok(())
}

impl Outcome {
    fn fail(
        &mut self,
        case: &str,
        message: String,
        of: &Expectation<'_>,
        verdict: &Verdict,
        sources: &SourceMap,
    ) {
        let told = Told::new(of.words(), of.model, verdict, sources);
        self.failures.push(Failed { case: case.to_owned(), message, told });
    }
}

fn parts(wanted: &Json) -> Result<Vec<(&str, Option<&Json>)>, String> {
    match wanted {
        Json::String(word) => Ok(vec![(word.as_str(), None)]),
        Json::Object(parts) => Ok(parts.iter().map(|(word, data)| (word.as_str(), Some(data))).collect()),
        other => Err(format!("{other} is no operation: write \"read\" or {{\"update\": {{…}}}}")),
    }
}

/// The rows that are asked about: a create is about none.
fn addressed(operation: PolicyOperation, rows: &[String]) -> Result<Vec<Option<&str>>, String> {
    match (operation, rows.is_empty()) {
        (PolicyOperation::Create, _) => Ok(vec![None]),
        (_, true) => Err(format!("`row` says which row to {}", operation.as_str())),
        _ => Ok(rows.iter().map(|row| Some(row.as_str())).collect()),
    }
}

async fn verdict(asking: &Asking<'_>, schema: &Schema, of: &Expectation<'_>) -> Result<Verdict, Refused> {
    let key = of.row.map(|row| key_of(schema, of.model, row)).transpose().map_err(Refused::Question)?;
    let found = asking.verdict(of.who, of.operation, of.model, key.as_ref(), of.data).await;
    found.map_err(|error| match error {
        Refused::Question(problem) => Refused::Question(format!("{}: {problem}", of.words())),
        other @ Refused::Database(_) => other,
    })
}

fn field_named(model: &Model, name: &str) -> Result<FieldId, String> {
    let field = model.field_named(name).filter(|field| field.is_column());
    field.map(|field| field.id).ok_or_else(|| format!("{} has no column {name}", model.name))
}
