//! Requests to answers. Reads run inline on the worker thread; a create waits for its commit.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::{Method, Request, Response, StatusCode};

use crate::query::List;
use crate::{Shared, auth, posts, reader};

const LARGEST_BODY: usize = 1 << 20;

type Answer = Response<Full<Bytes>>;

pub(crate) async fn answer(shared: &Arc<Shared>, request: Request<Incoming>) -> Result<Answer, Infallible> {
    let path = request.uri().path();
    let answer = match (request.method(), path.strip_prefix("/api/posts")) {
        (&Method::GET, Some("")) => list(shared, &request),
        (&Method::GET, Some(rest)) if rest.starts_with('/') => one(shared, &request, &rest[1..]),
        (&Method::POST, Some("")) => return Ok(create(shared, request).await),
        (&Method::GET, None) if path == "/healthz" => Ok(Response::new(Full::default())),
        _ => Ok(refuse(StatusCode::NOT_FOUND, "NOT_FOUND")),
    };
    Ok(answer.unwrap_or_else(|failure| internal(&failure)))
}

fn one(shared: &Shared, request: &Request<Incoming>, id: &str) -> rusqlite::Result<Answer> {
    reader::with(shared, |reader| {
        let Some(user) = auth::actor(shared, reader, request.headers())? else {
            return Ok(unauthenticated());
        };
        let mut out = Vec::with_capacity(1_024);
        out.extend_from_slice(b"{\"data\":");
        let found = reader.one(&user, id, |row| posts::write(&mut out, row, false))?;
        out.push(b'}');
        Ok(if found { ok(StatusCode::OK, out) } else { refuse(StatusCode::NOT_FOUND, "NOT_FOUND") })
    })
}

fn list(shared: &Shared, request: &Request<Incoming>) -> rusqlite::Result<Answer> {
    reader::with(shared, |reader| {
        let Some(user) = auth::actor(shared, reader, request.headers())? else {
            return Ok(unauthenticated());
        };
        let Some(list) = List::parse(request.uri().query().unwrap_or_default()) else {
            return Ok(refuse(StatusCode::BAD_REQUEST, "BAD_REQUEST"));
        };
        let mut out = Vec::with_capacity(16_384);
        posts::write_list(&mut out, reader, &user, &list)?;
        Ok(ok(StatusCode::OK, out))
    })
}

async fn create(shared: &Shared, request: Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE");
    };
    let accepted = match reader::with(shared, |reader| auth::actor(shared, reader, &head.headers)) {
        Ok(Some(user)) => posts::accept(&body.to_bytes(), &user),
        Ok(None) => return unauthenticated(),
        Err(failure) => return internal(&failure),
    };
    let post = match accepted {
        Ok(post) => post,
        Err(posts::Refusal::Malformed) => return refuse(StatusCode::BAD_REQUEST, "BAD_REQUEST"),
        Err(posts::Refusal::Invalid) => return refuse(StatusCode::BAD_REQUEST, "VALIDATION_ERROR"),
        Err(posts::Refusal::Unavailable) => return refuse(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"),
        Err(posts::Refusal::Forbidden) => return refuse(StatusCode::FORBIDDEN, "FORBIDDEN"),
    };
    let Some(outcome) = shared.writer.insert(post) else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE");
    };
    match outcome.await {
        Ok(Ok(post)) => {
            let mut out = Vec::with_capacity(1_024);
            posts::write_new(&mut out, &post);
            let mut answer = ok(StatusCode::CREATED, out);
            if let Ok(location) = HeaderValue::try_from(format!("/api/posts/{}", post.id)) {
                answer.headers_mut().insert(LOCATION, location);
            }
            answer
        }
        Ok(Err(failure)) => internal(&failure),
        Err(gone) => internal(&gone),
    }
}

fn ok(status: StatusCode, body: Vec<u8>) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

fn refuse(status: StatusCode, code: &str) -> Answer {
    ok(status, format!("{{\"error\":{{\"code\":\"{code}\",\"message\":\"refused\"}}}}").into_bytes())
}

fn unauthenticated() -> Answer {
    refuse(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED")
}

fn internal(failure: &dyn std::fmt::Display) -> Answer {
    eprintln!("request failed: {failure}");
    refuse(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR")
}
