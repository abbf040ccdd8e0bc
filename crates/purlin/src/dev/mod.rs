//! `purlin dev`: serve an app and follow its files. What is read is in `inputs`, when to look again in
//! `watch`, what is made of it in `candidate`; `session` keeps the last good one serving.

mod candidate;
mod event;
mod inputs;
mod session;
mod watch;

pub use candidate::Candidate;
pub use event::Event;
pub use inputs::Inputs;
pub use session::{Reload, Session};
pub use watch::Watch;
