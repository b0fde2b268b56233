//! Words of property flags: one or two, and no chain of them; of a class that has more, as many as it has.

use amqp_methods::{ContentHeader, DecodeErrorKind, Reader, basic};
use leveret_conformance::extension::parcel;

use crate::wire::header;

fn properties(list: &[u8]) -> Result<basic::Properties<'static>, DecodeErrorKind> {
    let payload = header(0, list);
    let header = ContentHeader::decode(&payload).unwrap();
    let properties = header.properties::<basic::Properties<'_>>();
    properties
        .map(basic::Properties::into_owned)
        .map_err(|error| error.kind())
}

#[test]
fn one_word_or_two_are_read_and_not_three() {
    use DecodeErrorKind::{TooManyFlagWords, TrailingOctets, Truncated, UndefinedPropertyFlag};

    // Delivery mode 2, behind flags that say so.
    let expected = basic::Properties::default().delivery_mode(2);
    assert_eq!(properties(b"\x10\0\x02"), Ok(expected.clone()));
    assert_eq!(properties(b"\x10\x01\0\0\x02"), Ok(expected));
    assert_eq!(properties(b"\x10\x01\0\x01\0\0\x02"), Err(TooManyFlagWords));
    // Nobody asks how long the chain is, or whether it ends.
    for words in [1, 2, 1000, 100_000] {
        let list = [b"\0\x01\0\x01".to_vec(), b"\0\x01".repeat(words)].concat();
        assert_eq!(properties(&list), Err(TooManyFlagWords));
        assert_eq!(properties(&[0xff].repeat(4 + words)), Err(TooManyFlagWords));
    }
    for list in [&b""[..], b"\0", b"\0\x01", b"\0\x01\0"] {
        assert_eq!(properties(list), Err(Truncated), "{list:?}");
    }
    assert_eq!(properties(b"\0\0\0\0"), Err(TrailingOctets));
    // Flags that name nothing, whose values nobody could skip.
    assert_eq!(properties(b"\0\x02"), Err(UndefinedPropertyFlag));
    for bit in 1..16 {
        let second = (1_u16 << bit).to_be_bytes();
        let list = [b"\0\x01", &second[..]].concat();
        assert_eq!(properties(&list), Err(UndefinedPropertyFlag), "{bit}");
    }
}

#[test]
fn every_flag_wants_its_value() {
    for bit in 2..16 {
        let flags = (1_u16 << bit).to_be_bytes();
        let missing = properties(&flags);
        assert_eq!(missing, Err(DecodeErrorKind::Truncated), "{bit}");
    }
}

#[test]
fn the_same_holds_for_properties_of_an_extension() {
    let decode = |list: &[u8]| {
        let properties = <parcel::Properties<'_> as amqp_methods::DecodeContent<'_>>::decode(
            &mut Reader::new(list),
        );
        properties.map(drop).map_err(|error| error.kind())
    };
    assert_eq!(decode(b"\0\0"), Ok(()));
    assert_eq!(decode(b"\0\x01\0\0"), Ok(()));
    assert_eq!(
        decode(b"\0\x01\0\x01"),
        Err(DecodeErrorKind::TooManyFlagWords)
    );
    assert_eq!(
        decode(b"\x10\0"),
        Err(DecodeErrorKind::UndefinedPropertyFlag)
    );
}
