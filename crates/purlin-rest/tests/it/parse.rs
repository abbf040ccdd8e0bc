//! What query strings and query bodies mean, in a short notation.

use purlin_core::input::Limits;
use purlin_core::operation::{
    Count, JsonTest, OrderTarget, Page, Query, Search, Selection, Test, Where, Window,
};
use purlin_core::schema::{Model, Quantifier, Schema, SortOrder};
use purlin_core::value::Value;

use crate::shop::schema;

#[track_caller]
fn check(query: &str, expected: &str) {
    let schema = schema();
    let model = schema.model_named("Post").unwrap();
    let found = match purlin_rest::list(&schema, model, query, Limits::default()) {
        Ok(list) => show(&schema, model, &list.query),
        Err(error) => panic!("{query}: {error}"),
    };
    assert_eq!(found, expected, "{query}");
}

/// The filter of the query string is the filter of the body.
#[track_caller]
fn same(query: &str, body: &str) {
    let schema = schema();
    let model = schema.model_named("Post").unwrap();
    let body = serde_json::from_str(body).unwrap();
    let by_query = purlin_rest::list(&schema, model, query, Limits::default()).unwrap();
    let by_body = purlin_rest::query(&schema, model, &body, Limits::default()).unwrap();
    assert_eq!(show(&schema, model, &by_query.query), show(&schema, model, &by_body.query), "{query}");
}

const USUAL: &str = "sort +id; skip 0 take 20; capped";

#[test]
fn pages() {
    check("", USUAL);
    check("page=3&limit=100", "sort +id; skip 200 take 100; capped");
    check("page=4294967295&limit=100", "sort +id; skip 429496729400 take 100; capped");
    check("count=none", "sort +id; skip 0 take 20; none");
    check("count=exact", "sort +id; skip 0 take 20; exact");
    check("cursor=", "sort +id; after None take 20; none");
    check("cursor=&limit=5&count=none", "sort +id; after None take 5; none");
}

