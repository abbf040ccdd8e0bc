//! The aggregate functions that `purlin_sql`'s SQLite dialect names: exact however many rows there are.

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive};
use purlin_core::value::Decimal;
use purlin_sql::dialect::sqlite::{AVERAGE_FUNCTION, MEAN_FUNCTION, SUM_FUNCTION};
use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};

/// Of an average of decimals, on every engine.
const PLACES: i64 = 16;

pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_aggregate_function(SUM_FUNCTION, 1, flags, Measure::Sum)?;
    connection.create_aggregate_function(AVERAGE_FUNCTION, 1, flags, Measure::Average)?;
    connection.create_aggregate_function(MEAN_FUNCTION, 1, flags, Measure::Mean)
}

#[derive(Clone, Copy, Debug)]
enum Measure {
    Sum,
    Average,
    Mean,
}

/// What has been seen of a group.
#[derive(Debug, Default)]
struct Seen {
    count: u64,
    /// Whole numbers of 64 bits apart, which are the usual and the quick case: as many as there can be rows
    /// fit.
    whole: i128,
    others: Option<BigDecimal>,
}

impl Seen {
    fn total(&self) -> BigDecimal {
        let whole = BigDecimal::from(self.whole);
        match &self.others {
            Some(others) => others + whole,
            None => whole,
        }
    }
}

impl Aggregate<Seen, Option<Value>> for Measure {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Seen> {
        Ok(Seen::default())
    }

    fn step(&self, context: &mut Context<'_>, seen: &mut Seen) -> rusqlite::Result<()> {
        match context.get_raw(0) {
            ValueRef::Null => return Ok(()),
            ValueRef::Integer(number) => seen.whole += i128::from(number),
            other => {
                let number = match other {
                    ValueRef::Real(number) => Decimal::parse(&number.to_string()),
                    other => Decimal::parse(other.as_str()?),
                };
                let number = number.map_err(|error| rusqlite::Error::UserFunctionError(error.into()))?;
                let others = seen.others.take().unwrap_or_default();
                seen.others = Some(others + number.as_big_decimal());
            }
        }
        seen.count += 1;
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, seen: Option<Seen>) -> rusqlite::Result<Option<Value>> {
        let Some(seen) = seen.filter(|seen| seen.count > 0) else { return Ok(None) };
        Ok(Some(match self {
            Self::Sum => Value::Text(plain(&seen.total())),
            Self::Average => {
                let average = seen.total() / BigDecimal::from(seen.count);
                Value::Text(plain(&average.with_scale_round(PLACES, RoundingMode::HalfUp)))
            }
            #[expect(clippy::cast_precision_loss, reason = "a float holds no more")]
            Self::Mean => match (&seen.others, seen.count as f64) {
                (None, count) => Value::Real(seen.whole as f64 / count),
                (Some(_), count) => match seen.total().to_f64() {
                    Some(total) => Value::Real(total / count),
                    None => Value::Null,
                },
            },
        }))
    }
}

/// Without an exponent, and without zeros at the end.
fn plain(number: &BigDecimal) -> String {
    number.normalized().to_plain_string()
}
