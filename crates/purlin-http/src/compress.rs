//! Answers made smaller for clients that ask for it: gzip, for texts that are long enough to gain.

use std::cell::RefCell;

use bytes::Bytes;
use flate2::{Compress, Compression, FlushCompress, Status};
use http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, VARY,
};
use http_body_util::{BodyExt, Full};
use hyper::body::Body;

use crate::response::Response;

/// Below it the headers and the work outweigh what is saved.
const LEAST_BYTES: u64 = 1024;
/// How much is compressed before other requests of the thread get their turn.
const PIECE: usize = 32 << 10;
/// The second fastest: rows as JSON get hardly smaller beyond it, and take up to three times as long.
const LEVEL: u32 = 2;
/// Of the window that is searched, as a power of two: the largest.
const WINDOW: u8 = 15;

thread_local! {
    /// A quarter of a megabyte, which is not cleared for each answer.
    static SMALL: RefCell<Compress> = RefCell::new(gzip());
}

/// What a request said, to be looked at once its answer is known. Two headers are one too many to be worth it.
pub(crate) fn accepted(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut given = headers.get_all(ACCEPT_ENCODING).iter();
    let only = given.next()?;
    given.next().is_none().then(|| only.clone())
}

/// The `ETag` stays: it names the version of a row, which `If-Match` must be able to give back.
pub(crate) async fn compress(response: &mut Response, accepted: Option<HeaderValue>) {
    if response.body().size_hint().lower() < LEAST_BYTES || !is_compressible(response.headers()) {
        return;
    }
    response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
    if !accepted.as_ref().and_then(|value| value.to_str().ok()).is_some_and(takes_gzip) {
        return;
    }
    let Some(Ok(frame)) = std::mem::take(response.body_mut()).frame().await else { return };
    let Ok(plain) = frame.into_data() else { return };
    let smaller = if plain.len() <= PIECE { compressed(&plain) } else { compressed_in_pieces(&plain).await };
    let Some(smaller) = smaller else {
        *response.body_mut() = Full::new(plain);
        return;
    };
    *response.body_mut() = Full::new(Bytes::from(smaller));
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response.headers_mut().remove(CONTENT_LENGTH);
}

/// `None` where nothing would be gained.
fn compressed(plain: &[u8]) -> Option<Vec<u8>> {
    SMALL.with_borrow_mut(|state| {
        state.reset();
        let mut smaller = Vec::with_capacity(plain.len());
        let status = state.compress_vec(plain, &mut smaller, FlushCompress::Finish).ok()?;
        (status == Status::StreamEnd).then_some(smaller)
    })
}

/// The same for what is long, which may go on in another thread.
async fn compressed_in_pieces(plain: &[u8]) -> Option<Vec<u8>> {
    let mut state = Box::new(gzip());
    let mut smaller = Vec::with_capacity(plain.len());
    for piece in plain.chunks(PIECE) {
        let before = state.total_in();
        state.compress_vec(piece, &mut smaller, FlushCompress::None).ok()?;
        if state.total_in() - before < u64::try_from(piece.len()).ok()? {
            return None;
        }
        tokio::task::yield_now().await;
    }
    let status = state.compress_vec(&[], &mut smaller, FlushCompress::Finish).ok()?;
    (status == Status::StreamEnd).then_some(smaller)
}

fn gzip() -> Compress {
    Compress::new_gzip(Compression::new(LEVEL), WINDOW)
}

fn is_compressible(headers: &HeaderMap) -> bool {
    let is_plain = !headers.contains_key(CONTENT_ENCODING);
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim_ascii();
    let is_text = essence.starts_with("text/") || essence.ends_with("json") || essence.ends_with("xml");
    is_plain && is_text && essence != "text/event-stream"
}

/// Whether gzip is at least as welcome as the plain answer (RFC 9110, 12.5.3).
fn takes_gzip(accepted: &str) -> bool {
    let (mut gzip, mut plain, mut any) = (None, None, None);
    for entry in accepted.split(',') {
        let mut parts = entry.split(';').map(str::trim_ascii);
        let coding = parts.next().unwrap_or_default();
        let weight = parts.next().map_or(Some(1000), weight).unwrap_or(0);
        if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") {
            gzip = Some(weight);
        } else if coding.eq_ignore_ascii_case("identity") {
            plain = Some(weight);
        } else if coding == "*" {
            any = Some(weight);
        }
    }
    let gzip = gzip.or(any).unwrap_or(0);
    gzip > 0 && gzip >= plain.unwrap_or(0)
}

/// `q=0.25` as 250; `None` for what is no weight.
fn weight(text: &str) -> Option<u16> {
    let (name, value) = text.split_once('=')?;
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    let is_weight = name.trim_ascii().eq_ignore_ascii_case("q")
        && part.len() <= 3
        && part.bytes().all(|byte| byte.is_ascii_digit());
    let part: u16 = format!("{part:0<3}").parse().ok()?;
    match whole {
        "0" if is_weight => Some(part),
        "1" if is_weight && part == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_gzip() {
        for (accepted, expected) in [
            ("gzip", true),
            ("GZip", true),
            ("x-gzip", true),
            ("gzip, deflate, br, zstd", true),
            ("br;q=1.0, gzip;q=0.8, *;q=0.1", true),
            ("*", true),
            ("gzip;q=0.001", true),
            ("gzip; q=0.5 , identity;q=0.5", true),
            ("identity;q=0, gzip", true),
            ("", false),
            ("br", false),
            ("identity", false),
            ("gzip;q=0", false),
            ("gzip;q=0.000", false),
            ("*;q=0", false),
            ("gzip;q=0, *", false),
            ("gzip;q=0.5, identity", false),
            ("gzip;q=2", false),
            ("gzip;q=-1", false),
            ("gzip;q=", false),
            ("gzip;q=0.1234", false),
            ("gzip;q=NaN", false),
            ("gzip;level=9", false),
            ("notgzip", false),
        ] {
            assert_eq!(takes_gzip(accepted), expected, "{accepted:?}");
        }
    }

    #[test]
    fn what_is_compressible() {
        for (media_type, expected) in [
            ("application/json", true),
            ("application/problem+json; charset=utf-8", true),
            ("text/html; charset=utf-8", true),
            ("text/javascript", true),
            ("image/svg+xml", true),
            ("text/event-stream", false),
            ("image/png", false),
            ("application/zip", false),
            ("application/octet-stream", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
            assert_eq!(is_compressible(&headers), expected, "{media_type}");
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
            assert!(!is_compressible(&headers), "{media_type}");
        }
    }
}
