//! The names of a schema: which models, types and enums there are, what fields each has
//! once inherited ones are in, and what every type name stands for.

use std::collections::{BTreeMap, BTreeSet};

use super::attributes;
use super::checker::Checker;
use super::shape::{Kind, SCALARS, Shape, scalar};
use crate::ast::{self, Declaration, Document, ModelKind};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{EnumId, ModelId, TypeId};
use crate::naming::is_reserved;
use crate::source::Span;
use crate::suggest::closest;

#[derive(Debug, Default)]
pub(super) struct Outline<'a> {
    /// Models and views that are tables; `ModelId` counts these.
    pub(super) models: Vec<Shape<'a>>,
    /// Types used as the type of a field; `TypeId` counts these.
    pub(super) types: Vec<Shape<'a>>,
    pub(super) enums: Vec<&'a ast::Enum>,
    pub(super) model_ids: BTreeMap<&'a str, ModelId>,
    pub(super) type_ids: BTreeMap<&'a str, TypeId>,
    pub(super) enum_ids: BTreeMap<&'a str, EnumId>,
    pub(super) auth_model: Option<ModelId>,
    /// Attributes that the schema declares itself, with their `@` signs.
    pub(super) declared_attributes: BTreeSet<String>,
    /// Whether plugins may know attributes that we do not.
    pub(super) has_plugins: bool,
    /// Every block by name, also abstract ones and mixins.
    pub(super) blocks: BTreeMap<&'a str, &'a ast::Model>,
}

impl<'a> Outline<'a> {
    pub(super) fn build(checker: &mut Checker, documents: &'a [Document]) -> Self {
        let mut outline = Outline::default();
        let mut models = Vec::new();
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for declaration in documents.iter().flat_map(|document| &document.declarations) {
            let name = match declaration {
                Declaration::Model(model) => {
                    outline.blocks.entry(model.name.as_str()).or_insert(model);
                    models.push(model);
                    &model.name
                }
                Declaration::Enum(it) => {
                    if !seen.contains_key(it.name.as_str()) {
                        let id = EnumId(small(checker, outline.enums.len(), it.name.span));
                        outline.enum_ids.insert(&it.name.text, id);
                        outline.enums.push(it);
                    }
                    &it.name
                }
                Declaration::Attribute(it) => {
                    outline.declared_attributes.insert(format!("{}{}", it.level.sigil(), it.name.text));
                    continue;
                }
                Declaration::Config(it) => {
                    outline.has_plugins |= it.kind == ast::ConfigKind::Plugin;
                    continue;
                }
                Declaration::Function(_) | Declaration::Procedure(_) => continue,
            };
            if is_reserved(&name.text) {
                checker.error(codes::RESERVED_NAME, name.span, format!("`{}` is a built-in type", name.text));
            }
            if let Some(&first) = seen.get(name.as_str()) {
                checker.report(
                    Diagnostic::error(
                        codes::DUPLICATE_NAME,
                        name.span,
                        format!("`{}` is declared twice", name.text),
                    )
                    .related(first, "first declared here"),
                );
            } else {
                seen.insert(&name.text, name.span);
            }
        }
        outline.has_plugins |= documents
            .iter()
            .flat_map(|document| &document.imports)
            .any(|import| !import.path.starts_with('.') && !import.path.starts_with('/'));
        outline.add_models(checker, &models);
        outline.add_types(checker);
        outline.resolve_types(checker);
        outline.find_auth_model(checker);
        attributes::check_all(checker, &outline);
        outline
    }

