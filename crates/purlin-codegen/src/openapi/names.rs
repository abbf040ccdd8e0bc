//! Names of components and operations, each given out once. The schema's own names come first, so
//! that a model called `PostCreate` keeps its name and the create body of `Post` yields. Names depend
//! on the schema alone: the order of the text decides between two that want the same.

use std::collections::{BTreeMap, BTreeSet};

use purlin_schema::model::{EnumId, FieldId, ModelId, Schema, TypeId};

/// What a component describes of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// A row as answered.
    Row,
    /// A row reduced by `fields`, `select` or `omit`.
    Partial,
    Create,
    /// PATCH.
    Update,
    /// PATCH of many rows, in which no row is written around another.
    UpdateMany,
    /// PUT.
    Replace,
    /// One of the unique keys, with its values.
    Key,
    Where,
    OrderBy,
    /// The same through a to-one relation, where related rows are not counted.
    RelatedOrderBy,
    Select,
    Include,
    Omit,
    /// `_count`.
    Count,
    /// The nested form of a query, inside `include` and `select`.
    Arguments,
    /// The body of `POST …/query`.
    Query,
    /// A column's name.
    FieldName,
    /// An entry of `sort=`.
    SortKey,
    /// An entry of `include=`.
    IncludePath,
    /// The answer of a list.
    Page,
    /// Measures as answered.
    Aggregate,
    /// The body of `POST …/aggregate`.
    AggregateQuery,
    /// Conditions on groups.
    Having,
}

impl Part {
    const ALL: [Self; 23] = [
        Self::Row,
        Self::Partial,
        Self::Create,
        Self::Update,
        Self::UpdateMany,
        Self::Replace,
        Self::Key,
        Self::Where,
        Self::OrderBy,
        Self::RelatedOrderBy,
        Self::Select,
        Self::Include,
        Self::Omit,
        Self::Count,
        Self::Arguments,
        Self::Query,
        Self::FieldName,
        Self::SortKey,
        Self::IncludePath,
        Self::Page,
        Self::Aggregate,
        Self::AggregateQuery,
        Self::Having,
    ];

    fn suffix(self) -> &'static str {
        match self {
            Self::Row => "",
            Self::Partial => "Partial",
            Self::Create => "Create",
            Self::Update => "Update",
            Self::UpdateMany => "UpdateMany",
            Self::Replace => "Replace",
            Self::Key => "Key",
            Self::Where => "Where",
            Self::OrderBy => "OrderBy",
            Self::RelatedOrderBy => "RelatedOrderBy",
            Self::Select => "Select",
            Self::Include => "Include",
            Self::Omit => "Omit",
            Self::Count => "Count",
            Self::Arguments => "Arguments",
            Self::Query => "Query",
            Self::FieldName => "FieldName",
            Self::SortKey => "SortKey",
            Self::IncludePath => "IncludePath",
            Self::Page => "Page",
            Self::Aggregate => "Aggregate",
            Self::AggregateQuery => "AggregateQuery",
            Self::Having => "Having",
        }
    }
}

/// Components that belong to no model.
pub(super) const ERROR: &str = "Error";
pub(super) const PAGE_META: &str = "PageMeta";
pub(super) const CURSOR_META: &str = "CursorMeta";
pub(super) const HEALTH: &str = "Health";
pub(super) const SORT_DIRECTION: &str = "SortDirection";

#[derive(Debug)]
pub(super) struct Names {
    parts: BTreeMap<(ModelId, Part), String>,
    nested_creates: BTreeMap<(ModelId, FieldId), String>,
    nested_updates: BTreeMap<(ModelId, FieldId), String>,
    type_inputs: BTreeMap<TypeId, String>,
    enum_filters: BTreeMap<EnumId, String>,
    shared: BTreeMap<&'static str, String>,
}

impl Names {
    /// `shared` are the names of components that belong to no model.
    pub(super) fn new(schema: &Schema, shared: impl IntoIterator<Item = &'static str>) -> Self {
        let mut taken = Taken::default();
        let own = schema.models.iter().map(|model| &model.name);
        let own = own.chain(schema.enums.iter().map(|item| &item.name));
        for name in own.chain(schema.types.iter().map(|item| &item.name)) {
            taken.0.insert(name.clone());
        }
        let mut parts = BTreeMap::new();
        let (mut nested_creates, mut nested_updates) = (BTreeMap::new(), BTreeMap::new());
        for model in &schema.models {
            for part in Part::ALL {
                let name = match part {
                    Part::Row => model.name.clone(),
                    _ => taken.give(&format!("{}{}", model.name, part.suffix())),
                };
                parts.insert((model.id, part), name);
            }
            for field in model.fields.iter().filter(|field| field.relation().is_some()) {
                let name = format!("{}{}Create", model.name, capitalized(&field.name));
                nested_creates.insert((model.id, field.id), taken.give(&name));
                let name = format!("{}{}Update", model.name, capitalized(&field.name));
                nested_updates.insert((model.id, field.id), taken.give(&name));
            }
        }
        let types = schema.types.iter();
        let enums = schema.enums.iter();
        Self {
            parts,
            nested_creates,
            nested_updates,
            type_inputs: types.map(|item| (item.id, taken.give(&format!("{}Input", item.name)))).collect(),
            enum_filters: enums.map(|item| (item.id, taken.give(&format!("{}Filter", item.name)))).collect(),
            shared: shared.into_iter().map(|name| (name, taken.give(name))).collect(),
        }
    }

    pub(super) fn part(&self, model: ModelId, part: Part) -> &str {
        self.parts.get(&(model, part)).map_or("", String::as_str)
    }

    /// The body of a create under a relation of another row.
    pub(super) fn nested_create(&self, model: ModelId, relation: FieldId) -> &str {
        self.nested_creates.get(&(model, relation)).map_or("", String::as_str)
    }

    /// The body of an update inside of another row.
    pub(super) fn nested_update(&self, model: ModelId, relation: FieldId) -> &str {
        self.nested_updates.get(&(model, relation)).map_or("", String::as_str)
    }

    pub(super) fn type_input(&self, id: TypeId) -> &str {
        self.type_inputs.get(&id).map_or("", String::as_str)
    }

    pub(super) fn enum_filter(&self, id: EnumId) -> &str {
        self.enum_filters.get(&id).map_or("", String::as_str)
    }

    pub(super) fn shared<'a>(&'a self, name: &'a str) -> &'a str {
        self.shared.get(name).map_or(name, String::as_str)
    }
}

/// Names given out so far.
#[derive(Debug, Default)]
pub(super) struct Taken(BTreeSet<String>);

impl Taken {
    /// `wanted`, or the first of `wanted2`, `wanted3`, … that is free.
    pub(super) fn give(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        name
    }
}

/// `order-items` as `OrderItems`.
pub(super) fn pascal(text: &str) -> String {
    text.split(|character: char| !character.is_ascii_alphanumeric()).map(capitalized).collect()
}

pub(super) fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
