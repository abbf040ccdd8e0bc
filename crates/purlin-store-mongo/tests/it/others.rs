//! What other programs do with the same database: their writes are seen at once, and what they have left
//! there is understood.

use std::time::Duration;

use mongodb::bson::{Bson, doc, oid::ObjectId};
use purlin_core::statement::{Expect, Filter, WritePlan};
use purlin_testkit::conformance::{self, Kit};
use serde_json::json;

use crate::databases::{by_others, owned, put};

#[test]
fn rows_of_other_programs_are_understood() {
    let schema = conformance::schema();
    let renew_after = Duration::from_millis(100);
    let (name, owned) = owned(schema.clone(), |config| purlin_store_mongo::Config { renew_after, ..config });
    let kit = Kit { store: owned, schema };
    let before = kit.store.version(kit.build().model("Thing").id);
    let decimal: mongodb::bson::Decimal128 = "1.50E+1".parse().unwrap();
    put(
        &name,
        "Thing",
        vec![
            // Shells write numbers as doubles, and leave out what is null.
            doc! { "_id": 1.0, "i": 5.0, "big": 7.0, "s": "text", "more": "ignored" },
            doc! { "_id": 2, "d": decimal, "j": { "id": ObjectId::from_bytes([1; 12]), "d": decimal }, "b": true },
            doc! { "_id": 3, "tags": Bson::Null, "f": f64::NAN, "t": "2026-01-31T09:30:00Z", "e": "g" },
        ],
    );
    let expected = json!([
        {"id": 1, "i": 5, "big": "7", "s": "text", "tags": [], "b": null, "f": null, "e": null},
        {"id": 2, "i": null, "big": null, "s": null, "tags": [], "b": true, "f": null, "e": null},
        {"id": 3, "i": null, "big": null, "s": null, "tags": [], "b": null, "f": null, "e": "GREEN"},
    ]);
    kit.check("rows", &expected, |b| b.many("Thing", "id i big s tags b f e", Filter::Always));
    let expected = json!([{"d": "15", "j": {"id": "010101010101010101010101", "d": "15"}}]);
    kit.check("documents", &expected, |b| b.many("Thing", "d j", b.eq("Thing.d", &json!("15"))));
    kit.check("absent is null", &json!([{"id": 2}, {"id": 3}]), |b| {
        b.many("Thing", "id", Filter::IsNull(b.col("Thing.i")))
    });
    kit.check("null equals absent", &json!([{"id": 2}, {"id": 3}]), |b| {
        b.many(
            "Thing",
            "id",
            b.columns_compare("Thing.s", purlin_core::schema::CompareOp::Equal, "Thing.other"),
        )
    });
    std::thread::sleep(Duration::from_millis(120));
    assert_ne!(kit.store.version(kit.build().model("Thing").id), before, "others may have written");
}

#[test]
fn keys_are_counted_from_the_rows_that_are_there() {
    let schema = conformance::schema();
    let (name, owned) = owned(schema.clone(), |config| config);
    let kit = Kit { store: owned, schema };
    put(&name, "User", vec![doc! { "_id": 41, "email": "theirs@x.io" }]);
    for expected in [42, 43] {
        let b = kit.build();
        let step = b.insert("User", &json!({"email": format!("{expected}@x.io")}), Some(0));
        let (_, outcome) = kit
            .write(WritePlan {
                steps: vec![step],
                params: b.into_params(),
                result: None,
                ..WritePlan::default()
            })
            .unwrap();
        assert_eq!(outcome.loaded[0].1[0].1, purlin_core::Value::Int(expected));
    }
}

/// Two transactions, neither of which sees what the other does: one gives a row to a parent that the other
/// deletes.
#[test]
fn no_row_is_left_without_its_parent() {
    let schema = conformance::schema();
    let (name, owned) = owned(schema.clone(), |config| config);
    let kit = Kit { store: owned, schema };
    for round in 0..15 {
        let b = kit.build();
        let step = b.insert("User", &json!({"id": round, "email": format!("{round}")}), None);
        kit.write(WritePlan {
            steps: vec![step],
            params: b.into_params(),
            result: None,
            ..WritePlan::default()
        })
        .unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let b = kit.build();
                let row = json!({"id": round, "bio": "b", "userId": round});
                let step = b.insert("Profile", &row, None);
                kit.write(WritePlan {
                    steps: vec![step],
                    params: b.into_params(),
                    result: None,
                    ..WritePlan::default()
                })
            });
            scope.spawn(|| {
                let b = kit.build();
                let step = b.delete("User", b.eq("User.id", &json!(round)), Expect::Any);
                kit.write(WritePlan {
                    steps: vec![step],
                    params: b.into_params(),
                    result: None,
                    ..WritePlan::default()
                })
                .unwrap()
            });
        });
    }
    let left = by_others(&name, async |database| {
        database.collection::<mongodb::bson::Document>("Profile").count_documents(doc! {}).await.unwrap()
    });
    assert_eq!(left, 0, "profiles go with their user, or are refused");
}