    fn add_models(&mut self, checker: &mut Checker, models: &[&'a ast::Model]) {
        for &model in models {
            let is_table = model.kind != ModelKind::Type && !model.is_abstract;
            if is_table && !self.model_ids.contains_key(model.name.as_str()) {
                let id = ModelId(small(checker, self.models.len(), model.name.span));
                self.model_ids.insert(&model.name.text, id);
                let shape = self.shape(checker, model);
                if shape.fields.is_empty() && !shape.is_incomplete {
                    let message = format!("the model `{}` has no fields", model.name.text);
                    checker.error(codes::EMPTY_BLOCK, model.name.span, message);
                }
                self.models.push(shape);
            }
        }
    }

    /// Adds the types that fields of models, and of such types themselves, have.
    fn add_types(&mut self, checker: &mut Checker) {
        let mut waiting: Vec<&str> = type_names(&self.models);
        while let Some(name) = waiting.pop() {
            let Some(&block) = self.blocks.get(name) else { continue };
            if block.kind == ModelKind::Type && !self.type_ids.contains_key(name) {
                let id = TypeId(small(checker, self.types.len(), block.name.span));
                self.type_ids.insert(&block.name.text, id);
                let shape = self.shape(checker, block);
                waiting.extend(shape.fields.iter().map(|field| field.ty.name.as_str()));
                self.types.push(shape);
            }
        }
    }

    fn resolve_types(&mut self, checker: &mut Checker) {
        let kinds: Vec<Vec<Kind>> =
            self.models.iter().map(|shape| self.kinds_of(checker, shape, true)).collect();
        for (shape, kinds) in self.models.iter_mut().zip(kinds) {
            shape.kinds = kinds;
        }
        let kinds: Vec<Vec<Kind>> =
            self.types.iter().map(|shape| self.kinds_of(checker, shape, false)).collect();
        for (shape, kinds) in self.types.iter_mut().zip(kinds) {
            shape.kinds = kinds;
        }
    }

    fn kinds_of(&self, checker: &mut Checker, shape: &Shape<'a>, is_table: bool) -> Vec<Kind> {
        shape
            .fields
            .iter()
            .map(|field| {
                let kind = self.kind_of(checker, &field.ty);
                if !is_table && matches!(kind, Kind::Model(_)) {
                    let message =
                        format!("`{}` is stored as one value and cannot hold relations", shape.name());
                    checker.report(
                        Diagnostic::error(codes::BAD_FIELD_TYPE, field.ty.span, message)
                            .help("make it a model, or keep the other row's id in a plain field"),
                    );
                }
                // ZModel has optional lists inside types; there the empty list takes null's place.
                if is_table && field.ty.arity == ast::Arity::OptionalList {
                    checker.report(
                        Diagnostic::error(codes::BAD_FIELD_TYPE, field.ty.span, "a list cannot be optional")
                            .help(format!(
                                "write `{}[]`: an empty list takes the place of null",
                                field.ty.name.text
                            )),
                    );
                }
                kind
            })
            .collect()
    }

    fn kind_of(&self, checker: &mut Checker, ty: &ast::TypeRef) -> Kind {
        let name = ty.name.as_str();
        if name == "Unsupported" && ty.unsupported.is_none() {
            checker.report(
                Diagnostic::error(codes::UNKNOWN_TYPE, ty.span, "`Unsupported` needs the database's type")
                    .help("write Unsupported(\"point\")"),
            );
        }
        let known = self.kind_quietly(ty);
        if known != Kind::Unknown {
            return known;
        }
        if self.blocks.contains_key(name) {
            checker.report(
                Diagnostic::error(
                    codes::BAD_FIELD_TYPE,
                    ty.span,
                    format!("`{name}` is abstract: no field can hold it"),
                )
                .help("use one of the models that extend it"),
            );
            return Kind::Unknown;
        }
        let names =
            SCALARS.iter().copied().chain(self.enum_ids.keys().copied()).chain(self.blocks.keys().copied());
        let help = match name.to_ascii_lowercase().as_str() {
            "integer" | "number" | "int4" | "int32" => Some("Int"),
            "text" | "varchar" | "uuid" | "char" => Some("String"),
            "bool" => Some("Boolean"),
            "date" | "timestamp" | "time" => Some("DateTime"),
            "double" | "real" => Some("Float"),
            "jsonb" | "object" => Some("Json"),
            "blob" | "binary" | "bytea" => Some("Bytes"),
            "long" | "int64" => Some("BigInt"),
            _ => closest(name, names),
        };
        checker.report(
            Diagnostic::error(codes::UNKNOWN_TYPE, ty.span, format!("there is no type `{name}`"))
                .maybe_help(help.map(|near| format!("did you mean `{near}`?"))),
        );
        Kind::Unknown
    }

    /// What a type's name stands for, without a word when it stands for nothing.
    pub(super) fn kind_quietly(&self, ty: &ast::TypeRef) -> Kind {
        let name = ty.name.as_str();
        if name == "Unsupported" {
            return Kind::Unsupported;
        }
        scalar(name)
            .map(Kind::Scalar)
            .or_else(|| self.enum_ids.get(name).map(|&id| Kind::Enum(id)))
            .or_else(|| self.model_ids.get(name).map(|&id| Kind::Model(id)))
            .or_else(|| self.type_ids.get(name).map(|&id| Kind::Composite(id)))
            .unwrap_or(Kind::Unknown)
    }

    fn find_auth_model(&mut self, checker: &mut Checker) {
        let marked: Vec<(usize, Span)> = self
            .models
            .iter()
            .enumerate()
            .filter_map(|(index, shape)| {
                let attribute = shape.attributes.iter().find(|it| it.name.text == "auth")?;
                Some((index, attribute.span))
            })
            .collect();
        if let (Some(first), Some(second)) = (marked.first(), marked.get(1)) {
            checker.report(
                Diagnostic::error(codes::BAD_AUTH_MODEL, second.1, "two models are marked @@auth")
                    .related(first.1, "the first"),
            );
        }
        for block in self.blocks.values().filter(|block| block.kind == ModelKind::Type) {
            if let Some(attribute) = block.attributes().find(|it| it.name.text == "auth") {
                checker.report(
                    Diagnostic::error(
                        codes::BAD_AUTH_MODEL,
                        attribute.span,
                        "@@auth stands on a type; auth() is a row of a model",
                    )
                    .help("move @@auth to the model that holds the users"),
                );
            }
        }
        let index = marked.first().map(|(index, _)| *index);
        let index = index.or_else(|| self.models.iter().position(|shape| shape.name() == "User"));
        self.auth_model = index.and_then(|index| u16::try_from(index).ok()).map(ModelId);
    }

    pub(super) fn model(&self, id: ModelId) -> Option<&Shape<'a>> {
        self.models.get(id.index())
    }

    pub(super) fn composite(&self, id: TypeId) -> Option<&Shape<'a>> {
        self.types.get(id.index())
    }

    pub(super) fn enumeration(&self, id: EnumId) -> Option<&'a ast::Enum> {
        self.enums.get(id.index()).copied()
    }

    /// Every block, also abstract ones and mixins.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &'a ast::Model> {
        self.blocks.values().copied()
    }
}

fn type_names<'a>(shapes: &[Shape<'a>]) -> Vec<&'a str> {
    let fields = shapes.iter().flat_map(|shape| &shape.fields);
    let mut names: Vec<&str> = fields.map(|field| field.ty.name.as_str()).collect();
    names.reverse(); // They are taken from the end: ids follow the text.
    names
}

/// A position as an id; beyond 65,535 that is an error and the id does not matter.
pub(super) fn small(checker: &mut Checker, position: usize, span: Span) -> u16 {
    u16::try_from(position).unwrap_or_else(|_| {
        checker.error(codes::TOO_MANY, span, "a schema has at most 65,536 of these");
        u16::MAX
    })
}
