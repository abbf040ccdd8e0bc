//! The `Mailer` that keeps what it accepts: a row, stored before the answer.

use std::sync::Arc;

use purlin_core::clock::{Clock, SystemClock};
use purlin_core::mail::{Mail, Mailer};
use purlin_core::schema::Schema;
use purlin_core::store::{BoxFuture, Store};
use purlin_core::system::Table;
use purlin_core::{Error, Value};
use tokio::sync::Notify;

use crate::address::Recipient;
use crate::template::{Templates, Values};

/// The data of a mail is a link and a few words.
const MOST_BYTES: usize = 16 << 10;
const MOST_OF_LOCALE: usize = 35;

#[derive(Clone, Debug)]
pub struct Outbox {
    pub(crate) table: Table,
    pub(crate) templates: Arc<Templates>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Something is due.
    pub(crate) wake: Arc<Notify>,
}

impl Outbox {
    pub fn new(
        schema: &Arc<Schema>,
        store: &Arc<dyn Store>,
        templates: Arc<Templates>,
    ) -> Result<Self, crate::Error> {
        let table =
            Table::builtin(schema, store, "Mail", "the outbox of mail").map_err(crate::Error::Store)?;
        Ok(Self { table, templates, clock: Arc::new(SystemClock), wake: Arc::new(Notify::new()) })
    }

    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.table = self.table.with_clock(Arc::clone(&clock));
        self.clock = clock;
        self
    }

    /// What no later attempt could mend is refused now: an address that is none is the client's mistake, all
    /// else the program's.
    fn checked(&self, mail: &Mail) -> Result<(), Error> {
        if Recipient::parse(&mail.to).is_none() {
            return Err(Error::invalid("to", "must be an email address"));
        }
        if !self.templates.has(&mail.template) {
            return Err(Error::internal(format!(
                "there is no mail template `{}`",
                mail.template.escape_debug()
            )));
        }
        Values::read(&mail.data).map_err(Error::internal)?;
        Ok(())
    }

    async fn put(&self, mail: Mail) -> Result<(), Error> {
        self.checked(&mail)?;
        let data = mail.data.to_string();
        if data.len() > MOST_BYTES {
            return Err(Error::TooLarge(format!("the data of a mail has at most {} KB", MOST_BYTES >> 10)));
        }
        // A language comes from a browser; one that is no tag is none.
        let is_tag = |locale: &String| {
            locale.len() <= MOST_OF_LOCALE
                && locale.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        let row = [
            ("to", Value::String(mail.to)),
            ("template", Value::String(mail.template.into_owned())),
            ("data", Value::Json(data)),
            ("locale", mail.locale.filter(is_tag).into()),
            ("nextAttemptAt", self.clock.now().into()),
        ];
        self.table.insert(row).await?;
        self.wake.notify_one();
        Ok(())
    }
}

impl Mailer for Outbox {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(self.put(mail))
    }

    fn has(&self, template: &str) -> bool {
        self.templates.has(template)
    }
}
