//! Tables through serde: JSON, structs, damage, depth.

#![allow(clippy::unwrap_used, reason = "what tests share is test code too")]

use std::collections::BTreeMap;

use amqp_methods::serde::{from_table, to_table};
use amqp_methods::{
    Decimal, FieldArray, FieldTable, LongStr, MAX_TABLE_DEPTH, ShortStr, Timestamp, Value, array,
    table,
};
use serde::{Deserialize, Serialize};

fn time() -> Timestamp {
    Timestamp::from_secs(1_700_000_000)
}

/// One of everything that JSON keeps as it is.
fn everything() -> FieldTable<'static> {
    table! {
        "t" => true, "I" => -5, "l" => 1_i64 << 40, "d" => 0.1, "S" => "text", "V" => Value::Void, "D" => Decimal::new(2, 1990),
        "T" => time(), "x" => b"\x00\xff", "latin-1" => LongStr::from(&b"caf\xe9"[..]), "inf" => f64::NEG_INFINITY,
        "A" => array![1, "two", array![], table! { "$bytes" => "aa" }], "F" => table! { "k" => table! {} }, "$t" => 1,
        "twice" => 1, "twice" => 2,
    }
}

#[test]
fn json_reads_as_it_should() {
    let json = serde_json::to_string(&everything()).unwrap();
    let expected = concat!(
        r#"{"t":true,"I":-5,"l":1099511627776,"d":0.1,"S":"text","V":null,"D":{"$decimal":"19.90"},"#,
        r#""T":{"$timestamp":1700000000},"x":{"$bytes":"00ff"},"latin-1":{"$string":"636166e9"},"inf":{"$float":"-inf"},"#,
        r#""A":[1,"two",[],{"$$bytes":"aa"}],"F":{"k":{}},"$$t":1,"twice":1,"twice":2}"#,
    );
    assert_eq!(json, expected);
    let read: FieldTable<'_> = serde_json::from_str(&json).unwrap();
    assert_eq!(read, everything());
}

#[test]
fn types_by_themselves_are_simple_in_json() {
    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct All {
        time: Timestamp,
        price: Decimal,
        short: ShortStr<'static>,
        long: LongStr<'static>,
        array: FieldArray<'static>,
    }
    let all = All {
        time: time(),
        price: Decimal::new(20, -1999),
        short: "jobs".into(),
        long: LongStr::from(&b"\xff"[..]),
        array: array![1],
    };
    let json = serde_json::to_string(&all).unwrap();
    let expected = r#"{"time":1700000000,"price":"-1999e-20","short":"jobs","long":{"$string":"ff"},"array":[1]}"#;
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_str::<All>(&json).unwrap(), all);
    // And through a table, each is itself.
    let table = to_table(&all).unwrap();
    assert_eq!(table.get_timestamp("time"), Ok(Some(time())));
    assert_eq!(table.get_as("price"), Ok(Some(Decimal::new(20, -1999))));
    assert_eq!(from_table::<All>(&table).unwrap(), all);
}

