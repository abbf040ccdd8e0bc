//! Entity tags (RFC 9110, section 8.8.3): strong, made of the row as its reader sees it, and of who that is, so that
//! no two who see different fields ever share one.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use purlin_core::statement::AnswerRule;
use purlin_core::{Error as CoreError, FieldErrors};
use purlin_http::{Error, Request, Response, empty};
use sha2::{Digest, Sha256};

use crate::caller::Caller;
use crate::surface::Surface;

/// 144 bits are more than enough.
const BYTES: usize = 18;

/// `row` is the JSON text of what is answered.
fn tag(reader: &str, row: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(u64::try_from(reader.len()).unwrap_or(u64::MAX).to_be_bytes());
    digest.update(reader.as_bytes());
    digest.update(row);
    let digest = digest.finalize();
    let short = digest.get(..BYTES).unwrap_or_default();
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(short))
}

/// What a client knows of a row must still be so.
#[derive(Debug)]
struct Unchanged {
    reader: String,
    tags: Vec<String>,
}

impl AnswerRule for Unchanged {
    fn check(&self, answer: &str) -> Result<(), CoreError> {
        if answer.is_empty() {
            return Err(CoreError::NotFound);
        }
        let now = tag(&self.reader, answer.as_bytes());
        if self.tags.contains(&now) {
            return Ok(());
        }
        Err(CoreError::Conflict {
            message: "the row is not as If-Match says: read it again, whole, without fields and include"
                .to_owned(),
            fields: FieldErrors::default(),
        })
    }
}

impl Surface {
    /// The rule of `If-Match`, for a write of one row. `*` only asks for a row that is there, as every such write
    /// does.
    pub(crate) fn if_match(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Option<Arc<dyn AnswerRule>>, Error> {
        match listed(request.headers(), &IF_MATCH)? {
            None | Some(Listed::Any) => Ok(None),
            Some(Listed::Tags(tags)) => {
                let reader = self.reader(caller);
                Ok(Some(Arc::new(Unchanged { reader, tags })))
            }
        }
    }

    fn reader(&self, caller: &Caller) -> String {
        caller.identity(&self.schema).unwrap_or_else(|| "anybody".to_owned())
    }

    /// Of a row's JSON text, as this caller sees it.
    pub(crate) fn tag(&self, caller: &Caller, row: &[u8]) -> String {
        tag(&self.reader(caller), row)
    }

    /// The tag of the row that a write answers; `None` where it may not be read.
    pub(crate) fn written_tag(&self, caller: &Caller, row: &[u8]) -> Option<HeaderValue> {
        if row == b"null" {
            return None;
        }
        HeaderValue::try_from(self.tag(caller, row)).ok()
    }
}

/// Gives the answer its tag, or 304 to who has it already.
pub(crate) fn tagged(request: &Request, tag: &str, mut response: Response) -> Result<Response, Error> {
    let is_known = match listed(request.headers(), &IF_NONE_MATCH)? {
        None => false,
        Some(Listed::Any) => true,
        // Of reads the weak comparison holds.
        Some(Listed::Tags(tags)) => tags.iter().any(|known| known.strip_prefix("W/").unwrap_or(known) == tag),
    };
    if is_known {
        response = empty(StatusCode::NOT_MODIFIED);
    }
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

enum Listed {
    Any,
    Tags(Vec<String>),
}

/// `*`, or tags parted by commas (RFC 9110, section 13.1).
fn listed(headers: &HeaderMap, name: &http::HeaderName) -> Result<Option<Listed>, Error> {
    let mut tags = Vec::new();
    for value in headers.get_all(name) {
        let text = value.to_str().unwrap_or_default();
        for part in text.split(',').map(str::trim) {
            if part == "*" {
                return Ok(Some(Listed::Any));
            }
            let opaque = part.strip_prefix("W/").unwrap_or(part);
            if opaque.len() < 2 || !opaque.starts_with('"') || !opaque.ends_with('"') {
                return Err(Error::bad_request(format!("{name} must be * or tags such as \"abc\"")));
            }
            tags.push(part.to_owned());
        }
    }
    Ok((!tags.is_empty()).then_some(Listed::Tags(tags)))
}

/// Whether a request is conditional in a way that only writes of one row know.
pub(crate) fn refuse_if_match(request: &Request) -> Result<(), Error> {
    if request.headers().contains_key(IF_MATCH) {
        return Err(Error::bad_request(
            "If-Match is about one row: it stands with PATCH, PUT and DELETE of a row; nothing was written",
        ));
    }
    Ok(())
}
