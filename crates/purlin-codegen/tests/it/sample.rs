//! A schema of two models that uses what the document distinguishes.

use purlin_schema::model::*;
use purlin_schema::source::{FileId, Span};

const SPAN: Span = Span { file: FileId(0), start: 0, end: 0 };
const USER: ModelId = ModelId(0);
const POST: ModelId = ModelId(1);

fn field(id: u16, name: &str, kind: FieldKind, arity: Arity) -> Field {
    Field {
        id: FieldId(id),
        name: name.to_owned(),
        column: name.to_owned(),
        kind,
        arity,
        default: None,
        is_id: false,
        is_unique: false,
        is_updated_at: false,
        is_omitted: false,
        is_password: false,
        is_ignored: false,
        is_computed: false,
        is_active_flag: false,
        upload: None,
        native_type: None,
        transforms: Vec::new(),
        validations: Vec::new(),
        policies: Vec::new(),
        renamed_from: None,
        docs: None,
        span: SPAN,
    }
}

fn scalar(id: u16, name: &str, scalar: Scalar) -> Field {
    field(id, name, FieldKind::Scalar(scalar), Arity::Required)
}

fn relation(id: u16, name: &str, arity: Arity, target: ModelId, opposite: u16, link: Link) -> Field {
    let relation = Relation {
        name: "r".to_owned(),
        target,
        opposite: FieldId(opposite),
        link,
        on_delete: ReferentialAction::Cascade,
        on_update: ReferentialAction::Cascade,
    };
    field(id, name, FieldKind::Relation(relation), arity)
}

fn ascending(field: u16) -> IndexField {
    IndexField {
        field: FieldId(field),
        path: Vec::new(),
        sort: SortOrder::Ascending,
        length: None,
        ops: None,
    }
}

fn key(field: u16) -> PrimaryKey {
    PrimaryKey { fields: vec![ascending(field)], client_name: None, constraint: None }
}

fn allow(operation: PolicyOperation, condition: Condition) -> Policy {
    Policy { effect: Effect::Allow, operations: vec![operation], condition, span: SPAN }
}

fn auth(model: ModelId, field: Option<u16>) -> Operand {
    Operand::Path(Path {
        root: PathRoot::Auth,
        root_model: USER,
        relations: Vec::new(),
        model,
        field: field.map(FieldId),
        members: Vec::new(),
    })
}

fn check(check: ValidationCheck) -> Validation {
    Validation { check, message: None }
}

fn model(id: ModelId, name: &str, path: &str, fields: Vec<Field>, policies: Vec<Policy>) -> Model {
    Model {
        id,
        name: name.to_owned(),
        table: name.to_owned(),
        database_schema: None,
        datasource: DatasourceId(0),
        path: path.to_owned(),
        fields,
        primary_key: key(0),
        uniques: Vec::new(),
        indexes: Vec::new(),
        fulltext: Vec::new(),
        policies,
        validations: Vec::new(),
        is_view: false,
        is_ignored: false,
        renamed_from: None,
        docs: None,
        span: SPAN,
    }
}

fn users() -> Model {
    let id = Field {
        is_id: true,
        default: Some(DefaultValue::Function(DefaultFunction::Uuid { version: 7, format: None })),
        ..scalar(0, "id", Scalar::String)
    };
    let rule = FieldPolicy {
        effect: Effect::Allow,
        operations: vec![FieldOperation::Read],
        condition: Condition::IsNull(auth(USER, None)),
        span: SPAN,
    };
    let email = Field {
        is_unique: true,
        policies: vec![rule],
        validations: vec![check(ValidationCheck::Email)],
        transforms: vec![Transform::Trim, Transform::Lower],
        ..scalar(1, "email", Scalar::String)
    };
    let password = Field {
        is_password: true,
        is_omitted: true,
        validations: vec![check(ValidationCheck::Length { min: Some(8), max: Some(72) })],
        ..scalar(2, "password", Scalar::String)
    };
    let posts = relation(
        3,
        "posts",
        Arity::List,
        POST,
        6,
        Link::Inverse { fields: vec![FieldId(0)], references: vec![FieldId(5)] },
    );
    let address = field(4, "address", FieldKind::Composite(TypeId(0)), Arity::Optional);
    let hidden = Field { is_ignored: true, arity: Arity::Optional, ..scalar(5, "legacy", Scalar::String) };
    let signed_in = Condition::Not(Box::new(Condition::IsNull(auth(USER, None))));
    let unique = Unique { fields: vec![ascending(1)], client_name: None, constraint: None, partial: None };
    let rules = vec![
        allow(PolicyOperation::Read, Condition::Constant(true)),
        allow(PolicyOperation::Update, signed_in),
    ];
    let mut model = model(USER, "User", "users", vec![id, email, password, posts, address, hidden], rules);
    model.uniques.push(unique);
    model
}

