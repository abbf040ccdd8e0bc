//! One mail, ready to leave.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{MultiPart, SinglePart};
use purlin_core::DateTime;

use crate::address::{Originator, Recipient};
use crate::template::Rendered;

#[derive(Clone)]
pub struct Letter {
    /// The id of its row: the same in every attempt, so that a mail that came twice can be told.
    pub id: String,
    pub template: String,
    pub(crate) recipient: Recipient,
    /// The link or the code in it.
    pub(crate) essence: Option<String>,
    pub(crate) message: Message,
}

pub(crate) struct Envelope<'a> {
    pub(crate) id: &'a str,
    pub(crate) template: &'a str,
    pub(crate) from: &'a Originator,
    pub(crate) reply_to: Option<&'a Originator>,
    pub(crate) to: Recipient,
    pub(crate) date: DateTime,
}

impl Letter {
    pub(crate) fn compose(
        envelope: Envelope<'_>,
        rendered: Rendered,
        essence: Option<String>,
    ) -> Result<Self, lettre::error::Error> {
        let Envelope { id, template, from, reply_to, to, date } = envelope;
        let mut message = Message::builder()
            .from(from.mailbox())
            .to(to.mailbox())
            .subject(rendered.subject)
            .date(system_time(date))
            .message_id(Some(format!("<{id}@{}>", from.domain())))
            // No out-of-office notes, please (RFC 3834).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(reply_to) = reply_to {
            message = message.reply_to(reply_to.mailbox());
        }
        let message = match rendered.html {
            Some(html) => message.multipart(MultiPart::alternative_plain_html(rendered.text, html))?,
            None => message.singlepart(SinglePart::plain(rendered.text))?,
        };
        let (id, template) = (id.to_owned(), template.to_owned());
        Ok(Self { id, template, recipient: to, essence, message })
    }
}

fn system_time(date: DateTime) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(date.as_millis()).unwrap_or(0))
}

/// Neither address nor text.
impl fmt::Debug for Letter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Letter")
            .field("id", &self.id)
            .field("template", &self.template)
            .finish_non_exhaustive()
    }
}
