//! An overlay that amends what is there: whatever rests on what it changes is written anew.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what tests share is test code too"
)]

use amqp_methods::{
    AnyMethod as BaseMethod, BytesMut, Content, ContentHeader, DynMethod, Frame, FrameEncoder,
    FrameLimits, Method, MethodId, Reply, Request, basic as base_basic, tx,
};
use leveret_conformance::{
    amended::{AnyMethod, PROTOCOL, basic, channel, queue},
    codes, drained, extension,
};

/// The payloads of the frames of a method with content.
#[track_caller]
fn frames(method: &impl DynMethod, properties: &impl Content) -> [Vec<u8>; 3] {
    let mut octets = BytesMut::new();
    let encoder = FrameEncoder::new(4096);
    encoder
        .content(&mut octets, 1, method, properties, b"body")
        .unwrap();
    let mut rest = octets.as_ref();
    std::array::from_fn(|_| {
        let frame = Frame::decode(rest, FrameLimits::all(4096))
            .unwrap()
            .unwrap();
        rest = &rest[frame.encoded_len()..];
        frame.payload.to_vec()
    })
}

#[test]
fn a_request_has_the_answer_that_was_amended() {
    fn reply_to<R: Request>(_: &R, payload: &[u8]) -> R::Reply {
        let (id, args) = MethodId::split_payload(payload).unwrap();
        R::Reply::from_method(id, args).unwrap()
    }
    let payload = [&channel::OpenOk::ID.to_be_bytes()[..], b"\0\0\0\x02no"].concat();
    let open_ok = channel::OpenOk::new(&b"no"[..]);
    assert_eq!(reply_to(&channel::Open, &payload), open_ok);
    let decoded = AnyMethod::decode(&payload).unwrap();
    assert_eq!(decoded, AnyMethod::ChannelOpenOk(open_ok));
    // Everything else is left to the base.
    let select = tx::Select::ID.to_be_bytes();
    let decoded = AnyMethod::decode(&select).unwrap();
    assert!(matches!(
        decoded,
        AnyMethod::Base(BaseMethod::TxSelect(tx::Select))
    ));
}

#[test]
fn a_class_that_had_no_content_has_a_header_now() {
    let fill = queue::Fill::new("jobs");
    let [method, header, body] = frames(&fill, &queue::Properties::default());
    assert_eq!(AnyMethod::decode(&method), Ok(AnyMethod::QueueFill(fill)));
    assert_eq!(header, b"\0\x32\0\0\0\0\0\0\0\0\0\x04\0\0");
    let header = ContentHeader::decode(&header).unwrap();
    assert_eq!(header.properties(), Ok(queue::Properties::default()));
    assert_eq!(body, b"body");
}

#[test]
fn new_content_of_a_class_has_the_properties_of_the_base() {
    let properties = base_basic::Properties::default().message_id("1");
    let method = basic::Properties::new(7);
    let [method_octets, header, _] = frames(&method, &properties);
    let decoded = AnyMethod::decode(&method_octets).unwrap();
    assert_eq!(decoded, AnyMethod::BasicProperties(method));
    let header = ContentHeader::decode(&header).unwrap();
    assert_eq!(header.properties(), Ok(properties));
}

#[test]
fn what_is_written_is_described() {
    let methods = PROTOCOL.classes.iter().flat_map(|class| class.methods);
    let names: Vec<_> = methods.map(|method| method.name).collect();
    assert_eq!(
        names,
        [
            "channel.open",
            "channel.open-ok",
            "queue.fill",
            "basic.properties"
        ]
    );
}

#[test]
fn an_overlay_without_methods_leaves_all_of_them_to_the_base() {
    assert_eq!(codes::constants::NOT_DELIVERED, 310);
    let select = tx::Select::ID.to_be_bytes();
    let decoded = codes::AnyMethod::decode(&select).unwrap().into_owned();
    assert!(matches!(
        decoded,
        codes::AnyMethod::Base(BaseMethod::TxSelect(tx::Select))
    ));
    assert_eq!(decoded.id(), tx::Select::ID);
}

#[test]
fn an_extension_of_an_extension_shares_its_types() {
    fn answer<R: Request>(_: &R, payload: &[u8]) -> R::Reply {
        let (id, args) = MethodId::split_payload(payload).unwrap();
        R::Reply::from_method(id, args).unwrap()
    }
    let payload = [
        &extension::basic::CreditOk::ID.to_be_bytes()[..],
        b"\0\0\0\x07",
    ]
    .concat();
    let query = drained::basic::CreditQuery::new("ctag");
    let credit_ok: extension::basic::CreditOk = answer(&query, &payload);
    assert_eq!(credit_ok.available, 7);
    let known = extension::AnyMethod::BasicCreditOk(credit_ok);
    let decoded = drained::AnyMethod::decode(&payload).unwrap();
    assert_eq!(decoded, drained::AnyMethod::Base(known));
    let select = tx::Select::ID.to_be_bytes();
    let decoded = drained::AnyMethod::decode(&select).unwrap();
    assert_eq!(decoded.id(), tx::Select::ID);
}
