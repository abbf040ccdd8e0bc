//! `purlin policy test`: cases on a temporary database made of the schema, and a search for rows that one tenant reaches
//! of another. Needs neither a server nor the app's database.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use purlin_core::clock::{Clock as _, SystemClock};
use purlin_core::input::value_from_json;
use purlin_core::schema::{FieldId, Schema};
use purlin_core::value::Value;
use purlin_schema::SourceMap;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::explain::failure;
use crate::cli::{Context, Exit, Failure, counted, shown};
use crate::config::Config;
use crate::policy::cases::{self, File, Outcome, Tenants};
use crate::policy::tenants::{Found, plan, search};
use crate::policy::{Asking, model_named, operation_named, rule_at};
use crate::seed::{Loader, Seed, Usage, read};
use crate::wire::{self, Database, Folder, Missing, Place};

const FILE: &str = "policies.test.json";
/// Models whose rows usually are tenants.
const USUAL: [&str; 9] =
    ["Tenant", "Organization", "Organisation", "Workspace", "Company", "Account", "Team", "Agency", "Club"];
/// Nobody repairs more at once.
const MOST_SHOWN: usize = 20;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files of cases; by default the app's policies.test.json.
    #[arg(value_name = "FILES")]
    pub files: Vec<PathBuf>,

    /// Look for rows that a user of one tenant reaches of another; named by a key such as organizationId or a model.
    #[arg(long, value_name = "FIELD|MODEL", num_args = 0..=1, default_missing_value = "")]
    pub tenant: Option<String>,

    /// What the users of both tenants have in common, such as '{"role": "MEMBER"}'.
    #[arg(long, value_name = "JSON", requires = "tenant")]
    pub users: Option<String>,

    /// What tenants may do with each other's rows, such as "read Profile".
    #[arg(long, value_name = "OPERATION MODEL", requires = "tenant")]
    pub except: Vec<String>,
}

#[derive(Debug, Default, Serialize)]
struct Answer {
    files: Vec<Tested>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tenants: Vec<Searched>,
}

#[derive(Debug, Serialize)]
struct Tested {
    file: PathBuf,
    expectations: usize,
    failures: Vec<Json>,
    problems: Vec<String>,
    #[serde(skip)]
    told: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Searched {
    by: String,
    models: Vec<String>,
    /// Pairs of a user and a row of the other tenant.
    asked: usize,
    reaches: Vec<Json>,
    #[serde(skip)]
    told: Vec<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for tested in &self.files {
            for text in tested.told.iter().take(MOST_SHOWN) {
                writeln!(formatter, "{text}")?;
            }
            for problem in &tested.problems {
                writeln!(formatter, "cannot be asked: {problem}\n")?;
            }
            let count = counted(tested.expectations, "expectation");
            writeln!(formatter, "{}: {count}, {} failed", shown(&tested.file), tested.failures.len())?;
        }
        for searched in &self.tenants {
            searched.told.iter().try_for_each(|text| writeln!(formatter, "{text}"))?;
            let count = counted(searched.reaches.len(), "way");
            writeln!(
                formatter,
                "tenants by {}: {count} to rows of another tenant, of {} questions about {}",
                searched.by,
                searched.asked,
                searched.models.join(", ")
            )?;
        }
        Ok(())
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let (config, schema) = (context.config()?, context.schema()?);
    let sources = context.compile(None)?.sources;
    let mut answer = Answer::default();
    let mut wanted = Vec::new();
    for file in files(args, context)? {
        let cases = parsed(&file)?;
        let tested = test(&file, &cases, &config, &schema, &sources)?;
        answer.files.push(tested);
        wanted.extend(cases.tenants);
    }
    if let Some(by) = &args.tenant {
        let users = args.users.as_deref().map(serde_json::from_str).transpose();
        let users =
            users.map_err(|error| Failure::wrong_use(format!("--users is no JSON object: {error}")))?;
        wanted.push(Tenants {
            by: by.clone(),
            users: users.unwrap_or_default(),
            except: args.except.clone(),
        });
    }
    for tenants in &wanted {
        answer.tenants.push(searched(tenants, &config, &schema, &sources)?);
    }
    context.output.answer(&answer);
    let failed = answer.files.iter().any(|file| !file.failures.is_empty() || !file.problems.is_empty());
    let reached = answer.tenants.iter().any(|searched| !searched.reaches.is_empty());
    Ok(if failed || reached { Exit::Problem } else { Exit::Fine })
}

fn files(args: &Args, context: &Context) -> Result<Vec<PathBuf>, Failure> {
    if !args.files.is_empty() {
        return Ok(args.files.clone());
    }
    let file = context.app.join(FILE);
    if file.is_file() {
        return Ok(vec![file]);
    }
    if args.tenant.is_some() {
        return Ok(Vec::new());
    }
    let failure = Failure::problem("NO_CASES", format!("there is no {} to check", shown(&file)));
    Err(failure.with_help(
        "write cases: {\"rows\": \"seed.json\", \"cases\": [{\"as\": \"anonymous\", \"model\": \"Post\", \"row\": 1, \
         \"allow\": [\"read\"], \"deny\": [\"delete\"]}]}, or look for holes between tenants with --tenant",
    ))
}

fn parsed(file: &Path) -> Result<File, Failure> {
    let text = text_of(file)?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::problem("CASES", format!("{} is wrong: {error}", shown(file))))
}

