//! The port to outgoing mail. Whoever sends names a template and gives it values; what the mail looks
//! like, and how it leaves, is for the implementation.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value as Json;

use crate::error::Error;
use crate::store::BoxFuture;

#[derive(Clone, PartialEq)]
pub struct Mail {
    /// One address.
    pub to: String,
    pub template: Cow<'static, str>,
    /// An object: what the template's placeholders stand for.
    pub data: Json,
    /// The recipient's language, such as `de`, where it is known.
    pub locale: Option<String>,
}

pub trait Mailer: Send + Sync + fmt::Debug {
    /// With `Ok` the mail is kept and will be sent, also after a crash. It never waits for the mail to leave.
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), Error>>;

    /// Whether there is such a template, for mails that an app may have or not.
    fn has(&self, template: &str) -> bool;

    /// Whether mail can be sent at all, for what must not be offered without it.
    fn is_configured(&self) -> bool {
        true
    }
}

/// Where no mail is configured: every mail is refused.
#[derive(Debug)]
pub struct NullMailer;

impl Mailer for NullMailer {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            tracing::error!(
                template = %mail.template,
                "a mail was to be sent and mail is not configured: set MAIL_URL and [mail] from"
            );
            Err(Error::Unavailable("this server is not configured to send mail".to_owned()))
        })
    }

    fn has(&self, _template: &str) -> bool {
        false
    }

    fn is_configured(&self) -> bool {
        false
    }
}

/// Neither the address nor the data, which may hold a link that signs in.
impl fmt::Debug for Mail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mail").field("template", &self.template).finish_non_exhaustive()
    }
}