#[test]
fn decimals_keep_their_places() {
    for (scale, value) in [
        (0, 5),
        (2, 1990),
        (3, -5),
        (10, 1),
        (11, 1),
        (255, i32::MIN),
    ] {
        let decimal = Decimal::new(scale, value);
        let json = serde_json::to_string(&decimal).unwrap();
        assert_eq!(
            serde_json::from_str::<Decimal>(&json).unwrap(),
            decimal,
            "{json}"
        );
    }
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Plain,
    Weighted(u8),
    Between { low: i64, high: i64 },
    Pair(u8, u8),
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Job {
    tenant: String,
    count: u64,
    ratio: f32,
    note: Option<String>,
    kinds: Vec<Kind>,
    labels: BTreeMap<String, i32>,
    octets: Vec<u8>,
    extra: Value<'static>,
    headers: FieldTable<'static>,
}

fn job() -> Job {
    Job {
        tenant: "acme".into(),
        count: 7,
        ratio: 0.5,
        note: None,
        kinds: vec![
            Kind::Plain,
            Kind::Weighted(3),
            Kind::Between { low: -1, high: 1 },
            Kind::Pair(1, 2),
        ],
        labels: BTreeMap::from([("a".into(), 1), ("b".into(), 2)]),
        octets: vec![1, 2],
        extra: Value::Timestamp(time()),
        headers: everything(),
    }
}

#[test]
fn structs_become_tables_and_come_back() {
    let table = to_table(&job()).unwrap();
    assert_eq!(table.get_u64("count"), Ok(Some(7)));
    assert!(table.get("note").unwrap().unwrap().is_void());
    let labels = table.get_table("labels").unwrap().unwrap();
    assert_eq!(labels.get_i64("b"), Ok(Some(2)));
    let kinds = table.get_array("kinds").unwrap().unwrap();
    let shown = r#"["plain", {weighted: 3}, {between: {low: -1, high: 1}}, {pair: [1, 2]}]"#;
    assert_eq!(kinds.to_string(), shown);
    // Values inside keep their very types.
    assert_eq!(table.get_timestamp("extra"), Ok(Some(time())));
    assert_eq!(table.get_table("headers"), Ok(Some(everything())));
    assert_eq!(from_table::<Job>(&table).unwrap(), job());
}

#[test]
fn integers_of_all_widths_are_read() {
    let table = table! { "a" => 1_i8, "b" => 1_u8, "c" => 1_i16, "d" => 1_u16, "e" => 1, "f" => 1_u32, "g" => 1_i64 };
    let read: BTreeMap<String, u8> = from_table(&table).unwrap();
    assert_eq!(read.len(), 7);
    assert!(read.values().all(|value| *value == 1));
}

#[test]
fn byte_arrays_are_octets_and_void_is_none() {
    #[derive(Debug, Deserialize)]
    struct Read {
        octets: Vec<u8>,
        nothing: Option<String>,
        missing: Option<String>,
    }
    let read: Read = from_table(&table! { "octets" => b"ab", "nothing" => Value::Void }).unwrap();
    assert_eq!(read.octets, b"ab");
    assert_eq!((read.nothing, read.missing), (None, None));
}

#[test]
fn flattened_values_are_kept() {
    #[derive(Debug, Deserialize)]
    struct Read {
        known: i64,
        #[serde(flatten)]
        rest: BTreeMap<String, Value<'static>>,
    }
    let table = table! { "a" => "x", "known" => 1, "b" => array![1_u8], "t" => time() };
    let read: Read = from_table(&table).unwrap();
    assert_eq!(read.known, 1);
    assert_eq!(read.rest["a"], Value::from("x"));
    // Widths and time stamps are numbers here: this path is for formats that know no more.
    assert_eq!(read.rest["b"], Value::from(array![1]));
    assert_eq!(read.rest["t"].as_i64(), Some(1_700_000_000));
}

#[track_caller]
fn said<T: serde::de::DeserializeOwned + std::fmt::Debug>(table: &FieldTable<'_>) -> String {
    from_table::<T>(table).unwrap_err().to_string()
}

#[test]
fn errors_name_the_field() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "it is never read")]
    struct Headers {
        #[serde(rename = "x-death")]
        deaths: Vec<Death>,
    }
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "it is never read")]
    struct Death {
        count: u8,
    }
    let headers = |count: Value<'static>| {
        table! { "x-death" => array![table! { "count" => 1 }, table! { "count" => count }] }
    };
    let text = said::<Headers>(&headers("many".into()));
    assert_eq!(
        text,
        r#"x-death[1].count: invalid type: string "many", expected u8"#
    );
    let text = said::<Headers>(&headers(256.into()));
    assert!(
        text.starts_with("x-death[1].count: invalid value"),
        "{text}"
    );
    assert_eq!(said::<Headers>(&table! {}), "missing field `x-death`");
    let damaged = FieldTable::from_wire(b"\x01at\x01\x01k?");
    let text = said::<BTreeMap<String, Value<'static>>>(&damaged);
    assert!(text.contains("unknown table tag"), "{text}");

    let error = to_table(&BTreeMap::from([("a", vec![1, u64::MAX])])).unwrap_err();
    assert_eq!(error.path(), "a[1]");
    let error = to_table(&BTreeMap::from([("n".repeat(256), 1)])).unwrap_err();
    assert!(
        error.to_string().ends_with("more than 255 octets"),
        "{error}"
    );
    assert!(to_table(&5).is_err());
}

