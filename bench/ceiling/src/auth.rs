//! Who calls: HS256 tokens verified once and remembered until they expire; the user's row read
//! once and remembered for a short time. The server never writes users, so only time ends that.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use hyper::header::AUTHORIZATION;
use serde::Deserialize;
use sha2::Sha256;

use crate::Failure;
use crate::store::Store;

const REMEMBERED_TOKENS: usize = 10_000;
const REMEMBERED_USERS: usize = 10_000;
const USER_LIFETIME: Duration = Duration::from_secs(5);

/// Who signs tokens, and for whom.
pub(crate) struct Keys {
    pub(crate) secret: Vec<u8>,
    pub(crate) issuer: String,
    pub(crate) audience: String,
}

pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) is_admin: bool,
}

struct Token {
    user_id: Arc<str>,
    expires: u64,
}

type Tokens = HashMap<Box<[u8]>, Token>;
type Users = HashMap<Arc<str>, (Arc<User>, Instant)>;

thread_local! {
    static TOKENS: RefCell<Tokens> = RefCell::default();
    static USERS: RefCell<Users> = RefCell::default();
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    iss: String,
    aud: String,
    exp: u64,
}

/// The user that the request's bearer token names; `None` is a 401.
pub(crate) async fn actor<S: Store>(
    keys: &Keys,
    store: &S,
    headers: &hyper::HeaderMap,
) -> Result<Option<Arc<User>>, Failure> {
    let Some(user_id) = token_of(headers).and_then(|token| subject(keys, token)) else {
        return Ok(None);
    };
    let known = USERS.with_borrow(|users| {
        let (user, read) = users.get(&user_id)?;
        (read.elapsed() < USER_LIFETIME).then(|| Arc::clone(user))
    });
    if known.is_some() {
        return Ok(known);
    }
    let Some(is_admin) = store.is_admin(&user_id).await? else {
        return Ok(None);
    };
    let user = Arc::new(User { id: user_id.to_string(), is_admin });
    USERS.with_borrow_mut(|users| {
        if users.len() >= REMEMBERED_USERS {
            users.clear();
        }
        users.insert(user_id, (Arc::clone(&user), Instant::now()));
    });
    Ok(Some(user))
}

fn token_of(headers: &hyper::HeaderMap) -> Option<&[u8]> {
    headers.get(AUTHORIZATION)?.as_bytes().strip_prefix(b"Bearer ")
}

fn subject(keys: &Keys, token: &[u8]) -> Option<Arc<str>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    TOKENS.with_borrow_mut(|tokens| {
        if let Some(known) = tokens.get(token) {
            return (known.expires > now).then(|| Arc::clone(&known.user_id));
        }
        let claims = verify(keys, token)?;
        if claims.exp <= now {
            return None;
        }
        if tokens.len() >= REMEMBERED_TOKENS {
            tokens.clear();
        }
        let user_id: Arc<str> = claims.sub.into();
        tokens.insert(token.into(), Token { user_id: Arc::clone(&user_id), expires: claims.exp });
        Some(user_id)
    })
}

fn verify(keys: &Keys, token: &[u8]) -> Option<Claims> {
    let signature_dot = token.iter().rposition(|&byte| byte == b'.')?;
    let (signed, signature) = (&token[..signature_dot], &token[signature_dot + 1..]);
    let payload_dot = signed.iter().position(|&byte| byte == b'.')?;
    let header: Header = part(&signed[..payload_dot])?;
    if header.alg != "HS256" {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(&keys.secret).ok()?;
    mac.update(signed);
    mac.verify_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
    let claims: Claims = part(&signed[payload_dot + 1..])?;
    (claims.iss == keys.issuer && claims.aud == keys.audience).then_some(claims)
}

fn part<T: serde::de::DeserializeOwned>(text: &[u8]) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
