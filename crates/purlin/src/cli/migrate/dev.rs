//! `purlin migrate dev`: write the next migration and apply it to the development database.

use crate::cli::{Context, Exit, Failure};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the migration is for; a part of its folder's name.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// Write the files and apply nothing.
    #[arg(long)]
    pub create_only: bool,

    /// Write and apply changes that lose data without asking.
    #[arg(long)]
    pub accept_data_loss: bool,
}

pub fn run(_args: &Args, _context: &Context) -> Result<Exit, Failure> {
    Err(Failure::unavailable("migrate dev"))
}
