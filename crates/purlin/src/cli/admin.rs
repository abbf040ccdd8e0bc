//! `purlin admin`: people who work on all data of the app, whatever its rules say.

use std::fmt;
use std::io::BufRead as _;
use std::sync::Arc;

use purlin_auth::Admins;
use purlin_auth::address::EmailAddress;
use purlin_auth::password::{Hasher, Owner, PasswordRules, PoolSettings};
use purlin_core::clock::SystemClock;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Context, Exit, Failure};
use crate::wire::{self, Fallback, Missing};

/// Their passwords guard everything.
const LEAST_PASSWORD: usize = 12;
/// 120 random bits are 24 letters and digits of base 32.
const MADE_BYTES: usize = 15;
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add an admin; prints the password that was made for them.
    Create(Account),
    /// Give an admin another password, which ends their sessions.
    Reset(Account),
    /// Take an admin away.
    Remove {
        /// Their mail address.
        email: String,
    },
    /// Who they are.
    List,
}

#[derive(Debug, clap::Args)]
pub struct Account {
    /// Their mail address.
    pub email: String,

    /// Read the password from standard input instead of making one.
    #[arg(long)]
    pub password_stdin: bool,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answer {
    Password { email: String, password: Option<String> },
    Removed { removed: String },
    List { admins: Vec<Listed> },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    email: String,
    created_at: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password { email, password: Some(password) } => {
                write!(
                    formatter,
                    "{email} signs in as an admin with this password, which is not shown again:\n\n{password}"
                )
            }
            Self::Password { email, password: None } => write!(formatter, "{email} signs in as an admin"),
            Self::Removed { removed } => write!(formatter, "{removed} is no admin any more"),
            Self::List { admins } if admins.is_empty() => {
                write!(formatter, "there is no admin; `purlin admin create EMAIL` adds one")
            }
            Self::List { admins } => {
                let lines: Vec<String> = admins
                    .iter()
                    .map(|admin| format!("{}  since {}", admin.email, admin.created_at))
                    .collect();
                formatter.write_str(&lines.join("\n"))
            }
        }
    }
}

pub fn run(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let schema = context.schema()?;
    let databases = wire::databases(&schema, &config, Fallback::Embedded)?;
    wire::require_fits(&context.app, &databases, &schema, Missing::Create)?;
    let answer = wire::runtime()?.block_on(async {
        let store = wire::open_store(&databases, &config.settings, &schema).await?;
        let hasher = Hasher::start(&PoolSettings::default()).map_err(|error| failed(&error))?;
        let admins = Admins::new(&schema, &store, Arc::new(hasher), Arc::new(SystemClock));
        let answer = match admins {
            Ok(admins) => work(&args.command, &admins).await,
            Err(error) => Err(failed(&error)),
        };
        store.close().await;
        answer
    })?;
    context.output.answer(&answer);
    Ok(Exit::Fine)
}

async fn work(command: &Command, admins: &Admins) -> Result<Answer, Failure> {
    match command {
        Command::Create(account) => {
            let (address, password) = (address(&account.email)?, password(account)?);
            match admins.create(&address, &password.text).await {
                Ok(()) => Ok(password.answer(&address)),
                Err(purlin_core::Error::Conflict { .. }) => {
                    let failure = Failure::problem("ADMIN", format!("{} is an admin already", address.key()));
                    Err(failure.with_help("`purlin admin reset EMAIL` gives them another password"))
                }
                Err(error) => Err(failed(&error)),
            }
        }
        Command::Reset(account) => {
            let (address, password) = (address(&account.email)?, password(account)?);
            let is_known = admins.reset(&address, &password.text).await.map_err(|error| failed(&error))?;
            if is_known { Ok(password.answer(&address)) } else { Err(unknown(&address)) }
        }
        Command::Remove { email } => {
            let address = address(email)?;
            let is_known = admins.remove(&address).await.map_err(|error| failed(&error))?;
            if is_known {
                Ok(Answer::Removed { removed: address.key().to_owned() })
            } else {
                Err(unknown(&address))
            }
        }
        Command::List => {
            let admins = admins.list().await.map_err(|error| failed(&error))?;
            let listed = |admin: purlin_auth::Known| Listed {
                email: admin.email,
                created_at: admin.created_at.to_string(),
            };
            Ok(Answer::List { admins: admins.into_iter().map(listed).collect() })
        }
    }
}

struct Password {
    text: Zeroizing<String>,
    is_made: bool,
}

impl Password {
    fn answer(&self, address: &EmailAddress) -> Answer {
        let password = self.is_made.then(|| self.text.to_string());
        Answer::Password { email: address.key().to_owned(), password }
    }
}

fn password(account: &Account) -> Result<Password, Failure> {
    if !account.password_stdin {
        let mut bytes = Zeroizing::new([0; MADE_BYTES]);
        getrandom::fill(&mut *bytes).map_err(|error| Failure::problem("ADMIN", error.to_string()))?;
        let number = bytes.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        let letter = |at: u32| {
            let index = usize::try_from(number >> (5 * at) & 31).unwrap_or_default();
            LETTERS.get(index).map_or('a', |letter| char::from(*letter))
        };
        return Ok(Password { text: Zeroizing::new((0..24).map(letter).collect()), is_made: true });
    }
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).map_err(|error| {
        Failure::problem("ADMIN", format!("the password cannot be read from standard input: {error}"))
    })?;
    let text = Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned());
    let owner = Owner { address: &account.email, name: "" };
    let problems = PasswordRules::at_least(LEAST_PASSWORD).problems(&text, &owner);
    if problems.is_empty() {
        Ok(Password { text, is_made: false })
    } else {
        Err(Failure::problem("ADMIN", format!("the password {}", problems.join("; "))))
    }
}

fn address(text: &str) -> Result<EmailAddress, Failure> {
    EmailAddress::parse(text).map_err(|error| Failure::wrong_use(format!("EMAIL {error}")))
}

fn unknown(address: &EmailAddress) -> Failure {
    let failure = Failure::problem("ADMIN", format!("{} is no admin", address.key()));
    failure.with_help("`purlin admin list` names them")
}

fn failed(error: &purlin_core::Error) -> Failure {
    Failure::problem("ADMIN", error.to_string())
}
