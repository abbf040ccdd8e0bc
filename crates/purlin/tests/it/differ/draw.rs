//! Random requests over the schema of `tests/differ`.

use serde_json::{Map, Value as Json, json};

use super::rng::Rng;

/// One request, the same for every engine.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) actor: Option<&'static str>,
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) body: Option<Json>,
}

/// Ids are drawn from so many, so that they often meet.
const IDS: usize = 40;

const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "A",
    "b",
    "B",
    "ab",
    "aB",
    "AB%c",
    "a_b",
    "a\\b",
    "it's",
    "\"q\"",
    "ä",
    "Ä",
    "ß",
    "é",
    "e\u{301}",
    "Éa",
    "日本",
    "😀",
    "z",
    "Z",
    "10",
    "9",
    "locked",
    "a ",
    " a",
    "line\nbreak",
    "tab\t",
    "null",
    "true",
    "ﬀ",
    "İ",
];
const DECIMALS: &[&str] =
    &["0", "0.1", "1.5", "1.50", "-3.25", "10", "9", "1000", "12345678901234567890.123456789", "-0.000001"];
const TIMES: &[&str] = &[
    "1970-01-01T00:00:00.000Z",
    "1969-12-31T23:59:59.999Z",
    "2026-01-31T09:30:00.000Z",
    "2026-01-31T09:30:00.001Z",
    "2026-01-31",
    "2026-01-31T11:30:00+02:00",
];
const BIGS: &[&str] = &["0", "1", "-1", "9007199254740993", "9223372036854775807", "-9223372036854775808"];
const BYTES: &[&str] = &["", "AA==", "/w==", "YWJj", "AAECAwQ="];
const COLORS: &[&str] = &["RED", "GREEN", "BLUE"];
const SCALARS: &[&str] =
    &["id", "code", "s", "t", "b", "i", "big", "f", "d", "at", "x", "e", "ownerId", "parentId"];

/// MongoDB sorts bytes by their length first.
const SORTED: &[&str] =
    &["id", "code", "s", "t", "b", "i", "big", "f", "d", "at", "e", "ownerId", "parentId"];

pub(super) fn request(rng: &mut Rng) -> Request {
    let actor = *rng.pick(&[None, Some("ann"), Some("ben"), Some("ben"), Some("cleo")]);
    let of = |method, path: String, body| Request { actor, method, path, body };
    match rng.below(100) {
        0..28 => of("POST", "/api/things/query".to_owned(), Some(query(rng, 0))),
        28..32 => of("POST", "/api/things/aggregate".to_owned(), Some(aggregate(rng))),
        32..33 => of("GET", format!("/api/things/{}", measures(rng)), None),
        33..34 => of("POST", "/api/marks/aggregate".to_owned(), Some(mark_aggregate(rng))),
        34..38 => of("POST", "/api/groups/query".to_owned(), Some(group_query(rng))),
        38..42 => of("POST", "/api/marks/query".to_owned(), Some(mark_query(rng))),
        42..48 => of("GET", format!("/api/things?{}", parameters(rng)), None),
        48..54 => of("GET", format!("/api/things/{}{}", rng.below(IDS), inclusion(rng)), None),
        54..70 => {
            let rows = if rng.chance(15) { Json::Array(vec![thing(rng), thing(rng)]) } else { thing(rng) };
            of("POST", "/api/things".to_owned(), Some(rows))
        }
        70..73 => of("POST", "/api/marks".to_owned(), Some(mark(rng))),
        73..75 => of("POST", format!("/api/things/{}/marks", rng.below(IDS)), Some(nested_mark(rng))),
        75..77 => of("POST", format!("/api/groups/{}/things", 1 + rng.below(3)), Some(thing(rng))),
        77..79 => of("GET", format!("/api/things/{}/children?sort=-code", rng.below(IDS)), None),
        79..90 => {
            of("PATCH", format!("/api/things/{}{}", rng.below(IDS), inclusion(rng)), Some(changes(rng)))
        }
        90..92 => {
            // With the key it has: MySQL does not let the rows below follow a key within their own table.
            let (id, mut row) = (rng.below(IDS), thing(rng));
            row["id"] = json!(id);
            of("PUT", format!("/api/things/{id}"), Some(row))
        }
        92..93 => of("PATCH", "/api/users/ben".to_owned(), Some(json!({"name": rng.pick(TEXTS)}))),
        93..94 => of("PATCH", format!("/api/groups/{}", 1 + rng.below(3)), Some(group_changes(rng))),
        _ => of("DELETE", format!("/api/things/{}", rng.below(IDS)), None),
    }
}

