//! What is refused, and in which words.

use std::fmt::Write as _;

use purlin_core::input::Limits;

use crate::shop::schema;

/// Every part of the answer's message must stand in it.
#[track_caller]
fn check(query: &str, expected: &[&str]) {
    let schema = schema();
    let model = schema.model_named("Post").unwrap();
    let message = match purlin_rest::list(&schema, model, query, Limits::default()) {
        Ok(list) => panic!("{query} was read as {:?}", list.query),
        Err(error) => {
            assert_eq!(error.code(), "BAD_REQUEST");
            error.to_string()
        }
    };
    for part in expected {
        assert!(message.contains(part), "{query}: \"{part}\" is absent from: {message}");
    }
}

#[test]
fn parameters() {
    for (query, message) in [
        ("page=0", "page: must be an integer between 1 and 4294967295"),
        ("page=-1", "page: must be"),
        ("page=1.5", "page: must be"),
        ("page=%2B1", "page: must be"),
        ("page=99999999999999999999", "page: must be"),
        ("page=", "page: must be"),
        ("page", "page: must be"),
        ("limit=0", "limit: must be an integer between 1 and 100"),
        ("limit=101", "limit: must be an integer between 1 and 100"),
        ("page=1&page=2", "page: is given more than once"),
        ("page[0]=1", "page: is a parameter with one value"),
        ("page=2&cursor=", "page: cannot stand beside cursor"),
        ("count=exact&cursor=", "count: cannot stand beside cursor"),
        ("count=some", "count: must be exact, capped or none"),
        ("search=x", "search: Post has no @@fulltext: add @@fulltext([title]) to it"),
        ("upsert=id", "upsert: is not available here"),
        ("where=%7B", "where: is not well-formed JSON: EOF"),
        ("where=%7B%22a%22%3A1%7D", "where.a: unknown field \"a\" of Post"),
        ("where=%7B%22id%22%3A%22a%22%2C%22id%22%3A%22b%22%7D", "given twice"),
        ("sort=", "sort: needs field names"),
        ("sort=titel", "sort: unknown field \"titel\" of Post, did you mean \"title\"?"),
        ("sort=title,-title", "sort: \"title\" is named twice"),
        ("sort=settings", "sort: cannot sort by \"settings\""),
        ("sort=tags", "sort: cannot sort by \"tags\""),
        ("sort=author", "sort: \"author\" is a relation"),
        ("sort=author.posts", "its number only"),
        ("sort=title.x", "\"title\" is not a relation"),
        ("fields=", "fields: needs field names"),
        ("fields=id,id", "fields: \"id\" is named twice"),
        ("fields=author", "fields: \"author\" is a relation: write include=author"),
        ("include=", "include: needs relation names"),
        ("include=title", "include: \"title\" is not a relation"),
        ("include=author,author", "include: \"author\" is named twice"),
        ("include=author.posts.author.posts.author.posts.author", "includes go 6 levels deep at most"),
    ] {
        check(query, &[message]);
    }
}

#[test]
fn names() {
    for (query, message) in [
        ("titel=a", "\"titel\" is neither a parameter nor a field of Post, did you mean \"title\"?"),
        ("pge=1", "did you mean \"page\"?"),
        ("xyzzy=1", "\"xyzzy\" is neither a parameter nor a field of Post"),
        ("author.nme=a", "author.nme: unknown field \"nme\" of User, did you mean \"name\"?"),
        ("or[0][titel]=a", "or[0].titel"),
        ("[a]=1", "[a]: is not a parameter's name"),
        ("title[]=a", "title[]: is not a parameter's name"),
        ("title[in]=a&title[in]=b", "title[in]: is given more than once"),
        ("=1", "is not a parameter's name"),
        ("%ff=1", "%ff=1: is not well-formed"),
        ("title=%zz", "title=%zz: is not well-formed"),
        ("title=%", "is not well-formed"),
        ("title=a%00b", "is not well-formed"),
        ("title=%c3%28", "is not well-formed"),
    ] {
        let message = message.replace("or[0].titel", "or[0][titel]: unknown field \"titel\" of Post");
        check(query, &[&message]);
    }
}

