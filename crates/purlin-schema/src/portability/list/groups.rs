//! The groups in their order.

use super::{around, defaults, keys, values};
use crate::portability::Construct;

/// Constructs that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    pub title: &'static str,
    pub constructs: &'static [Construct],
}

pub const GROUPS: &[Group] = &[
    Group { title: "Values", constructs: values::VALUES },
    Group { title: "Types of the database", constructs: values::DATABASE_TYPES },
    Group { title: "Values that the database makes", constructs: defaults::DEFAULTS },
    Group { title: "Keys and indexes", constructs: keys::KEYS },
    Group { title: "Relations and rules", constructs: around::RELATIONS },
    Group { title: "Names", constructs: around::NAMES },
    Group { title: "Models and requests", constructs: around::REST },
];

/// All of them, in the order of their codes.
pub fn constructs() -> impl Iterator<Item = &'static Construct> {
    GROUPS.iter().flat_map(|group| group.constructs)
}
