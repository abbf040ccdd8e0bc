//! Who calls: HS256 tokens verified once and remembered until they expire; the user's row read
//! once and remembered for a short time. The server never writes users, so only time ends that.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use hyper::header::AUTHORIZATION;
use serde::Deserialize;
use sha2::Sha256;

use crate::Shared;
use crate::reader::Reader;

const REMEMBERED_TOKENS: usize = 10_000;
const REMEMBERED_USERS: usize = 10_000;
const USER_LIFETIME: Duration = Duration::from_secs(5);

pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) is_admin: bool,
}

struct Token {
    user_id: Rc<str>,
    expires: u64,
}

type Tokens = HashMap<Box<[u8]>, Token>;
type Users = HashMap<Rc<str>, (Rc<User>, Instant)>;

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
pub(crate) fn actor(
    shared: &Shared,
    reader: &mut Reader,
    headers: &hyper::HeaderMap,
) -> rusqlite::Result<Option<Rc<User>>> {
    let Some(user_id) = token_of(headers).and_then(|token| subject(shared, token)) else {
        return Ok(None);
    };
    USERS.with_borrow_mut(|users| {
        if let Some((user, read)) = users.get(&user_id)
            && read.elapsed() < USER_LIFETIME
        {
            return Ok(Some(Rc::clone(user)));
        }
        let Some(is_admin) = reader.is_admin(&user_id)? else {
            return Ok(None);
        };
        let user = Rc::new(User { id: user_id.to_string(), is_admin });
        if users.len() >= REMEMBERED_USERS {
            users.clear();
        }
        users.insert(user_id, (Rc::clone(&user), Instant::now()));
        Ok(Some(user))
    })
}

fn token_of(headers: &hyper::HeaderMap) -> Option<&[u8]> {
    headers.get(AUTHORIZATION)?.as_bytes().strip_prefix(b"Bearer ")
}

fn subject(shared: &Shared, token: &[u8]) -> Option<Rc<str>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    TOKENS.with_borrow_mut(|tokens| {
        if let Some(known) = tokens.get(token) {
            return (known.expires > now).then(|| Rc::clone(&known.user_id));
        }
        let claims = verify(shared, token)?;
        if claims.exp <= now {
            return None;
        }
        if tokens.len() >= REMEMBERED_TOKENS {
            tokens.clear();
        }
        let user_id: Rc<str> = claims.sub.into();
        tokens.insert(token.into(), Token { user_id: Rc::clone(&user_id), expires: claims.exp });
        Some(user_id)
    })
}

fn verify(shared: &Shared, token: &[u8]) -> Option<Claims> {
    let signature_dot = token.iter().rposition(|&byte| byte == b'.')?;
    let (signed, signature) = (&token[..signature_dot], &token[signature_dot + 1..]);
    let payload_dot = signed.iter().position(|&byte| byte == b'.')?;
    let header: Header = part(&signed[..payload_dot])?;
    if header.alg != "HS256" {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(&shared.secret).ok()?;
    mac.update(signed);
    mac.verify_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
    let claims: Claims = part(&signed[payload_dot + 1..])?;
    (claims.iss == shared.issuer && claims.aud == shared.audience).then_some(claims)
}

fn part<T: serde::de::DeserializeOwned>(text: &[u8]) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
