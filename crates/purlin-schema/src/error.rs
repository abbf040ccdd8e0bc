//! What can fail outside the text itself: reading it.

use std::path::PathBuf;

/// Why the files of a schema could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no schema at {}: create schema.zmodel or schema.prisma, or a folder schema/ with such files", .path.display())]
    NotFound { path: PathBuf },
    #[error("{} holds no .zmodel or .prisma file", .path.display())]
    EmptyFolder { path: PathBuf },
    #[error("{} is not text: a schema is written in UTF-8", .path.display())]
    NotText { path: PathBuf },
    #[error("{} has {megabytes} MB: a schema file has at most 16", .path.display())]
    TooLarge { path: PathBuf, megabytes: u64 },
    #[error("cannot read {}: {source}", .path.display())]
    Io { path: PathBuf, source: std::io::Error },
}