fn posts() -> Model {
    let id = Field {
        is_id: true,
        default: Some(DefaultValue::Function(DefaultFunction::Autoincrement)),
        ..scalar(0, "id", Scalar::Int)
    };
    let title = Field {
        docs: Some("What it is called.".to_owned()),
        validations: vec![
            check(ValidationCheck::Length { min: Some(1), max: Some(120) }),
            check(ValidationCheck::Regex("^[A-Z]".to_owned())),
            check(ValidationCheck::EndsWith("!".to_owned())),
        ],
        ..scalar(1, "title", Scalar::String)
    };
    let status = Field {
        default: Some(DefaultValue::Literal(Literal::String("DRAFT".to_owned()))),
        ..field(2, "status", FieldKind::Enum(EnumId(0)), Arity::Required)
    };
    let tags = field(3, "tags", FieldKind::Scalar(Scalar::String), Arity::List);
    let price = Field {
        arity: Arity::Optional,
        validations: vec![check(ValidationCheck::GreaterOrEqual("0".to_owned()))],
        ..scalar(4, "price", Scalar::Decimal)
    };
    let author_id = scalar(5, "authorId", Scalar::String);
    let author = relation(
        6,
        "author",
        Arity::Required,
        USER,
        3,
        Link::Owning { fields: vec![FieldId(5)], references: vec![FieldId(0)], constraint: None },
    );
    let views = Field {
        default: Some(DefaultValue::Literal(Literal::Number("0".to_owned()))),
        ..scalar(7, "views", Scalar::BigInt)
    };
    let words = Field { is_computed: true, ..scalar(8, "words", Scalar::Int) };
    let updated = Field { is_updated_at: true, ..scalar(9, "updatedAt", Scalar::DateTime) };
    let meta = Field { arity: Arity::Optional, ..scalar(10, "meta", Scalar::Json) };
    let limit = Field { arity: Arity::Optional, ..scalar(11, "limit", Scalar::Float) };
    let own = Condition::Compare {
        op: CompareOp::Equal,
        left: Operand::Path(Path {
            root: PathRoot::Scope(0),
            root_model: POST,
            relations: Vec::new(),
            model: POST,
            field: Some(FieldId(5)),
            members: Vec::new(),
        }),
        right: auth(USER, Some(0)),
    };
    let rules = vec![allow(PolicyOperation::Read, own.clone()), allow(PolicyOperation::Create, own)];
    model(
        POST,
        "Post",
        "posts",
        vec![id, title, status, tags, price, author_id, author, views, words, updated, meta, limit],
        rules,
    )
}

pub(crate) fn schema() -> Schema {
    let value = |name: &str| EnumValue { name: name.to_owned(), database_name: name.to_owned(), docs: None };
    let status = Enum {
        id: EnumId(0),
        name: "Status".to_owned(),
        database_name: "Status".to_owned(),
        values: vec![value("DRAFT"), value("PUBLISHED")],
        docs: None,
        span: SPAN,
    };
    let city = Field {
        validations: vec![check(ValidationCheck::Length { min: Some(1), max: None })],
        ..scalar(0, "city", Scalar::String)
    };
    let zip = Field { arity: Arity::Optional, ..scalar(1, "zip", Scalar::String) };
    let address = CompositeType {
        id: TypeId(0),
        name: "Address".to_owned(),
        fields: vec![city, zip],
        validations: Vec::new(),
        docs: None,
        span: SPAN,
    };
    Schema {
        datasources: Vec::new(),
        models: vec![users(), posts()],
        enums: vec![status],
        types: vec![address],
        auth_model: Some(USER),
    }
}
