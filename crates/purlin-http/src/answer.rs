//! The way of every request, from head to answer, in one straight line.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use http::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName,
    ORIGIN, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, TRANSFER_ENCODING, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, StatusCode, Version};
use hyper::body::{Body, Incoming};

use crate::app::App;
use crate::compress;
use crate::connection::ConnectionState;
use crate::contain::contain;
use crate::cors::Cors;
use crate::error::Error;
use crate::inbound::Inbound;
use crate::request::Request;
use crate::request_id::{RequestId, X_REQUEST_ID};
use crate::response::{Response, empty};
use crate::router::Params;

/// Keeps other origins from loading answers as if they were images or scripts; CORS is not touched by it.
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

pub(crate) async fn answer(
    connection: Arc<ConnectionState>,
    incoming: http::Request<Incoming>,
) -> Result<Response, Infallible> {
    let started = Instant::now();
    let _running = connection.activity().begin();
    // Only in development: what comes in the middle of a change waits for the app that comes after it.
    let paused = if connection.live().has_pauses() {
        let running = Box::pin(connection.live().run()).await;
        Some((running, connection.live().get()))
    } else {
        None
    };
    let app = paused.as_ref().map_or(connection.app(), |(_, app)| app);
    let (parts, body) = incoming.into_parts();
    let id = RequestId::of(&parts.headers);
    let method = parts.method.clone();
    let uri = parts.uri.clone();
    let is_chunked = parts.headers.contains_key(TRANSFER_ENCODING);
    let origin = app.cors().and_then(|_| parts.headers.get(ORIGIN).cloned());

    let peer = app.proxies().client(connection.peer(), &parts.headers);
    let body = Inbound::new(body, &parts.headers);
    let request = Request {
        parts,
        params: Params::default(),
        body: body.clone(),
        id: id.clone(),
        app: Arc::clone(app),
        peer,
    };
    let outcome = contain(dispatch(app, request), app.limits().request_timeout).await;
    body.discard().await;
    let mut response = outcome.unwrap_or_else(|error| error.respond(&id, uri.path()));

    if method == Method::HEAD {
        drop_body(&mut response);
    }
    let headers = response.headers_mut();
    headers.insert(X_REQUEST_ID, id.as_header());
    secure(headers);
    if let Some(hsts) = app.hsts() {
        headers.insert(STRICT_TRANSPORT_SECURITY, hsts.clone());
    }
    if is_chunked {
        // A length may have stood beside it, which the parser drops. Somebody in between may have
        // believed that instead, and then what follows is not what it seems (RFC 9112, 6.1).
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if let Some(cors) = app.cors() {
        cors.mark(origin.as_ref(), headers);
    }
    let took = started.elapsed();
    connection.metrics().record(response.status(), took);
    tracing::debug!(
        request_id = %id,
        method = %method,
        // Without the query, which may hold what is nobody's business.
        path = uri.path(),
        status = response.status().as_u16(),
        micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        "answered"
    );
    Ok(response)
}

async fn dispatch(app: &App, mut request: Request) -> Result<Response, Error> {
    check_head(&request)?;
    let method = request.method();
    if *method == Method::OPTIONS {
        return options(app, &request);
    }
    let (endpoint, params) = app.router().find(method, request.path())?;
    request.params = params;
    let route = &endpoint.route;
    let may_compress = app.compresses() && !route.keeps_secrets;
    let accepted = if may_compress { compress::accepted(request.headers()) } else { None };
    let mut response = match &endpoint.rule {
        None => route.handler.call(request).await?,
        Some(rule) => Box::pin(rule.answer(route, request)).await?,
    };
    if may_compress {
        compress::compress(&mut response, accepted).await;
    }
    Ok(response)
}

/// What the protocol asks for and the parser lets pass.
fn check_head(request: &Request) -> Result<(), Error> {
    let headers = request.headers();
    if request.parts.version == Version::HTTP_11 {
        let mut hosts = headers.get_all(HOST).iter();
        if hosts.next().is_none() || hosts.next().is_some() {
            return Err(Error::Protocol("a request has exactly one Host header".to_owned()));
        }
    }
    Ok(())
}

fn options(app: &App, request: &Request) -> Result<Response, Error> {
    if app.cors().is_some()
        && let Some(response) = Cors::preflight(request.method(), request.headers())
    {
        return Ok(response);
    }
    let Some(allow) = app.router().allow(request.path()) else {
        return Err(Error::NoRoute("there is nothing at this path".to_owned()));
    };
    let mut response = empty(StatusCode::NO_CONTENT);
    if let Ok(allow) = HeaderValue::from_str(&allow) {
        response.headers_mut().insert(ALLOW, allow);
    }
    Ok(response)
}

/// The answer to HEAD says how long the body would be and has none.
fn drop_body(response: &mut Response) {
    let length = std::mem::take(response.body_mut()).size_hint().lower();
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
}

/// Defaults that are right for data; a handler that answers a page brings its own policy.
fn secure(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(CROSS_ORIGIN_RESOURCE_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
}
