//! What each call of sign-in takes and answers, for the description of the API: JSON Schemas, in which
//! `{"$user": true}` stands for a user as they see themselves and `{"$field": NAME, "isNew": …}` for what may
//! be written into a field of the auth model. A call without an entry here does not compile.

use http::Method;
use purlin_core::schema::{Field, Model, Schema};
use serde_json::{Map, Value as Json, json};

use crate::routes::{Call, ROUTES};
use crate::settings::{Settings, Verification};
use crate::user_model;

/// One call.
#[derive(Clone, Debug)]
pub struct Described {
    /// Its name for programs that are made from the description.
    pub id: &'static str,
    pub method: Method,
    pub path: String,
    pub summary: &'static str,
    pub needs_token: bool,
    /// Of the address, each a text that may be absent.
    pub parameters: &'static [&'static str],
    pub body: Option<Json>,
    pub is_body_required: bool,
    /// When all went well.
    pub status: u16,
    /// The whole body of that answer.
    pub answer: Option<Json>,
    /// Beside those that every call can answer.
    pub errors: &'static [u16],
}

/// The calls of an app with these users; none for an app without users. The message says what they lack.
pub fn describe(schema: &Schema, settings: &Settings) -> Result<Vec<Described>, String> {
    let Some(model) = schema.auth_model.map(|id| schema.model(id)) else { return Ok(Vec::new()) };
    let profile = user_model::profile(schema, model, settings.profile_fields.as_deref())?;
    let app = App {
        model,
        profile: profile.iter().map(|id| model.field(*id).name.as_str()).collect(),
        scopes: scopes(schema),
        settings,
    };
    let described = |(method, path, call): &(Method, &str, Call)| {
        let About { id, summary, caller, body, answer, errors } = app.about(*call);
        let (status, answer) = answer.into_parts();
        Described {
            id,
            method: method.clone(),
            path: format!("{}{path}", settings.base_path),
            summary,
            needs_token: caller == Caller::User,
            parameters: parameters(*call),
            is_body_required: !matches!(body, Body::Optional(_)),
            body: body.into_schema(),
            status,
            answer,
            errors,
        }
    };
    let (has_email, has_password) =
        (user_model::email_field(model).is_some(), model.columns().any(|field| field.is_password));
    // Without a provider there is nobody to go to.
    let has_providers = !settings.providers.is_empty();
    let is_of_use = |(_, path, call): &&(Method, &str, Call)| {
        (has_email || !needs_email(*call))
            && (has_password || !needs_password(*call))
            && (has_providers || !path.starts_with("/oauth/"))
    };
    Ok(ROUTES.iter().filter(is_of_use).map(described).collect())
}

/// What a browser brings along.
fn parameters(call: Call) -> &'static [&'static str] {
    match call {
        Call::BeginOauth => &["redirect", "code_challenge", "code_challenge_method"],
        Call::EndOauth => &["code", "state", "iss", "error"],
        _ => &[],
    }
}

/// Refused where users have none.
fn needs_password(call: Call) -> bool {
    use Call::{AcceptInvitation, ChangePassword, ForgotPassword, Invite, Login, Register, ResetPassword};
    matches!(call, Register | Login | ChangePassword | ForgotPassword | ResetPassword)
        || matches!(call, Call::TurnTotpOff | Invite | AcceptInvitation)
}

fn needs_email(call: Call) -> bool {
    use Call::{AcceptInvitation, Invite, ResetPassword, VerifyCode, VerifyEmail};
    use Call::{ForgotPassword, Login, Register, RequestCode, RequestVerification};
    matches!(call, Register | Login | ForgotPassword | ResetPassword | Invite | AcceptInvitation)
        || matches!(call, VerifyEmail | RequestVerification | RequestCode | VerifyCode)
}

const NO_CONTROL_CHARACTERS: &str = "^[^\\u0000-\\u001F\\u007F-\\u009F]*$";

/// All that there are: for everything, and for each model.
fn scopes(schema: &Schema) -> Vec<String> {
    let models = schema
        .own_models()
        .flat_map(|model| ["read", "write"].map(|right| format!("{}:{right}", model.path)));
    ["read", "write"].map(str::to_owned).into_iter().chain(models).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Caller {
    Anybody,
    User,
}
use Caller::{Anybody, User};

/// Members, by name.
enum Body {
    None,
    Required(Vec<Member>),
    /// A cookie may stand in for it.
    Optional(Vec<Member>),
}

type Member = (String, Json, Needed);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Needed {
    Yes,
    No,
}

enum Answer {
    NoContent,
    /// The browser goes on elsewhere.
    SeeOther,
    /// The data in its envelope.
    Data(u16, Json),
}

struct About {
    id: &'static str,
    summary: &'static str,
    caller: Caller,
    body: Body,
    answer: Answer,
    errors: &'static [u16],
}

struct App<'a> {
    model: &'a Model,
    profile: Vec<&'a str>,
    /// That keys may be given.
    scopes: Vec<String>,
    settings: &'a Settings,
}

