//! Checked conditions of policies, field rules and `@@validate`: names resolved,
//! types compared, `owner == auth()` already turned into a comparison of keys.
//! Logic is two-valued: a comparison with a null value is false (`==` and `!=` alike),
//! except with the literal `null`, and between two fields, where null equals null.

use super::{EnumId, FieldId, Literal, ModelId, PolicyOperation};

#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    Constant(bool),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// Never with the literal null: that is `IsNull`.
    Compare {
        op: CompareOp,
        left: Operand,
        right: Operand,
    },
    /// `x == null`; `x != null` is `Not` of it. Also `rel == null` (a path that ends in a
    /// to-one relation) and `auth() == null` (a bare `Auth` path).
    IsNull(Operand),
    /// A Boolean value standing as a condition; null is false.
    Truth(Operand),
    /// `x in list`: the list is a literal list or a list field.
    In {
        value: Operand,
        list: Operand,
    },
    /// `contains`, `startsWith`, `endsWith` on strings.
    Text {
        op: TextOp,
        value: Operand,
        argument: Operand,
        ignore_case: bool,
    },
    /// `has`, `hasSome`, `hasEvery`, `isEmpty` on list fields.
    List {
        op: ListOp,
        list: Operand,
        argument: Option<Operand>,
    },
    /// `rel?[…]`, `rel![…]`, `rel^[…]`. The path ends in a to-many relation; inside
    /// `condition`, `PathRoot::Scope(0)` is the element and outer scopes count up.
    Collection {
        quantifier: Quantifier,
        path: Path,
        condition: Box<Condition>,
    },
    /// `check(rel, 'op')`: the path ends in a to-one relation.
    Check {
        path: Path,
        operation: PolicyOperation,
    },
    /// `isEmail` and the like, `regex`: only in `@@validate`.
    Format {
        kind: FormatKind,
        value: Operand,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// Typed by what it is compared with; lists only for `In` and list functions.
    Literal(Literal),
    /// A member of an enum, by position.
    EnumMember(EnumId, u16),
    Path(Path),
    /// `now()`.
    Now,
    /// `currentOperation(casing)`; `currentModel()` is already a literal.
    CurrentOperation(Casing),
    /// `length(x)`, of a string (in characters) or a list: only in `@@validate`.
    Length(Box<Operand>),
}

/// A value reached from a root through to-one relations: `author.team.plan`,
/// `auth().role`, `before().status`, `this.id`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    pub root: PathRoot,
    /// The model the root stands for.
    pub root_model: ModelId,
    /// Relation fields followed, each a field of the model reached so far.
    pub relations: Vec<FieldId>,
    /// The model that `relations` ends in.
    pub model: ModelId,
    /// A non-relation field of `model`; `None` where the path itself is meant: `auth()`,
    /// a relation compared with null, the relation of `Collection` and `Check`.
    pub field: Option<FieldId>,
    /// Members below a composite field.
    pub members: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PathRoot {
    /// The row of the n-th enclosing scope: 0 is the innermost collection's element, and
    /// outside any collection the rule's own row.
    Scope(u8),
    /// The signed-in user's row; every value under it is null when there is none.
    Auth,
    /// The row before the update; scalar fields of the rule's own row only.
    Before,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextOp {
    Contains,
    StartsWith,
    EndsWith,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListOp {
    Has,
    HasSome,
    HasEvery,
    IsEmpty,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantifier {
    Some,
    Every,
    None,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatKind {
    Email,
    Url,
    Phone,
    Date,
    Time,
    DateTime,
    Regex(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Casing {
    #[default]
    Original,
    Upper,
    Lower,
    Capitalize,
    Uncapitalize,
}