#[test]
fn hidden_fields_are_unknown() {
    for name in ["secret", "internal"] {
        for query in [
            format!("{name}=a"),
            format!("{name}[startsWith]=a"),
            format!("sort={name}"),
            format!("fields={name}"),
            format!("or[0][{name}]=a"),
            format!("where=%7B%22{name}%22%3A%22a%22%7D"),
        ] {
            let unknown =
                if query.starts_with(name) { "is neither a parameter nor a field" } else { "unknown field" };
            check(&query, &[unknown]);
        }
    }
    check("author.password=a", &["author.password: unknown field \"password\" of User"]);
    check("sort=author.password", &["sort: unknown field \"password\" of User"]);
}

#[test]
fn values_and_operators() {
    for (query, message) in [
        ("views=a", "views: must be an integer"),
        ("views=9223372036854775808", "views: must fit 64 bits"),
        ("limit[equals]=2147483648", "limit[equals]: must lie between"),
        ("rating=NaN", "rating: must be"),
        ("rating=1e999", "rating: must be a finite number"),
        ("price=1e999999999", "price: must be a decimal number"),
        ("status=draft", "status: must be one of DRAFT, PUBLISHED"),
        ("status[in]=DRAFT,x", "status[in]: must be one of DRAFT, PUBLISHED"),
        ("status[in]=", "status[in]: must be one of"),
        ("title[in]=a,null", "title[in]: must not be null"),
        ("title[in]=[\"a\",null]", "title[in]: must not hold null"),
        ("title[in]=[1]", "title[in]: must be a string"),
        ("title[in]=[a", "title[in]: a list that begins with [ must be a JSON array"),
        ("createdAt=yesterday", "createdAt: must be an ISO 8601 date"),
        ("title[contains]=null", "title[contains]: must not be null"),
        ("title[like]=a", "title[like]: unknown operator, use one of equals, not, in"),
        ("title[gt:i]=a", "title[gt:i]: unknown operator"),
        ("views[contains]=1", "views[contains]: unknown operator, use one of equals, not, in, notIn, lt"),
        (
            "author.isActive[gt]=true",
            "author.isActive[gt]: unknown operator, use one of equals, not, in, notIn",
        ),
        ("title.contains=a", "title.contains: title is not a relation: write title[operator]=value"),
        ("title[contains][x]=a", "title[contains]: title is not a relation"),
        ("tags[contains]=a", "tags[contains]: unknown operator, use one of equals, has"),
        ("tags[isEmpty]=yes", "tags[isEmpty]: must be true or false"),
        ("author=1", "author: is a relation: filter by one of its fields, such as author.id=…"),
        ("author.posts.title=a", "author.posts.title: a to-many relation takes some, every or none"),
        ("author.posts[some]=a", "author.posts[some]: needs a field"),
        ("or=1", "or: takes numbered filters, such as or[0][field]=value"),
        ("or[title]=1", "or: takes numbered filters"),
        ("or[0]=1", "or[0]: needs a field"),
        ("settings[like]=1", "settings[like]: unknown operator"),
        ("settings[gt][x]=1", "settings[gt]: an operator ends a filter"),
    ] {
        check(query, &[message]);
    }
}

#[test]
fn every_problem_is_named() {
    check(
        "page=0&titel=a&sort=x,y&views=b",
        &[
            "page: must be",
            "titel",
            "unknown field \"x\"",
            "unknown field \"y\"",
            "views: must be an integer",
        ],
    );
}

#[test]
fn size_is_bounded() {
    let mut many = String::new();
    for number in 0..300 {
        write!(many, "&and[{number}][title]=a").unwrap();
    }
    check(&many, &["a request has at most 200 parameters"]);
    let deep = format!("or[0]{}[title]=a", "[or][0]".repeat(9));
    check(&deep, &["must not be nested deeper than 16"]);
    let long = "x".repeat(10_000);
    check(&format!("{long}=1"), &["xxxx…"]);
    let schema = schema();
    let model = schema.model_named("Post").unwrap();
    let error = purlin_rest::list(&schema, model, &format!("{long}=1"), Limits::default()).unwrap_err();
    assert!(error.to_string().len() < 300, "a message repeats what it was sent");
    check(&format!("where={}{}", "[".repeat(20_000), "]".repeat(20_000)), &["recursion limit"]);
}

