//! `purlin.toml` as a list of given values, each with its line. It knows no key's meaning:
//! unknown sections and keys are found here, values that do not fit are found by `load.rs`.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::given::Given;
use super::keys::{self, Key};
use super::models;
use super::problem::Problem;
use super::providers::{self, ProviderKey};
use super::suggest::nearest;

pub(super) const NAME: &str = "purlin.toml";

pub(super) struct Entry {
    pub(super) what: What,
    pub(super) given: Given,
    pub(super) place: String,
}

pub(super) enum What {
    Key(&'static Key),
    /// The limit of a route, whose name is free.
    RateLimit(String),
    /// How long answers of this model are kept.
    ModelCache(String),
    /// The section of a provider, before its keys.
    Provider(String),
    OfProvider(String, &'static ProviderKey),
}

/// The section in which keys with a path are routes.
const RATE_LIMITS: &str = "rate_limits";

pub(super) fn read(text: &str) -> (Vec<Entry>, Vec<Problem>) {
    let mut reader = Reader { text, entries: Vec::new(), problems: Vec::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or_default();
        reader.problem(&span, format!("is not valid TOML: {}", error.message()));
    }
    for (name, value) in document.get_ref() {
        reader.section(name.get_ref(), &name.span(), value);
    }
    reader.problems.sort_by_key(|(start, _)| *start);
    let problems = reader.problems.into_iter().map(|(_, problem)| problem).collect();
    (reader.entries, problems)
}

struct Reader<'a> {
    text: &'a str,
    entries: Vec<Entry>,
    /// With the position in the text: tables are not iterated in the order of their text.
    problems: Vec<(usize, Problem)>,
}

impl Reader<'_> {
    fn section(&mut self, section: &str, span: &Range<usize>, value: &Spanned<DeValue<'_>>) {
        let sections = keys::sections();
        if !sections.contains(&section) {
            let message = match keys::all().find(|key| key.name == section) {
                Some(key) => format!("`{section}` belongs into the section [{}]", key.section),
                None => unknown("section", section, sections),
            };
            self.problem(span, message);
            return;
        }
        let Some(table) = value.get_ref().as_table() else {
            self.problem(span, format!("`{section}` is a section: write it as [{section}]"));
            return;
        };
        for (name, value) in table {
            self.key(section, name.get_ref(), &name.span(), value);
        }
    }

    fn key(&mut self, section: &str, name: &str, span: &Range<usize>, value: &Spanned<DeValue<'_>>) {
        if section == RATE_LIMITS && name.contains('/') {
            let (what, place) = (What::RateLimit(name.to_owned()), self.place(span));
            self.entries.push(Entry { what, given: given(value.get_ref()), place });
            return;
        }
        if (section, name) == (providers::SECTION, providers::NAME) {
            self.providers(span, value);
            return;
        }
        if (section, name) == (models::SECTION, models::NAME) {
            self.models(span, value);
            return;
        }
        let Some(key) = keys::find(section, name) else {
            let message = unknown_key(section, name);
            self.problem(span, message);
            return;
        };
        if key.is_secret {
            let variable = key.variable.map_or_else(|| key.long_variable(), str::to_owned);
            let message = format!("`{name}` is a secret: set {variable} in .env instead");
            self.problem(span, message);
            return;
        }
        let place = self.place(span);
        self.entries.push(Entry { what: What::Key(key), given: given(value.get_ref()), place });
    }

    fn models(&mut self, span: &Range<usize>, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else {
            self.problem(span, "write a model as a section: [api.models.NAME]".to_owned());
            return;
        };
        for (model, value) in table {
            let (model, span) = (model.get_ref().clone().into_owned(), model.span());
            let Some(table) = value.get_ref().as_table() else {
                self.problem(&span, format!("write a model as a section: [api.models.{model}]"));
                continue;
            };
            for (name, value) in table {
                if name.get_ref() == models::CACHE {
                    let place = self.place(&span);
                    let what = What::ModelCache(model.clone());
                    self.entries.push(Entry { what, given: given(value.get_ref()), place });
                } else {
                    let section = format!("key of [api.models.{model}]");
                    self.problem(&name.span(), unknown(&section, name.get_ref(), [models::CACHE]));
                }
            }
        }
    }

    fn providers(&mut self, span: &Range<usize>, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else {
            self.problem(span, "write a provider as a section: [auth.providers.NAME]".to_owned());
            return;
        };
        for (provider, value) in table {
            let (provider, span) = (provider.get_ref().clone().into_owned(), provider.span());
            let Some(table) = value.get_ref().as_table() else {
                self.problem(&span, format!("write a provider as a section: [auth.providers.{provider}]"));
                continue;
            };
            let given = Given::Other("a section");
            let place = self.place(&span);
            self.entries.push(Entry { what: What::Provider(provider.clone()), given, place });
            for (name, value) in table {
                self.provider_key(&provider, name.get_ref(), &name.span(), value);
            }
        }
    }

    fn provider_key(
        &mut self,
        provider: &str,
        name: &str,
        span: &Range<usize>,
        value: &Spanned<DeValue<'_>>,
    ) {
        let section = format!("[auth.providers.{provider}]");
        let Some(key) = providers::KEYS.iter().find(|key| key.name == name) else {
            let known = providers::KEYS.iter().filter(|key| !key.is_secret).map(|key| key.name);
            let message = unknown(&format!("key of {section}"), name, known);
            self.problem(span, message);
            return;
        };
        if key.is_secret {
            let variable = key.variable(provider);
            self.problem(span, format!("`{name}` is a secret: set {variable} in .env instead"));
            return;
        }
        let place = self.place(span);
        let what = What::OfProvider(provider.to_owned(), key);
        self.entries.push(Entry { what, given: given(value.get_ref()), place });
    }

    fn problem(&mut self, span: &Range<usize>, message: String) {
        let place = self.place(span);
        self.problems.push((span.start, Problem { place, message }));
    }

    fn place(&self, span: &Range<usize>) -> String {
        let before = self.text.get(..span.start).unwrap_or_default();
        let line = 1 + before.matches('\n').count();
        format!("{NAME}:{line}")
    }
}

fn given(value: &DeValue<'_>) -> Given {
    match value {
        DeValue::String(text) => Given::Text(text.clone().into_owned()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Given::Number(number),
            Err(_) => Given::Other("a number of this size"),
        },
        DeValue::Float(_) => Given::Other("a number with a fraction"),
        DeValue::Boolean(flag) => Given::Flag(*flag),
        DeValue::Datetime(_) => Given::Other("a date"),
        DeValue::Array(items) => {
            let texts = items.iter().map(|item| match item.get_ref() {
                DeValue::Integer(number) => Some(number.as_str().to_owned()),
                item => item.as_str().map(str::to_owned),
            });
            texts.collect::<Option<_>>().map_or(Given::Other("a list of something else"), Given::List)
        }
        DeValue::Table(_) => Given::Other("a section"),
    }
}

fn unknown_key(section: &str, name: &str) -> String {
    if let Some(key) = keys::all().find(|key| key.name == name) {
        return format!("`{name}` belongs into the section [{}]", key.section);
    }
    let known = keys::all().filter(|key| key.section == section && !key.is_secret);
    unknown(&format!("key of [{section}]"), name, known.map(|key| key.name))
}

fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("there is no {what} `{name}`; did you mean `{near}`?"),
        None => format!("there is no {what} `{name}`; there are {}", known.join(", ")),
    }
}
