//! Numbers that other libraries lose or refuse: here they come back bit for bit.

use amqp_methods::{Decimal, FieldTable, Timestamp, Value};

/// Reads the only value of a table, shows it, and writes it again.
fn again(octets: &[u8]) -> Vec<u8> {
    let wire = [&[1, b'k'], octets].concat();
    let table = FieldTable::from_wire(&wire);
    let value = table.get("k").unwrap().unwrap();
    let _ = (format!("{value:?}"), value.as_i64(), value.as_f64());
    let built = FieldTable::builder().entry("k", value).build().unwrap();
    let mut out = vec![0; built.encoded_len()];
    let mut writer = amqp_methods::Writer::new(&mut out);
    writer.table("table", &built).unwrap();
    writer.finish().unwrap();
    out[6..].to_vec()
}

#[test]
fn every_bit_of_a_number_comes_back() {
    for bits in [
        0_u32,
        1,
        0x7f80_0000,
        0xff80_0000,
        0x7fc0_0000,
        0x7f80_0001,
        0xffff_ffff,
    ] {
        let octets = [b"f", &bits.to_be_bytes()[..]].concat();
        assert_eq!(again(&octets), octets);
    }
    for high in [
        0_u64,
        1,
        0x7ff0_0000,
        0xfff0_0000,
        0x7ff8_0000,
        0xffff_ffff,
        0x8000_0000,
    ] {
        for low in [0, 1, 0xffff_ffff] {
            let octets = (high << 32 | low).to_be_bytes();
            for tag in [b"d", b"T", b"l"] {
                let octets = [tag, &octets[..]].concat();
                assert_eq!(again(&octets), octets);
            }
        }
    }
    for scale in 0..=u8::MAX {
        for value in [0, 1, -1, i32::MIN, i32::MAX] {
            let octets = [&[b'D', scale], &value.to_be_bytes()[..]].concat();
            assert_eq!(again(&octets), octets);
            assert!(!Decimal::new(scale, value).to_string().is_empty());
        }
    }
    for octet in 0..=u8::MAX {
        for tag in [b'b', b'B'] {
            assert_eq!(again(&[tag, octet]), [tag, octet]);
        }
        // Any octet but zero is true, and is written as one.
        assert_eq!(again(&[b't', octet]), [b't', u8::from(octet != 0)]);
    }
}

/// Tags that are read as others read them, and written as everybody reads them.
#[test]
fn aliases_keep_their_value() {
    assert_eq!(again(b"U\xff\xfe"), b"s\xff\xfe");
    assert_eq!(
        again(b"L\xff\xff\xff\xff\xff\xff\xff\xfe"),
        b"l\xff\xff\xff\xff\xff\xff\xff\xfe"
    );
}

#[test]
fn times_beyond_any_clock_are_numbers() {
    for seconds in [i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX] {
        let time = Timestamp::from_secs(seconds);
        let _ = time.to_system_time();
        assert_eq!(time.as_secs(), seconds);
    }
    assert_eq!(Timestamp::from_secs(u64::MAX).to_system_time(), None);
}

#[test]
fn integers_of_every_width_are_integers() {
    for (value, expected) in [
        (Value::ShortShortInt(i8::MIN), i64::from(i8::MIN)),
        (Value::ShortShortUint(u8::MAX), i64::from(u8::MAX)),
        (Value::ShortInt(i16::MIN), i64::from(i16::MIN)),
        (Value::ShortUint(u16::MAX), i64::from(u16::MAX)),
        (Value::LongInt(i32::MIN), i64::from(i32::MIN)),
        (Value::LongUint(u32::MAX), i64::from(u32::MAX)),
        (Value::LongLongInt(i64::MIN), i64::MIN),
        (Value::LongLongInt(i64::MAX), i64::MAX),
    ] {
        assert_eq!(value.as_i64(), Some(expected));
    }
}
