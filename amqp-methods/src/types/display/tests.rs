use super::*;
use crate::{Decimal, Timestamp, array, table};

#[test]
fn a_table_reads_as_it_was_written() {
    let table = table! {
        "x-max-length" => 1000, "x-queue-type" => "quorum", "B" => 5_u8, "t" => true, "d" => 1.0, "f" => 0.5_f32,
        "D" => Decimal::new(2, 1999), "x" => b"\x00\xff", "V" => Value::Void,
        "T" => Timestamp::from_secs(1_700_000_000), "A" => array![1, "two"], "F" => table! { "k" => table! {} },
    };
    let expected = r#"{x-max-length: 1000, x-queue-type: "quorum", B: 5, t: true, d: 1.0, f: 0.5, D: 19.99, x: 0x00ff, V: void, T: 2023-11-14T22:13:20Z, A: [1, "two"], F: {k: {}}}"#;
    assert_eq!(table.to_string(), expected);
    assert_eq!(format!("{}", FieldTable::new()), "{}");
}

/// What a terminal would obey: colours, titles, clearing, C1 controls, ends of lines, turned directions.
const ATTACKS: &str = "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J\r\nINFO forged\u{85}\u{2028}\u{8}\u{7f}\u{202e}txt.exe";

fn assert_harmless(shown: &str) {
    let harmful = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{202e}');
    assert!(!shown.contains(harmful), "{shown:?}");
}

#[test]
fn nothing_of_a_peer_reaches_the_terminal() {
    let name = ShortStr::new(ATTACKS);
    let table = FieldTable::builder()
        .entry(name.reborrow(), ATTACKS)
        .entry("A", array![ATTACKS, ATTACKS.as_bytes()])
        .entry("latin-1", LongStr::from(&b"\x1b[2J\xe9\x9b"[..]))
        .build()
        .unwrap();
    assert_harmless(&name.to_string());
    assert_harmless(&LongStr::from(ATTACKS).to_string());
    assert_harmless(&LongStr::from(&b"\x1b\xff\n"[..]).to_string());
    assert_harmless(&Value::from(ATTACKS).to_string());
    assert_harmless(&table.to_string());
    assert_harmless(&format!("{table:?} {name:?}"));
    assert!(name.to_string().starts_with(r"\u{1b}[31mred\u{1b}]0;title"));
}

#[test]
fn quotes_and_commas_cannot_pretend_to_be_another_entry() {
    let table = table! { "a: 1, b" => "x\", admin: true, y: \"" };
    assert_eq!(
        table.to_string(),
        r#"{"a: 1, b": "x\", admin: true, y: \""}"#
    );
}

#[test]
fn octets_that_are_not_utf8_are_kept_and_shown() {
    let short = ShortStr::from(&b"caf\xe9"[..]);
    assert_eq!(short.as_bytes(), b"caf\xe9");
    assert!(short.as_str().is_err());
    assert_eq!(short.to_string_lossy(), "caf\u{fffd}");
    assert_eq!(short.to_string(), "caf\u{fffd}");
    let long = LongStr::from(&b"caf\xe9"[..]);
    assert!(long.as_str().is_err());
    assert_eq!(long.to_string(), "caf\u{fffd}");
    let table = FieldTable::builder().entry(short, long).build().unwrap();
    assert_eq!(table.to_string(), r#"{b"caf\xe9": b"caf\xe9"}"#);
}

#[test]
fn long_values_are_cut_between_characters() {
    let text = "\u{e9}".repeat(1000);
    let shown = Value::from(&text).to_string();
    let expected = format!("\"{}\"… (2000 octets)", "\u{e9}".repeat(64));
    assert_eq!(shown, expected);
    let shifted = format!("x{text}");
    let expected = format!("x{}… (2001 octets)", "\u{e9}".repeat(63));
    assert_eq!(LongStr::from(&*shifted).to_string(), expected);
    let octets = vec![0xab; 5000];
    let expected = format!("0x{}… (5000 octets)", "ab".repeat(128));
    assert_eq!(Value::from(octets).to_string(), expected);
    let whole = "x".repeat(SHOWN);
    assert_eq!(LongStr::from(&*whole).to_string(), whole);
}

#[test]
fn large_tables_are_cut() {
    let many: FieldTable<'_> = (0..100_000)
        .map(|number| (format!("n{number}"), number))
        .collect();
    let shown = many.to_string();
    assert!(shown.len() < BUDGET + 600, "{}", shown.len());
    assert!(shown.ends_with(", …}"), "{shown}");
    let wide: FieldArray<'_> = (0..100_000).map(|_| "\u{1b}".repeat(500)).collect();
    assert!(wide.to_string().len() < BUDGET + 1000);
}

#[test]
fn a_table_that_cannot_be_encoded_says_why() {
    let refused = table! { &"n".repeat(256) => 1 };
    let said = refused.to_string();
    assert!(said.contains("more than 255 octets"), "{said}");
}

#[test]
fn width_and_alignment_work_on_short_strings() {
    assert_eq!(format!("[{:>6}]", ShortStr::new("jobs")), "[  jobs]");
}