fn value(rng: &mut Rng, field: &str) -> Json {
    match field {
        "id" => json!(rng.below(IDS)),
        "code" => json!(format!("c{}", rng.below(IDS))),
        "b" => json!(rng.chance(50)),
        "i" => rng
            .pick(&[json!(0), json!(1), json!(-1), json!(7), json!(2_147_483_647), json!(-2_147_483_648)])
            .clone(),
        "big" => json!(rng.pick(BIGS)),
        "f" => rng
            .pick(&[json!(0), json!(0.1), json!(-0.5), json!(1.5), json!(3), json!(1e10), json!(1e-7)])
            .clone(),
        "d" => json!(rng.pick(DECIMALS)),
        "at" => json!(rng.pick(TIMES)),
        "x" => json!(rng.pick(BYTES)),
        "e" => json!(rng.pick(COLORS)),
        "j" => document(rng, 2),
        "ownerId" => {
            rng.pick(&[json!("ann"), json!("ben"), json!("cleo"), json!("nobody"), Json::Null]).clone()
        }
        "parentId" => json!(rng.below(IDS)),
        "tags" => list(rng, |rng| json!(rng.pick(&["x", "y", "z", "Ä", "it's", ""]))),
        "nums" => list(rng, |rng| json!(rng.below(4))),
        "bigs" => list(rng, |rng| json!(rng.pick(BIGS))),
        "decs" => list(rng, |rng| json!(rng.pick(DECIMALS))),
        "cols" => list(rng, |rng| json!(rng.pick(COLORS))),
        _ => json!(rng.pick(TEXTS)),
    }
}

fn list(rng: &mut Rng, mut element: impl FnMut(&mut Rng) -> Json) -> Json {
    (0..rng.below(4)).map(|_| element(rng)).collect()
}

fn document(rng: &mut Rng, depth: usize) -> Json {
    match rng.below(if depth == 0 { 6 } else { 9 }) {
        0 => Json::Null,
        1 => json!(rng.chance(50)),
        2 => rng.pick(&[json!(0), json!(1), json!(2.5), json!(-3), json!(10)]).clone(),
        3..6 => json!(rng.pick(TEXTS)),
        6 => (0..rng.below(3)).map(|_| document(rng, depth - 1)).collect(),
        _ => {
            let names = ["a", "b", "long name", "0", "Ä"];
            let members =
                (0..rng.below(4)).map(|_| ((*rng.pick(&names)).to_owned(), document(rng, depth - 1)));
            Json::Object(members.collect())
        }
    }
}

/// Mostly what the schema takes; now and then what it does not.
fn thing(rng: &mut Rng) -> Json {
    let mut row = Map::new();
    row.insert("id".to_owned(), value(rng, "id"));
    row.insert("code".to_owned(), value(rng, "code"));
    let fields = [
        "s", "t", "b", "i", "big", "f", "d", "at", "j", "x", "e", "tags", "nums", "bigs", "decs", "cols",
        "secret",
    ];
    for field in fields {
        if rng.chance(60) {
            let is_list = matches!(field, "tags" | "nums" | "bigs" | "decs" | "cols");
            let null = rng.chance(10) && (!is_list || rng.chance(10));
            row.insert(field.to_owned(), if null { Json::Null } else { value(rng, field) });
        }
    }
    if rng.chance(60) {
        row.insert("ownerId".to_owned(), value(rng, "ownerId"));
    }
    if rng.chance(15) {
        row.insert("parentId".to_owned(), value(rng, "parentId"));
    }
    Json::Object(row)
}

fn mark(rng: &mut Rng) -> Json {
    let mut mark = nested_mark(rng);
    mark["thingId"] = json!(rng.below(IDS));
    mark
}

fn nested_mark(rng: &mut Rng) -> Json {
    let mut mark = json!({"kind": rng.pick(&["a", "b", "B"]), "note": rng.pick(TEXTS)});
    if rng.chance(50) {
        mark["weight"] = json!(rng.pick(DECIMALS));
    }
    mark
}

