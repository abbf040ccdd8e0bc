//! The paths of sign-in.

use std::sync::Arc;
use std::time::Duration;

use http::header::CACHE_CONTROL;
use http::{HeaderValue, Method, StatusCode};
use purlin_core::rate_limit::Quota;
use purlin_http::{BoxFuture, Error, Handler, Module, Request, Response, Routes, json};

use crate::service::Auth;
use crate::token::jwks;

/// The routes below the base path.
#[derive(Debug)]
pub struct AuthRoutes(pub Arc<Auth>);

#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    Register,
    Login,
    Refresh,
    Logout,
    Me,
    ChangeMe,
    AccountState,
    ChangePassword,
    ForgotPassword,
    ResetPassword,
    VerifyEmail,
    RequestVerification,
    RequestCode,
    VerifyCode,
    Invite,
    AcceptInvitation,
    WalletNonce,
    WalletVerify,
    ListSessions,
    EndSession,
    EndOtherSessions,
    ListKeys,
    MakeKey,
    RemoveKey,
    ListIdentities,
    RemoveIdentity,
    BeginOauth,
    EndOauth,
    BeginLink,
    ExchangeCode,
    BeginTotp,
    TurnTotpOn,
    TurnTotpOff,
}

/// What each takes and answers is said in `describe.rs`.
pub(crate) const ROUTES: &[(Method, &str, Call)] = &[
    (Method::POST, "/register", Call::Register),
    (Method::POST, "/login", Call::Login),
    (Method::POST, "/refresh", Call::Refresh),
    (Method::POST, "/logout", Call::Logout),
    (Method::GET, "/me", Call::Me),
    (Method::PATCH, "/me", Call::ChangeMe),
    (Method::GET, "/account", Call::AccountState),
    (Method::POST, "/change-password", Call::ChangePassword),
    (Method::POST, "/forgot-password", Call::ForgotPassword),
    (Method::POST, "/reset-password", Call::ResetPassword),
    (Method::POST, "/verify-email", Call::VerifyEmail),
    (Method::POST, "/verify-email/request", Call::RequestVerification),
    (Method::POST, "/otp/request", Call::RequestCode),
    (Method::POST, "/otp/verify", Call::VerifyCode),
    (Method::POST, "/invitations", Call::Invite),
    (Method::POST, "/invitations/accept", Call::AcceptInvitation),
    (Method::POST, "/wallet/nonce", Call::WalletNonce),
    (Method::POST, "/wallet/verify", Call::WalletVerify),
    (Method::GET, "/sessions", Call::ListSessions),
    (Method::DELETE, "/sessions", Call::EndOtherSessions),
    (Method::DELETE, "/sessions/{id}", Call::EndSession),
    (Method::GET, "/api-keys", Call::ListKeys),
    (Method::POST, "/api-keys", Call::MakeKey),
    (Method::DELETE, "/api-keys/{id}", Call::RemoveKey),
    (Method::GET, "/identities", Call::ListIdentities),
    (Method::DELETE, "/identities/{id}", Call::RemoveIdentity),
    (Method::GET, "/oauth/{provider}", Call::BeginOauth),
    (Method::GET, "/oauth/{provider}/callback", Call::EndOauth),
    (Method::POST, "/oauth/{provider}/link", Call::BeginLink),
    (Method::POST, "/oauth/token", Call::ExchangeCode),
    (Method::POST, "/totp/setup", Call::BeginTotp),
    (Method::POST, "/totp/enable", Call::TurnTotpOn),
    (Method::POST, "/totp/disable", Call::TurnTotpOff),
];

/// From one address, where it is not configured.
const MOST_MAILS: Quota = Quota { calls: 20, window: Duration::from_mins(15) };
/// A nonce costs a row, and an office has many people.
const MOST_NONCES: Quota = Quota { calls: 200, window: Duration::from_mins(15) };

impl Call {
    /// Who asks for it need not have signed in.
    fn is_before_sign_in(self) -> bool {
        use Call::{AcceptInvitation, Login, Refresh, ResetPassword, VerifyCode, VerifyEmail, WalletVerify};
        match self {
            Login | Refresh | ResetPassword | VerifyEmail | VerifyCode | WalletVerify | AcceptInvitation => {
                true
            }
            _ => self.quota().is_some(),
        }
    }

