//! All templates of an app: the built-in ones, and over them the files of its folder `mails/`, read and
//! checked once at the start. `mails/NAME.subject`, `.txt` and `.html`; for a language in
//! `mails/de/`. An app that writes its own `.txt` alone sends text alone: two parts of a mail never say
//! different things.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use super::builtin::{OPTIONAL, SOURCES};
use super::parse::{Piece, parse};
use super::render::{Escape, render};
use super::values::Values;
use crate::error::Error;

/// Nobody reads a longer mail.
const MOST_BYTES: u64 = 256 << 10;
const PARTS: &[&str] = &["subject", "txt", "html"];

#[derive(Clone, Debug, Default)]
struct Template {
    subject: Option<Vec<Piece>>,
    text: Option<Vec<Piece>>,
    html: Option<Vec<Piece>>,
}

pub struct Templates {
    /// By language (empty for none) and name.
    all: BTreeMap<(String, String), Template>,
}

/// What a mail says.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    pub text: String,
    pub html: Option<String>,
}

impl Templates {
    /// The built-in ones alone.
    pub fn builtin() -> Result<Self, Error> {
        Self::load(None)
    }

    /// `folder` may be absent. All mistakes of all files are one error.
    pub fn load(folder: Option<&Path>) -> Result<Self, Error> {
        let mut loader = Loader { all: BTreeMap::new(), mistakes: Vec::new() };
        for source in SOURCES {
            for (part, text) in [("subject", source.subject), ("txt", source.text), ("html", source.html)] {
                loader.add("", source.name, part, text, &format!("{}.{part}", source.name));
            }
        }
        if let Some(folder) = folder.filter(|folder| folder.is_dir()) {
            let own = loader.folder(folder);
            loader.over(own);
        }
        if loader.mistakes.is_empty() {
            return Ok(Self { all: loader.all });
        }
        Err(Error::Templates(loader.mistakes))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.all.contains_key(&(String::new(), name.to_owned()))
    }

    /// In the recipient's language where the app has it, such as `de` for `de-AT`. `None` where there is
    /// no such template.
    pub(crate) fn render(&self, name: &str, locale: Option<&str>, values: &Values) -> Option<Rendered> {
        let plain = self.all.get(&(String::new(), name.to_owned()))?;
        let locale = locale.unwrap_or_default().to_lowercase().replace('_', "-");
        let language = locale.split('-').next().unwrap_or_default();
        let of = |locale: &str| self.all.get(&(locale.to_owned(), name.to_owned()));
        let own = of(&locale).or_else(|| of(language)).unwrap_or(plain);
        let subject = own.subject.as_ref().or(plain.subject.as_ref())?;
        let body = if own.text.is_some() { own } else { plain };
        let subject = render(subject, values, Escape::None);
        Some(Rendered {
            subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
            text: render(body.text.as_ref()?, values, Escape::None),
            html: body.html.as_ref().map(|html| render(html, values, Escape::Html)),
        })
    }
}

struct Loader {
    all: BTreeMap<(String, String), Template>,
    mistakes: Vec<String>,
}

impl Loader {
    /// The templates of the app's folder.
    fn folder(&mut self, folder: &Path) -> BTreeMap<(String, String), Template> {
        let builtin = std::mem::take(&mut self.all);
        for path in self.entries(folder) {
            if path.is_dir() {
                let locale = file_name(&path).to_lowercase();
                if is_hidden(&locale) {
                    continue;
                }
                for file in self.entries(&path) {
                    self.file(&builtin, &locale, &file);
                }
            } else {
                self.file(&builtin, "", &path);
            }
        }
        std::mem::replace(&mut self.all, builtin)
    }

    fn entries(&mut self, folder: &Path) -> Vec<PathBuf> {
        let read = || fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>();
        match read() {
            Ok(mut paths) => {
                paths.sort();
                paths
            }
            Err(error) => {
                self.mistakes.push(format!("{}: cannot be read: {error}", shown(folder)));
                Vec::new()
            }
        }
    }

    fn file(&mut self, builtin: &BTreeMap<(String, String), Template>, locale: &str, path: &Path) {
        let (file, place) = (file_name(path), shown(path));
        if is_hidden(&file) {
            return;
        }
        let split = file.rsplit_once('.').filter(|(_, part)| PARTS.contains(part));
        let Some((name, part)) = split else {
            self.mistakes.push(format!("{place}: a template ends with .subject, .txt or .html"));
            return;
        };
        if !builtin.contains_key(&(String::new(), name.to_owned())) && !OPTIONAL.contains(&name) {
            let names = SOURCES.iter().map(|source| source.name).chain(OPTIONAL.iter().copied());
            let names: Vec<&str> = names.collect();
            self.mistakes.push(format!("{place}: there is no mail `{name}`: there are {}", names.join(", ")));
            return;
        }
        match read(path) {
            Ok(text) => self.add(locale, name, part, &text, &place),
            Err(error) => self.mistakes.push(format!("{place}: {error}")),
        }
    }

    fn add(&mut self, locale: &str, name: &str, part: &str, text: &str, place: &str) {
        let text = if part == "subject" { text.trim() } else { text };
        if part == "subject" && (text.is_empty() || text.contains(['\n', '\r'])) {
            self.mistakes.push(format!("{place}:1: a subject is one line"));
            return;
        }
        let pieces = match parse(text) {
            Ok(pieces) => pieces,
            Err(mistakes) => {
                let lines = mistakes.iter().map(|found| format!("{place}:{}: {}", found.line, found.message));
                self.mistakes.extend(lines);
                return;
            }
        };
        let template = self.all.entry((locale.to_owned(), name.to_owned())).or_default();
        let slot = match part {
            "subject" => &mut template.subject,
            "html" => &mut template.html,
            _ => &mut template.text,
        };
        *slot = Some(pieces);
    }

    /// The app's own in place of the built-in ones.
    fn over(&mut self, own: BTreeMap<(String, String), Template>) {
        for name in OPTIONAL.iter().map(|name| (*name).to_owned()) {
            let plain = own.get(&(String::new(), name.clone()));
            let is_whole = plain.is_some_and(|own| own.subject.is_some() && own.text.is_some());
            if !is_whole && own.keys().any(|(_, own)| *own == name) {
                self.mistakes.push(format!("mails/{name}: needs {name}.subject and {name}.txt"));
            }
        }
        for ((locale, name), template) in own {
            if template.html.is_some() && template.text.is_none() {
                let folder = if locale.is_empty() { String::new() } else { format!("{locale}/") };
                self.mistakes.push(format!(
                    "mails/{folder}{name}.html: needs {name}.txt beside it, for readers without HTML"
                ));
            }
            let under = self.all.entry((locale, name)).or_default();
            if template.subject.is_some() {
                under.subject = template.subject;
            }
            if template.text.is_some() {
                under.text = template.text;
                under.html = template.html;
            }
        }
    }
}

fn read(path: &Path) -> Result<String, String> {
    let size = fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?.len();
    if size > MOST_BYTES {
        return Err(format!("is larger than {} KB", MOST_BYTES >> 10));
    }
    let bytes = fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())
}

/// What editors and systems leave behind.
fn is_hidden(file: &str) -> bool {
    file.starts_with('.') || file.ends_with('~')
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// From `mails/` on.
fn shown(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    let from = parts.iter().rposition(|part| part == "mails").unwrap_or(0);
    parts.get(from..).unwrap_or_default().join("/")
}

impl fmt::Debug for Templates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.all.keys()).finish()
    }
}

/// It may hold a link that signs in.
impl fmt::Debug for Rendered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Rendered").finish_non_exhaustive()
    }
}
