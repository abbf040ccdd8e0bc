//! The entry: texts or trees in, checked schema and diagnostics out.

use super::checker::Checker;
use super::outline::Outline;
use crate::ast::Document;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::load::resolve_import;
use crate::model::Schema;
use crate::parser::{Parsed, parse};
use crate::source::{SourceFile, SourceMap};

/// A schema with all that was found about it.
#[derive(Debug, Clone)]
pub struct Compiled {
    pub sources: SourceMap,
    /// Absent exactly if a diagnostic is an error.
    pub schema: Option<Schema>,
    pub diagnostics: Vec<Diagnostic>,
}

/// What may be missing only because a line above could not be read: not worth a second
/// report while there are syntax errors.
const MAY_FOLLOW: &[Code] = &[
    codes::UNKNOWN_TYPE,
    codes::EMPTY_BLOCK,
    codes::BAD_ARGUMENT,
    codes::MISSING_ID,
    codes::UNKNOWN_FIELD,
    codes::MISSING_OPPOSITE,
    codes::RELATION_KEY_SIDE,
    codes::RELATION_FIELDS,
    codes::REFERENCES_NOT_UNIQUE,
    codes::ONE_TO_ONE_NOT_UNIQUE,
    codes::UNKNOWN_NAME,
    codes::BAD_AUTH,
    codes::BAD_SETTING,
    codes::UNKNOWN_DATASOURCE,
];

/// Parses and checks the files of one schema.
pub fn compile(files: Vec<SourceFile>) -> Compiled {
    compile_with(Checker::default(), files)
}

/// The same for a schema of built-in tables.
pub(crate) fn compile_builtin(files: Vec<SourceFile>) -> Compiled {
    compile_with(Checker::of_builtin(), files)
}

fn compile_with(checker: Checker, files: Vec<SourceFile>) -> Compiled {
    let Parsed { sources, documents, mut diagnostics } = parse(files);
    let has_syntax_errors = diagnostics.iter().any(Diagnostic::is_error);
    let (mut schema, found) = check_with(checker, &documents, &sources);
    if has_syntax_errors {
        schema = None;
        diagnostics.extend(found.into_iter().filter(|it| !MAY_FOLLOW.contains(&it.code)));
    } else {
        diagnostics.extend(found);
    }
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span.file, diagnostic.span.start, diagnostic.span.end));
    diagnostics.dedup();
    Compiled { sources, schema, diagnostics }
}

/// Checks parsed files.
pub fn check(documents: &[Document], sources: &SourceMap) -> (Option<Schema>, Vec<Diagnostic>) {
    check_with(Checker::default(), documents, sources)
}

fn check_with(
    mut checker: Checker,
    documents: &[Document],
    sources: &SourceMap,
) -> (Option<Schema>, Vec<Diagnostic>) {
    check_imports(&mut checker, documents, sources);
    let outline = Outline::build(&mut checker, documents);
    let schema = checker.schema(&outline, documents);
    let diagnostics = checker.into_diagnostics();
    let is_sound = !diagnostics.iter().any(Diagnostic::is_error);
    (is_sound.then_some(schema), diagnostics)
}

fn check_imports(checker: &mut Checker, documents: &[Document], sources: &SourceMap) {
    for document in documents {
        let importer = sources.name(document.file);
        for import in &document.imports {
            let name = resolve_import(importer, &import.path);
            let is_known = sources.files().any(|(_, file)| file.name == name);
            if !is_known && !import.path.starts_with(['.', '/']) {
                checker.report(
                    Diagnostic::warning(
                        codes::FOREIGN_IMPORT,
                        import.path_span,
                        format!("`{}` is a package; its declarations are not read", import.path),
                    )
                    .help("a file of the schema is imported by a path that starts with ./"),
                );
                continue;
            }
            if !is_known {
                let message = format!("there is no file `{name}` to import");
                checker.report(Diagnostic::error(codes::MISSING_IMPORT, import.path_span, message));
            }
        }
    }
}
