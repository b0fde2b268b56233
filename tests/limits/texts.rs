//! Short strings that are no text: octets like any other.

use amqp_methods::{
    AnyMethod, BytesMut, ContentHeader, DynMethod as _, FieldTable, FieldValue, Frame,
    FrameEncoder, FrameLimits, MethodInfo, PROTOCOL, ShortStr, WireType, basic, encode_arguments,
};

use crate::wire::header;

/// Octets that are no UTF-8, each in another way.
const NO_TEXTS: &[&[u8]] = &[
    b"\xff",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"cut \xe2\x82",
    &[0x80; 255],
];

fn methods() -> impl Iterator<Item = &'static MethodInfo> {
    let classes = PROTOCOL.classes.iter();
    classes.flat_map(|class| class.methods).copied()
}

#[test]
fn every_short_string_of_every_method_may_be_no_text() {
    let mut seen = 0;
    for octets in NO_TEXTS {
        for method in methods() {
            let args = encode_arguments(method, |info| {
                let text = FieldValue::ShortStr(ShortStr::from(*octets));
                (info.wire == WireType::ShortStr).then_some(text)
            });
            let payload = [&method.id.to_be_bytes()[..], &args.unwrap()].concat();
            let decoded = AnyMethod::decode(&payload).unwrap();
            for (name, value) in decoded.fields() {
                let FieldValue::ShortStr(text) = value else {
                    continue;
                };
                assert_eq!(text.as_bytes(), *octets, "{name} of {}", method.name);
                assert!(text.as_str().is_err());
                assert!(text.to_string().contains('\u{fffd}'));
                assert!(text.to_string_lossy().contains('\u{fffd}'));
                seen += 1;
            }
            assert!(!format!("{decoded:?}").contains('\u{fffd}'));
            assert_eq!(decoded.clone().into_owned(), decoded);
            // What reserved fields hold is not kept.
            let reserved = method.fields.iter().filter(|info| info.reserved);
            if reserved.clone().any(|info| info.wire == WireType::ShortStr) {
                continue;
            }
            let mut buf = BytesMut::new();
            FrameEncoder::new(0).method(&mut buf, 1, &decoded).unwrap();
            let frame = Frame::decode(&buf, FrameLimits::NONE).unwrap().unwrap();
            assert_eq!(frame.payload, payload);
        }
    }
    assert!(seen > 40 * NO_TEXTS.len(), "{seen}");
}

#[test]
fn every_short_string_of_a_header_may_be_no_text() {
    for octets in NO_TEXTS {
        let text = || ShortStr::from(*octets);
        let entry = [&[octets.len() as u8], *octets, b"V"].concat();
        let properties = basic::Properties::default()
            .content_type(text())
            .content_encoding(text())
            .headers(FieldTable::from_wire(&entry))
            .correlation_id(text())
            .reply_to(text())
            .expiration(text())
            .message_id(text())
            .r#type(text())
            .user_id(text())
            .app_id(text())
            .reserved(text());
        let mut buf = BytesMut::new();
        let publish = basic::Publish::default();
        let encoder = FrameEncoder::new(0);
        encoder
            .content(&mut buf, 1, &publish, &properties, b"")
            .unwrap();
        let method = Frame::decode(&buf, FrameLimits::NONE).unwrap().unwrap();
        let behind = &buf[method.encoded_len()..];
        let frame = Frame::decode(behind, FrameLimits::NONE).unwrap().unwrap();
        let decoded = ContentHeader::decode(frame.payload).unwrap();
        assert_eq!(
            decoded.properties::<basic::Properties<'_>>(),
            Ok(properties)
        );
    }
}

#[test]
fn names_of_entries_may_be_no_text() {
    for octets in NO_TEXTS {
        let mut wire = [&[octets.len() as u8], *octets, b"I\0\0\0\x01"].concat();
        wire.extend(b"\x01kI\0\0\0\x02");
        let table = FieldTable::from_wire(&wire);
        assert_eq!(table.check(), Ok(()));
        let (name, _) = table.iter().next().unwrap().unwrap();
        assert_eq!(name.as_bytes(), *octets);
        assert_eq!(table.get("k").unwrap().unwrap().as_i64(), Some(2));
        assert_eq!(table.clone().into_owned(), table);
        assert!(!format!("{table:?}").is_empty());
    }
}

#[test]
fn a_header_s_fixed_part_is_all_that_is_needed_to_pass_it_on() {
    let payload = header(7, b"\x80\0\x01\xff");
    let decoded = ContentHeader::decode(&payload).unwrap();
    let properties: basic::Properties<'_> = decoded.properties().unwrap();
    assert!(properties.content_type.unwrap().as_str().is_err());
}
