//! A checked schema as a short text, with names instead of ids.

use std::fmt::Write as _;

use purlin_schema::model::*;

pub(crate) fn schema_text(schema: &Schema) -> String {
    let mut out = String::new();
    for it in &schema.datasources {
        writeln!(out, "datasource {} {:?} {:?} {:?}", it.name, it.provider, it.url, it.relation_mode)
            .unwrap();
    }
    for it in &schema.enums {
        let values: Vec<_> = it.values.iter().map(|v| renamed(&v.name, &v.database_name)).collect();
        writeln!(out, "enum {}: {}", renamed(&it.name, &it.database_name), values.join(", ")).unwrap();
    }
    for it in &schema.types {
        writeln!(out, "type {}", it.name).unwrap();
        for field in &it.fields {
            field_text(&mut out, schema, None, field);
        }
    }
    for model in &schema.models {
        model_text(&mut out, schema, model);
    }
    if let Some(auth) = schema.auth_model {
        writeln!(out, "auth {}", schema.model(auth).name).unwrap();
    }
    out
}

fn renamed(name: &str, stored: &str) -> String {
    if name == stored { name.to_owned() } else { format!("{name}={stored}") }
}

fn model_text(out: &mut String, schema: &Schema, model: &Model) {
    write!(
        out,
        "model {} /{} in {}",
        renamed(&model.name, &model.table),
        model.path,
        schema.datasources[model.datasource.index()].name
    )
    .unwrap();
    let flags = [(model.is_view, "view"), (model.is_ignored, "ignored"), (model.is_builtin, "builtin")];
    flags.iter().filter(|(on, _)| *on).for_each(|(_, flag)| write!(out, " {flag}").unwrap());
    writeln!(out).unwrap();
    for field in &model.fields {
        field_text(out, schema, Some(model), field);
    }
    let key = &model.primary_key;
    writeln!(out, "  key {} {:?} {:?}", parts(model, &key.fields), key.client_name, key.constraint).unwrap();
    for it in &model.uniques {
        writeln!(
            out,
            "  unique {} {:?} {:?} {}",
            parts(model, &it.fields),
            it.client_name,
            it.constraint,
            partial(model, it.partial.as_ref())
        )
        .unwrap();
    }
    for it in &model.indexes {
        writeln!(
            out,
            "  index {} {:?} {:?} {}",
            parts(model, &it.fields),
            it.name,
            it.kind,
            partial(model, it.partial.as_ref())
        )
        .unwrap();
    }
    for it in &model.fulltext {
        let names: Vec<_> = it.iter().map(|id| model.field(*id).name.as_str()).collect();
        writeln!(out, "  fulltext {}", names.join(", ")).unwrap();
    }
    for it in &model.policies {
        let words: Vec<_> = it.operations.iter().map(|op| op.as_str()).collect();
        writeln!(out, "  {:?} {}: {}", it.effect, words.join(","), condition(schema, &it.condition)).unwrap();
    }
    for it in &model.validations {
        writeln!(out, "  validate {:?} {:?}: {}", it.message, it.path, condition(schema, &it.condition))
            .unwrap();
    }
}

fn parts(model: &Model, fields: &[IndexField]) -> String {
    let parts = fields.iter().map(|part| {
        let mut text = model.field(part.field).name.clone();
        part.path.iter().for_each(|member| write!(text, ".{member}").unwrap());
        if part.sort == SortOrder::Descending {
            text.push_str(" desc");
        }
        if let Some(length) = part.length {
            write!(text, " length {length}").unwrap();
        }
        if let Some(ops) = &part.ops {
            write!(text, " ops {ops}").unwrap();
        }
        text
    });
    format!("[{}]", parts.collect::<Vec<_>>().join(", "))
}

fn partial(model: &Model, partial: Option<&PartialIndex>) -> String {
    match partial {
        None => String::new(),
        Some(PartialIndex::Raw(sql)) => format!("where {sql}"),
        Some(PartialIndex::Fields(fields)) => {
            let parts =
                fields.iter().map(|(id, condition)| format!("{} {condition:?}", model.field(*id).name));
            format!("where {}", parts.collect::<Vec<_>>().join(", "))
        }
    }
}

