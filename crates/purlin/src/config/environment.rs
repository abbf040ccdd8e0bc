//! Variables of the process and of `.env`, for `env("NAME")` in the schema as well.

use std::collections::BTreeMap;
use std::fmt;

/// The variables that can be looked up; the process wins over `.env`.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, Variable>,
}

#[derive(Clone)]
pub(super) struct Variable {
    pub(super) value: String,
    /// Where it was set, for messages: `environment` or `.env:3`.
    pub(super) place: String,
}

impl Environment {
    /// The variables of this process. One that is not UTF-8 cannot be meant for us.
    pub fn of_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::from_variables(variables)
    }

    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name, Variable { value, place: "environment".to_owned() }))
            .collect();
        Self { variables }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name).map(|variable| variable.value.as_str())
    }

    pub(super) fn find(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }

    /// Adds what the process has not set.
    pub(super) fn add_missing(&mut self, name: String, variable: Variable) {
        self.variables.entry(name).or_insert(variable);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Variable)> {
        self.variables.iter().map(|(name, variable)| (name.as_str(), variable))
    }
}

/// Names only: values may be secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.variables.keys()).finish()
    }
}
