//! Every attribute with its parameters and the fields it may stand on.

use crate::ast::{Attribute, AttributeLevel};

/// What an argument must look like. What it means is up to the stage that reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::check) enum Shape {
    Text,
    Number,
    Truth,
    /// A list of field names; one name stands for a list of one.
    Fields,
    /// A bare name, one of these.
    Word(&'static [&'static str]),
    Field,
    Any,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::check) struct Param {
    pub(in crate::check) name: &'static str,
    pub(in crate::check) shape: Shape,
    pub(in crate::check) positional: bool,
    pub(in crate::check) required: bool,
}

/// The fields an attribute may stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::check) enum On {
    Any,
    /// Anything but relations.
    Column,
    Relation,
    Text,
    TextOrList,
    Number,
    DateTime,
    Boolean,
    Composite,
    /// Not a field: a block.
    Block,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::check) struct Spec {
    pub(in crate::check) level: AttributeLevel,
    pub(in crate::check) name: &'static str,
    pub(in crate::check) on: On,
    pub(in crate::check) repeats: bool,
    pub(in crate::check) params: &'static [Param],
}

const fn at(name: &'static str, shape: Shape) -> Param {
    Param { name, shape, positional: true, required: true }
}
const fn opt(name: &'static str, shape: Shape) -> Param {
    Param { name, shape, positional: true, required: false }
}
const fn named(name: &'static str, shape: Shape) -> Param {
    Param { name, shape, positional: false, required: false }
}
const fn field(name: &'static str, on: On, params: &'static [Param]) -> Spec {
    Spec { level: AttributeLevel::Field, name, on, repeats: false, params }
}
const fn block(name: &'static str, params: &'static [Param]) -> Spec {
    Spec { level: AttributeLevel::Block, name, on: On::Block, repeats: false, params }
}
const fn repeated(spec: Spec) -> Spec {
    Spec { repeats: true, ..spec }
}

const ACTIONS: Shape = Shape::Word(&["Cascade", "Restrict", "NoAction", "SetNull", "SetDefault"]);
const SORT: Shape = Shape::Word(&["Asc", "Desc"]);
const INDEX_TYPES: Shape = Shape::Word(&["BTree", "Hash", "Gist", "Gin", "SpGist", "Brin"]);
const MESSAGE: Param = opt("message", Shape::Text);

const KEY: &[Param] = &[
    named("map", Shape::Text),
    named("length", Shape::Number),
    named("sort", SORT),
    named("clustered", Shape::Truth),
];
const BLOCK_KEY: &[Param] = &[
    at("fields", Shape::Fields),
    named("name", Shape::Text),
    named("map", Shape::Text),
    named("length", Shape::Number),
    named("sort", SORT),
    named("clustered", Shape::Truth),
    named("where", Shape::Any),
];
const INDEX: &[Param] = &[
    at("fields", Shape::Fields),
    named("name", Shape::Text),
    named("map", Shape::Text),
    named("length", Shape::Number),
    named("sort", SORT),
    named("clustered", Shape::Truth),
    named("type", INDEX_TYPES),
    named("ops", Shape::Any),
    named("where", Shape::Any),
];
const RULE: &[Param] = &[at("operation", Shape::Text), at("condition", Shape::Any)];
const FIELD_RULE: &[Param] =
    &[at("operation", Shape::Text), at("condition", Shape::Any), opt("override", Shape::Truth)];
const NAME: &[Param] = &[at("name", Shape::Text)];
const TEXT: &[Param] = &[at("text", Shape::Text), MESSAGE];
const BOUND: &[Param] = &[at("value", Shape::Any), MESSAGE];
const META: &[Param] = &[at("name", Shape::Text), at("value", Shape::Any)];

pub(in crate::check) const SPECS: &[Spec] = &[
    field("id", On::Column, KEY),
    field("unique", On::Column, KEY),
    field("default", On::Any, &[at("value", Shape::Any), named("map", Shape::Text)]),
    field("updatedAt", On::DateTime, &[named("ignore", Shape::Fields)]),
    field(
        "relation",
        On::Relation,
        &[
            opt("name", Shape::Text),
            named("fields", Shape::Fields),
            named("references", Shape::Fields),
            named("onDelete", ACTIONS),
            named("onUpdate", ACTIONS),
            named("map", Shape::Text),
            named("createOpposite", Shape::Truth),
        ],
    ),
    field("map", On::Column, NAME),
    field("ignore", On::Any, &[]),
    field("omit", On::Any, &[]),
    field("computed", On::Column, &[]),
    field("json", On::Composite, &[]),
    field("fuzzy", On::Text, &[]),
    field("fullText", On::Text, &[]),
    field("password", On::Text, &[opt("saltLength", Shape::Number), opt("salt", Shape::Text)]),
    field("encrypted", On::Text, &[]),
    field("deletedAt", On::DateTime, &[]),
    field("active", On::Boolean, &[]),
    field("upload", On::Text, &[named("accept", Shape::Any), named("maxSize", Shape::Text)]),
    field("renamedFrom", On::Column, NAME),
    field("shardKey", On::Column, &[]),
    repeated(field("meta", On::Any, META)),
    repeated(field("prisma.passthrough", On::Any, &[at("text", Shape::Text)])),
    repeated(field("allow", On::Column, FIELD_RULE)),
    repeated(field("deny", On::Column, FIELD_RULE)),
    field("length", On::TextOrList, &[opt("min", Shape::Number), opt("max", Shape::Number), MESSAGE]),
    field("startsWith", On::Text, TEXT),
    field("endsWith", On::Text, TEXT),
    field("contains", On::Text, TEXT),
    field("regex", On::Text, &[at("regex", Shape::Text), MESSAGE]),
    field("email", On::Text, &[MESSAGE]),
    field("url", On::Text, &[MESSAGE]),
    field("phone", On::Text, &[MESSAGE]),
    field("datetime", On::Text, &[MESSAGE]),
    field("date", On::Text, &[MESSAGE]),
    field("time", On::Text, &[opt("precision", Shape::Number), MESSAGE]),
    field("trim", On::Text, &[]),
    field("lower", On::Text, &[]),
    field("upper", On::Text, &[]),
    field("gt", On::Number, BOUND),
    field("gte", On::Number, BOUND),
    field("lt", On::Number, BOUND),
    field("lte", On::Number, BOUND),
    block("id", BLOCK_KEY),
    repeated(block("unique", BLOCK_KEY)),
    repeated(block("index", INDEX)),
    repeated(block("fulltext", &[at("fields", Shape::Fields), named("map", Shape::Text)])),
    block("shardKey", &[at("fields", Shape::Fields)]),
    block("map", NAME),
    block("schema", NAME),
    block("ignore", &[]),
    block("delegate", &[at("discriminator", Shape::Field)]),
    block("delegateMap", &[at("value", Shape::Any)]),
    block("auth", &[]),
    block("path", NAME),
    block("datasource", &[at("name", Shape::Any)]),
    block("renamedFrom", NAME),
    repeated(block("meta", META)),
    repeated(block("prisma.passthrough", &[at("text", Shape::Text)])),
    repeated(block("validate", &[at("condition", Shape::Any), MESSAGE, opt("path", Shape::Any)])),
    repeated(block("allow", RULE)),
    repeated(block("deny", RULE)),
];

impl Spec {
    pub(in crate::check) fn of(attribute: &Attribute) -> Option<&'static Spec> {
        SPECS.iter().find(|spec| spec.level == attribute.level && spec.name == attribute.name.text)
    }
}
