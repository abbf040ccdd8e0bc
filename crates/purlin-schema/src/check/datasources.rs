//! `datasource` blocks, and which of them each model belongs to.

use super::checker::Checker;
use super::outline::Outline;
use super::shape::text;
use crate::ast::{ConfigBlock, ConfigKind, Declaration, Document, Expr, ExprKind};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Datasource, DatasourceId, Provider, RelationMode, Url};
use crate::suggest::closest;

const PROVIDERS: &[(&str, Provider)] = &[
    ("sqlite", Provider::Sqlite),
    ("postgresql", Provider::Postgresql),
    ("postgres", Provider::Postgresql),
    ("mysql", Provider::Mysql),
    ("mongodb", Provider::Mongodb),
    ("sqlserver", Provider::Sqlserver),
    ("cockroachdb", Provider::Cockroachdb),
];

pub(super) fn build(checker: &mut Checker, documents: &[Document]) -> Vec<Datasource> {
    let mut datasources: Vec<Datasource> = Vec::new();
    for declaration in documents.iter().flat_map(|document| &document.declarations) {
        let Declaration::Config(block) = declaration else { continue };
        check_settings(checker, block);
        if block.kind != ConfigKind::Datasource {
            continue;
        }
        let first = datasources.iter().find(|it| it.name == block.name.text).and_then(|it| it.span);
        if let Some(first) = first {
            let message = format!("two datasources are named `{}`", block.name.text);
            checker.report(
                Diagnostic::error(codes::DUPLICATE_NAME, block.name.span, message)
                    .related(first, "the first"),
            );
            continue;
        }
        datasources.push(Datasource {
            id: DatasourceId(u16::try_from(datasources.len()).unwrap_or(u16::MAX)),
            name: block.name.text.clone(),
            provider: provider(checker, block),
            url: block.setting("url").and_then(|setting| url(checker, &setting.value)),
            relation_mode: relation_mode(checker, block),
            span: Some(block.name.span),
        });
    }
    if datasources.is_empty() {
        datasources.push(Datasource {
            id: DatasourceId(0),
            name: "db".to_owned(),
            provider: Provider::Sqlite,
            url: None,
            relation_mode: RelationMode::default(),
            span: None,
        });
    }
    datasources
}

fn check_settings(checker: &mut Checker, block: &ConfigBlock) {
    for (index, setting) in block.settings.iter().enumerate() {
        let first = block.settings.iter().take(index).find(|it| it.name.text == setting.name.text);
        if let Some(first) = first {
            let message = format!("`{}` is set twice", setting.name.text);
            checker.report(
                Diagnostic::error(codes::BAD_SETTING, setting.name.span, message)
                    .related(first.span, "the first"),
            );
        }
    }
}

fn provider(checker: &mut Checker, block: &ConfigBlock) -> Provider {
    let Some(setting) = block.setting("provider") else {
        let message = format!("the datasource `{}` names no provider", block.name.text);
        checker.report(
            Diagnostic::error(codes::BAD_SETTING, block.name.span, message).help("add provider = \"sqlite\""),
        );
        return Provider::Sqlite;
    };
    let name = text(&setting.value).unwrap_or("");
    if let Some(&(_, provider)) = PROVIDERS.iter().find(|(known, _)| *known == name) {
        return provider;
    }
    let names: Vec<&str> = PROVIDERS.iter().map(|(name, _)| *name).collect();
    let help = match closest(name, names.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("write one of: {}", names.join(", ")),
    };
    let message = match text(&setting.value) {
        Some(name) => format!("there is no provider \"{name}\""),
        None => "the provider must be a text in quotes".to_owned(),
    };
    checker.report(Diagnostic::error(codes::UNKNOWN_PROVIDER, setting.value.span, message).help(help));
    Provider::Sqlite
}

fn url(checker: &mut Checker, value: &Expr) -> Option<Url> {
    match &value.kind {
        ExprKind::String(text) => return Some(Url::Literal(text.clone())),
        ExprKind::Call { name, args } if name.text == "env" => {
            if let [arg] = args.as_slice()
                && let Some(variable) = text(&arg.value)
            {
                return Some(Url::Env(variable.to_owned()));
            }
        }
        _ => {}
    }
    checker.report(
        Diagnostic::error(
            codes::BAD_SETTING,
            value.span,
            "the URL must be a text or an environment variable",
        )
        .help("write url = env(\"DATABASE_URL\")"),
    );
    None
}

fn relation_mode(checker: &mut Checker, block: &ConfigBlock) -> RelationMode {
    let setting = block.setting("relationMode").or_else(|| block.setting("referentialIntegrity"));
    let Some(setting) = setting else {
        return RelationMode::default();
    };
    match text(&setting.value) {
        Some("foreignKeys") => RelationMode::ForeignKeys,
        Some("prisma") => RelationMode::Prisma,
        _ => {
            checker.error(
                codes::BAD_SETTING,
                setting.value.span,
                "relationMode must be \"foreignKeys\" or \"prisma\"",
            );
            RelationMode::default()
        }
    }
}

/// The datasource of each model: `@@datasource(name)`, else the first.
pub(super) fn placement(
    checker: &mut Checker,
    outline: &Outline<'_>,
    datasources: &[Datasource],
) -> Vec<DatasourceId> {
    let mut placement = Vec::new();
    for shape in &outline.models {
        let attribute = shape.attributes.iter().rev().find(|it| it.name.text == "datasource");
        let name = attribute.and_then(|it| it.args.first()).map(|arg| &arg.value);
        let mut id = DatasourceId(0);
        if let Some(value) = name {
            let name = match &value.kind {
                ExprKind::Name(name) | ExprKind::String(name) => name.as_str(),
                _ => "",
            };
            if let Some(found) = datasources.iter().find(|it| it.name == name) {
                id = found.id;
            } else {
                let near = closest(name, datasources.iter().map(|it| it.name.as_str()));
                let message = format!("there is no datasource `{name}`");
                checker.report(
                    Diagnostic::error(codes::UNKNOWN_DATASOURCE, value.span, message)
                        .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
                );
            }
        }
        placement.push(id);
    }
    placement
}