/// Forms that bodies alone have.
#[test]
fn windows() {
    let schema = schema();
    for (model, body, expected) in [
        ("Post", r#"{"take":-3}"#, "sort +id; backward from None skip 0 take 3; capped"),
        ("Post", r#"{"take":-3.0,"skip":2}"#, "sort +id; backward from None skip 2 take 3; capped"),
        ("Post", r#"{"take":-0}"#, "sort +id; skip 0 take 0; capped"),
        (
            "Post",
            r#"{"cursor":{"id":"a"},"orderBy":{"views":"desc"}}"#,
            r#"sort -views -id; forward from Some([(FieldId(0), String("a"))]) skip 0 take 20; none"#,
        ),
        (
            "Post",
            r#"{"cursor":{"id":"a"},"take":-2,"skip":1,"count":"none"}"#,
            r#"sort +id; backward from Some([(FieldId(0), String("a"))]) skip 1 take 2; none"#,
        ),
        (
            "Membership",
            r#"{"cursor":{"userId_role":{"userId":1,"role":"x"}}}"#,
            r#"sort +userId +role; forward from Some([(FieldId(1), Int(1)), (FieldId(2), String("x"))]) skip 0 take 20; none"#,
        ),
        (
            "Note",
            r#"{"orderBy":{"_relevance":{"fields":["c","a"],"search":"x -y","sort":"desc"}}}"#,
            "sort -relevance a c [x -y] -id; skip 0 take 20; capped",
        ),
        (
            "Note",
            r#"{"orderBy":[{"_relevance":{"fields":"b","search":"","sort":"asc"}},{"a":"asc"}],"search":"z"}"#,
            "sort +relevance b [] +a +id; skip 0 take 20; capped; search a b c [z]",
        ),
    ] {
        let model = schema.model_named(model).unwrap();
        let json = serde_json::from_str(body).unwrap();
        let found = purlin_rest::query(&schema, model, &json, Limits::default())
            .unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(show(&schema, model, &found.query), expected, "{body}");
    }
}

#[test]
fn orders() {
    check("sort=-createdAt", "sort -createdAt -id; skip 0 take 20; capped");
    check("sort=-id", "sort -id; skip 0 take 20; capped");
    check("sort=author.team.name,-views", "sort +author.team.name -views -id; skip 0 take 20; capped");
    same("sort=-author.name", r#"{"orderBy":[{"author":{"name":"desc"}}]}"#);
}

#[test]
fn selections() {
    check("fields=id,title", &format!("{USUAL}; fields id title"));
    check("include=author.team,author.posts", &format!("{USUAL}; author{{team{{}} posts{{}}}}"));
    same("fields=title&include=author", r#"{"select":{"title":true,"author":true}}"#);
    same("include=author.team", r#"{"include":{"author":{"include":{"team":true}}}}"#);
}

#[test]
fn plain_filters() {
    for (query, filter) in [
        ("title=a", r#"title=String("a")"#),
        ("title=a+b%26c%3D", r#"title=String("a b&c=")"#),
        ("title=", r#"title=String("")"#),
        ("title=null", "title=Null"),
        ("title=%22null%22", r#"title=String("null")"#),
        ("status=PUBLISHED", r#"status=String("published")"#),
        ("views=9223372036854775807", "views=Int(9223372036854775807)"),
        ("rating=-0.5", "rating=Float(-0.5)"),
        ("price[gte]=12.50", "price>=Decimal(Decimal(BigDecimal(sign=Plus, scale=1, digits=[125])))"),
        ("createdAt[lt]=2026-01-31", "createdAt<DateTime(DateTime(1769817600000))"),
        ("title[not]=a", r#"title!=String("a")"#),
        ("title[not]=null", "title!=Null"),
        ("status[in]=DRAFT,PUBLISHED", r#"status in [String("DRAFT"), String("published")]"#),
        ("title[in]=[\"a,b\",\"null\"]", r#"title in [String("a,b"), String("null")]"#),
        ("title[notIn]=a", r#"title notIn [String("a")]"#),
        ("title[contains]=50%25_", r#"title contains "50%_""#),
        ("title[contains:i]=a", r#"title contains:i "a""#),
        ("title[startsWith:i]=a", r#"title startsWith:i "a""#),
        ("title[endsWith]=a", r#"title endsWith "a""#),
        ("title[equals:i]=a", r#"title=:iString("a")"#),
        ("tags[has]=a", r#"tags has String("a")"#),
        ("tags[hasSome]=a,b", r#"tags hasSome [String("a"), String("b")]"#),
        ("tags[hasEvery]=[\"a,b\"]", r#"tags hasEvery [String("a,b")]"#),
        ("tags[isEmpty]=true", "tags isEmpty true"),
        ("tags=a,b", r#"tags=List([String("a"), String("b")])"#),
        ("limit[equals]=5", "limit=Int(5)"),
        ("title[gt]=a&title[lt]=c", r#"(title>String("a") & title<String("c"))"#),
    ] {
        check(query, &format!("{USUAL}; {filter}"));
    }
}

#[test]
fn combined_filters() {
    same("title=a&views[gt]=3", r#"{"where":{"title":"a","views":{"gt":3}}}"#);
    same("or[0][title]=a&or[1][views][gt]=3", r#"{"where":{"OR":[{"title":"a"},{"views":{"gt":3}}]}}"#);
    same(
        "or[0][title]=a&or[0][views]=1&or[1][title]=b",
        r#"{"where":{"OR":[{"title":"a","views":1},{"title":"b"}]}}"#,
    );
    same("not[title]=a", r#"{"where":{"NOT":{"title":"a"}}}"#);
    same(
        "not[0][title]=a&not[1][title]=b",
        r#"{"where":{"AND":[{"NOT":{"title":"a"}},{"NOT":{"title":"b"}}]}}"#,
    );
    same("and[0][or][0][title]=a", r#"{"where":{"AND":[{"OR":[{"title":"a"}]}]}}"#);
    same("where=%7B%22title%22%3A%22a%22%7D", r#"{"where":{"title":"a"}}"#);
    same("or[0][limit]=5", r#"{"where":{"OR":[{"limit":5}]}}"#);
}

#[test]
fn relation_filters() {
    same("author.name=a", r#"{"where":{"author":{"name":"a"}}}"#);
    same("author[name]=a", r#"{"where":{"author":{"name":"a"}}}"#);
    same("author.name=a&author.id[gt]=1", r#"{"where":{"author":{"name":"a","id":{"gt":1}}}}"#);
    same("author.team.name[in]=a,b", r#"{"where":{"author":{"team":{"name":{"in":["a","b"]}}}}}"#);
    same("author.team=null", r#"{"where":{"author":{"team":null}}}"#);
    same("author.isNot.name=a", r#"{"where":{"author":{"isNot":{"name":"a"}}}}"#);
    same("author.posts[some][title]=x", r#"{"where":{"author":{"posts":{"some":{"title":"x"}}}}}"#);
    same("author.posts.none.title=x", r#"{"where":{"author":{"posts":{"none":{"title":"x"}}}}}"#);
    same("or[0][author.team.id]=1", r#"{"where":{"OR":[{"author":{"team":{"id":1}}}]}}"#);
}

#[test]
fn document_filters() {
    same("settings.theme=dark", r#"{"where":{"settings":{"path":["theme"],"equals":"dark"}}}"#);
    same("settings.size[gt]=3", r#"{"where":{"settings":{"path":["size"],"gt":3}}}"#);
    same("settings.code=%223%22", r#"{"where":{"settings":{"path":["code"],"equals":"3"}}}"#);
    same(
        "settings.a.b[contains:i]=x",
        r#"{"where":{"settings":{"path":["a","b"],"string_contains":"x","mode":"insensitive"}}}"#,
    );
    same("settings.list[has]=3", r#"{"where":{"settings":{"path":["list"],"array_contains":3}}}"#);
    same("settings=null", r#"{"where":{"settings":{"equals":null}}}"#);
    same("settings[not]=null", r#"{"where":{"settings":{"not":null}}}"#);
}

fn show(schema: &Schema, model: &Model, query: &Query) -> String {
    let order: Vec<String> = query
        .order
        .iter()
        .map(|order| {
            let sign = if order.direction == SortOrder::Ascending { '+' } else { '-' };
            match &order.target {
                OrderTarget::Field { relations, field } => {
                    let (mut current, mut path) = (model, String::new());
                    for hop in relations {
                        path = format!("{path}{}.", current.field(*hop).name);
                        current = schema.model(current.field(*hop).relation().unwrap().target);
                    }
                    format!("{sign}{path}{}", current.field(*field).name)
                }
                OrderTarget::Relevance(search) => format!("{sign}relevance {}", show_search(model, search)),
                OrderTarget::Count { relation } => format!("{sign}{}#", model.field(*relation).name),
            }
        })
        .collect();
    let page = match &query.page {
        Page::Offset { skip, take } => format!("skip {skip} take {}", take.unwrap_or(0)),
        Page::Cursor { after, take } => format!("after {after:?} take {take}"),
        Page::Window(Window { from, is_backward, skip, take }) => {
            let way = if *is_backward { "backward" } else { "forward" };
            let from = from.as_ref().map(|key| &key.fields);
            format!("{way} from {from:?} skip {skip} take {}", take.unwrap_or(0))
        }
    };
    let count = match query.count {
        Count::None => "none",
        Count::Capped(_) => "capped",
        Count::Exact => "exact",
    };
    let mut parts = vec![format!("sort {}", order.join(" ")), page, count.to_owned()];
    parts.extend(Some(show_filter(schema, model, &query.filter)).filter(|text| !text.is_empty()));
    parts.extend(Some(show_selection(schema, model, &query.selection)).filter(|text| !text.is_empty()));
    parts.join("; ")
}

fn show_selection(schema: &Schema, model: &Model, selection: &Selection) -> String {
    let fields = selection.fields.iter().map(|fields| {
        let names: Vec<&str> = fields.iter().map(|field| model.field(*field).name.as_str()).collect();
        format!("fields {}", names.join(" "))
    });
    let includes = selection.includes.iter().map(|include| {
        let field = model.field(include.relation);
        let target = schema.model(field.relation().unwrap().target);
        format!("{}{{{}}}", field.name, show_selection(schema, target, &include.query.selection))
    });
    fields.chain(includes).collect::<Vec<_>>().join(" ")
}

fn show_filter(schema: &Schema, model: &Model, filter: &Where) -> String {
    let joined = |parts: &[Where], by: &str| {
        let parts: Vec<String> = parts.iter().map(|part| show_filter(schema, model, part)).collect();
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if parts.len() < 2 { parts.concat() } else { format!("({})", parts.join(by)) }
    };
    match filter {
        Where::All(parts) => joined(parts, " & "),
        Where::Any(parts) => format!("any{}", joined(parts, " | ")),
        Where::Not(part) => format!("!{}", show_filter(schema, model, part)),
        Where::Field { field, test } => show_test(&model.field(*field).name, test),
        Where::Search(search) => format!("search {}", show_search(model, search)),
        Where::Relation { field, quantifier, filter } => {
            let field = model.field(*field);
            let target = schema.model(field.relation().unwrap().target);
            let word = match quantifier {
                Quantifier::Some => "some",
                Quantifier::Every => "every",
                Quantifier::None => "none",
            };
            format!("{} {word} <{}>", field.name, show_filter(schema, target, filter))
        }
    }
}

fn show_search(model: &Model, search: &Search) -> String {
    let fields: Vec<&str> = search.fields.iter().map(|field| model.field(*field).name.as_str()).collect();
    let sign = |is_excluded| if is_excluded { "-" } else { "" };
    let terms = search.terms.iter().map(|term| format!("{}{}", sign(term.is_excluded), term.words));
    format!("{} [{}]", fields.join(" "), terms.collect::<Vec<_>>().join(" "))
}

fn show_test(name: &str, test: &Test) -> String {
    let text = |word: &str, text: &str, ignore_case: bool| {
        format!("{name} {word}{} {text:?}", if ignore_case { ":i" } else { "" })
    };
    let list = |word: &str, values: &[Value]| format!("{name} {word} {values:?}");
    match test {
        Test::Equals(value) => format!("{name}={value:?}"),
        Test::NotEquals(value) => format!("{name}!={value:?}"),
        Test::EqualsIgnoreCase(value) => format!("{name}=:i{value:?}"),
        Test::In(values) => list("in", values),
        Test::NotIn(values) => list("notIn", values),
        Test::Less(value) => format!("{name}<{value:?}"),
        Test::LessOrEqual(value) => format!("{name}<={value:?}"),
        Test::Greater(value) => format!("{name}>{value:?}"),
        Test::GreaterOrEqual(value) => format!("{name}>={value:?}"),
        Test::Contains { text: part, ignore_case } => text("contains", part, *ignore_case),
        Test::StartsWith { text: part, ignore_case } => text("startsWith", part, *ignore_case),
        Test::EndsWith { text: part, ignore_case } => text("endsWith", part, *ignore_case),
        Test::Has(value) => format!("{name} has {value:?}"),
        Test::HasSome(values) => list("hasSome", values),
        Test::HasEvery(values) => list("hasEvery", values),
        Test::IsEmpty(wanted) => format!("{name} isEmpty {wanted}"),
        Test::Json { path, test } => format!("{name}{path:?} {}", show_json(test)),
        Test::Column { op, other } => format!("{name} {op:?} {other:?}"),
    }
}

fn show_json(test: &JsonTest) -> String {
    format!("{test:?}")
}

/// What the short form of measures asks for is what the body asks for.
#[test]
fn measures() {
    let schema = schema();
    let model = schema.model_named("Post").unwrap();
    for (query, body) in [
        ("_count=true", r#"{"_count":true}"#),
        (
            "_max=views,title&_count=_all,title&_sum=views&status=DRAFT",
            r#"{"_count":{"_all":true,"title":true},"_sum":{"views":true},"_max":{"views":true,"title":true},
                "where":{"status":"DRAFT"}}"#,
        ),
        (
            "groupBy=status,title&_count=true&sort=-_count,title&limit=5&page=3",
            r#"{"by":["status","title"],"_count":true,"orderBy":[{"_count":"desc"},{"title":"asc"}],"take":5,"skip":10}"#,
        ),
        (
            "groupBy=title&having[_sum.views][gt]=10&having[title][in]=a,b&having[_count]=2",
            r#"{"by":"title","having":{"_sum":{"views":{"gt":10}},"title":{"in":["a","b"]},"_count":2}}"#,
        ),
        (
            "groupBy=title&having=%7B%22NOT%22%3A%7B%22_avg%22%3A%7B%22rating%22%3Anull%7D%7D%7D&sort=_avg.rating",
            r#"{"by":["title"],"having":{"NOT":{"rating":{"_avg":null}}},"orderBy":{"_avg":{"rating":"asc"}}}"#,
        ),
    ] {
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        let by_query = purlin_rest::aggregate(&schema, model, query, Limits::default()).unwrap();
        let by_body = purlin_rest::aggregate_query(&schema, model, &body, Limits::default()).unwrap();
        let over = |aggregate: &purlin_core::operation::Aggregate| format!("{:?}", aggregate.over);
        assert_eq!(over(&by_query.aggregate), over(&by_body.aggregate), "{query}");
        assert_eq!(format!("{:?}", by_query.aggregate.answer), format!("{:?}", by_body.aggregate.answer));
        assert_eq!(by_query.page, by_body.page, "{query}");
    }
}
