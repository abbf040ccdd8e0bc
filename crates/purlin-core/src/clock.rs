//! The port to the time of day.

use crate::value::DateTime;

pub trait Clock: Send + Sync + std::fmt::Debug {
    fn now(&self) -> DateTime;
}

#[derive(Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime {
        DateTime::from_timestamp(jiff::Timestamp::now())
    }
}
