//! What a block has in all: the members of its base, of its mixins, and its own.

use std::collections::BTreeMap;

use super::checker::Checker;
use super::outline::{Outline, small};
use super::shape::Shape;
use crate::ast::{self, Member, ModelKind};
use crate::diagnostic::{Diagnostic, codes};
use crate::model::FieldId;
use crate::suggest::closest;

impl<'a> Outline<'a> {
    /// A block with its inherited and mixed-in members in front of its own.
    pub(super) fn shape(&self, checker: &mut Checker, block: &'a ast::Model) -> Shape<'a> {
        let mut shape = Shape {
            ast: block,
            fields: Vec::new(),
            attributes: Vec::new(),
            kinds: Vec::new(),
            by_name: BTreeMap::new(),
            is_incomplete: false,
        };
        self.collect(checker, block, &mut shape, &mut Vec::new());
        shape
    }

    fn collect(
        &self,
        checker: &mut Checker,
        block: &'a ast::Model,
        shape: &mut Shape<'a>,
        open: &mut Vec<&'a str>,
    ) {
        if open.contains(&block.name.as_str()) {
            let message = format!("`{}` extends itself", block.name.text);
            checker.error(codes::CYCLE, block.name.span, message);
            return;
        }
        open.push(&block.name.text);
        if let Some(base) = &block.base {
            match self.blocks.get(base.as_str()) {
                Some(parent) if parent.is_abstract || parent.kind == ModelKind::Type => {
                    self.collect(checker, parent, shape, open);
                }
                // The base says itself that it cannot be one.
                Some(parent) if parent.attributes().any(|it| it.name.text == "delegate") => {
                    shape.is_incomplete = true;
                }
                Some(_) => checker.report(
                    Diagnostic::error(
                        codes::UNSUPPORTED_INHERITANCE,
                        base.span,
                        format!("`{}` is a table of its own and cannot be extended", base.text),
                    )
                    .help(format!("write `abstract model {}` to copy its fields into each model that extends it, or link the two by a relation", base.text)),
                ),
                None => {
                    shape.is_incomplete = true;
                    self.unknown_block(checker, base);
                }
            }
        }
        for mixin in &block.mixins {
            match self.blocks.get(mixin.as_str()) {
                Some(parent) if parent.is_abstract || parent.kind == ModelKind::Type => {
                    self.collect(checker, parent, shape, open);
                }
                Some(_) => checker.report(
                    Diagnostic::error(
                        codes::BAD_BASE,
                        mixin.span,
                        format!("`{}` is a model, not a type to mix in", mixin.text),
                    )
                    .help(format!("declare it as `type {}`", mixin.text)),
                ),
                None => {
                    shape.is_incomplete = true;
                    self.unknown_block(checker, mixin);
                }
            }
        }
        open.pop();
        for member in &block.members {
            match member {
                Member::Attribute(attribute) => shape.attributes.push(attribute),
                Member::Field(field) => add_field(checker, shape, field),
            }
        }
    }

    fn unknown_block(&self, checker: &mut Checker, name: &ast::Ident) {
        let near = closest(&name.text, self.blocks.keys().copied());
        checker.report(
            Diagnostic::error(codes::UNKNOWN_TYPE, name.span, format!("there is no type `{}`", name.text))
                .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
        );
    }
}

fn add_field<'a>(checker: &mut Checker, shape: &mut Shape<'a>, field: &'a ast::Field) {
    if let Some(first) = shape.field(&field.name.text).and_then(|id| shape.ast_of(id)) {
        let message = format!("`{}` has two fields named `{}`", shape.name(), field.name.text);
        checker.report(
            Diagnostic::error(codes::DUPLICATE_NAME, field.name.span, message)
                .related(first.name.span, "the first"),
        );
        return;
    }
    let id = FieldId(small(checker, shape.fields.len(), field.name.span));
    shape.by_name.insert(&field.name.text, id);
    shape.fields.push(field);
}