impl App<'_> {
    fn about(&self, call: Call) -> About {
        let of = |id, summary, caller, body, answer| About { id, summary, caller, body, answer, errors: &[] };
        match call {
            Call::Register => {
                let members =
                    vec![must("email", self.new_address()), must("password", self.new_password()), cookie()];
                let body = Body::Required(members.into_iter().chain(self.profile_members(true)).collect());
                let is_hidden = self.settings.verification == Verification::Required;
                let answer = if is_hidden { accepted() } else { Answer::Data(201, signed_in()) };
                let about = of("register", "Make an account", Anybody, body, answer);
                About { errors: &[409], ..about }
            }
            Call::Login => {
                let members = vec![must("email", text()), must("password", text()), totp(), cookie()];
                of("login", "Sign in with a password", Anybody, Body::Required(members), ok(signed_in()))
            }
            Call::Refresh => {
                let body = Body::Optional(vec![may("refreshToken", text())]);
                of(
                    "refresh",
                    "New tokens for a refresh token, or for its cookie",
                    Anybody,
                    body,
                    ok(signed_in()),
                )
            }
            Call::Logout => {
                let body = Body::Optional(vec![may("refreshToken", text())]);
                let summary = "Sign out: of the access token's session, else of the refresh token's";
                of("logout", summary, Anybody, body, Answer::NoContent)
            }
            Call::Me => of("getMe", "Who is signed in", User, Body::None, ok(user())),
            Call::ChangeMe => {
                let body = Body::Required(self.profile_members(false));
                About { errors: &[409], ..of("updateMe", "Change the profile", User, body, ok(user())) }
            }
            Call::AccountState => {
                let flag = || json!({ "type": "boolean" });
                let names = ["hasPassword", "isVerified", "hasSecondFactor"];
                let data = object(names.map(|name| must(name, flag())).into());
                of("getAccount", "What there is to sign in with", User, Body::None, ok(data))
            }
            Call::ChangePassword => {
                let members = vec![must("currentPassword", text()), must("newPassword", self.new_password())];
                let summary = "Change the password; ends all other sessions";
                let about = of("changePassword", summary, User, Body::Required(members), Answer::NoContent);
                About { errors: &[409], ..about }
            }
            Call::ForgotPassword => of(
                "forgotPassword",
                "A link to a new password, by mail",
                Anybody,
                Body::Required(vec![must("email", text())]),
                accepted(),
            ),
            Call::ResetPassword => {
                let members = vec![must("token", text()), must("password", self.new_password())];
                let summary = "Set a new password by the link of a mail; ends all sessions";
                let about = of("resetPassword", summary, Anybody, Body::Required(members), Answer::NoContent);
                About { errors: &[409], ..about }
            }
            Call::VerifyEmail => of(
                "verifyEmail",
                "Show by the link of a mail that the address is one's own",
                Anybody,
                Body::Required(vec![must("token", text())]),
                Answer::NoContent,
            ),
            Call::RequestVerification => of(
                "requestVerification",
                "Another link that verifies the address, by mail",
                Anybody,
                Body::Required(vec![must("email", text())]),
                accepted(),
            ),
            Call::RequestCode => of(
                "requestCode",
                "Six digits to sign in with, by mail",
                Anybody,
                Body::Required(vec![must("email", text())]),
                accepted(),
            ),
            Call::VerifyCode => {
                let members = vec![must("email", text()), must("code", text()), totp(), cookie()];
                of(
                    "verifyCode",
                    "Sign in with the digits of a mail",
                    Anybody,
                    Body::Required(members),
                    ok(signed_in()),
                )
            }
            Call::Invite => {
                let body = Body::Required(self.invited_members());
                let summary = "Make a user who chooses a password by a link in a mail";
                About {
                    errors: &[403, 409],
                    ..of("invite", summary, User, body, Answer::Data(201, or_null(&user())))
                }
            }
            Call::AcceptInvitation => {
                let members = vec![must("token", text()), must("password", self.new_password()), cookie()];
                let body = Body::Required(members.into_iter().chain(self.profile_members(false)).collect());
                of("acceptInvitation", "Choose a password, and sign in", Anybody, body, ok(signed_in()))
            }
            Call::WalletNonce => {
                let data = object(vec![must("nonce", text()), must("expiresIn", seconds())]);
                of("walletNonce", "A nonce for a message that a wallet signs", Anybody, Body::None, ok(data))
            }
            Call::WalletVerify => {
                let long = json!({ "type": "string", "minLength": 1 });
                let mut members = vec![must("message", long), must("signature", text()), totp(), cookie()];
                members.extend([may("email", or_null(&address())), may("name", or_null(&text()))]);
                let summary = "Sign in with a wallet's signature (EIP-4361); with a token, add the wallet";
                let data = json!({ "anyOf": [signed_in(), { "type": "array", "items": identity() }] });
                let about = of("walletVerify", summary, Anybody, Body::Required(members), ok(data));
                About { errors: &[409], ..about }
            }
            Call::ListSessions => {
                of("listSessions", "Where one is signed in", User, Body::None, ok(list(&session())))
            }
            Call::EndOtherSessions => {
                of("endOtherSessions", "End all sessions but this", User, Body::None, Answer::NoContent)
            }
            Call::EndSession => {
                let about = of("endSession", "End one session", User, Body::None, Answer::NoContent);
                About { errors: &[404], ..about }
            }
            Call::ListKeys => {
                of("listApiKeys", "One's API keys", User, Body::None, ok(list(&key(Shown::Never))))
            }
            Call::MakeKey => {
                let name = json!({ "type": "string", "minLength": 1, "maxLength": 80 });
                let scopes = json!({ "type": "array", "minItems": 1, "maxItems": 100, "items": { "enum": self.scopes } });
                let days = json!({ "type": ["integer", "null"], "minimum": 1, "maximum": 3650 });
                let members = vec![must("name", name), must("scopes", scopes), may("expiresInDays", days)];
                let summary = "Make an API key, which only this answer shows";
                let answer = Answer::Data(201, key(Shown::Once));
                of("createApiKey", summary, User, Body::Required(members), answer)
            }
            Call::RemoveKey => {
                let about = of("deleteApiKey", "Take an API key away", User, Body::None, Answer::NoContent);
                About { errors: &[404], ..about }
            }
            Call::ListIdentities => {
                of("listIdentities", "With what else one signs in", User, Body::None, ok(list(&identity())))
            }
            Call::RemoveIdentity => {
                let about =
                    of("deleteIdentity", "Take an identity away", User, Body::None, Answer::NoContent);
                About { errors: &[404, 409], ..about }
            }
            Call::BeginOauth => {
                let summary = "Send the browser to a provider to sign in";
                let about = of("beginOauth", summary, Anybody, Body::None, Answer::SeeOther);
                About { errors: &[404], ..about }
            }
            Call::EndOauth => {
                let summary = "Where a provider sends the browser back to, which goes on to the front end";
                let about = of("endOauth", summary, Anybody, Body::None, Answer::SeeOther);
                About { errors: &[404], ..about }
            }
            Call::BeginLink => {
                let body = Body::Required(vec![may("redirect", or_null(&text()))]);
                let data = object(vec![must("url", json!({ "type": "string", "format": "uri" }))]);
                let summary = "Where to go to add an account at a provider to one's own";
                About { errors: &[404], ..of("linkIdentity", summary, User, body, ok(data)) }
            }
            Call::ExchangeCode => {
                let members =
                    vec![must("code", text()), may("codeVerifier", or_null(&text())), totp(), cookie()];
                let summary = "Sign in with the code that the browser brought from a provider";
                of("exchangeCode", summary, Anybody, Body::Required(members), ok(signed_in()))
            }
            Call::BeginTotp => {
                let data = object(vec![must("secret", text()), must("uri", text())]);
                let about = of("setUpTotp", "A secret for an authenticator app", User, Body::None, ok(data));
                About { errors: &[409], ..about }
            }
            Call::TurnTotpOn => {
                let body = Body::Required(vec![must("code", text())]);
                let data = object(vec![must("recoveryCodes", list(&text()))]);
                of("enableTotp", "Turn the second factor on", User, body, ok(data))
            }
            Call::TurnTotpOff => {
                let body = Body::Required(vec![must("password", text()), must("code", text())]);
                of("disableTotp", "Turn the second factor off", User, body, Answer::NoContent)
            }
        }
    }

    fn new_password(&self) -> Json {
        let least = self.settings.least_password;
        let own = json!({
            "type": "string", "minLength": least, "maxLength": 1024, "pattern": NO_CONTROL_CHARACTERS,
        });
        both(self.model.columns().find(|field| field.is_password), own)
    }

    fn new_address(&self) -> Json {
        both(user_model::email_field(self.model), address())
    }

    fn profile_members(&self, is_new: bool) -> Vec<Member> {
        let member = |name: &&str| {
            let field = json!({ "$field": name, "isNew": is_new });
            let is_needed = self.model.field_named(name).is_some_and(user_model::is_needed);
            ((*name).to_owned(), field, if is_new && is_needed { Needed::Yes } else { Needed::No })
        };
        self.profile.iter().map(member).collect()
    }

    /// A new user as the data API takes it, by its columns and without what sign-in sets.
    fn invited_members(&self) -> Vec<Member> {
        let is_given = |field: &&Field| {
            field.is_exposed()
                && !field.is_password
                && !field.is_computed
                && !field.is_updated_at
                && field.name != "email"
        };
        let member = |field: &Field| {
            let schema = json!({ "$field": field.name, "isNew": true });
            (field.name.clone(), schema, if user_model::is_needed(field) { Needed::Yes } else { Needed::No })
        };
        let others = self.model.columns().filter(is_given).map(member);
        std::iter::once(must("email", address())).chain(others).collect()
    }
}