fn changes(rng: &mut Rng) -> Json {
    let mut changes = Map::new();
    for _ in 0..=rng.below(3) {
        let field = *rng.pick(&[
            "s", "t", "b", "i", "big", "f", "d", "at", "j", "x", "e", "tags", "nums", "decs", "ownerId",
            "parentId", "code", "secret",
        ]);
        let change = match field {
            "i" | "big" | "f" | "d" if rng.chance(60) => {
                let by = match field {
                    "big" => json!(rng.pick(&["1", "-2", "3"])),
                    "d" => json!(rng.pick(&["0.5", "3", "-1.25"])),
                    "f" => json!(rng.pick(&[0.5, 2.0, -4.0])),
                    _ => json!(rng.pick(&[1, 2, -3, 0])),
                };
                json!({*rng.pick(&["increment", "decrement", "multiply", "divide"]): by})
            }
            "tags" | "nums" | "decs" if rng.chance(50) => json!({"push": value(rng, field)}),
            _ if rng.chance(10) && !matches!(field, "code" | "tags" | "nums" | "decs") => Json::Null,
            _ => value(rng, field),
        };
        changes.insert(field.to_owned(), change);
    }
    Json::Object(changes)
}

fn group_changes(rng: &mut Rng) -> Json {
    json!({"label": rng.pick(&["one", "Two", "Drei"]), "size": {"increment": rng.below(5)}})
}

fn inclusion(rng: &mut Rng) -> &'static str {
    const FORMS: &[&str] = &[
        "",
        "",
        "?include=owner",
        "?include=children,parent.owner",
        "?include=marks,groups",
        "?fields=id,s,tags,secret",
    ];
    let form: &&str = rng.pick(FORMS);
    form
}

/// The short form of lists.
fn parameters(rng: &mut Rng) -> String {
    let filter = *rng.pick(&[
        "",
        "i[gte]=0",
        "s[contains]=a",
        "s[contains:i]=Ä",
        "tags[has]=x",
        "e=GREEN",
        "parent.b=true",
        "or[0][s]=a&or[1][i]=7",
        "j.a=1",
        "at[lt]=2026-01-31",
    ]);
    let sort = *rng.pick(&["", "sort=s", "sort=-d,code", "sort=i,-s", "sort=-parent.code", "sort=at"]);
    let search = *rng.pick(&["", "", "", "search=a", "search=it*+-b", "search=%22line+break%22", "search=Ä"]);
    let page = *rng.pick(&[
        "",
        "limit=3",
        "limit=3&cursor=",
        "limit=2&page=2",
        "limit=4&count=exact",
        "count=capped",
    ]);
    let parts: Vec<&str> = [filter, sort, search, page].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("&")
}

fn query(rng: &mut Rng, depth: usize) -> Json {
    let mut query = Map::new();
    if rng.chance(80) {
        query.insert("where".to_owned(), filter(rng, 2));
    }
    query.insert("orderBy".to_owned(), order(rng));
    if depth == 0 && rng.chance(10) {
        query.insert("search".to_owned(), json!(searched(rng)));
        if rng.chance(50) {
            query.remove("orderBy");
        }
    }
    if rng.chance(40) {
        query.insert("take".to_owned(), json!(1 + rng.below(6)));
    }
    if rng.chance(20) {
        query.insert("skip".to_owned(), json!(rng.below(4)));
    }
    let is_window = rng.chance(20);
    if is_window {
        let take = 1 + rng.below(6);
        let sign = if rng.chance(60) { -1 } else { 1 };
        query.insert("take".to_owned(), json!(sign * i64::try_from(take).unwrap_or(1)));
    }
    if is_window && depth == 0 && rng.chance(70) {
        let key = *rng.pick(&["id", "id", "code"]);
        query.insert("cursor".to_owned(), json!({key: value(rng, key)}));
    }
    if !is_window && rng.chance(10) {
        query.insert("distinct".to_owned(), json!([rng.pick(&["s", "b", "e", "ownerId"])]));
    }
    if depth < 2 && rng.chance(50) {
        query.insert("include".to_owned(), includes(rng, depth + 1));
    } else if rng.chance(20) {
        query.insert(
            "select".to_owned(),
            json!({"id": true, *rng.pick(SCALARS): true, "tags": true, "secret": true}),
        );
    }
    Json::Object(query)
}

