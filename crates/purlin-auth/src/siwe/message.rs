//! A message of EIP-4361, read to the letter of its grammar: a line more or less is no message.

use std::str::Split;

use jiff::Timestamp;

use super::account::Account;
use super::syntax;
use crate::error::{Error, Result};

/// Longer messages are refused unread.
const LONGEST_MESSAGE: usize = 4 * 1024;
const GREETING: &str = " wants you to sign in with your Ethereum account:";

/// What a wallet showed to its owner. Nothing of it is true before `verify` says so; the nonce is
/// there to find what it was issued for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    pub(super) text: &'a str,
    pub(super) scheme: Option<&'a str>,
    pub domain: &'a str,
    pub account: Account,
    pub statement: Option<&'a str>,
    pub uri: &'a str,
    pub chain_id: u64,
    pub nonce: &'a str,
    pub issued_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub not_before: Option<Timestamp>,
    pub request_id: Option<&'a str>,
    pub resources: Vec<&'a str>,
}

impl<'a> Message<'a> {
    /// `Malformed`, `TooLong`, or `BadSignature` for an address with a wrong checksum.
    pub fn parse(text: &'a str) -> Result<Self> {
        if text.len() > LONGEST_MESSAGE {
            return Err(Error::TooLong);
        }
        let mut lines = Lines { rest: text.split('\n'), next: None };
        let greeting = lines.take()?.strip_suffix(GREETING).ok_or(Error::Malformed)?;
        let (scheme, domain) = match greeting.split_once("://") {
            Some((scheme, domain)) => (Some(scheme), domain),
            None => (None, greeting),
        };
        check(scheme.is_none_or(syntax::is_scheme) && syntax::is_authority(domain))?;
        let account = Account::parse(lines.take()?)?;
        check(lines.take()?.is_empty())?;
        let statement = statement(&mut lines)?;
        let uri = lines.field("URI: ")?;
        check(syntax::is_uri(uri))?;
        check(lines.field("Version: ")? == "1")?;
        let chain_id = syntax::chain_id(lines.field("Chain ID: ")?).ok_or(Error::Malformed)?;
        let nonce = lines.field("Nonce: ")?;
        check(syntax::is_nonce(nonce))?;
        let issued_at = time(lines.field("Issued At: ")?)?;
        let expires_at = lines.optional("Expiration Time: ").map(time).transpose()?;
        let not_before = lines.optional("Not Before: ").map(time).transpose()?;
        let request_id = lines.optional("Request ID: ");
        check(request_id.is_none_or(syntax::is_request_id))?;
        let resources = resources(&mut lines)?;
        check(lines.is_at_end())?;
        Ok(Self {
            text,
            scheme,
            domain,
            account,
            statement,
            uri,
            chain_id,
            nonce,
            issued_at,
            expires_at,
            not_before,
            request_id,
            resources,
        })
    }
}

/// `[ statement LF ] LF`: an empty line alone, or a statement and an empty line.
/// An empty statement, which the grammar allows too, reads as two empty lines.
fn statement<'a>(lines: &mut Lines<'a>) -> Result<Option<&'a str>> {
    let first = lines.take()?;
    if first.is_empty() {
        return Ok(lines.skip_empty().then_some(""));
    }
    check(syntax::is_statement(first) && lines.take()?.is_empty())?;
    Ok(Some(first))
}

fn resources<'a>(lines: &mut Lines<'a>) -> Result<Vec<&'a str>> {
    let mut resources = Vec::new();
    if let Some(rest) = lines.optional("Resources:") {
        check(rest.is_empty())?;
        while let Some(uri) = lines.optional("- ") {
            check(syntax::is_uri(uri))?;
            resources.push(uri);
        }
    }
    Ok(resources)
}

fn time(text: &str) -> Result<Timestamp> {
    syntax::date_time(text).ok_or(Error::Malformed)
}

fn check(is_good: bool) -> Result<()> {
    if is_good { Ok(()) } else { Err(Error::Malformed) }
}

/// Lines end with LF alone. A carriage return is a character, which no field may hold.
struct Lines<'a> {
    rest: Split<'a, char>,
    next: Option<&'a str>,
}

impl<'a> Lines<'a> {
    fn take(&mut self) -> Result<&'a str> {
        self.next.take().or_else(|| self.rest.next()).ok_or(Error::Malformed)
    }

    fn field(&mut self, name: &str) -> Result<&'a str> {
        self.take()?.strip_prefix(name).ok_or(Error::Malformed)
    }

    /// The line's value if it is this field's; otherwise it stays to be read.
    fn optional(&mut self, name: &str) -> Option<&'a str> {
        let line = self.next.take().or_else(|| self.rest.next())?;
        let value = line.strip_prefix(name);
        if value.is_none() {
            self.next = Some(line);
        }
        value
    }

    /// Takes a line if it is empty; otherwise it stays to be read.
    fn skip_empty(&mut self) -> bool {
        self.next = self.next.take().or_else(|| self.rest.next());
        let is_empty = self.next == Some("");
        if is_empty {
            self.next = None;
        }
        is_empty
    }

    fn is_at_end(&mut self) -> bool {
        self.next.is_none() && self.rest.next().is_none()
    }
}
