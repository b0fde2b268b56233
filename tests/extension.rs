//! An extension generated as a user would: its methods travel like those of the protocol.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what tests share is test code too"
)]

use amqp_methods::{
    AnyMethod as BaseMethod, BytesMut, Content, ContentHeader, DecodeErrorKind, DynMethod,
    FieldTable, Frame, FrameEncoder, FrameKind, FrameLimits, Method, MethodId, Reply, Request,
    WireType, basic as base_basic, queue,
};
use leveret_conformance::extension::{self, AnyMethod, basic, constants, parcel};

/// Through a frame and back.
#[track_caller]
fn round_trip(method: &(impl DynMethod + std::fmt::Debug)) -> AnyMethod<'static> {
    let mut octets = BytesMut::new();
    FrameEncoder::new(4096)
        .method(&mut octets, 7, method)
        .unwrap();
    let frame = Frame::decode(&octets, FrameLimits::all(4096))
        .unwrap()
        .unwrap();
    assert_eq!((frame.kind, frame.channel), (FrameKind::Method, 7));
    assert_eq!(frame.encoded_len(), octets.len());
    let decoded = AnyMethod::decode(frame.payload).unwrap();
    let mut again = BytesMut::new();
    FrameEncoder::new(4096)
        .method(&mut again, 7, &decoded)
        .unwrap();
    assert_eq!(octets, again);
    decoded.into_owned()
}

#[test]
fn methods_of_a_known_class_are_added() {
    let credit = basic::Credit::new("ctag", 50).drain(true);
    assert_eq!(round_trip(&credit), AnyMethod::BasicCredit(credit));
    let drained = basic::CreditDrained::new("ctag", 4);
    assert_eq!(round_trip(&drained), AnyMethod::BasicCreditDrained(drained));
    assert_eq!(basic::Credit::NAME, "basic.credit");
    assert_eq!(basic::CreditOk::ID, MethodId::new(60, 201));
}

#[test]
fn methods_of_a_new_class_are_added() {
    let entries = [("fragile", true.into())];
    let reserve = parcel::Reserve::new("north", 3).arguments(FieldTable::from(&entries));
    let AnyMethod::ParcelReserve(decoded) = round_trip(&reserve) else {
        panic!()
    };
    assert_eq!(decoded, reserve);
    let value = decoded.arguments.get("fragile").unwrap();
    assert_eq!(value.and_then(|value| value.as_bool()), Some(true));

    let release = parcel::Release::new(u64::MAX);
    assert_eq!(round_trip(&release), AnyMethod::ParcelRelease(release));
    assert_eq!(parcel::Release::INFO.replies, []);
}

#[test]
fn a_request_knows_its_reply() {
    fn reply_to<R: Request>(_: &R, octets: &[u8]) -> R::Reply {
        let (id, args) = MethodId::split_payload(octets).unwrap();
        R::Reply::from_method(id, args).unwrap()
    }
    let reserve = parcel::Reserve::new("north", 3);
    assert!(reserve.expects_reply());
    assert!(!reserve.clone().no_wait(true).expects_reply());
    let mut octets = parcel::ReserveOk::ID.to_be_bytes().to_vec();
    octets.extend([0, 0, 0, 0, 0, 0, 1, 2]);
    assert_eq!(reply_to(&reserve, &octets), parcel::ReserveOk::new(258));

    let other = parcel::ReserveOk::from_method(
        basic::CreditOk::ID,
        MethodId::split_payload(&octets).unwrap().1,
    );
    assert_eq!(other.unwrap_err().kind(), DecodeErrorKind::Mismatch);
}

#[test]
fn nine_bits_take_two_octets() {
    let handle = parcel::Handle::default().reservation(1).attempts(0xAA);
    let args = |handle: parcel::Handle| {
        let mut octets = BytesMut::new();
        FrameEncoder::new(0)
            .method(&mut octets, 1, &handle)
            .unwrap();
        // Behind the head of the frame and the id, before its end.
        octets[11..octets.len() - 1].to_vec()
    };
    assert_eq!(args(handle), [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0xAA]);
    let first = handle.fragile(true);
    assert_eq!(args(first), [0, 0, 0, 0, 0, 0, 0, 1, 0b1, 0, 0xAA]);
    let eighth = handle.signed(true);
    assert_eq!(args(eighth), [0, 0, 0, 0, 0, 0, 0, 1, 0x80, 0, 0xAA]);
    let ninth = handle.express(true);
    assert_eq!(args(ninth), [0, 0, 0, 0, 0, 0, 0, 1, 0, 0b1, 0xAA]);
    for handle in [handle, first, eighth, ninth] {
        assert_eq!(round_trip(&handle), AnyMethod::ParcelHandle(handle));
    }
}

