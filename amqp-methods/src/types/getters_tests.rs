use super::*;
use crate::{Decimal, LongStr, array, table};

#[test]
fn every_integer_width_is_an_integer() {
    let headers = table! {
        "b" => -1_i8, "B" => 255_u8, "s" => i16::MIN, "u" => u16::MAX,
        "I" => i32::MIN, "i" => u32::MAX, "l" => i64::MIN,
    };
    let read = |name| headers.get_i64(name).unwrap().unwrap();
    assert_eq!(read("b"), -1);
    assert_eq!(read("B"), 255);
    assert_eq!(read("s"), i16::MIN.into());
    assert_eq!(read("u"), u16::MAX.into());
    assert_eq!(read("I"), i32::MIN.into());
    assert_eq!(read("i"), u32::MAX.into());
    assert_eq!(read("l"), i64::MIN);
    assert_eq!(headers.get_as::<u8>("B"), Ok(Some(255)));
    assert_eq!(headers.get_u64("i"), Ok(Some(u32::MAX.into())));
}

#[test]
fn an_integer_that_does_not_fit_is_an_error_and_not_cut() {
    let headers = table! { "n" => 256, "negative" => -1 };
    let error = headers.get_as::<u8>("n").unwrap_err();
    assert_eq!(error.to_string(), "table entry n: 256 does not fit u8");
    assert!(headers.get_u64("negative").is_err());
    assert_eq!(headers.get("negative").unwrap().unwrap().as_u64(), None);
}

#[test]
fn every_other_type_has_its_getter() {
    let time = Timestamp::from_secs(1_700_000_000);
    let headers = table! {
        "t" => true, "d" => 0.5, "S" => "text", "x" => b"\x00\xff", "T" => time,
        "F" => table! { "k" => 1 }, "A" => array![1, 2], "D" => Decimal::new(2, 1999), "V" => Value::Void,
    };
    assert_eq!(headers.get_bool("t"), Ok(Some(true)));
    assert_eq!(headers.get_f64("d"), Ok(Some(0.5)));
    assert_eq!(headers.get_str("S"), Ok(Some("text")));
    assert_eq!(headers.get_bytes("S"), Ok(Some(&b"text"[..])));
    assert_eq!(headers.get_bytes("x"), Ok(Some(&b"\x00\xff"[..])));
    assert_eq!(headers.get_timestamp("T"), Ok(Some(time)));
    assert_eq!(
        headers.get_table("F").unwrap().unwrap().get_i64("k"),
        Ok(Some(1))
    );
    let array = headers.get_array("A").unwrap().unwrap();
    assert_eq!(array.to_vec::<u8>(), Ok(vec![1, 2]));
    assert_eq!(headers.get_as("D"), Ok(Some(Decimal::new(2, 1999))));
    assert_eq!(headers.get_as::<String>("S"), Ok(Some("text".to_owned())));
    let error = headers.get_bool("V").unwrap_err();
    assert_eq!(error.name(), Some("V"));
    assert!(error.to_string().ends_with("found void"), "{error}");
}

#[test]
fn text_that_is_not_utf8_is_octets_all_the_same() {
    let headers = table! { "n" => LongStr::from(&b"caf\xe9"[..]) };
    let error = headers.get_str("n").unwrap_err();
    assert_eq!(error.kind(), ValueErrorKind::NotUtf8);
    assert_eq!(headers.get_bytes("n"), Ok(Some(&b"caf\xe9"[..])));
    let value = headers.get("n").unwrap().unwrap();
    assert_eq!(value.as_str(), None);
}

#[test]
fn damage_behind_the_entry_is_an_error_too() {
    let headers = FieldTable::from_wire(b"\x01at\x01\x01k?");
    let error = headers.get_bool("a").unwrap_err();
    assert!(matches!(error.kind(), ValueErrorKind::Damaged(_)));
    assert!(core::error::Error::source(&error).is_some());
}

#[test]
fn an_array_of_mixed_types_names_the_element() {
    let error = array![1, "two"].to_vec::<i64>().unwrap_err();
    let said = "array element 1: expected an integer, found a long string";
    assert_eq!(error.to_string(), said);
}

#[test]
fn the_last_of_two_entries_counts() {
    assert_eq!(
        table! { "k" => 1, "k" => 2 }.get_i64("k"),
        Ok(Some(2)),
        "as with `get`"
    );
}