/// Words of the rows, and signs that mean something to one engine or another.
fn searched(rng: &mut Rng) -> String {
    const PIECES: &[&str] = &[
        "a",
        "A",
        "b",
        "ab",
        "it",
        "s",
        "\"it's\"",
        "q",
        "-b",
        "-\"q\"",
        "ä",
        "Ä",
        "é*",
        "e\u{301}",
        "日*",
        "日本",
        "z*",
        "1",
        "10",
        "break",
        "\"line break\"",
        "tab",
        "lock*",
        "null",
        "İ",
        "i*",
        "ﬀ",
        "ß",
        "'",
        "\"",
        "*",
        "(",
        "OR",
        "a:b",
        "\\",
        "%",
        "_",
        "a_b",
        "AB%c",
        "&",
        "|",
        "😀",
        "x",
    ];
    (0..=rng.below(3)).map(|_| *rng.pick(PIECES)).collect::<Vec<_>>().join(" ")
}

fn includes(rng: &mut Rng, depth: usize) -> Json {
    let mut include = Map::new();
    for _ in 0..=rng.below(2) {
        let relation = *rng.pick(&["owner", "parent", "children", "marks", "groups"]);
        let what = match relation {
            "children" if rng.chance(60) => query(rng, depth),
            "marks" if rng.chance(50) => mark_query(rng),
            "groups" if rng.chance(50) => json!({"orderBy": [{"label": "desc"}], "take": 1 + rng.below(2)}),
            "parent" if rng.chance(30) => {
                json!({"include": {"owner": true, "children": {"orderBy": {"id": "asc"}}}})
            }
            _ => json!(true),
        };
        include.insert(relation.to_owned(), what);
    }
    if rng.chance(30) {
        include.insert(
            "_count".to_owned(),
            json!({"select": {"children": true, "marks": true, "groups": true}}),
        );
    }
    Json::Object(include)
}

fn group_query(rng: &mut Rng) -> Json {
    let condition = match rng.below(4) {
        0 => json!({"things": {"some": filter(rng, 1)}}),
        1 => json!({"things": {"every": filter(rng, 1)}}),
        2 => json!({"things": {"none": filter(rng, 1)}}),
        _ => json!({}),
    };
    json!({"where": condition, "orderBy": [{"things": {"_count": "desc"}}, {"id": "asc"}], "include": {"things": query(rng, 1)}})
}

fn mark_query(rng: &mut Rng) -> Json {
    let condition = match rng.below(4) {
        0 => json!({"weight": {"gte": rng.pick(DECIMALS)}}),
        1 => json!({"note": {"startsWith": rng.pick(TEXTS)}}),
        2 => json!({"thing": {"is": filter(rng, 1)}}),
        _ => json!({"weight": {"in": [rng.pick(DECIMALS), rng.pick(DECIMALS)]}}),
    };
    json!({"where": condition, "orderBy": [{"weight": "desc"}, {"kind": "asc"}, {"thingId": "asc"}], "take": 1 + rng.below(5)})
}

/// Floats are summed in another order by each engine, and decimals that were multiplied may be too long in sum for
/// MongoDB: of these the least and the greatest only.
const SUMMED: &[&str] = &["id", "i", "big", "parentId"];
const ORDERED: &[&str] = &["id", "code", "s", "t", "i", "big", "f", "d", "at", "e", "secret", "ownerId"];
const GROUPED: &[&str] = &["s", "t", "b", "i", "big", "d", "at", "e", "secret", "ownerId", "parentId"];

/// A measure of one field: its function, the field, and a value to compare it with.
fn measure(rng: &mut Rng) -> (&'static str, &'static str, Json) {
    match rng.below(5) {
        0 => ("_count", *rng.pick(&["s", "b", "j", "x", "secret", "ownerId"]), json!(rng.below(4))),
        1 => ("_sum", "big", json!(rng.pick(BIGS))),
        2 => {
            let bound = json!(rng.pick(&[0, 7, -3, 2_147_483_647]));
            (*rng.pick(&["_sum", "_avg"]), *rng.pick(&["id", "i", "parentId"]), bound)
        }
        _ => {
            let field = *rng.pick(ORDERED);
            (*rng.pick(&["_min", "_max"]), field, value(rng, field))
        }
    }
}

