//! Pages by offset and by key give the same rows, totals are those of the whole set, and the
//! first of each combination is kept.

use purlin_core::operation::Count;
use purlin_core::statement::{Filter, ReadShape, SortKey, Total, WritePlan};
use purlin_core::value::Value;
use serde_json::{Value as Json, json};

use super::build::Build;
use super::kit::{Kit, MakeStore};

/// Orders over rows with repeated values and nulls; each ends with the key.
const ORDERS: &[&[&str]] = &[
    &["Thing.id"],
    &["-Thing.id"],
    &["Thing.i", "Thing.id"],
    &["-Thing.i", "-Thing.id"],
    &["Thing.i", "-Thing.id"],
    &["-Thing.i", "Thing.id"],
    &["Thing.i?", "Thing.id"],
    &["-Thing.i!", "Thing.id"],
    &["-Thing.i?", "-Thing.id"],
    &["Thing.d", "Thing.id"],
    &["-Thing.d?", "Thing.id"],
    &["Thing.s", "-Thing.i?", "Thing.d!", "Thing.id"],
    &["-Thing.s!", "Thing.t", "-Thing.id"],
    &["Thing.b", "-Thing.f", "Thing.id"],
];

/// Over the rows that the cases know: through relations, and by their number.
const ACROSS: &[&[&str]] = &[
    &["Post.author.name", "Post.id"],
    &["-Post.author.manager.name", "Post.id"],
    &["Post.author.manager.name?", "-Post.id"],
    &["-Post.comments", "Post.id"],
    &["Post.tags", "-Post.views", "Post.id"],
    &["-Post.createdAt", "-Post.id"],
    &["Post.status", "Post.createdAt", "Post.id"],
    &["Post.score", "Post.id"],
];

pub fn pages(make_store: MakeStore<'_>) {
    let kit = Kit::empty(make_store);
    let build = kit.build();
    let steps = (0..40_i64).map(|id| build.insert("Thing", &thing(id), None)).collect();
    kit.write(WritePlan { steps, params: build.into_params(), result: None, ..WritePlan::default() })
        .unwrap();
    for order in ORDERS {
        compare_pages(&kit, "Thing", order, 7);
    }
    let kit = Kit::seeded(make_store);
    for order in ACROSS {
        compare_pages(&kit, "Post", order, 2);
    }
    totals(&kit);
    distinct(&kit);
}

/// Values from small sets, some null.
fn thing(id: i64) -> Json {
    let pick = |modulus: i64, value: Json| if id % modulus == 0 { Json::Null } else { value };
    json!({
        "id": id,
        "i": pick(3, json!(id % 5)),
        "s": pick(4, json!(["a", "B", "é"][usize::try_from(id % 3).unwrap_or(0)])),
        "d": pick(5, json!(["2", "10", "-1.5"][usize::try_from(id % 3).unwrap_or(0)])),
        "t": pick(7, json!(format!("2026-01-{:02}T00:00:00.000Z", id % 4 + 1))),
        "b": pick(6, json!(id % 2 == 0)),
        "f": json!(f64::from(u8::try_from(id % 4).unwrap_or(0)) / 2.0),
    })
}

fn compare_pages(kit: &Kit, model: &str, order: &[&str], size: u64) {
    let page = |b: &Build<'_>| ReadShape {
        order: b.order(order),
        wants_last_keys: true,
        ..b.many(model, "id", Filter::Always)
    };
    let (all, outcome) = kit.ask(page).unwrap();
    let all = all.as_array().unwrap().clone();
    assert_eq!(outcome.rows, all.len());
    assert!(!outcome.has_more);
    let (mut by_offset, mut by_key) = (Vec::new(), Vec::new());
    let mut after: Option<Vec<Value>> = None;
    loop {
        let offset = i64::try_from(by_offset.len()).unwrap();
        let (rows, outcome) = kit
            .ask(|b| ReadShape { limit: Some(size), offset: b.number(offset), ..page(b) })
            .unwrap_or_else(|error| panic!("{order:?}: {error:?}"));
        by_offset.extend(rows.as_array().unwrap().clone());
        let (rows, keyed) = kit
            .ask(|b| {
                let bound = |value: &Value| (!value.is_null()).then(|| b.param(value.clone()));
                let after = after.as_ref().map(|keys| keys.iter().map(bound).collect());
                ReadShape { limit: Some(size), after, ..page(b) }
            })
            .unwrap_or_else(|error| panic!("{order:?}: {error:?}"));
        by_key.extend(rows.as_array().unwrap().clone());
        assert_eq!(outcome.has_more, by_offset.len() < all.len(), "{order:?}");
        assert_eq!(keyed.has_more, by_key.len() < all.len(), "{order:?} by key: {by_key:?}");
        if !keyed.has_more {
            break;
        }
        assert_eq!(keyed.last_keys.as_ref().map(Vec::len), Some(order.len()));
        after = keyed.last_keys;
    }
    assert_eq!(by_offset, all, "{order:?}");
    assert_eq!(by_key, all, "{order:?}");
    compare_windows(kit, model, order, &all);
}

