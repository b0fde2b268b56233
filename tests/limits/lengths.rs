//! Lengths within a payload that reach beyond what holds them.

use amqp_methods::{AnyMethod, ContentHeader, DecodeErrorKind, FieldTable, Reader, basic};

use crate::wire::{counted, header};

/// One octet too few, exactly enough, one too many, and all that would overflow.
fn lies(length: u32) -> Vec<(u32, bool)> {
    let mut lengths = vec![(length, true), (length + 1, false), (length + 8, false)];
    lengths.extend((u32::MAX - 8..=u32::MAX).map(|length| (length, false)));
    lengths.extend([(1 << 31, false), ((1 << 31) - 1, false)]);
    lengths
}

#[test]
fn a_string_that_reaches_beyond_its_arguments_is_refused() {
    // connection.secure, whose only field is a long string
    for (length, is_sound) in lies(5) {
        let payload = [b"\0\x0a\0\x14", &length.to_be_bytes()[..], b"12345"].concat();
        let decoded = AnyMethod::decode(&payload);
        assert_eq!(decoded.is_ok(), is_sound, "{length}");
        if let Err(error) = decoded {
            assert_eq!(error.kind(), DecodeErrorKind::StringOverrun);
            assert_eq!(
                (error.method(), error.field()),
                ("connection.secure", "challenge")
            );
            assert_eq!(error.offset(), 4);
        }
    }
    // connection.blocked, whose only field is a short string
    for length in 6..=u8::MAX {
        let payload = [b"\0\x0a\0\x3c", &[length][..], b"12345"].concat();
        let error = AnyMethod::decode(&payload).unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::StringOverrun);
        assert_eq!(
            (error.method(), error.field()),
            ("connection.blocked", "reason")
        );
    }
}

#[test]
fn a_table_that_reaches_beyond_its_arguments_is_refused() {
    let contents = b"\x01kt\x01";
    for (length, is_sound) in lies(4) {
        let table = [&length.to_be_bytes()[..], contents].concat();
        let payload = [b"\0\x32\0\x0a\0\0\x01q\0", &table[..]].concat();
        let decoded = AnyMethod::decode(&payload).map_err(|error| error.kind());
        let expected = Err(DecodeErrorKind::TableOverrun);
        assert_eq!(decoded.is_ok(), is_sound, "{length}");
        assert!(is_sound || decoded == expected);

        let list = [b"\x20\0", &table[..]].concat();
        let payload = header(0, &list);
        let decoded = ContentHeader::decode(&payload).unwrap();
        let properties = decoded.properties::<basic::Properties<'_>>();
        assert_eq!(properties.is_ok(), is_sound, "{length}");
    }
}

/// Every way in which one element can claim more than there is of the table around it.
#[test]
fn a_value_that_reaches_beyond_its_table_ends_the_walk() {
    use DecodeErrorKind::{StringOverrun, TableOverrun};

    for (tag, kind) in [
        (b'S', StringOverrun),
        (b'x', StringOverrun),
        (b'F', TableOverrun),
        (b'A', TableOverrun),
    ] {
        for (length, is_sound) in lies(4) {
            let lying = [&[1, b'k', tag][..], &length.to_be_bytes(), b"\x01kt\x01"].concat();
            // What stands around it is longer, so that there are octets to steal.
            let around = [b"\x01aF".to_vec(), counted(&lying), b"\x01zV".repeat(10)].concat();
            for octets in [&lying, &around] {
                let table = FieldTable::from_wire(octets);
                let checked = table.check().map_err(|error| error.kind());
                // The octets of a sound one are a table; as an array they are none.
                if is_sound && tag != b'A' {
                    assert_eq!(checked, Ok(()));
                } else if !is_sound {
                    assert_eq!(checked, Err(kind), "{} {length}", tag as char);
                }
            }
        }
    }
}

#[test]
fn a_value_that_is_cut_short_ends_the_walk() {
    for (tag, octets) in [
        ('t', 1),
        ('b', 1),
        ('B', 1),
        ('s', 2),
        ('U', 2),
        ('u', 2),
        ('I', 4),
        ('i', 4),
        ('l', 8),
        ('L', 8),
        ('T', 8),
        ('f', 4),
        ('d', 8),
        ('D', 5),
        ('S', 4),
        ('x', 4),
        ('A', 4),
        ('F', 4),
    ] {
        let whole = [&[1, b'k', tag as u8][..], &[0; 8][..octets]].concat();
        assert_eq!(FieldTable::from_wire(&whole).check(), Ok(()), "{tag}");
        for end in 1..whole.len() {
            let table = FieldTable::from_wire(&whole[..end]);
            let items: Vec<_> = table.iter().collect();
            assert!(matches!(&items[..], [Err(_)]), "{tag} cut to {end}");
            // Within another the same holds, however many octets follow.
            let around = [b"\0F".to_vec(), counted(&whole[..end]), vec![0; 20]].concat();
            assert!(FieldTable::from_wire(&around).check().is_err());
        }
    }
}

#[test]
fn every_tag_that_nobody_defines_ends_the_walk() {
    let known = b"tbBsUuIilLfdDSxATFV";
    for tag in (0..=u8::MAX).filter(|tag| !known.contains(tag)) {
        let octets = [b"\x01aV\x01k", &[tag][..], &[0; 20]].concat();
        let table = FieldTable::from_wire(&octets);
        let error = table.check().unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::UnknownFieldTag(tag));
        assert_eq!(error.offset(), 6);
        assert_eq!(table.iter().count(), 2);
        assert!(
            table.get("a").is_err(),
            "a later one might be called so too"
        );
    }
}

/// Elements of no length cannot make a loop stand still: each has a tag at least.
#[test]
fn every_step_of_a_walk_takes_octets() {
    for octets in [
        b"\0V".repeat(1000),
        [b"\0A".to_vec(), counted(&[b'V'; 1000])].concat(),
    ] {
        let table = FieldTable::from_wire(&octets);
        let (mut entries, mut elements) = (0, 0);
        for entry in &table {
            entries += 1;
            if let Some(array) = entry.unwrap().1.as_array() {
                elements += array.iter().count();
            }
        }
        assert!(entries + elements <= octets.len());
        assert!(entries + elements >= 1000);
    }
}

#[test]
fn arguments_and_properties_end_where_they_end() {
    for (payload, field) in [(&b"\0\x0a\0\x33x"[..], ""), (b"\0\x14\0\x14\x01x", "")] {
        let error = AnyMethod::decode(payload).unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::TrailingOctets);
        assert_eq!(error.field(), field);
    }
    for payload in [&b""[..], b"\0", b"\0\x0a", b"\0\x0a\0"] {
        let error = AnyMethod::decode(payload).unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::Truncated);
    }
    let mut reader = Reader::new(b"12");
    assert!(reader.long("field").is_err());
    // What failed has taken nothing.
    assert_eq!(reader.rest(), b"12");
}
