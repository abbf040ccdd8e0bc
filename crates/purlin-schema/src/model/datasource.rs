//! `datasource` blocks.

use super::DatasourceId;
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Datasource {
    pub id: DatasourceId,
    pub name: String,
    pub provider: Provider,
    /// `None` when the block names none: then `env("DATABASE_URL")` is meant.
    pub url: Option<Url>,
    pub relation_mode: RelationMode,
    /// `None` for the block that stands for a missing one.
    pub span: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provider {
    Sqlite,
    Postgresql,
    Mysql,
    Mongodb,
    Sqlserver,
    Cockroachdb,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Url {
    Literal(String),
    /// `env("NAME")`.
    Env(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RelationMode {
    #[default]
    ForeignKeys,
    Prisma,
}