#[test]
fn errors_are_as_harmless_as_logs() {
    #[derive(Debug, Deserialize)]
    struct Read {
        #[serde(rename = "kind")]
        _kind: Kind,
    }
    let text = said::<Read>(&table! { "kind" => "\u{1b}[2J" });
    assert!(!text.contains('\u{1b}'), "{text:?}");
    let text = said::<BTreeMap<String, u8>>(&table! { "\u{1b}[2J" => "x" });
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn text_that_is_not_utf8_is_an_error_for_strings_alone() {
    let table = FieldTable::builder()
        .entry("n", LongStr::from(&b"caf\xe9"[..]))
        .build()
        .unwrap();
    let text = said::<BTreeMap<String, String>>(&table);
    assert_eq!(text, "n: invalid value: byte array, expected a string");
    let octets: BTreeMap<String, LongStr<'static>> = from_table(&table).unwrap();
    assert_eq!(octets["n"].as_bytes(), b"caf\xe9");
    let name = ShortStr::from(&b"caf\xe9"[..]);
    let named = FieldTable::builder().entry(name, 1).build().unwrap();
    assert!(from_table::<BTreeMap<String, i32>>(&named).is_err());
    assert_eq!(
        serde_json::to_string(&named).unwrap(),
        "{\"caf\u{fffd}\":1}"
    );
}

/// So many tables inside of a table.
fn deep(depth: usize) -> FieldTable<'static> {
    (0..depth).fold(table! {}, |inner, _| table! { "n" => inner })
}

#[test]
fn depth_is_limited() {
    let json = |depth: usize| format!("{}{{}}{}", r#"{"n":"#.repeat(depth), "}".repeat(depth));
    let fits = deep(MAX_TABLE_DEPTH);
    assert_eq!(serde_json::to_string(&fits).unwrap(), json(MAX_TABLE_DEPTH));
    let read = serde_json::from_str::<FieldTable<'_>>(&json(MAX_TABLE_DEPTH));
    assert_eq!(read.unwrap(), fits);
    let error = serde_json::from_str::<FieldTable<'_>>(&json(MAX_TABLE_DEPTH + 1)).unwrap_err();
    assert!(error.to_string().contains("too deep"), "{error}");
    // What a peer sends that is deeper is damage already.
    let hostile = (0..1000).fold(Vec::new(), |inner: Vec<u8>, _| {
        let mut outer = vec![1, b'n', b'F'];
        outer.extend((inner.len() as u32).to_be_bytes());
        outer.extend(inner);
        outer
    });
    let hostile = FieldTable::from_wire(&hostile);
    assert!(from_table::<serde_json::Value>(&hostile).is_err());
    assert!(serde_json::to_string(&hostile).is_err());
    assert!(to_table(&hostile).is_err());

    #[derive(Serialize)]
    struct Node {
        next: Option<Box<Node>>,
    }
    let chain = |length: usize| {
        (0..length).fold(Node { next: None }, |node, _| Node {
            next: Some(Box::new(node)),
        })
    };
    assert!(to_table(&chain(MAX_TABLE_DEPTH)).is_ok());
    let error = to_table(&chain(MAX_TABLE_DEPTH + 1)).unwrap_err();
    assert!(error.to_string().ends_with("too deep"), "{error}");
}

#[test]
fn json_that_is_no_table_is_refused() {
    for json in [
        r#"{"a":18446744073709551615}"#,
        r#"{"a":{"$bytes":"0"}}"#,
        r#"{"a":{"$bytes":"zz"}}"#,
        r#"{"a":{"$bytes":"\u00e9"}}"#,
        r#"{"a":{"$decimal":"1.5.5"}}"#,
        r#"{"a":{"$float":"x"}}"#,
        r#"{"a":{"$timestamp":-1}}"#,
        r#"{"a":{"$timestamp":1,"b":2}}"#,
        "[]",
        "5",
    ] {
        assert!(
            serde_json::from_str::<FieldTable<'_>>(json).is_err(),
            "{json}"
        );
    }
    let long = format!("\"{}\"", "n".repeat(256));
    assert!(serde_json::from_str::<ShortStr<'_>>(&long).is_err());
    // A name that says nothing is a name.
    let odd: FieldTable<'_> = serde_json::from_str(r#"{"a":{"$vendor":1}}"#).unwrap();
    assert_eq!(odd, table! { "a" => table! { "$vendor" => 1 } });
}