impl Body {
    fn into_schema(self) -> Option<Json> {
        match self {
            Self::None => None,
            Self::Required(members) | Self::Optional(members) => Some(object(members)),
        }
    }
}

impl Answer {
    fn into_parts(self) -> (u16, Option<Json>) {
        match self {
            Self::NoContent => (204, None),
            Self::SeeOther => (303, None),
            Self::Data(status, data) => (status, Some(object(vec![must("data", data)]))),
        }
    }
}

fn ok(data: Json) -> Answer {
    Answer::Data(200, data)
}

fn accepted() -> Answer {
    Answer::Data(202, object(vec![must("message", text())]))
}

fn must(name: &str, schema: Json) -> Member {
    (name.to_owned(), schema, Needed::Yes)
}

fn may(name: &str, schema: Json) -> Member {
    (name.to_owned(), schema, Needed::No)
}

fn object(members: Vec<Member>) -> Json {
    let needed = members.iter().filter(|(_, _, needed)| *needed == Needed::Yes);
    let required: Vec<Json> = needed.map(|(name, ..)| Json::from(name.as_str())).collect();
    let properties: Map<String, Json> = members.into_iter().map(|(name, schema, _)| (name, schema)).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if let (false, Json::Object(schema)) = (required.is_empty(), &mut schema) {
        schema.insert("required".to_owned(), Json::Array(required));
    }
    schema
}