fn text_of(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file)
        .map_err(|error| Failure::problem("READ", format!("cannot read {}: {error}", shown(file))))
}

/// On a database of its own, gone at the end.
fn test(
    file: &Path,
    of: &File,
    config: &Config,
    schema: &Arc<Schema>,
    sources: &SourceMap,
) -> Result<Tested, Failure> {
    let seed = rows(file, of, schema)?;
    let folder = Folder::make()
        .map_err(|error| Failure::problem("TEMPORARY", format!("cannot make a temporary folder: {error}")))?;
    let databases = databases(schema, &folder)?;
    let outcome: Outcome = wire::runtime()?.block_on(async {
        let store = wire::open_store(&databases, &config.settings, schema).await?;
        let engine = wire::engine(&config.settings, schema, Arc::clone(&store))?;
        let loaded = Loader::new(&engine, Usage::Fresh).load(seed, |_, _, _| {}).await;
        loaded.map_err(|problems| rows_refused(file, &problems))?;
        let asking = Asking::new(&engine, wire::default_access(&config.settings)).map_err(failure)?;
        let outcome = cases::run(&asking, schema, sources, &of.cases).await;
        store.close().await;
        outcome.map_err(failure)
    })?;
    let failures = outcome.failures.iter();
    Ok(Tested {
        file: file.to_owned(),
        expectations: outcome.expectations,
        told: failures
            .clone()
            .map(|failed| format!("{}: {}\n{}", failed.case, failed.message, failed.told))
            .collect(),
        failures: failures
            .map(|failed| json!({ "case": failed.case, "message": failed.message, "verdict": failed.told }))
            .collect(),
        problems: outcome.problems,
    })
}

fn rows(file: &Path, of: &File, schema: &Schema) -> Result<Seed, Failure> {
    let text = match &of.rows {
        None => "{}".to_owned(),
        Some(Json::String(name)) => {
            let folder = file.parent().unwrap_or(Path::new("."));
            text_of(&folder.join(name))?
        }
        Some(rows) => rows.to_string(),
    };
    read(schema, &text).map_err(|problems| rows_refused(file, &problems))
}

fn rows_refused(file: &Path, problems: &[String]) -> Failure {
    let lines: Vec<&str> = problems.iter().take(MOST_SHOWN).map(String::as_str).collect();
    Failure::problem("ROWS", format!("the rows of {} are wrong:\n  - {}", shown(file), lines.join("\n  - ")))
}

/// One empty file for each datasource, with the tables of the schema.
fn databases(schema: &Schema, folder: &Folder) -> Result<Vec<Database>, Failure> {
    let mut found = Vec::new();
    for datasource in &schema.datasources {
        if !schema.models.iter().any(|model| model.datasource == datasource.id) {
            continue;
        }
        let place = Place::File(folder.0.join(format!("{}.db", datasource.name)));
        let database =
            Database { name: datasource.name.clone(), datasource: datasource.id, place, note: None };
        found.push(database);
    }
    wire::require_fits(&folder.0, &found, schema, Missing::Create)?;
    Ok(found)
}

