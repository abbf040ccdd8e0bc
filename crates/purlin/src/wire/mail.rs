//! Mail, from the configuration: who takes it, and the task that delivers it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use purlin_core::mail::{Mailer, NullMailer};
use purlin_core::schema::Schema;
use purlin_core::store::Store;
use purlin_mail::{Catcher, Delivery, Error, Originator, Outbox, Pace, Sender, Smtp, SmtpUrl, Templates};

use crate::app_data::AppData;
use crate::cli::Failure;
use crate::config::Config;

/// The app's own templates.
const TEMPLATES: &str = "mails";
/// Below `.purlin/`.
const CAUGHT: &str = "mails";
/// Where nobody answers, in development.
const SOMEBODY: &str = "purlin@localhost";

/// What happens to mail where no server is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutServer {
    /// It becomes files in `.purlin/mails`.
    Catch,
    SendNone,
}

/// The mail of one app.
#[derive(Debug)]
pub struct Mail(Option<Parts>);

#[derive(Debug)]
struct Parts {
    outbox: Outbox,
    from: Originator,
    reply_to: Option<Originator>,
    delivery: Arc<dyn Delivery>,
}

impl Mail {
    /// What features send with.
    pub fn mailer(&self) -> Arc<dyn Mailer> {
        match &self.0 {
            Some(parts) => Arc::new(parts.outbox.clone()),
            None => Arc::new(NullMailer),
        }
    }

    /// Delivers from now on. Inside a runtime, when the tables are there.
    pub fn start(&self) -> Option<Sender> {
        let Parts { outbox, from, reply_to, delivery } = self.0.as_ref()?;
        let (from, reply_to, delivery) = (from.clone(), reply_to.clone(), Arc::clone(delivery));
        Some(Sender::start(outbox, from, reply_to, delivery, Pace::default()))
    }
}

pub fn mail(
    config: &Config,
    schema: &Arc<Schema>,
    store: &Arc<dyn Store>,
    without: WithoutServer,
) -> Result<Mail, Failure> {
    let templates = mail_templates(&config.app)?;
    let settings = &config.settings.mail;
    let link_base = &config.settings.auth.link_base;
    let is_web = ["http://", "https://"].iter().any(|scheme| link_base.starts_with(scheme));
    if !link_base.is_empty() && !is_web {
        let failure = Failure::problem("MAIL", "links in mails must lead to an http or https address");
        return Err(failure.with_help("set PUBLIC_URL to one, such as https://shop.example.com"));
    }
    let (from, delivery): (_, Arc<dyn Delivery>) = match (mail_server(config)?, without) {
        (Some(_), _) if schema.auth_model.is_some() && link_base.is_empty() => {
            let failure =
                Failure::problem("MAIL", "mail is configured, and nothing says where its links lead");
            return Err(failure.with_help("set PUBLIC_URL to the address of the front end"));
        }
        (Some(server), _) => (sending_address(config)?, Arc::new(server)),
        (None, WithoutServer::SendNone) => return Ok(Mail(None)),
        (None, WithoutServer::Catch) => {
            let data = AppData::open(&config.app)
                .map_err(|error| Failure::problem("APP_DATA", format!("cannot make .purlin: {error}")))?;
            let catcher = Catcher::new(&data.path(CAUGHT)).map_err(|error| failed(&error))?;
            let from = settings.from.clone().map_or_else(|| Originator::parse(SOMEBODY), Ok);
            (from.map_err(|error| failed(&error))?, Arc::new(catcher))
        }
    };
    let outbox = Outbox::new(schema, store, Arc::new(templates)).map_err(|error| failed(&error))?;
    Ok(Mail(Some(Parts { outbox, from, reply_to: settings.reply_to.clone(), delivery })))
}

/// Where nobody signs in before they have read a mail, mail must go out.
pub fn require_mail(config: &Config, schema: &Schema, mail: &Mail) -> Result<(), Failure> {
    let is_needed = config.settings.auth.verification == purlin_auth::Verification::Required;
    if !is_needed || mail.0.is_some() || schema.auth_model.is_none() {
        return Ok(());
    }
    let message = "verify_email = \"required\" needs mail, and no mail server is configured";
    let failure = Failure::problem("MAIL", message);
    Err(failure.with_help("set MAIL_URL, MAIL_FROM and PUBLIC_URL; docs/mail.md says how"))
}

/// Lets what is on its way arrive, for as long as the server may take to stop. What does not is sent by
/// the next that starts.
pub async fn stop_mail(sender: Option<Sender>, patience: Duration) {
    let Some(sender) = sender else { return };
    if tokio::time::timeout(patience, sender.stop()).await.is_err() {
        tracing::info!("some mail is still on its way; it will be sent again at the next start");
    }
}

/// The built-in templates under the app's own; all mistakes are one failure, a line each.
pub fn mail_templates(app: &Path) -> Result<Templates, Failure> {
    Templates::load(Some(&app.join(TEMPLATES)))
        .map_err(|error| Failure::problem("MAIL_TEMPLATES", error.to_string()))
}

/// Whatever stands where templates do, to notice changes.
pub fn mail_files(app: &Path) -> Vec<PathBuf> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    let mut files = entries(&app.join(TEMPLATES));
    files.extend(files.clone().iter().filter(|path| path.is_dir()).flat_map(|folder| entries(folder)));
    files.sort();
    files
}

/// The configured mail server; not connected to yet.
pub fn mail_server(config: &Config) -> Result<Option<Smtp>, Failure> {
    let settings = &config.settings.mail;
    let Some(url) = &settings.url else { return Ok(None) };
    let url = SmtpUrl::parse(url.expose()).map_err(|error| failed(&error))?;
    let certificate = match &settings.ca_file {
        Some(path) => Some(fs::read(config.app.join(path)).map_err(|error| {
            Failure::problem("MAIL", format!("[mail] ca_file: {} cannot be read: {error}", path.display()))
        })?),
        None => None,
    };
    let from = sending_address(config)?;
    Smtp::new(&url, &from, certificate.as_deref()).map(Some).map_err(|error| failed(&error))
}

fn sending_address(config: &Config) -> Result<Originator, Failure> {
    config.settings.mail.from.clone().ok_or_else(|| {
        let failure = Failure::problem("MAIL", "MAIL_URL is set, and nothing says who sends");
        failure.with_help("set `from` under [mail] in purlin.toml, such as \"Shop <hello@example.com>\"")
    })
}

fn failed(error: &Error) -> Failure {
    Failure::problem("MAIL", format!("mail: {error}"))
}