fn list(items: &Json) -> Json {
    json!({ "type": "array", "items": items })
}

fn text() -> Json {
    json!({ "type": "string", "minLength": 1, "maxLength": 1024 })
}

fn address() -> Json {
    json!({ "type": "string", "format": "email", "maxLength": 254 })
}

/// The app's own rules for a field hold too.
fn both(field: Option<&Field>, own: Json) -> Json {
    match field {
        Some(field) => json!({ "allOf": [own, { "$field": field.name, "isNew": true }] }),
        None => own,
    }
}

fn seconds() -> Json {
    json!({ "type": "integer", "minimum": 0 })
}

fn time() -> Json {
    json!({ "type": "string", "format": "date-time" })
}

fn or_null(schema: &Json) -> Json {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

fn cookie() -> Member {
    let text = "The refresh token comes as a cookie instead.";
    may("cookie", json!({ "type": "boolean", "description": text }))
}

fn totp() -> Member {
    let mut schema = or_null(&text());
    if let Json::Object(schema) = &mut schema {
        schema.insert("description".to_owned(), json!("The second factor, where there is one."));
    }
    may("totp", schema)
}

fn user() -> Json {
    json!({ "$user": true })
}

fn signed_in() -> Json {
    object(vec![
        must("user", user()),
        must("accessToken", text()),
        may("refreshToken", text()),
        must("expiresIn", seconds()),
    ])
}

fn session() -> Json {
    object(vec![
        must("id", text()),
        must("method", text()),
        must("userAgent", or_null(&json!({ "type": "string" }))),
        must("address", or_null(&json!({ "type": "string" }))),
        must("createdAt", time()),
        must("lastUsedAt", time()),
        must("expiresAt", time()),
        must("isCurrent", json!({ "type": "boolean" })),
    ])
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Once,
    Never,
}

fn key(shown: Shown) -> Json {
    let mut members = vec![
        must("id", text()),
        must("name", text()),
        must("hint", text()),
        must("scopes", list(&text())),
        must("createdAt", time()),
        must("expiresAt", or_null(&time())),
        must("lastUsedAt", or_null(&time())),
    ];
    if shown == Shown::Once {
        members.push(must("key", text()));
    }
    object(members)
}

fn identity() -> Json {
    object(vec![
        must("id", text()),
        must("provider", text()),
        must("subject", text()),
        must("email", or_null(&json!({ "type": "string" }))),
        must("createdAt", time()),
    ])
}