fn field_text(out: &mut String, schema: &Schema, model: Option<&Model>, field: &Field) {
    let kind = match &field.kind {
        FieldKind::Scalar(scalar) => format!("{scalar:?}"),
        FieldKind::Enum(id) => schema.enumeration(*id).name.clone(),
        FieldKind::Composite(id) => schema.composite(*id).name.clone(),
        FieldKind::Unsupported(text) => format!("Unsupported({text})"),
        FieldKind::Relation(it) => schema.model(it.target).name.clone(),
    };
    let arity = match field.arity {
        Arity::Required => "",
        Arity::Optional => "?",
        Arity::List => "[]",
    };
    write!(out, "  {} {kind}{arity}", renamed(&field.name, &field.column)).unwrap();
    let flags = [
        (field.is_id, "id"),
        (field.is_unique, "unique"),
        (field.is_updated_at, "updatedAt"),
        (field.is_omitted, "omitted"),
        (field.is_password, "password"),
        (field.is_ignored, "ignored"),
        (field.is_computed, "computed"),
        (field.is_active_flag, "active"),
    ];
    flags.iter().filter(|(on, _)| *on).for_each(|(_, flag)| write!(out, " {flag}").unwrap());
    match &field.default {
        Some(DefaultValue::Auth(it)) => write!(out, " default {}", operand(schema, it)).unwrap(),
        Some(other) => write!(out, " default {other:?}").unwrap(),
        None => {}
    }
    if let Some(it) = &field.native_type {
        write!(out, " db {}{:?}", it.name, it.arguments).unwrap();
    }
    if let Some(it) = &field.upload {
        write!(out, " upload {:?} {:?}", it.accept, it.max_size_bytes).unwrap();
    }
    field.transforms.iter().for_each(|it| write!(out, " {it:?}").unwrap());
    for it in &field.validations {
        write!(out, " {:?}", it.check).unwrap();
        it.message.iter().for_each(|message| write!(out, " {message:?}").unwrap());
    }
    if let Some(it) = &field.renamed_from {
        write!(out, " was {it}").unwrap();
    }
    if let (FieldKind::Relation(it), Some(model)) = (&field.kind, model) {
        relation_text(out, schema, model, it);
    }
    if let Some(docs) = &field.docs {
        write!(out, " docs {docs:?}").unwrap();
    }
    writeln!(out).unwrap();
    for it in &field.policies {
        writeln!(out, "    {:?} {:?}: {}", it.effect, it.operations, condition(schema, &it.condition))
            .unwrap();
    }
}

fn relation_text(out: &mut String, schema: &Schema, model: &Model, it: &Relation) {
    let target = schema.model(it.target);
    let side = match &it.link {
        Link::Owning { constraint, .. } => format!("owns {}", constraint.as_deref().unwrap_or("")),
        Link::Inverse { .. } => "inverse".to_owned(),
        Link::Join(join) => format!(
            "join {} {}={} {}={}",
            join.table,
            join.local_column,
            model.field(join.local_key).name,
            join.target_column,
            target.field(join.target_key).name
        ),
    };
    let pairs =
        it.pairs().map(|(own, other)| format!("{}={}", model.field(own).name, target.field(other).name));
    write!(
        out,
        " relation {} <-> {} {} {} {:?}/{:?}",
        it.name,
        target.field(it.opposite).name,
        side.trim(),
        pairs.collect::<Vec<_>>().join(","),
        it.on_delete,
        it.on_update
    )
    .unwrap();
}

pub(crate) fn condition(schema: &Schema, it: &Condition) -> String {
    let list = |items: &[Condition], glue: &str| {
        let parts: Vec<_> = items.iter().map(|item| condition(schema, item)).collect();
        format!("({})", parts.join(glue))
    };
    match it {
        Condition::Constant(value) => value.to_string(),
        Condition::All(items) => list(items, " and "),
        Condition::Any(items) => list(items, " or "),
        Condition::Not(inner) => format!("not {}", condition(schema, inner)),
        Condition::Compare { op, left, right } => {
            format!("{} {op:?} {}", operand(schema, left), operand(schema, right))
        }
        Condition::IsNull(it) => format!("null({})", operand(schema, it)),
        Condition::Truth(it) => operand(schema, it),
        Condition::In { value, list } => format!("{} in {}", operand(schema, value), operand(schema, list)),
        Condition::Text { op, value, argument, ignore_case } => {
            let suffix = if *ignore_case { " ignoring case" } else { "" };
            format!("{op:?}({}, {}){suffix}", operand(schema, value), operand(schema, argument))
        }
        Condition::List { op, list, argument } => {
            let argument = argument.as_ref().map_or(String::new(), |it| format!(", {}", operand(schema, it)));
            format!("{op:?}({}{argument})", operand(schema, list))
        }
        Condition::Collection { quantifier, path: at, condition: inner } => {
            format!("{quantifier:?} {} [{}]", path(schema, at), condition(schema, inner))
        }
        Condition::Check { path: at, operation } => {
            format!("check({}, {})", path(schema, at), operation.as_str())
        }
        Condition::Format { kind, value } => format!("{kind:?}({})", operand(schema, value)),
    }
}

fn operand(schema: &Schema, it: &Operand) -> String {
    match it {
        Operand::Literal(literal) => format!("{literal:?}"),
        Operand::EnumMember(id, position) => {
            let it = schema.enumeration(*id);
            format!("{}.{}", it.name, it.values[usize::from(*position)].name)
        }
        Operand::Path(it) => path(schema, it),
        Operand::Now => "now".to_owned(),
        Operand::CurrentOperation(casing) => format!("operation({casing:?})"),
        Operand::Length(inner) => format!("length({})", operand(schema, inner)),
    }
}

fn path(schema: &Schema, it: &Path) -> String {
    let mut text = match it.root {
        PathRoot::Scope(level) => format!("${level}"),
        PathRoot::Auth => "auth".to_owned(),
        PathRoot::Before => "before".to_owned(),
    };
    let mut model = schema.model(it.root_model);
    for relation in &it.relations {
        let field = model.field(*relation);
        write!(text, ".{}", field.name).unwrap();
        model = schema.model(field.relation().unwrap().target);
    }
    assert_eq!(model.id, it.model, "the path ends in its model");
    if let Some(field) = it.field {
        write!(text, ".{}", model.field(field).name).unwrap();
    }
    it.members.iter().for_each(|member| write!(text, ".{member}").unwrap());
    text
}
