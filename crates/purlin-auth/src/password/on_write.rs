//! Passwords that are written like any other field, through the data API: judged, and hashed before anything
//! else sees them.

use std::sync::Arc;

use purlin_core::evaluate::Patterns;
use purlin_core::operation::{Action, Assignment, Data, Operation};
use purlin_core::schema::{Model, Schema};
use purlin_core::{Actor, Error, FieldErrors, Value};

use super::{Hasher, Owner, PasswordRules};

#[derive(Debug)]
pub struct HashOnWrite {
    schema: Arc<Schema>,
    hasher: Arc<Hasher>,
    judge: Judge,
}

/// What a password must satisfy: the rules for all, and those of its field.
#[derive(Debug)]
pub(crate) struct Judge {
    rules: PasswordRules,
    patterns: Patterns,
}

impl Judge {
    pub(crate) fn new(schema: &Schema, rules: PasswordRules) -> Result<Self, Vec<String>> {
        Ok(Self { rules, patterns: Patterns::of(schema)? })
    }

    /// For the password field of a model.
    pub(crate) fn problems(
        &self,
        schema: &Schema,
        model: &Model,
        password: &str,
        owner: &Owner<'_>,
    ) -> Vec<String> {
        let mut problems = self.rules.problems(password, owner);
        for field in model.columns().filter(|field| field.is_password) {
            for problem in
                purlin_core::validate::problems(schema, field, &Value::from(password), &self.patterns)
            {
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
        }
        problems
    }
}

impl HashOnWrite {
    /// Fails with every regular expression of the schema that does not compile.
    pub fn new(
        schema: &Arc<Schema>,
        hasher: &Arc<Hasher>,
        rules: PasswordRules,
    ) -> Result<Self, Vec<String>> {
        let judge = Judge::new(schema, rules)?;
        Ok(Self { schema: Arc::clone(schema), hasher: Arc::clone(hasher), judge })
    }

    async fn hash_row(
        &self,
        model: &Model,
        data: &mut Data,
        prefix: &str,
        errors: &mut FieldErrors,
    ) -> Result<(), Error> {
        let text = |name: &str| {
            let field = model.field_named(name)?;
            match data.get(field.id) {
                Some(Assignment::Set(Value::String(text))) => Some(text.clone()),
                _ => None,
            }
        };
        let (address, name) = (text("email").unwrap_or_default(), text("name").unwrap_or_default());
        let owner = Owner { address: &address, name: &name };
        for (id, assignment) in &mut data.fields {
            let field = model.field(*id);
            let Assignment::Set(Value::String(password)) = assignment else { continue };
            if !field.is_password {
                continue;
            }
            let problems = self.judge.problems(&self.schema, model, password, &owner);
            if problems.is_empty() {
                *assignment = Assignment::Hashed(self.hasher.hash(password).await?.into_string());
            } else {
                let path = format!("{prefix}{}", field.name);
                problems.into_iter().for_each(|problem| errors.add(path.clone(), problem));
                // It is refused with all other problems; until then nobody needs it.
                *assignment = Assignment::Hashed(String::new());
            }
        }
        Ok(())
    }

    pub(crate) async fn before(&self, actor: &Actor, operation: &mut Operation) -> Result<(), Error> {
        // The app itself brings hashes.
        if actor.is_system() {
            return Ok(());
        }
        let model = self.schema.model(operation.model);
        let errors = &mut operation.errors;
        match &mut operation.action {
            Action::Create { rows, many, .. } => {
                for (index, data) in rows.iter_mut().enumerate() {
                    let prefix = if *many { format!("{index}.") } else { String::new() };
                    self.hash_row(model, data, &prefix, errors).await?;
                }
            }
            Action::Update { data, .. } => self.hash_row(model, data, "", errors).await?,
            // Rows of other writes come as these, one by one.
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn listens(&self, operation: &Operation) -> bool {
        let model = self.schema.model(operation.model);
        let names = |data: &Data| data.fields.iter().any(|(id, _)| model.field(*id).is_password);
        match &operation.action {
            Action::Create { rows, .. } => rows.iter().any(names),
            Action::Update { data, .. } => names(data),
            _ => false,
        }
    }
}