#[test]
fn work_is_bounded() {
    let schema = schema();
    let many = vec![serde_json::json!({"title": "a"}); 600];
    let mut nested = serde_json::json!({});
    for _ in 0..3 {
        let both = serde_json::json!({"team": true, "posts": {"include": {"author": nested}}, "seats": {"include": {"user": nested}}});
        nested = serde_json::json!({"include": both});
    }
    let related = vec![serde_json::json!({"posts": {"some": {"title": "a"}}}); 80];
    let mut deep = serde_json::json!({"name": "a"});
    for _ in 0..7 {
        deep = serde_json::json!({"posts": {"none": {"author": deep}}});
    }
    let words = "a b c d e f g h i j k";
    let sorted: Vec<_> = (0..16)
        .map(|number| serde_json::json!({"fields": ["a", "b", "c"], "search": format!("{words} {number}"), "sort": "asc"}))
        .map(|relevance| serde_json::json!({"_relevance": relevance}))
        .collect();
    for (model, body, message) in [
        ("Post", serde_json::json!({"where": {"OR": many}}), "where: a request has at most 500 conditions"),
        ("Note", serde_json::json!({"orderBy": sorted}), "where: a request has at most 500 conditions"),
        (
            "User",
            serde_json::json!({"where": {"AND": related}}),
            "where: a request has at most 500 conditions",
        ),
        ("User", serde_json::json!({"where": deep}), "where: a request has at most 500 conditions"),
        ("User", nested, "include: a request has at most 30 includes"),
    ] {
        let model = schema.model_named(model).unwrap();
        let error = purlin_rest::query(&schema, model, &body, Limits::default()).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
}

#[test]
fn bodies() {
    let schema = schema();
    for (body, message) in [
        (r#"{"cursor":"","skip":1}"#, "skip: cannot stand beside cursor"),
        (r#"{"cursor":"","distinct":["name"]}"#, "distinct: cannot stand beside cursor"),
        (r#"{"cursor":"","count":"exact"}"#, "count: cannot stand beside cursor"),
        (r#"{"take":2.5}"#, "take: must be an integer"),
        (r#"{"take":101.0}"#, "take: must be an integer between -100 and 100"),
        (r#"{"take":-101}"#, "take: must be an integer between -100 and 100"),
        (r#"{"take":-9223372036854775808}"#, "take: must be an integer between -100 and 100"),
        (r#"{"take":1e400}"#, "take: must be an integer between -100 and 100"),
        (r#"{"take":-1,"cursor":null}"#, "a negative take: cannot stand beside cursor"),
        (r#"{"take":-1,"distinct":"name"}"#, "distinct: cannot stand beside cursor or a negative take"),
        (
            r#"{"cursor":{"id":1},"distinct":"name"}"#,
            "distinct: cannot stand beside cursor or a negative take",
        ),
        (r#"{"cursor":{"id":1},"count":"exact"}"#, "count: cannot stand beside cursor"),
        (r#"{"cursor":{"id":1},"take":0}"#, "take: must be at least 1"),
        (r#"{"cursor":{}}"#, "cursor: must name one unique key of User"),
        (r#"{"cursor":{"name":"a"}}"#, "cursor: must name one unique key of User"),
        (r#"{"cursor":{"password":"a"}}"#, "cursor: must name one unique key of User"),
        (r#"{"cursor":{"id":1,"name":"a"}}"#, "cursor: must name one unique key of User"),
        (r#"{"cursor":{"id":null}}"#, "cursor.id: must not be null"),
        (r#"{"cursor":{"id":"1"}}"#, "cursor.id: must be an integer"),
        (r#"{"cursor":7}"#, "cursor: must be a unique key of the row to begin at"),
        (r#"{"include":{"posts":{"cursor":{"id":"a"}}}}"#, "include.posts.cursor: unknown member, use where"),
        (r#"{"include":{"posts":{"take":-101}}}"#, "include.posts.take: must be an integer between"),
        (r#"{"orderBy":{"_relevance":{}}}"#, "_relevance: must be an object with fields, search and sort"),
        (
            r#"{"orderBy":{"_relevance":{"fields":["name"],"search":"a","sort":"asc"}}}"#,
            "orderBy._relevance: User has no @@fulltext: add @@fulltext([name]) to it",
        ),
        (r#"{"take":101}"#, "take: must be an integer between -100 and 100"),
        (r#"{"wher":{}}"#, "wher: unknown member"),
        ("[]", "must be an object"),
        (r#"{"select":{"titel":false}}"#, "select.titel: unknown field \"titel\" of User"),
        (r#"{"select":{"password":false}}"#, "select.password: unknown field"),
        (r#"{"include":{"name":false}}"#, "include.name: is not a relation"),
        (r#"{"include":{"team":1}}"#, "include.team: must be an object"),
        (r#"{"include":{"_count":1}}"#, "include._count: must be true or {\"select\": {…}}"),
        (r#"{"include":{"_count":{"select":{},"where":{}}}}"#, "include._count: must be true or"),
        (r#"{"include":{"_count":{"select":{"team":false}}}}"#, "team: is not a to-many relation of User"),
        (r#"{"include":{"_count":{"select":{"posts":[null]}}}}"#, "posts: must be true or {\"where\": {…}}"),
        (r#"{"include":{"_count":{"select":{"posts":{"take":1}}}}}"#, "posts: must be true or"),
        (r#"{"include":{"_count":{"select":{"posts":{"where":1}}}}}"#, "posts.where: must be an object"),
    ] {
        let model = schema.model_named("User").unwrap();
        let body = serde_json::from_str(body).unwrap();
        let error = purlin_rest::query(&schema, model, &body, Limits::default()).unwrap_err();
        assert!(error.to_string().contains(message), "{body}: {error}");
    }
}

#[test]
fn relevance() {
    let schema = schema();
    let model = schema.model_named("Note").unwrap();
    for (relevance, message) in [
        (
            r#"{"fields":["a","id"],"search":"x","sort":"asc"}"#,
            "fields: must be a list of fields of @@fulltext: a, b, c",
        ),
        (
            r#"{"fields":["secret"],"search":"x","sort":"asc"}"#,
            "fields: must be a list of fields of @@fulltext: a, b, c",
        ),
        (r#"{"fields":[],"search":"x","sort":"asc"}"#, "fields: must be a list"),
        (r#"{"fields":[1],"search":"x","sort":"asc"}"#, "fields: must be a list"),
        (
            r#"{"fields":"a","search":1,"sort":"up"}"#,
            "search: must be a string; orderBy._relevance.sort: must be",
        ),
        (r#"{"fields":"a","search":"x","sort":{"sort":"asc"}}"#, "sort: must be \"asc\" or \"desc\""),
        (r#"{"fields":"a","search":"x"}"#, "_relevance: must be an object with fields, search and sort"),
        (r#"{"fields":"a","search":"x","sort":"asc","nulls":"last"}"#, "_relevance: must be an object with"),
        ("true", "_relevance: must be an object with"),
    ] {
        let body = format!(r#"{{"orderBy":{{"_relevance":{relevance}}}}}"#);
        let body = serde_json::from_str(&body).unwrap();
        let error = purlin_rest::query(&schema, model, &body, Limits::default()).unwrap_err();
        assert!(error.to_string().contains(message), "{relevance}: {error}");
    }
}

#[test]
fn measures() {
    let schema = schema();
    let model = schema.model_named("Post").unwrap();
    for (query, message) in [
        ("", "ask for at least one of _count, _sum, _avg, _min and _max"),
        ("_sum=title", "_sum: is no number"),
        ("_avg=tags", "_avg: is no number"),
        ("_max=settings", "_max: has no order"),
        ("_count=tags", "_count: is a list"),
        ("_count=secret", "_count: unknown field \"secret\" of Post"),
        ("_sum=", "_sum: needs field names"),
        ("_sum=views,views", "_sum: \"views\" is named twice"),
        ("_sum=_all", "unknown field \"_all\""),
        ("_sum=author", "unknown field \"author\""),
        ("_median=views", "\"_median\" is neither a parameter nor a field of Post"),
        ("groupBy=", "groupBy: unknown field \"\""),
        ("groupBy=tags", "groupBy: \"tags\" is a list, a document or bytes"),
        ("groupBy=secret", "groupBy: unknown field \"secret\" of Post"),
        ("groupBy=author.name", "groupBy: unknown field"),
        ("groupBy=id,id", "groupBy: \"id\" is named twice"),
        ("groupBy=id,title,views,rating,price", "groupBy: groups are made by at most 4 fields"),
        ("_count=true&having[views][gt]=1", "having: stands beside groupBy only"),
        ("_count=true&sort=title", "sort: stands beside groupBy only"),
        ("_count=true&limit=5", "limit: stands beside groupBy only"),
        ("groupBy=title&having[views][gt]=1", "having[views]: groups are not made by \"views\""),
        ("groupBy=title&having[_sum.views][gt]=x", "having[_sum].views[gt]: must be"),
        ("groupBy=title&having[_sum][gt]=1", "having[_sum]: needs a field"),
        ("groupBy=title&having[_sum.views][contains]=1", "unknown operator, use one of equals, not, in"),
        ("groupBy=title&having=%7B", "having: is not well-formed JSON"),
        ("groupBy=title&having=%7B%22x%22%3A1%7D", "having.x: unknown field \"x\" of Post"),
        ("groupBy=title&sort=views", "sort: groups are not made by \"views\""),
        ("groupBy=title&sort=_sum", "sort: needs a field: _sum.id"),
        ("groupBy=title&sort=title,-title", "sort: is named twice"),
        ("groupBy=title&limit=101", "limit: must be an integer between 1 and 100"),
        ("groupBy=title&cursor=", "cursor: is not available here"),
        ("_count=true&fields=id", "fields: is not available here"),
        ("_count=true&include=author", "include: is not available here"),
    ] {
        let message_found = match purlin_rest::aggregate(&schema, model, query, Limits::default()) {
            Ok(found) => panic!("{query} was read as {found:?}"),
            Err(error) => error.to_string(),
        };
        assert!(message_found.contains(message), "{query}: \"{message}\" is absent from: {message_found}");
    }
    for query in ["limit=1", "sort=id", "groupBy=id", "_count=true", "cursor=", "x=1"] {
        assert!(purlin_rest::count(&schema, model, query, Limits::default()).is_err(), "{query}");
    }
}

#[test]
fn bodies_of_measures() {
    let schema = schema();
    let model = schema.model_named("Post").unwrap();
    for (body, message) in [
        ("[]", "must be an object"),
        ("{}", "ask for at least one of"),
        (r#"{"_count":1}"#, "_count: must be an object of fields"),
        (r#"{"_sum":true}"#, "_sum: must be an object of fields"),
        (r#"{"_sum":{"views":1}}"#, "_sum.views: must be true or false"),
        (r#"{"_sum":{"views":false}}"#, "ask for at least one of"),
        (r#"{"_count":true,"having":{}}"#, "having: stands beside by only"),
        (r#"{"_count":true,"cursor":null}"#, "cursor: unknown member, use where"),
        (r#"{"_count":true,"take":-1}"#, "take: must be an integer"),
        (r#"{"by":[]}"#, "by: must name at least one field"),
        (r#"{"by":[1]}"#, "by: must be a list of field names"),
        (r#"{"by":"title","take":101}"#, "take: must be an integer between 0 and 100"),
        (r#"{"by":"title","orderBy":{"views":"asc"}}"#, "orderBy.views: groups are not made by"),
        (r#"{"by":"title","orderBy":{"_sum":"asc"}}"#, "orderBy._sum: must be an object"),
        (r#"{"by":"title","orderBy":{"title":"up"}}"#, "orderBy.title: must be \"asc\" or \"desc\""),
        (r#"{"by":"title","having":[]}"#, "having: must be an object"),
        (r#"{"by":"title","having":{"OR":{}}}"#, "having.OR: must be a list"),
        (r#"{"by":"title","having":{"views":{"gt":1}}}"#, "having.views.gt: groups are not made by"),
        (
            r#"{"by":"title","having":{"views":{"_sum":{"gt":null}}}}"#,
            "having.views._sum.gt: must not be null",
        ),
        (r#"{"by":"title","having":{"title":{"_sum":{"gt":1}}}}"#, "having.title._sum: is no number"),
        (r#"{"by":"title","having":{"_count":{"in":1}}}"#, "having._count.in: must be a list"),
    ] {
        let body_json = serde_json::from_str(body).unwrap();
        let found = match purlin_rest::aggregate_query(&schema, model, &body_json, Limits::default()) {
            Ok(found) => panic!("{body} was read as {found:?}"),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(message), "{body}: \"{message}\" is absent from: {found}");
    }
    let deep = format!("{}{}", "{\"NOT\":".repeat(40), "{}".to_owned() + &"}".repeat(40));
    let deep = serde_json::json!({"by": "title", "having": serde_json::from_str::<serde_json::Value>(&deep).unwrap()});
    assert!(purlin_rest::aggregate_query(&schema, model, &deep, Limits::default()).is_err());
    let many: Vec<_> = (0..300).map(|number| serde_json::json!({"title": number.to_string()})).collect();
    let many = serde_json::json!({"by": "title", "having": {"OR": many}});
    assert!(purlin_rest::aggregate_query(&schema, model, &many, Limits::default()).is_err());
}
