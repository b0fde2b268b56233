//! Any octets decode or fail; none make anything panic.

use amqp_methods::{
    AnyMethod, Content, ContentHeader, DecodeContent, DynMethod, FieldTable, FieldValue, Frame,
    FrameLimits, ProtocolHeader, Reader, basic, missing_octets,
};
use leveret_conformance::extension;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::values::{contents, methods, table};
use crate::{cases, encoded};

/// Looks at everything that can be looked at.
fn look(method: &AnyMethod<'_>) {
    for (_, value) in method.fields() {
        match value {
            FieldValue::Table(table) => look_at_table(&table),
            FieldValue::ShortStr(text) => {
                let _ = format!("{text} {text:?} {:?}", text.as_str());
            }
            _ => {}
        }
    }
    assert_eq!(method.clone().into_owned(), *method);
    let _ = format!("{method:?}");
    let octets = encoded(method.encoded_len(), |out| method.encode(out).unwrap());
    assert_eq!(octets.len(), method.encoded_len());
}

fn look_at_table(table: &FieldTable<'_>) {
    let sound = table.check().is_ok();
    let items: Vec<_> = table.iter().collect();
    assert!(items.len() <= table.encoded_len());
    // The first damage is the last item.
    let first = items.iter().position(Result::is_err);
    assert!(first.is_none_or(|first| first + 1 == items.len()));
    assert!(!sound || first.is_none());
    assert!(sound || !table.is_empty());
    let _ = (table.get("k"), format!("{table:?}"));
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn any_octets_decode_or_fail_as_a_method(
        method in any::<prop::sample::Index>(),
        args in vec(any::<u8>(), 0..200),
    ) {
        let methods = methods();
        let id = methods[method.index(methods.len())].id;
        let payload = [id.to_be_bytes().as_slice(), &args].concat();
        for octets in [&payload, &args] {
            if let Ok(method) = AnyMethod::decode(octets) {
                look(&method);
            }
            if let Ok(method) = extension::AnyMethod::decode(octets) {
                let _ = format!("{method:?}");
            }
        }
    }

    /// What no specification names is a value, and goes back onto the wire as it came.
    #[test]
    fn methods_that_nobody_knows_come_back(class in 1000..u16::MAX, id: u16, args in vec(any::<u8>(), 0..50)) {
        let payload = [&class.to_be_bytes()[..], &id.to_be_bytes(), &args].concat();
        let method = AnyMethod::decode(&payload).unwrap();
        prop_assert!(method.info().is_none());
        prop_assert_eq!(&method.id().to_be_bytes(), &payload[..4]);
        prop_assert_eq!(encoded(method.encoded_len(), |out| method.encode(out).unwrap()), args);
    }

    #[test]
    fn any_octets_decode_or_fail_as_a_frame(
        octets in vec(any::<u8>(), 0..200),
        kind in prop_oneof![Just(1_u8), Just(2), Just(3), Just(8), any::<u8>()],
        size in 0..200_u32,
        limit in prop_oneof![Just(0_u32), 0..300_u32, any::<u32>()],
    ) {
        let limits = FrameLimits::all(limit);
        let mut framed = vec![kind, 0, 0];
        framed.extend(size.to_be_bytes());
        framed.extend(&octets);
        if let Some(end) = framed.get_mut(7 + size as usize) {
            *end = 0xCE;
        }
        for input in [&octets, &framed] {
            match Frame::decode(input, limits) {
                Ok(Some(frame)) => {
                    prop_assert!(frame.encoded_len() <= input.len());
                    prop_assert!(limit == 0 || frame.encoded_len() <= limit as usize);
                    let _ = (frame.method(), format!("{frame:?}"));
                }
                Ok(None) => prop_assert!(missing_octets(input, limits).unwrap() > 0),
                Err(error) => prop_assert_eq!(error.reply_code(), 501),
            }
            let _ = ProtocolHeader::decode(input);
        }
    }

    #[test]
    fn any_octets_decode_or_fail_as_a_header(
        octets in vec(any::<u8>(), 0..200),
        flags in any::<u16>(),
    ) {
        let mut basic_header = vec![0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        basic_header.extend(flags.to_be_bytes());
        basic_header.extend(&octets);
        for input in [&octets, &basic_header] {
            let Ok(header) = ContentHeader::decode(input) else { continue };
            let _ = format!("{header:?}");
            let _ = extension::parcel::Properties::decode(&mut Reader::new(header.properties));
            let Ok(properties) = header.properties::<basic::Properties<'_>>() else { continue };
            let _ = format!("{properties:?}");
            if let Some(headers) = &properties.headers {
                look_at_table(headers);
            }
            let length = properties.encoded_len();
            let again = encoded(length, |out| properties.encode(out).unwrap());
            prop_assert_eq!(again.as_slice(), header.properties);
        }
    }

    #[test]
    fn any_octets_walk_or_fail_as_a_table(octets in vec(any::<u8>(), 0..300)) {
        look_at_table(&FieldTable::from_wire(&octets));
    }

    /// Octets that are almost a table find more than noise does.
    #[test]
    fn a_damaged_table_walks_or_fails(
        table in table(),
        place in any::<prop::sample::Index>(),
        octet in any::<u8>(),
        cut in any::<bool>(),
    ) {
        let mut octets = contents(&table);
        if !octets.is_empty() {
            let place = place.index(octets.len());
            octets[place] = octet;
            if cut {
                octets.truncate(place);
            }
        }
        look_at_table(&FieldTable::from_wire(&octets));
    }
}