/// They collide, for each keeps its parent from going; and each is written all the same.
#[test]
fn children_of_one_row_at_the_same_time() {
    let schema = conformance::schema();
    let (_, owned) = owned(schema.clone(), |config| config);
    let kit = Kit { store: owned, schema };
    let b = kit.build();
    let step = b.insert("User", &json!({"id": 1, "email": "a@x.io"}), None);
    kit.write(WritePlan { steps: vec![step], params: b.into_params(), result: None, ..WritePlan::default() })
        .unwrap();
    std::thread::scope(|scope| {
        for worker in 0..6 {
            let kit = &kit;
            scope.spawn(move || {
                for round in 0..5 {
                    let b = kit.build();
                    let row = json!({"title": "t", "slug": format!("{worker} {round}"), "authorId": 1});
                    let step = b.insert("Post", &row, None);
                    kit.write(WritePlan {
                        steps: vec![step],
                        params: b.into_params(),
                        result: None,
                        ..WritePlan::default()
                    })
                    .unwrap();
                }
            });
        }
    });
    kit.check("posts", &json!({"_count": {"posts": 30}}), |b| purlin_core::statement::ReadShape {
        counts: vec![b.count("User.posts", Filter::Always)],
        ..b.one("User", "", Filter::Always)
    });
}

/// As in databases that Prisma made.
#[test]
fn object_ids_are_strings_outside() {
    let text = r#"
datasource db { provider = "mongodb" }
model Folder {
  id    String @id @default(auto()) @map("_id") @db.ObjectId
  name  String
  files File[]
  tags  String[] @db.ObjectId
}
model File {
  id       String  @id @default(auto()) @map("_id") @db.ObjectId
  folderId String? @db.ObjectId
  folder   Folder? @relation(fields: [folderId], references: [id], onDelete: Cascade)
}
"#;
    let file = purlin_schema::SourceFile::new("prisma.prisma", text);
    let compiled = purlin_schema::compile(vec![file]);
    let schema =
        std::sync::Arc::new(compiled.schema.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics)));
    let (name, owned) = owned(schema.clone(), |config| config);
    let kit = Kit { store: owned, schema };
    let theirs = ObjectId::from_bytes([7; 12]);
    put(&name, "Folder", vec![doc! { "_id": theirs, "name": "theirs", "tags": [theirs] }]);
    let id = theirs.to_hex();
    let file = "65a1b2c3d4e5f60718293a4b";
    let b = kit.build();
    let step = b.insert("File", &json!({"id": file, "folderId": id}), Some(0));
    let (_, outcome) = kit
        .write(WritePlan { steps: vec![step], params: b.into_params(), result: None, ..WritePlan::default() })
        .unwrap();
    assert_eq!(outcome.loaded[0].1[0].1, purlin_core::Value::from(file));
    let expected =
        json!([{"id": id, "name": "theirs", "tags": [id], "files": [{"id": file, "folderId": id}]}]);
    kit.check("folders", &expected, |b| purlin_core::statement::ReadShape {
        includes: vec![b.include("Folder.files", "id folderId")],
        ..b.many("Folder", "id name tags", b.is_in("Folder.id", &json!([id])))
    });
    kit.check("has", &json!([{"name": "theirs"}]), |b| {
        b.many("Folder", "name", b.list("Folder.tags", purlin_core::schema::ListOp::Has, Some(json!(id))))
    });
    let b = kit.build();
    let step = b.delete("Folder", b.eq("Folder.id", &json!(id)), Expect::Any);
    kit.write(WritePlan { steps: vec![step], params: b.into_params(), result: None, ..WritePlan::default() })
        .unwrap();
    kit.check("files", &json!([]), |b| b.many("File", "id", Filter::Always));
}
