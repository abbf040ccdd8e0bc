//! Sign-in by others, from the browser's first click to the tokens: against a real OpenID Connect provider
//! (npm's `oidc-provider`), and against a stand-in that answers like GitHub.

mod attacks;
mod browser;
mod config;
mod front;
mod github;
mod linking;
mod provider;
mod sign_in;
