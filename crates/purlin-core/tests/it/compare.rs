//! The two-valued meaning of comparisons.

use purlin_core::schema::CompareOp::{Equal, Greater, Less, LessOrEqual, NotEqual};
use purlin_core::schema::TextOp;
use purlin_core::value::compare::{compare, compare_with_nulls, text};
use purlin_core::{Decimal, Value};

fn decimal(text: &str) -> Value {
    Value::Decimal(Decimal::parse(text).unwrap())
}

#[test]
fn null_makes_a_comparison_false() {
    for op in [Equal, NotEqual, Less, LessOrEqual, Greater] {
        assert!(!compare(op, &Value::Null, &Value::Int(1)), "{op:?}");
        assert!(!compare(op, &Value::Int(1), &Value::Null), "{op:?}");
        assert!(!compare(op, &Value::Null, &Value::Null), "{op:?}");
    }
}

#[test]
fn between_fields_null_is_a_value() {
    assert!(compare_with_nulls(Equal, &Value::Null, &Value::Null));
    assert!(!compare_with_nulls(NotEqual, &Value::Null, &Value::Null));
    assert!(compare_with_nulls(NotEqual, &Value::Null, &Value::Int(1)));
    assert!(!compare_with_nulls(Less, &Value::Null, &Value::Int(1)));
}

#[test]
fn numbers_compare_by_value() {
    assert!(compare(Equal, &Value::Int(2), &decimal("2.00")));
    assert!(compare(Less, &decimal("9.99"), &decimal("10")));
    assert!(compare(Less, &Value::Int(1), &Value::Float(1.5)));
    assert!(compare(NotEqual, &decimal("0.1"), &decimal("0.10000000000000000001")));
}

#[test]
fn types_that_do_not_compare_are_never_equal() {
    for op in [Equal, NotEqual, Less] {
        assert!(!compare(op, &Value::from("1"), &Value::Int(1)), "{op:?}");
    }
}

#[test]
fn text_folds_unicode_only_when_asked() {
    let (value, wanted) = (Value::from("Café"), Value::from("CAFÉ"));
    assert!(!text(TextOp::StartsWith, &value, &wanted, false));
    assert!(text(TextOp::StartsWith, &value, &wanted, true));
    assert!(text(TextOp::Contains, &Value::from("100%"), &Value::from("%"), false));
    assert!(!text(TextOp::Contains, &Value::from("100"), &Value::from("%"), false));
}