fn aggregate(rng: &mut Rng) -> Json {
    let mut body = Map::new();
    if rng.chance(60) {
        body.insert("where".to_owned(), filter(rng, 2));
    }
    body.insert(
        "_count".to_owned(),
        if rng.chance(50) { json!(true) } else { json!({"_all": true, *rng.pick(SCALARS): true}) },
    );
    body.insert("_sum".to_owned(), json!({*rng.pick(SUMMED): true, "big": true}));
    body.insert("_avg".to_owned(), json!({*rng.pick(SUMMED): true}));
    body.insert("_min".to_owned(), json!({*rng.pick(ORDERED): true, *rng.pick(ORDERED): true}));
    body.insert("_max".to_owned(), json!({*rng.pick(ORDERED): true, *rng.pick(ORDERED): true}));
    let direction = *rng.pick(&["asc", "desc"]);
    if rng.chance(30) {
        body.insert("orderBy".to_owned(), order(rng));
        body.insert("skip".to_owned(), json!(rng.below(4)));
        body.insert("take".to_owned(), json!(rng.below(8)));
        return Json::Object(body);
    }
    let by = [*rng.pick(GROUPED), *rng.pick(GROUPED)];
    body.insert("by".to_owned(), if by[0] == by[1] { json!(by[0]) } else { json!(by) });
    if rng.chance(60) {
        body.insert("having".to_owned(), having(rng, by[0], 2));
    }
    let first = match rng.below(4) {
        0 => json!({"_count": direction}),
        1 => json!({by[0]: {"sort": direction, "nulls": rng.pick(&["first", "last"])}}),
        _ => {
            let (function, field, _) = measure(rng);
            json!({function: {field: direction}})
        }
    };
    body.insert("orderBy".to_owned(), json!([first]));
    if rng.chance(40) {
        body.insert("take".to_owned(), json!(1 + rng.below(4)));
        body.insert("skip".to_owned(), json!(rng.below(3)));
    }
    Json::Object(body)
}

fn having(rng: &mut Rng, by: &str, depth: usize) -> Json {
    if depth > 0 && rng.chance(35) {
        let parts = [having(rng, by, depth - 1), having(rng, by, depth - 1)];
        return match rng.below(3) {
            0 => json!({"AND": parts}),
            1 => json!({"OR": parts}),
            _ => json!({"NOT": parts[0]}),
        };
    }
    let (function, field, bound) = measure(rng);
    let test = *rng.pick(&["equals", "not", "lt", "lte", "gt", "gte"]);
    match rng.below(6) {
        0 => json!({"_count": {test: rng.below(4)}}),
        1 => {
            let mut values = vec![value(rng, by)];
            values.retain(|value| !value.is_null());
            json!({by: {*rng.pick(&["in", "notIn"]): values}})
        }
        2 => json!({by: {*rng.pick(&["equals", "not"]): Json::Null}}),
        3 => json!({function: {field: Json::Null}}),
        4 => json!({field: {function: {test: bound}}}),
        _ => json!({function: {field: {test: bound}}}),
    }
}

/// The short form.
fn measures(rng: &mut Rng) -> String {
    let filter =
        *rng.pick(&["", "&i[gte]=0", "&s[contains:i]=A", "&parent.b=true", "&or[0][s]=a&or[1][i]=7"]);
    if rng.chance(30) {
        return format!("count?{}", filter.trim_start_matches('&'));
    }
    let groups = *rng.pick(&[
        "",
        "&groupBy=s&sort=-_count",
        "&groupBy=e,b&having[_sum.i][gt]=0",
        "&groupBy=ownerId&having[_count][gte]=2&sort=_max.at&limit=2",
        "&groupBy=secret&having[_min.code][not]=null&page=2&limit=1",
    ]);
    format!("aggregate?_count=true&_sum=i,big&_max=at,s{groups}{filter}")
}

fn mark_aggregate(rng: &mut Rng) -> Json {
    let mut body = json!({"_count": true, "_sum": {"weight": true}, "_max": {"weight": true, "note": true}});
    if rng.chance(70) {
        body["by"] = json!("kind");
        body["having"] = json!({"_sum": {"weight": {"gte": rng.pick(DECIMALS)}}});
        body["orderBy"] = json!({"_sum": {"weight": "desc"}});
    }
    body
}