fn searched(
    of: &Tenants,
    config: &Config,
    schema: &Arc<Schema>,
    sources: &SourceMap,
) -> Result<Searched, Failure> {
    let wrong = |message: String| Failure::problem("TENANTS", message);
    let by = if of.by.is_empty() { usual(schema)? } else { of.by.clone() };
    let plan = plan(schema, &by).map_err(wrong)?;
    let fixed = fixed(schema, &of.users).map_err(wrong)?;
    let mut excepted = Vec::new();
    for text in &of.except {
        let Some((operation, model)) = text.split_once(' ') else {
            return Err(wrong(format!("\"{text}\" is no exception: write \"read Profile\"")));
        };
        let operation = operation_named(operation).map_err(wrong)?;
        excepted.push((operation, model_named(schema, model).map_err(wrong)?.id));
    }
    let access = wire::default_access(&config.settings);
    let mut found = search(schema, &plan, &fixed, access, SystemClock.now())
        .map_err(|errors| wrong(errors.join("\n")))?;
    found.reaches.retain(|reach| !excepted.contains(&(reach.operation, reach.model)));
    Ok(told(by, &found, schema, sources))
}

fn usual(schema: &Schema) -> Result<String, Failure> {
    let found = USUAL.iter().find(|name| schema.own_models().any(|model| model.name == **name));
    found.map(|name| (*name).to_owned()).ok_or_else(|| {
        Failure::wrong_use(
            "no model is called like tenants usually are: name it, as in --tenant organizationId",
        )
    })
}

fn fixed(schema: &Schema, users: &BTreeMap<String, Json>) -> Result<BTreeMap<FieldId, Value>, String> {
    let Some(model) = schema.auth_model.map(|id| schema.model(id)) else { return Ok(BTreeMap::new()) };
    let mut fixed = BTreeMap::new();
    for (name, json) in users {
        let field = model.field_named(name).filter(|field| field.is_column());
        let field = field.ok_or_else(|| format!("{} has no column {name}", model.name))?;
        let value = value_from_json(schema, field, json).map_err(|message| format!("{name} {message}"))?;
        fixed.insert(field.id, value);
    }
    Ok(fixed)
}

fn told(by: String, found: &Found, schema: &Schema, sources: &SourceMap) -> Searched {
    let mut searched = Searched {
        by,
        models: found.models.iter().map(|id| schema.model(*id).name.clone()).collect(),
        asked: found.asked,
        reaches: Vec::new(),
        told: Vec::new(),
    };
    for reach in &found.reaches {
        let (verb, model) = (reach.operation.as_str(), &schema.model(reach.model).name);
        let rule = reach.rule.map(|span| rule_at(span, sources));
        let values = |row: &[(String, Value)]| -> Json {
            Json::Object(row.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        };
        let (user, row) = (values(&reach.user), values(&reach.row));
        let rule_text = rule.as_ref().map_or_else(
            || "the model has no rules, and default_access lets everybody in".to_owned(),
            |(place, text)| format!("{place} {text}"),
        );
        searched.told.push(format!(
            "a user of one tenant can {verb} a {model} of another\n  {rule_text}\n  user {user}\n  row {row}\n"
        ));
        searched.reaches.push(json!({
            "operation": verb, "model": model, "pairs": reach.pairs, "user": user, "row": row,
            "rule": rule.map(|(place, text)| json!({ "place": place, "text": text })),
        }));
    }
    searched
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(truth) => json!(truth),
        Value::Int(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Decimal(number) => json!(number.to_string()),
        Value::DateTime(time) => json!(time.to_string()),
        Value::String(text) => json!(text),
        Value::Json(text) => serde_json::from_str(text).unwrap_or(Json::Null),
        Value::Bytes(bytes) => json!(format!("{} bytes", bytes.len())),
        Value::List(items) => Json::Array(items.iter().map(plain).collect()),
    }
}
