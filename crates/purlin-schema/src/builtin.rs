//! Tables that parts of Purlin need for themselves, written in the same language. They are compiled
//! apart from the app's schema and put behind it, so that neither can refer to the other and no name of
//! one can clash with the other's. They are migrated like all others and served by nothing.

use crate::check::compile_builtin;
use crate::diagnostic::Diagnostic;
use crate::model::{DatasourceId, Enum, EnumId, Field, FieldKind, Model, ModelId, Schema};
use crate::source::{FileId, SourceFile};

/// How the names of their tables begin, and of no others.
pub(crate) const TABLE_PREFIX: &str = "_purlin_";

/// How the names of their models and enums begin: no name in a schema file holds a point.
const NAME_PREFIX: &str = "purlin.";

/// What migrations use themselves: their own tables, and how those begin that they rename.
const BOOKKEEPING: &[&str] =
    &["_purlin_migrations", "_purlin_schema", "_purlin_new_", "_purlin_rename_", "_purlin_gone_"];

/// Whether a table is one of Purlin's own; for some engines case does not make another name.
pub fn is_own_table(name: &str) -> bool {
    name.get(..TABLE_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(TABLE_PREFIX))
}

/// Whether a table belongs to migrations themselves and to no schema.
pub fn is_bookkeeping(name: &str) -> bool {
    BOOKKEEPING.iter().any(|own| name.get(..own.len()).is_some_and(|start| start.eq_ignore_ascii_case(own)))
}

/// The checked built-in tables of all parts.
#[derive(Clone, Debug, Default)]
pub struct Builtin {
    models: Vec<Model>,
    enums: Vec<Enum>,
}

impl Builtin {
    /// Files of models and enums; what is wrong with them is the text of the error.
    pub fn compile(files: Vec<SourceFile>) -> Result<Self, String> {
        if files.is_empty() {
            return Ok(Self::default());
        }
        let compiled = compile_builtin(files);
        if let Some(schema) = compiled.schema {
            return Ok(Self { models: schema.models, enums: schema.enums });
        }
        let errors = compiled.diagnostics.iter().filter(|found| Diagnostic::is_error(found));
        Err(errors.map(|found| found.render(&compiled.sources)).collect())
    }
}

impl Schema {
    /// With these tables behind the app's own, in the datasource of its users, else of its first model.
    #[must_use]
    pub fn with_builtin(mut self, builtin: &Builtin) -> Self {
        let neighbour = self.auth_model.map(|id| self.model(id)).or_else(|| self.models.first());
        let move_by = Moves {
            models: self.models.len(),
            enums: self.enums.len(),
            datasource: neighbour.map_or(DatasourceId(0), |model| model.datasource),
        };
        self.models.extend(builtin.models.iter().cloned().map(|model| move_by.model(model)));
        self.enums.extend(builtin.enums.iter().cloned().map(|enumeration| move_by.enumeration(enumeration)));
        self
    }

    /// A built-in model by the name that its own file gives it.
    pub fn builtin(&self, name: &str) -> Option<&Model> {
        let is_named =
            |model: &&Model| model.is_builtin && model.name.strip_prefix(NAME_PREFIX) == Some(name);
        self.models.iter().find(is_named)
    }
}

/// From positions among the built-in tables to positions in the app's schema.
struct Moves {
    models: usize,
    enums: usize,
    datasource: DatasourceId,
}

impl Moves {
    fn model(&self, mut model: Model) -> Model {
        model.id = self.model_id(model.id);
        model.name.insert_str(0, NAME_PREFIX);
        model.datasource = self.datasource;
        model.is_ignored = true;
        model.is_builtin = true;
        model.span.file = FileId(u16::MAX);
        model.fields.iter_mut().for_each(|field| self.field(field));
        model
    }

    fn field(&self, field: &mut Field) {
        field.span.file = FileId(u16::MAX);
        match &mut field.kind {
            FieldKind::Enum(id) => *id = self.enum_id(*id),
            FieldKind::Relation(relation) => relation.target = self.model_id(relation.target),
            FieldKind::Scalar(_) | FieldKind::Composite(_) | FieldKind::Unsupported(_) => {}
        }
    }

    fn enumeration(&self, mut enumeration: Enum) -> Enum {
        enumeration.id = self.enum_id(enumeration.id);
        enumeration.name.insert_str(0, NAME_PREFIX);
        enumeration.span.file = FileId(u16::MAX);
        enumeration
    }

    /// Beyond 65,536 the schema is refused before (`TOO_MANY`), but for the few of these.
    fn model_id(&self, id: ModelId) -> ModelId {
        ModelId(u16::try_from(self.models + id.index()).unwrap_or(u16::MAX))
    }

    fn enum_id(&self, id: EnumId) -> EnumId {
        EnumId(u16::try_from(self.enums + id.index()).unwrap_or(u16::MAX))
    }
}
