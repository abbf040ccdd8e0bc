//! Conditions over rows. Logic is two-valued whatever the engine's: every leaf is true or
//! false, a null in a comparison makes it false, and `Not` is the exact complement.
//! (In SQL: `Not(f)` is `(f) IS NOT TRUE`; a leaf in positive position may stay as it is.)

use std::hash::{Hash, Hasher};

use super::LoadSlot;
use crate::schema::{CompareOp, FieldId, ListOp, ModelId, Quantifier, TextOp};
use crate::value::Value;

/// A position in the statement's parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ParamId(pub u32);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    Always,
    Never,
    /// Two or more.
    All(Vec<Filter>),
    /// Two or more.
    Any(Vec<Filter>),
    Not(Box<Filter>),
    /// False when a side is null, except between two columns: there `Equal` and `NotEqual`
    /// treat null as a value (IS [NOT] DISTINCT FROM).
    Compare {
        op: CompareOp,
        left: Operand,
        right: Operand,
    },
    /// Equal without regard to case.
    EqualIgnoreCase {
        left: Operand,
        right: Operand,
    },
    IsNull(Operand),
    /// A Boolean column that is true.
    Truth(Operand),
    /// The list is a `Param` holding `Value::List`, or a list column.
    In {
        value: Operand,
        list: Operand,
    },
    Text {
        op: TextOp,
        value: Operand,
        argument: Operand,
        ignore_case: bool,
    },
    /// Words that follow one another in a text: the argument holds them in lower case, with a space between.
    /// With `is_prefix` the last may go on. What a word is says `value::words`.
    Words {
        value: Operand,
        argument: Operand,
        is_prefix: bool,
    },
    /// Whether an index of words offers the row: it offers all rows that have these words somewhere in the texts, and
    /// perhaps others. The words stand between spaces, in lower case; one with a star may go on. It stands beside the
    /// test of the words themselves, and holds where there is no such index.
    Offered {
        /// All of the model's `@@fulltext`, columns of one row.
        texts: Vec<Operand>,
        words: Operand,
    },
    /// Over list columns (or a `Param` holding a list).
    List {
        op: ListOp,
        list: Operand,
        argument: Option<Operand>,
    },
    /// A test inside a Json column; false where the path leads nowhere or to another type.
    Json {
        value: Operand,
        path: Vec<String>,
        op: JsonOp,
        argument: Operand,
    },
    /// Rows of `relation` (a field of `model`) seen from `origin`. Inside `condition`,
    /// scope 0 is the related row and outer scopes count up by one.
    /// Some: a row satisfies it; None: none does; Every: none fails it.
    Related {
        origin: Origin,
        model: ModelId,
        relation: FieldId,
        quantifier: Quantifier,
        condition: Box<Filter>,
    },
    /// The same as the inner filter, with the advice to test it row by row rather than to look rows up by
    /// it: most rows pass, and the order or another filter finds them better.
    Residual(Box<Filter>),
    /// A row of `model` satisfies it; scope 0 is that row. Not correlated unless by scopes.
    Exists {
        model: ModelId,
        condition: Box<Filter>,
    },
}

/// Where a relation is followed from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The row of the n-th enclosing scope; 0 is the innermost.
    Scope(u8),
    /// A row known by its values (the signed-in user; a row about to be created), each a `Param` or
    /// `Loaded`: the values of this side's fields of the relation, in the order of the link's
    /// pairs (for a join table the one local key).
    Values(Vec<Operand>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    Param(ParamId),
    /// Of a rule, the same in every request: engines may plan by it.
    Constant(Constant),
    /// A column of the row that `relations` (to-one, from `model`) lead to from `origin`; null when one
    /// of them leads nowhere. Without relations the origin is a scope.
    Column {
        origin: Origin,
        model: ModelId,
        relations: Vec<FieldId>,
        field: FieldId,
    },
    /// A column that a `Load` step of the same plan has read.
    Loaded(Loaded),
}

/// A value that the schema names: a Boolean, a whole number or a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant(Value);

/// A field of the row in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Loaded {
    pub slot: LoadSlot,
    /// Of the row, so that engines that declare parameters know its type.
    pub model: ModelId,
    pub field: FieldId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JsonOp {
    Compare(CompareOp),
    Text {
        op: TextOp,
        ignore_case: bool,
    },
    ArrayContains,
    /// The element at this end of a list.
    ArrayEnd(ListEnd),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListEnd {
    First,
    Last,
}

impl Operand {
    /// Null in it equals null in another field; what was loaded compares as the column that it was.
    pub fn is_field(&self) -> bool {
        matches!(self, Self::Column { .. } | Self::Loaded(_))
    }
}

impl Constant {
    /// The value back where it is of a kind that engines write in forms of their own.
    pub fn new(value: Value) -> Result<Self, Value> {
        match value {
            Value::Boolean(_) | Value::Int(_) | Value::String(_) => Ok(Self(value)),
            other => Err(other),
        }
    }

    pub fn value(&self) -> &Value {
        &self.0
    }
}

// None of its kinds is like a float, which does not equal itself.
impl Eq for Constant {}

impl Hash for Constant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Value::Boolean(truth) => truth.hash(state),
            Value::Int(number) => number.hash(state),
            Value::String(text) => text.hash(state),
            _ => {}
        }
    }
}

impl Filter {
    /// All of them; folds constants and flattens.
    pub fn all(parts: impl IntoIterator<Item = Filter>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::Always => {}
                Self::Never => return Self::Never,
                Self::All(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.pop() {
            None => Self::Always,
            Some(only) if kept.is_empty() => only,
            Some(last) => {
                kept.push(last);
                Self::All(kept)
            }
        }
    }

    /// Any of them; folds constants and flattens.
    pub fn any(parts: impl IntoIterator<Item = Filter>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::Never => {}
                Self::Always => return Self::Always,
                Self::Any(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.pop() {
            None => Self::Never,
            Some(only) if kept.is_empty() => only,
            Some(last) => {
                kept.push(last);
                Self::Any(kept)
            }
        }
    }

    /// The complement; folds constants and double negation.
    #[expect(clippy::should_implement_trait, reason = "it is an associated constructor like `all` and `any`")]
    pub fn not(filter: Filter) -> Self {
        match filter {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Whether it depends on other rows than that of its scope.
    pub fn looks_elsewhere(&self) -> bool {
        let follows =
            |operand: &Operand| matches!(operand, Operand::Column { relations, .. } if !relations.is_empty());
        match self {
            Self::Always | Self::Never => false,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::looks_elsewhere),
            Self::Not(inner) | Self::Residual(inner) => inner.looks_elsewhere(),
            Self::Related { .. } | Self::Exists { .. } => true,
            Self::Compare { left, right, .. } | Self::EqualIgnoreCase { left, right } => {
                follows(left) || follows(right)
            }
            Self::IsNull(operand) | Self::Truth(operand) => follows(operand),
            Self::In { value, list } => follows(value) || follows(list),
            Self::Text { value, argument, .. }
            | Self::Words { value, argument, .. }
            | Self::Json { value, argument, .. } => follows(value) || follows(argument),
            Self::Offered { texts, .. } => texts.iter().any(follows),
            Self::List { list, argument, .. } => follows(list) || argument.as_ref().is_some_and(follows),
        }
    }

    pub fn constant(truth: bool) -> Self {
        if truth { Self::Always } else { Self::Never }
    }
}
