//! Requests to answers.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::{Method, Request, Response, StatusCode};

use crate::posts::{NewPost, Page, Refusal};
use crate::query::{Count, List};
use crate::store::Store;
use crate::{Failure, Shared, auth, posts};

const LARGEST_BODY: usize = 1 << 20;

type Answer = Response<Full<Bytes>>;

pub(crate) async fn answer<S: Store>(
    shared: &Shared<S>,
    request: Request<Incoming>,
) -> Result<Answer, Infallible> {
    let path = request.uri().path();
    let answer = match (request.method(), path.strip_prefix("/api/posts")) {
        (&Method::GET, Some("")) => list(shared, &request).await,
        (&Method::GET, Some(rest)) if rest.starts_with('/') => one(shared, &request, &rest[1..]).await,
        (&Method::POST, Some("")) => create(shared, request).await,
        (&Method::GET, None) if path == "/healthz" => Ok(Response::new(Full::default())),
        _ => Ok(refuse(StatusCode::NOT_FOUND, "NOT_FOUND")),
    };
    Ok(answer.unwrap_or_else(|failure| internal(&*failure)))
}

async fn one<S: Store>(shared: &Shared<S>, request: &Request<Incoming>, id: &str) -> Result<Answer, Failure> {
    let Some(user) = auth::actor(&shared.keys, &shared.store, request.headers()).await? else {
        return Ok(unauthenticated());
    };
    let mut out = Vec::with_capacity(1_024);
    out.extend_from_slice(b"{\"data\":");
    let found = shared.store.one(&user, id, &mut out).await?;
    out.push(b'}');
    Ok(if found { ok(StatusCode::OK, out) } else { refuse(StatusCode::NOT_FOUND, "NOT_FOUND") })
}

async fn list<S: Store>(shared: &Shared<S>, request: &Request<Incoming>) -> Result<Answer, Failure> {
    let Some(user) = auth::actor(&shared.keys, &shared.store, request.headers()).await? else {
        return Ok(unauthenticated());
    };
    let Some(list) = List::parse(request.uri().query().unwrap_or_default()) else {
        return Ok(refuse(StatusCode::BAD_REQUEST, "BAD_REQUEST"));
    };
    let mut out = Vec::with_capacity(16_384);
    let mut page = Page::begin(&mut out, &list);
    shared.store.list(&user, &list, &mut page).await?;
    let total = match list.count {
        count if list.cursor.is_some() || count == Count::None => None,
        count => Some(shared.store.count(&user, count).await?),
    };
    page.end(total);
    Ok(ok(StatusCode::OK, out))
}

async fn create<S: Store>(shared: &Shared<S>, request: Request<Incoming>) -> Result<Answer, Failure> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        return Ok(refuse(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE"));
    };
    let Some(user) = auth::actor(&shared.keys, &shared.store, &head.headers).await? else {
        return Ok(unauthenticated());
    };
    let refused = match posts::accept(&body.to_bytes(), &user) {
        Ok(post) => match shared.store.insert(post).await? {
            Some(post) => return Ok(created(&post)),
            None => Refusal::Unavailable,
        },
        Err(refused) => refused,
    };
    Ok(match refused {
        Refusal::Malformed => refuse(StatusCode::BAD_REQUEST, "BAD_REQUEST"),
        Refusal::Invalid => refuse(StatusCode::BAD_REQUEST, "VALIDATION_ERROR"),
        Refusal::Unavailable => refuse(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"),
        Refusal::Forbidden => refuse(StatusCode::FORBIDDEN, "FORBIDDEN"),
    })
}

fn created(post: &NewPost) -> Answer {
    let mut out = Vec::with_capacity(1_024);
    posts::write_new(&mut out, post);
    let mut answer = ok(StatusCode::CREATED, out);
    if let Ok(location) = HeaderValue::try_from(format!("/api/posts/{}", post.id)) {
        answer.headers_mut().insert(LOCATION, location);
    }
    answer
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

fn internal(failure: &dyn std::error::Error) -> Answer {
    eprintln!("request failed: {failure}");
    refuse(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR")
}
