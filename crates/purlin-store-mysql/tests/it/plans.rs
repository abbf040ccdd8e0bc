//! Statements use the indexes that are there: the server's own plan is looked at.

use purlin_core::statement::{Filter, ReadShape};
use purlin_sql::dialect::{Flavour, MySql};
use purlin_sql::render_read;
use purlin_store_mysql::{Address, MigrationConnection, open_for_migration};
use purlin_testkit::conformance::{self, Build};
use purlin_testkit::services;
use serde_json::json;

use crate::tables::on_server;

/// Of which nine in ten are of one status; so many that reading them all costs more than twenty by an index.
const POSTS: &[&str] = &[
    "INSERT INTO `User` (id, email) VALUES (1, 'a'), (2, 'b')",
    "INSERT INTO posts (title, slug, status, created_at, authorId) \
     WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
     SELECT REPEAT('x', 100), CONCAT(n.i, '-', m.i), IF(n.i % 10 = 0, 'draft', 'published'), \
     TIMESTAMPADD(MINUTE, n.i * 10 + m.i, '2026-01-01'), 1 + (n.i % 100 = 0) FROM n JOIN n AS m ON m.i <= 10",
    "ALTER TABLE posts ADD INDEX (status, created_at), ADD INDEX (created_at)",
    "ANALYZE TABLE posts",
];

#[test]
fn a_page_that_a_rule_allows_most_of_follows_the_order() {
    let schema = conformance::schema();
    let server = services::mysql();
    let (name, _owned) = on_server(&server, schema.clone(), |_| {});
    let address = Address::parse(&services::with_database(&server, &name)).unwrap();
    let mut connection = open_for_migration(&address).unwrap();
    for statement in POSTS {
        connection.query(statement, &[]).unwrap();
    }
    let b = Build::new(&schema);
    let alternatives = vec![b.eq("Post.status", &json!("published")), b.eq("Post.authorId", &json!(2))];
    let page = |filter| ReadShape {
        order: b.order(&["-Post.createdAt", "-Post.id"]),
        limit: Some(20),
        ..b.many("Post", "title", filter)
    };
    let dialect = MySql { flavour: Flavour::of_version(&value(&mut connection, "SELECT VERSION()")) };
    let shape = page(Filter::Residual(Box::new(Filter::Any(alternatives))));
    let statement = render_read(&schema, &dialect, &shape);
    let explain = format!("EXPLAIN {}", statement.select.text);
    let plan = connection.query(&explain, &["published", "2"]).unwrap();
    let text: Vec<String> = plan.into_iter().flatten().flatten().collect();
    let text = text.join(" ");
    assert!(text.contains("created_at"), "{text}");
    assert!(!text.contains("index_merge") && !text.contains("filesort"), "{text}");
}

fn value(connection: &mut MigrationConnection, sql: &str) -> String {
    connection.query(sql, &[]).unwrap().into_iter().flatten().flatten().next().unwrap()
}
