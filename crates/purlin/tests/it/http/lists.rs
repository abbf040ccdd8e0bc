//! Lists: pages, orders, filters, cursors, selections.

use super::server::Server;

const ADMIN: Option<&str> = Some("1");

#[test]
fn pages_and_counts() {
    let server = Server::start();
    server.check(
        ADMIN,
        "GET /api/posts?limit=5&page=3",
        200,
        r#"{"data":[{"id":"p11"},{"id":"p12"}],"meta":{"page":3,"limit":5,"total":12,"totalPages":3}}"#,
    );
    server.check(
        None,
        "GET /api/posts?limit=1&count=exact",
        200,
        r#"{"data":["*"],"meta":{"page":1,"limit":1,"total":8,"totalPages":8}}"#,
    );
    for (request, meta) in [
        ("limit=5&count=none", r#""meta":{"page":1,"limit":5,"hasMore":true}}"#),
        ("limit=5&count=none&page=2", r#""meta":{"page":2,"limit":5,"hasMore":false}}"#),
        ("limit=8&count=none", r#""meta":{"page":1,"limit":8,"hasMore":false}}"#),
        ("limit=8", r#""meta":{"page":1,"limit":8,"total":8,"totalPages":1}}"#),
        (
            "page=4294967295&limit=100",
            r#"{"data":[],"meta":{"page":4294967295,"limit":100,"total":8,"totalPages":1}}"#,
        ),
    ] {
        let text = server.call(None, &format!("GET /api/posts?{request}"), "").text;
        assert!(text.ends_with(meta), "{request}: {text}");
    }
}

#[test]
fn orders() {
    let server = Server::start();
    assert_eq!(server.ids(ADMIN, "GET /api/posts?limit=4"), "p01 p02 p03 p04");
    assert_eq!(server.ids(ADMIN, "GET /api/posts?limit=4&sort=-id"), "p12 p11 p10 p09");
    assert_eq!(server.ids(ADMIN, "GET /api/posts?limit=4&sort=-createdAt"), "p12 p11 p10 p09");
    assert_eq!(server.ids(ADMIN, "GET /api/posts?limit=3&sort=author.name,-views"), "p12 p10 p08");
    assert_eq!(
        server.ids(ADMIN, "GET /api/posts?limit=2&sort=-price,id"),
        "p01 p02",
        "null is the smallest value"
    );
    assert_eq!(server.ids(ADMIN, "GET /api/posts?limit=2&sort=price"), "p02 p03");
    assert_eq!(server.ids(ADMIN, "GET /api/users?sort=-posts._count,id"), "2 3 1 4");
}

#[test]
fn filters() {
    let server = Server::start();
    for (query, ids) in [
        ("status=DRAFT", "p03 p06 p09 p12"),
        ("title=Title 7", "p07"),
        ("title[contains:i]=tItLe%201", "p01 p10 p11 p12"),
        ("title[contains]=tItLe", ""),
        ("title[contains]=%25", ""),
        ("views[gte]=110", "p11 p12"),
        ("views[in]=10,20", "p01 p02"),
        ("price[gt]=12.49", "p01"),
        ("price=null&id[lt]=p04", "p02 p03"),
        ("price[not]=null", "p01"),
        ("createdAt[lt]=2026-01-02", "p01"),
        ("author.team.name=core&views[lt]=50", "p02 p04"),
        ("author.name=Cyd&status=DRAFT", "p03 p09"),
        ("or[0][id]=p01&or[1][author.id]=2&or[1][views]=20", "p01 p02"),
        ("not[status]=PUBLISHED", "p03 p06 p09 p12"),
        ("where=%7B%22OR%22%3A%5B%5D%7D", ""),
        ("labels[some][name]=red", ""),
    ] {
        let query = query.replace(' ', "%20");
        assert_eq!(server.ids(ADMIN, &format!("GET /api/posts?{query}")), ids, "{query}");
    }
}

#[test]
fn selections() {
    let server = Server::start();
    let text = server.call(None, "GET /api/posts/p01?fields=title,id&include=author.team", "").text;
    assert_eq!(
        text,
        r#"{"data":{"id":"p01","title":"Title 1","author":{"id":3,"name":"Cyd","email":null,"role":"USER","isActive":true,"teamId":2,"team":{"id":2,"name":"docs"}}}}"#
    );
    server.check(None, "GET /api/users/2?include=posts", 200, r#"{"data":{"posts":["*","*","*","*"]}}"#);
    server.write(
        None,
        "POST /api/posts/query",
        r#"{"where":{"author":{"name":"Bob"}},"select":{"id":true,"author":{"select":{"name":true}}},"orderBy":{"views":"desc"},"take":1,"skip":1}"#,
        200,
        r#"{"data":[{"id":"p08","author":{"name":"Bob"}}],"meta":{"page":2,"limit":1,"total":4,"totalPages":4}}"#,
    );
}

/// Walks all pages; every row comes once, in order.
#[track_caller]
fn walk(server: &Server, actor: Option<&str>, request: &str, expected: &str) {
    let mut cursor = String::new();
    let mut seen = Vec::new();
    loop {
        let called = server.call(actor, &format!("{request}&cursor={cursor}"), "");
        assert_eq!(called.status, 200, "{}", called.text);
        let json = called.json();
        seen.extend(
            json["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()),
        );
        assert!(seen.len() < 100, "the walk does not end");
        let meta = &json["meta"];
        assert_eq!(meta["hasMore"], !meta["nextCursor"].is_null());
        let Some(next) = meta["nextCursor"].as_str() else { break };
        assert!(next.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{next}");
        assert_ne!(next, cursor, "the walk stands still");
        next.clone_into(&mut cursor);
    }
    assert_eq!(seen.join(" "), expected, "{request}");
}

#[test]
fn cursors_walk_every_order() {
    let server = Server::start();
    walk(&server, None, "GET /api/posts?limit=3", "p01 p02 p04 p05 p07 p08 p10 p11");
    walk(&server, None, "GET /api/posts?limit=4", "p01 p02 p04 p05 p07 p08 p10 p11");
    walk(&server, None, "GET /api/posts?limit=3&sort=-createdAt", "p11 p10 p08 p07 p05 p04 p02 p01");
    walk(&server, None, "GET /api/posts?limit=3&sort=price,-views", "p11 p10 p08 p07 p05 p04 p02 p01");
    walk(&server, None, "GET /api/posts?limit=3&sort=-price,id", "p01 p02 p04 p05 p07 p08 p10 p11");
    walk(&server, None, "GET /api/posts?limit=3&sort=author.name,title&author.id=2", "p10 p02 p04 p08");
    walk(&server, ADMIN, "GET /api/users/2/posts?limit=4", "p02 p04 p06 p08 p10 p12");
}

#[test]
fn cursors_are_bound_to_their_request() {
    let server = Server::start();
    let json = server.call(None, "GET /api/posts?limit=2&sort=-views&cursor=", "").json();
    let cursor = json["meta"]["nextCursor"].as_str().unwrap();
    let ask = |request: &str| server.call(None, &format!("GET {request}&cursor={cursor}"), "").status;
    assert_eq!(ask("/api/posts?limit=5&sort=-views"), 200, "the page size may change");
    assert_eq!(ask("/api/posts?limit=2&sort=-views&fields=id"), 200);
    assert_eq!(ask("/api/posts?limit=2&sort=views"), 400);
    assert_eq!(ask("/api/posts?limit=2"), 400);
    assert_eq!(ask("/api/posts?limit=2&sort=-views&title[not]=x"), 400);
    assert_eq!(ask("/api/users/2/posts?limit=2&sort=-views"), 400);
    assert_eq!(ask("/api/users?limit=2"), 400);
    let body = format!(r#"{{"orderBy":{{"views":"desc"}},"take":2,"cursor":"{cursor}"}}"#);
    server.write(
        None,
        "POST /api/posts/query",
        &body,
        200,
        r#"{"data":["*","*"],"meta":{"limit":2,"hasMore":true}}"#,
    );
    for bad in ["!!!", "AAAA", &"A".repeat(9000), "%00", &cursor[1..]] {
        let status =
            server.call(None, &format!("GET /api/posts?limit=2&sort=-views&cursor={bad}"), "").status;
        assert_eq!(status, 400, "{bad}");
    }
}