fn order(rng: &mut Rng) -> Json {
    let direction = *rng.pick(&["asc", "desc"]);
    let first = match rng.below(9) {
        8 => {
            let fields = rng.pick(&[json!("s"), json!(["t", "secret"]), json!(["s", "t", "secret"])]).clone();
            json!({"_relevance": {"fields": fields, "search": searched(rng), "sort": direction}})
        }
        0 => json!({"parent": {*rng.pick(&["code", "s"]): direction}}),
        1 => json!({"children": {"_count": direction}}),
        2 => {
            json!({*rng.pick(&["s", "i", "d", "at"]): {"sort": direction, "nulls": rng.pick(&["first", "last"])}})
        }
        3 => json!({"secret": direction}),
        _ => json!({*rng.pick(SORTED): direction}),
    };
    json!([first, {"id": "asc"}])
}

fn filter(rng: &mut Rng, depth: usize) -> Json {
    if depth > 0 && rng.chance(35) {
        let parts = [filter(rng, depth - 1), filter(rng, depth - 1)];
        return match rng.below(3) {
            0 => json!({"AND": parts}),
            1 => json!({"OR": parts}),
            _ => json!({"NOT": parts[0]}),
        };
    }
    match rng.below(13) {
        12 => {
            let (field, other) =
                *rng.pick(&[("s", "t"), ("t", "code"), ("id", "i"), ("i", "parentId"), ("s", "secret")]);
            json!({field: {*rng.pick(&["equals", "not", "lt", "lte", "gt", "gte"]): {"_ref": other}}})
        }
        0 => json!({"parent": {*rng.pick(&["is", "isNot"]): filter(rng, depth.saturating_sub(1))}}),
        1 => {
            json!({"children": {*rng.pick(&["some", "every", "none"]): filter(rng, depth.saturating_sub(1))}})
        }
        2 => {
            json!({"marks": {*rng.pick(&["some", "every", "none"]): {"weight": {"gt": rng.pick(DECIMALS)}}}})
        }
        3 => json!({"j": json_test(rng)}),
        4 => {
            let field = *rng.pick(&["tags", "nums", "bigs", "decs", "cols"]);
            let wanted = value(rng, field);
            let one = wanted.get(0).cloned();
            json!({field: match (rng.below(4), one) {
                (0, Some(one)) => json!({"has": one}),
                (1, _) => json!({"hasSome": wanted}),
                (2, _) => json!({"hasEvery": wanted}),
                _ => json!({"isEmpty": rng.chance(50)}),
            }})
        }
        5 => {
            let test = *rng.pick(&["contains", "startsWith", "endsWith", "equals"]);
            let mut condition = json!({test: rng.pick(TEXTS)});
            if rng.chance(40) {
                condition["mode"] = json!("insensitive");
            }
            json!({*rng.pick(&["s", "t", "code", "secret"]): condition})
        }
        6 => {
            let field = *rng.pick(SCALARS);
            let mut values = vec![value(rng, field), value(rng, field)];
            values.retain(|value| !value.is_null());
            json!({field: {*rng.pick(&["in", "notIn"]): values}})
        }
        7 => json!({*rng.pick(SCALARS): Json::Null}),
        8 => json!({*rng.pick(SCALARS): {"not": Json::Null}}),
        _ => {
            let field = *rng.pick(SCALARS);
            let test = *rng.pick(&["equals", "not", "lt", "lte", "gt", "gte"]);
            json!({field: {test: value(rng, field)}})
        }
    }
}

fn json_test(rng: &mut Rng) -> Json {
    let path = rng
        .pick(&[json!([]), json!(["a"]), json!(["b"]), json!(["a", "0"]), json!(["0"]), json!(["long name"])])
        .clone();
    let text = rng.pick(TEXTS);
    match rng.below(7) {
        6 => json!({"path": path, *rng.pick(&["array_starts_with", "array_ends_with"]): document(rng, 1)}),
        0 => json!({"path": path, "string_contains": text}),
        1 => json!({"path": path, "string_starts_with": text, "mode": "insensitive"}),
        2 => json!({"path": path, "array_contains": document(rng, 0)}),
        3 => json!({"path": path, "gte": rng.pick(&[json!(0), json!(2), json!("a"), json!(true)])}),
        4 => json!({"path": path, "not": document(rng, 1)}),
        _ => json!({"path": path, "equals": document(rng, 1)}),
    }
}
