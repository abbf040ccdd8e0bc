//! The JSON sink writes what a JSON parser reads back.

use purlin_core::sink::{JsonSink, RowSink, ValueRef};

#[test]
fn a_list_of_objects() {
    let mut sink = JsonSink::with_prefix("{\"data\":", 64);
    sink.begin_list();
    for number in [1, 2] {
        sink.begin_object();
        sink.key("id");
        sink.value(ValueRef::Int(number));
        sink.key("tags");
        sink.begin_list();
        sink.value(ValueRef::Text("a"));
        sink.value(ValueRef::Null);
        sink.end_list();
        sink.key("raw");
        sink.value(ValueRef::Json("{\"x\":[1]}"));
        sink.end_object();
    }
    sink.end_list();
    sink.push_raw("}");
    let text = String::from_utf8(sink.into_bytes()).unwrap();
    let row = |id| format!("{{\"id\":{id},\"tags\":[\"a\",null],\"raw\":{{\"x\":[1]}}}}");
    assert_eq!(text, format!("{{\"data\":[{},{}]}}", row(1), row(2)));
}

#[test]
fn every_kind_of_value() {
    for (value, expected) in [
        (ValueRef::Boolean(true), "true"),
        (ValueRef::BigInt(i64::MIN), "\"-9223372036854775808\""),
        (ValueRef::Float(0.1), "0.1"),
        (ValueRef::Float(1e21), "1e21"),
        (ValueRef::Decimal("1.5"), "\"1.5\""),
        (ValueRef::DateTime(0), "\"1970-01-01T00:00:00.000Z\""),
        (ValueRef::Bytes(&[0, 255]), "\"AP8=\""),
    ] {
        let mut sink = JsonSink::default();
        sink.value(value);
        let text = String::from_utf8(sink.into_bytes()).unwrap();
        let (found, wanted): (serde_json::Value, serde_json::Value) =
            (serde_json::from_str(&text).unwrap(), serde_json::from_str(expected).unwrap());
        assert_eq!(found, wanted, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_reads_back(text in "\\PC*|[\\x00-\\x7f]*") {
        let mut sink = JsonSink::default();
        sink.value(ValueRef::Text(&text));
        let bytes = sink.into_bytes();
        let back: String = serde_json::from_slice(&bytes).unwrap();
        proptest::prop_assert_eq!(back, text);
    }
}
