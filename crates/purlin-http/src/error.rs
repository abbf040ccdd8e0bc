//! What a handler can fail with, and the one error body that it becomes. The only mapping from
//! core errors to HTTP; causes of internal errors are logged under the request id, never sent.

use http::header::{ACCEPT_ENCODING, ALLOW, CONNECTION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use purlin_core::FieldErrors;

use crate::request_id::RequestId;
use crate::response::{Response, json};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Core(purlin_core::Error),
    /// No route has this path; the text may suggest one.
    #[error("{0}")]
    NoRoute(String),
    /// The path exists; the header names what it answers to.
    #[error("this path answers to {allow} only")]
    Method { allow: String },
    #[error("{0}")]
    MediaType(String),
    /// The body is compressed, or otherwise not as it is.
    #[error("send the body as it is, without `content-encoding`")]
    ContentEncoding,
    /// Credentials were given and are not good. One text for every reason.
    #[error("the access token is not valid or has expired; sign in again")]
    Token,
    /// What was given to sign in with is wrong. One text for every reason.
    #[error("these credentials are not right")]
    Credentials,
    /// The first factor was right, and a second is asked for.
    #[error("give the code of your authenticator app too, as `totp`")]
    SecondFactor,
    /// Everything was right, but whose the address is was not shown yet.
    #[error("verify your address first; POST verify-email/request asks for a new link")]
    Unverified,
    /// Nobody makes an account here alone.
    #[error("{0}")]
    RegistrationClosed(&'static str),
    /// The key of a request was used for another one before.
    #[error("this Idempotency-Key was used for another request; take a new key for each")]
    IdempotencyMismatch,
    /// The request is broken in a way that leaves the connection unusable.
    #[error("{0}")]
    Protocol(String),
    /// A handler panicked; the text is for the log.
    #[error("a handler panicked: {0}")]
    Panic(String),
}

impl From<purlin_core::Error> for Error {
    fn from(error: purlin_core::Error) -> Self {
        Self::Core(error)
    }
}

impl Error {
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::Core(purlin_core::Error::BadRequest(message.into()))
    }

    pub fn status(&self) -> StatusCode {
        use purlin_core::Error as Core;
        match self {
            Self::Core(core) => match core {
                Core::Invalid(_) | Core::BadRequest(_) | Core::Unsupported(_) => StatusCode::BAD_REQUEST,
                Core::Unauthenticated => StatusCode::UNAUTHORIZED,
                Core::Denied(_) => StatusCode::FORBIDDEN,
                Core::NotFound => StatusCode::NOT_FOUND,
                Core::Conflict { .. } => StatusCode::CONFLICT,
                Core::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
                Core::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
                Core::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
                Core::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            },
            Self::NoRoute(_) => StatusCode::NOT_FOUND,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::MediaType(_) | Self::ContentEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Token | Self::Credentials | Self::SecondFactor => StatusCode::UNAUTHORIZED,
            Self::Unverified | Self::RegistrationClosed(_) => StatusCode::FORBIDDEN,
            Self::IdempotencyMismatch => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Protocol(_) => StatusCode::BAD_REQUEST,
            Self::Panic(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub fn code(&self) -> &'static str {
        match self {
            Self::Core(core) => core.code(),
            Self::NoRoute(_) => "NOT_FOUND",
            Self::Method { .. } => "METHOD_NOT_ALLOWED",
            Self::MediaType(_) | Self::ContentEncoding => "UNSUPPORTED_MEDIA_TYPE",
            Self::Token | Self::Credentials => "UNAUTHENTICATED",
            Self::SecondFactor => "SECOND_FACTOR_REQUIRED",
            Self::Unverified => "EMAIL_NOT_VERIFIED",
            Self::RegistrationClosed(_) => "REGISTRATION_CLOSED",
            Self::IdempotencyMismatch => "IDEMPOTENCY_MISMATCH",
            Self::Protocol(_) => "BAD_REQUEST",
            Self::Panic(_) => "INTERNAL_ERROR",
        }
    }

    fn fields(&self) -> Option<&FieldErrors> {
        match self {
            Self::Core(purlin_core::Error::Invalid(fields) | purlin_core::Error::Conflict { fields, .. })
                if !fields.is_empty() =>
            {
                Some(fields)
            }
            _ => None,
        }
    }

    /// What the client reads. Internal causes are replaced.
    fn message(&self) -> String {
        match self {
            Self::Core(purlin_core::Error::Internal(_)) | Self::Panic(_) => {
                "something went wrong on the server; its log has the cause under this request id".to_owned()
            }
            other => other.to_string(),
        }
    }

    /// Logs what only the operator may know and makes the answer.
    pub(crate) fn respond(&self, id: &RequestId, path: &str) -> Response {
        match self {
            Self::Core(purlin_core::Error::Internal(cause)) => {
                tracing::error!(request_id = %id, path, cause = %chain(cause.as_ref()), "request failed");
            }
            Self::Panic(cause) => tracing::error!(request_id = %id, path, cause, "request panicked"),
            _ => {}
        }
        let mut response = json(self.status(), self.body(id));
        self.add_headers(response.headers_mut());
        response
    }

    fn body(&self, id: &RequestId) -> Vec<u8> {
        let mut body = Vec::with_capacity(256);
        body.extend_from_slice(b"{\"error\":{\"code\":");
        push_string(&mut body, self.code());
        body.extend_from_slice(b",\"message\":");
        push_string(&mut body, &self.message());
        if let Some(fields) = self.fields() {
            body.extend_from_slice(b",\"fields\":");
            push_fields(&mut body, fields);
        }
        body.extend_from_slice(b",\"requestId\":");
        push_string(&mut body, id.as_str());
        body.extend_from_slice(b"}}");
        body
    }

    fn add_headers(&self, headers: &mut HeaderMap) {
        match self {
            Self::Core(purlin_core::Error::Unauthenticated) => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Token => {
                let value = HeaderValue::from_static("Bearer error=\"invalid_token\"");
                headers.insert(WWW_AUTHENTICATE, value);
            }
            Self::Core(purlin_core::Error::RateLimited { retry_after }) => {
                // Rounded up: a client that waits this long is not refused again.
                let seconds = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
                headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            Self::Core(purlin_core::Error::Unavailable(_)) => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::ContentEncoding => {
                headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            }
            Self::Method { allow } => {
                if let Ok(value) = HeaderValue::from_str(allow) {
                    headers.insert(ALLOW, value);
                }
            }
            Self::Protocol(_) => {
                headers.insert(CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
    }
}

/// A cause with its own causes.
fn chain(error: &(dyn std::error::Error + Send + Sync)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

fn push_fields(body: &mut Vec<u8>, fields: &FieldErrors) {
    for (index, (path, messages)) in fields.0.iter().enumerate() {
        body.push(if index == 0 { b'{' } else { b',' });
        push_string(body, path);
        body.push(b':');
        for (index, message) in messages.iter().enumerate() {
            body.push(if index == 0 { b'[' } else { b',' });
            push_string(body, message);
        }
        body.push(b']');
    }
    body.push(b'}');
}

fn push_string(body: &mut Vec<u8>, text: &str) {
    // Writing a string to memory cannot fail.
    let _ = serde_json::to_writer(body, text);
}