#[test]
fn content_of_a_new_class_has_its_own_properties() {
    let send = parcel::Send::new("north", 9);
    let entries = [("coffee", 2.into())];
    let contents = FieldTable::from(&entries);
    let properties = parcel::Properties::default()
        .sender("")
        .grams(750)
        .contents(contents);
    let mut octets = BytesMut::new();
    FrameEncoder::new(4096)
        .content(&mut octets, 2, &send, &properties, b"box")
        .unwrap();

    let mut rest = octets.as_ref();
    let mut frames = Vec::new();
    while let Some(frame) = Frame::decode(rest, FrameLimits::all(4096)).unwrap() {
        rest = &rest[frame.encoded_len()..];
        frames.push(frame);
    }
    let [method, header, body] = frames[..] else {
        panic!("{frames:?}")
    };
    assert_eq!(
        AnyMethod::decode(method.payload),
        Ok(AnyMethod::ParcelSend(send))
    );
    assert_eq!(
        method.payload[4..6],
        [0, 0],
        "the reserved argument is on the wire"
    );
    let header = ContentHeader::decode(header.payload).unwrap();
    assert_eq!((header.class_id, header.body_size), (61_696, 3));
    // The highest flags, in the order of the properties; an empty one is present all the same.
    assert_eq!(header.properties[..2], [0xE0, 0]);
    assert_eq!(
        header.properties::<parcel::Properties<'_>>(),
        Ok(properties)
    );
    assert_eq!(body.payload, b"box");

    let as_basic = header.properties::<base_basic::Properties<'_>>();
    assert_eq!(as_basic.unwrap_err().kind(), DecodeErrorKind::Mismatch);
}

#[test]
fn everything_else_is_decoded_by_the_base() {
    let declare = queue::Declare::new("jobs").durable(true);
    assert_eq!(
        round_trip(&declare),
        AnyMethod::Base(BaseMethod::QueueDeclare(declare))
    );
    for class in amqp_methods::PROTOCOL.classes {
        for method in class.methods {
            let args = amqp_methods::encode_arguments(method, |_| None).unwrap();
            let payload = [method.id.to_be_bytes().as_slice(), &args].concat();
            let Ok(AnyMethod::Base(base)) = AnyMethod::decode(&payload) else {
                panic!("{}", method.name)
            };
            assert_eq!(base.id(), method.id);
        }
    }
    let unknown = [0xFF, 0xFE, 0, 1, 7];
    let decoded = AnyMethod::decode(&unknown).unwrap();
    assert!(matches!(
        &decoded,
        AnyMethod::Base(BaseMethod::Unknown { .. })
    ));
    assert!(decoded.info().is_none());
}

#[test]
fn the_base_takes_methods_of_the_extension_for_unknown() {
    let payload = [basic::CreditOk::ID.to_be_bytes(), [0, 0, 0, 9]].concat();
    assert!(matches!(
        BaseMethod::decode(&payload),
        Ok(BaseMethod::Unknown { .. })
    ));
    let decoded = AnyMethod::decode(&payload);
    assert_eq!(
        decoded,
        Ok(AnyMethod::BasicCreditOk(basic::CreditOk::new(9)))
    );
}

#[test]
fn damage_is_named_by_method_and_field() {
    let payload = [parcel::Reserve::ID.to_be_bytes().as_slice(), b"\x05nor"].concat();
    let error = AnyMethod::decode(&payload).unwrap_err();
    assert_eq!((error.method(), error.field()), ("parcel.reserve", "depot"));
    assert_eq!(error.kind(), DecodeErrorKind::StringOverrun);
    let mut buf = BytesMut::new();
    let long = "d".repeat(256);
    let error = FrameEncoder::new(0)
        .method(&mut buf, 1, &parcel::Reserve::new(long, 1))
        .unwrap_err();
    assert_eq!((error.method(), error.field()), ("parcel.reserve", "depot"));
    assert!(buf.is_empty());
}

#[test]
fn the_description_is_of_what_is_new() {
    let classes = extension::PROTOCOL.classes;
    let names: Vec<_> = classes
        .iter()
        .flat_map(|class| class.methods)
        .map(|method| method.name)
        .collect();
    assert_eq!(
        names,
        [
            "basic.credit",
            "basic.credit-ok",
            "basic.credit-drained",
            "parcel.reserve",
            "parcel.reserve-ok",
            "parcel.release",
            "parcel.send",
            "parcel.handle",
        ]
    );
    let bits = parcel::Handle::INFO.fields.iter();
    assert_eq!(bits.filter(|field| field.wire == WireType::Bit).count(), 9);
    let properties = parcel::Properties::PROPERTIES.iter().map(|info| info.name);
    assert_eq!(
        properties.collect::<Vec<_>>(),
        ["sender", "grams", "contents"]
    );
    assert_eq!(constants::DEPOT_FULL, 790);
    let rules = extension::PROTOCOL.rules;
    assert!(
        rules
            .iter()
            .any(|rule| rule.on_failure == Some("depot-full"))
    );
}