    /// For what makes an account or another row, or sends mail to an address that anybody can name.
    fn quota(self) -> Option<Quota> {
        use Call::{ForgotPassword, Register, RequestCode, RequestVerification, WalletNonce};
        match self {
            Register | ForgotPassword | RequestVerification | RequestCode => Some(MOST_MAILS),
            WalletNonce => Some(MOST_NONCES),
            _ => None,
        }
    }
}

impl Module for AuthRoutes {
    fn name(&self) -> &'static str {
        "auth"
    }

    fn routes(&self, routes: &mut Routes) {
        // Its place is known from RFC 8615 and from what other servers do; it holds public keys only.
        let keys = jwks(self.0.tokens.keys()).to_string();
        routes.get("/.well-known/jwks.json", move |_: Request| -> BoxFuture<'static, _> {
            let mut response = json(StatusCode::OK, keys.clone());
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
            Box::pin(async { Ok(response) })
        });
        for (method, path, call) in ROUTES {
            let endpoint = Endpoint { auth: Arc::clone(&self.0), call: *call };
            let route = routes.add(method.clone(), format!("{}{path}", self.0.settings.base_path), endpoint);
            route.keeps_secrets();
            if call.is_before_sign_in() {
                route.by_address();
            }
            if let Some(quota) = call.quota() {
                route.limited(quota);
            }
        }
    }
}

struct Endpoint {
    auth: Arc<Auth>,
    call: Call,
}

impl Handler for Endpoint {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let auth = &self.auth;
        match self.call {
            Call::Register => Box::pin(auth.register(request)),
            Call::Login => Box::pin(auth.login(request)),
            Call::Refresh => Box::pin(auth.refresh(request)),
            Call::Logout => Box::pin(auth.logout(request)),
            Call::Me => Box::pin(auth.me(request)),
            Call::ChangeMe => Box::pin(auth.change_me(request)),
            Call::AccountState => Box::pin(auth.account_state(request)),
            Call::ChangePassword => Box::pin(auth.change_password(request)),
            Call::ForgotPassword => Box::pin(auth.forgot_password(request)),
            Call::ResetPassword => Box::pin(auth.reset_password(request)),
            Call::VerifyEmail => Box::pin(auth.verify_email(request)),
            Call::RequestVerification => Box::pin(auth.request_verification(request)),
            Call::RequestCode => Box::pin(auth.request_code(request)),
            Call::VerifyCode => Box::pin(auth.verify_code(request)),
            Call::Invite => Box::pin(auth.invite(request)),
            Call::AcceptInvitation => Box::pin(auth.accept_invitation(request)),
            Call::WalletNonce => Box::pin(auth.wallet_nonce(request)),
            Call::WalletVerify => Box::pin(auth.wallet_verify(request)),
            Call::ListSessions => Box::pin(auth.list_sessions(request)),
            Call::EndSession => Box::pin(auth.end_session(request)),
            Call::EndOtherSessions => Box::pin(auth.end_other_sessions(request)),
            Call::ListKeys => Box::pin(auth.list_keys(request)),
            Call::MakeKey => Box::pin(auth.make_key(request)),
            Call::RemoveKey => Box::pin(auth.remove_key(request)),
            Call::ListIdentities => Box::pin(auth.list_identities(request)),
            Call::RemoveIdentity => Box::pin(auth.remove_identity(request)),
            Call::BeginOauth => Box::pin(auth.begin_oauth(request)),
            Call::EndOauth => Box::pin(auth.end_oauth(request)),
            Call::BeginLink => Box::pin(auth.begin_link(request)),
            Call::ExchangeCode => Box::pin(auth.exchange_code(request)),
            Call::BeginTotp => Box::pin(auth.begin_totp(request)),
            Call::TurnTotpOn => Box::pin(auth.turn_totp_on(request)),
            Call::TurnTotpOff => Box::pin(auth.turn_totp_off(request)),
        }
    }
}