/// Pages that begin with a row, both ways, and those at the end.
fn compare_windows(kit: &Kit, model: &str, order: &[&str], all: &[Json]) {
    const SIZE: usize = 3;
    let key = format!("{model}.id");
    let window = |from: Option<&Json>, is_backward: bool, skip: usize| {
        let (rows, outcome) = kit
            .ask(|b| {
                let forward = b.order(order);
                let backward = || forward.iter().cloned().map(SortKey::reversed).collect();
                ReadShape {
                    order: if is_backward { backward() } else { forward.clone() },
                    from: from.map(|id| Box::new(b.eq(&key, id))),
                    is_backward,
                    limit: Some(SIZE as u64),
                    offset: if skip == 0 { None } else { b.number(i64::try_from(skip).unwrap()) },
                    wants_last_keys: !is_backward,
                    ..b.many(model, "id", Filter::Always)
                }
            })
            .unwrap_or_else(|error| panic!("{order:?} from {from:?}: {error:?}"));
        (rows, outcome.has_more)
    };
    for (place, row) in all.iter().enumerate().step_by(all.len().div_ceil(6)) {
        for skip in [0, 1] {
            let first = (place + skip).min(all.len());
            let last = (first + SIZE).min(all.len());
            let expected = (Json::from(all[first..last].to_vec()), last < all.len());
            assert_eq!(window(Some(&row["id"]), false, skip), expected, "{order:?} from {row}");
            let last = (place + 1).saturating_sub(skip);
            let first = last.saturating_sub(SIZE);
            let expected = (Json::from(all[first..last].to_vec()), first > 0);
            assert_eq!(window(Some(&row["id"]), true, skip), expected, "{order:?} back from {row}");
        }
    }
    let end = all.len() - 1 - SIZE;
    assert_eq!(window(None, true, 1), (Json::from(all[end..end + SIZE].to_vec()), end > 0), "{order:?}");
    for is_backward in [false, true] {
        assert_eq!(
            window(Some(&json!(12_345)), is_backward, 0),
            (json!([]), false),
            "{order:?}: no such row"
        );
    }
}

fn totals(kit: &Kit) {
    let exact = |rows| Some(Total { rows, is_capped: false });
    let capped = |rows| Some(Total { rows, is_capped: true });
    let published = |b: &Build<'_>| b.eq("Post.status", &json!("published"));
    let cases: Vec<(&str, Count, u64, i64, Option<Total>)> = vec![
        ("none", Count::None, 2, 0, None),
        ("exact", Count::Exact, 2, 0, exact(3)),
        ("exact on the last page", Count::Exact, 2, 2, exact(3)),
        ("exact beyond the end", Count::Exact, 2, 10, exact(3)),
        ("exact of a full set", Count::Exact, 3, 0, exact(3)),
        ("capped above", Count::Capped(2), 1, 0, capped(2)),
        ("capped at the cap", Count::Capped(3), 1, 0, exact(3)),
        ("capped below", Count::Capped(100), 2, 0, exact(3)),
        ("capped by a whole page", Count::Capped(2), 10, 0, capped(2)),
    ];
    for (name, count, limit, offset, expected) in cases {
        for round in ["first", "again"] {
            let (_, outcome) = kit
                .ask_counted(count, |b| ReadShape {
                    limit: Some(limit),
                    offset: b.number(offset),
                    ..b.many("Post", "id", published(b))
                })
                .unwrap();
            assert_eq!(outcome.total, expected, "{name}, {round}");
        }
    }
    // A remembered total ends with the write that changes it.
    let counted = || {
        let ask = |b: &Build<'_>| ReadShape { limit: Some(1), ..b.many("Post", "id", published(b)) };
        kit.ask_counted(Count::Exact, ask).unwrap().1.total
    };
    assert_eq!(counted(), exact(3));
    let build = kit.build();
    let change = vec![("status", build.set("Post.status", &json!("published")))];
    let step =
        build.update("Post", change, build.eq("Post.id", &json!(2)), super::build::one_row(Filter::Never));
    kit.write(WritePlan {
        steps: vec![step],
        params: build.into_params(),
        result: None,
        ..WritePlan::default()
    })
    .unwrap();
    assert_eq!(counted(), exact(4));
    // So does one that another table decides.
    let tagged = || {
        let ask = |b: &Build<'_>| {
            let filter = b.related("Post.tags", purlin_core::schema::Quantifier::Some, Filter::Always);
            ReadShape { limit: Some(1), ..b.many("Post", "id", filter) }
        };
        kit.ask_counted(Count::Exact, ask).unwrap().1.total
    };
    assert_eq!(tagged(), exact(2));
    let build = kit.build();
    let step = build.link("Post.tags", &json!(2), &json!(3), false);
    kit.write(WritePlan {
        steps: vec![step],
        params: build.into_params(),
        result: None,
        ..WritePlan::default()
    })
    .unwrap();
    assert_eq!(tagged(), exact(3));
}

fn distinct(kit: &Kit) {
    let by_status = |b: &Build<'_>| ReadShape {
        distinct: vec![b.id("Post.status")],
        order: b.order(&["-Post.views", "Post.id"]),
        ..b.many("Post", "status title", Filter::Always)
    };
    let expected = json!([
        {"status": "published", "title": "Alpha"},
        {"status": "archived", "title": "Épsilon"},
    ]);
    kit.check("distinct", &expected, by_status);
    let (_, outcome) =
        kit.ask_counted(Count::Exact, |b| ReadShape { limit: Some(1), ..by_status(b) }).unwrap();
    assert_eq!(outcome.total, Some(Total { rows: 2, is_capped: false }));
    assert!(outcome.has_more);
    kit.check(
        "distinct with null",
        &json!([{"score": null}, {"score": "-3"}, {"score": "1.5"}, {"score": "2.25"}, {"score": "10"}]),
        |b| ReadShape {
            distinct: vec![b.id("Post.score")],
            order: b.order(&["Post.score", "Post.id"]),
            ..b.many("Post", "score", Filter::Always)
        },
    );
}
