//! What cannot be encoded leaves no trace: the buffer is octet for octet as it was.

use amqp_methods::{
    AnyMethod, BytesMut, Content, DynMethod, EncodeError, EncodeErrorKind, FieldInfo, FieldTable,
    FieldValue, Fields, FrameEncoder, MethodId, MethodInfo, PROTOCOL, Value, WireType, Writer,
    basic, encode_arguments, encode_properties,
};
use leveret::Body;

use crate::opened::Opened;
use crate::spoiled::{all_spoiled, long, tables};
use crate::values::{largest, methods, of};

/// Buffers as an encoder may find them.
fn buffers() -> Vec<BytesMut> {
    let mut spare = BytesMut::with_capacity(8192);
    spare.extend_from_slice(b"spare");
    let mut shared = BytesMut::from(&b"gone and here"[..]);
    let gone = shared.split_to(4);
    // The other half lives on, so that the room is not this buffer's own.
    std::mem::forget(gone);
    vec![
        BytesMut::new(),
        BytesMut::from(&b"before"[..]),
        spare,
        shared,
    ]
}

/// What `encode` is refused for, having left all buffers as they were.
#[track_caller]
fn refused(encode: impl Fn(&mut BytesMut) -> Result<(), EncodeError>) -> EncodeError {
    let mut errors: Vec<_> = buffers()
        .into_iter()
        .map(|mut buf| {
            let before = buf.to_vec();
            let error = encode(&mut buf).unwrap_err();
            assert_eq!(buf, before, "{error}");
            // It is as good as before for what comes next.
            FrameEncoder::new(0).heartbeat(&mut buf);
            assert_eq!(buf.len(), before.len() + 8);
            error
        })
        .collect();
    errors.dedup();
    assert_eq!(errors.len(), 1);
    errors.remove(0)
}

/// All ways onto the wire are refused for the same reason.
#[track_caller]
fn refused_everywhere<M: DynMethod + ?Sized>(encoder: FrameEncoder, method: &M) -> EncodeError {
    let properties = basic::Properties::default().message_id("m");
    let error = refused(|buf| encoder.method(buf, 1, method));
    for body in [&b""[..], b"body", &[0; 5000]] {
        let content = refused(|buf| encoder.content(buf, 1, method, &properties, body));
        assert_eq!(content, error);
    }
    for spare in [0, 100_000] {
        let start = refused(|buf| encoder.content_start(buf, 1, method, &properties, 7, spare));
        assert_eq!(start, error);
    }
    error
}

#[test]
fn a_method_that_no_wire_holds_leaves_no_trace() {
    let spoiled = all_spoiled();
    for case in &spoiled {
        let error = refused_everywhere(FrameEncoder::new(0), &*case.method);
        assert_eq!((error.kind(), error.method()), (case.kind, case.name));
        // What is wrong within a table is told by its place there.
        let expected = match error.field() {
            "table name" | "table value" => continue,
            field => field,
        };
        assert_eq!(case.field, expected, "{}", case.name);
    }
    // None is left out.
    for method in methods() {
        for field in method.fields.iter().filter(|field| !field.reserved) {
            let spoilable = matches!(field.wire, WireType::ShortStr | WireType::Table);
            let is_there = spoiled
                .iter()
                .any(|case| case.name == method.name && case.field == field.name);
            assert_eq!(is_there, spoilable, "{} of {}", field.name, method.name);
        }
    }
}

#[test]
fn properties_that_no_wire_holds_leave_no_trace() {
    let plain = basic::Properties::default;
    let mut spoiled = vec![
        (plain().content_type(long()), "content-type"),
        (plain().content_encoding(long()), "content-encoding"),
        (plain().correlation_id(long()), "correlation-id"),
        (plain().reply_to(long()), "reply-to"),
        (plain().expiration(long()), "expiration"),
        (plain().message_id(long()), "message-id"),
        (plain().r#type(long()), "type"),
        (plain().user_id(long()), "user-id"),
        (plain().app_id(long()), "app-id"),
        (plain().reserved(long()), "reserved"),
    ];
    let texts = basic::Properties::PROPERTIES.iter();
    let texts = texts.filter(|info| info.wire == WireType::ShortStr);
    assert_eq!(texts.count(), spoiled.len());
    spoiled.extend(
        tables()
            .into_iter()
            .map(|(table, _)| (plain().headers(table), "table")),
    );
    let publish = basic::Publish::new("exchange", "key");
    let encoder = FrameEncoder::new(0);
    for (properties, field) in spoiled {
        // All others are there, so that much has been written when it turns out.
        let start = refused(|buf| encoder.content_start(buf, 1, &publish, &properties, 7, 0));
        assert!(start.field().starts_with(field), "{start}");
        for body in [&b""[..], b"body", &[0; 5000]] {
            let content = refused(|buf| encoder.content(buf, 1, &publish, &properties, body));
            assert_eq!(content, start);
        }
    }
}

#[test]
fn content_on_channel_0_leaves_no_trace() {
    let (publish, properties) = (basic::Publish::default(), basic::Properties::default());
    for encoder in [FrameEncoder::new(0), FrameEncoder::new(4096)] {
        let content = refused(|buf| encoder.content(buf, 0, &publish, &properties, b"body"));
        let start = refused(|buf| encoder.content_start(buf, 0, &publish, &properties, 4, 10));
        for error in [content, start] {
            assert_eq!(error.kind(), EncodeErrorKind::ContentOnChannelZero);
        }
    }
}

/// A method by its description, for any of them.
fn described(info: &'static MethodInfo, args: &[u8]) -> AnyMethod<'static> {
    let payload = [info.id.to_be_bytes().as_slice(), args].concat();
    AnyMethod::decode(&payload).unwrap().into_owned()
}

#[test]
fn a_method_larger_than_a_frame_leaves_no_trace() {
    for info in methods() {
        let values = info.fields.iter().filter(|field| !field.reserved);
        let values = values
            .map(|field| (field.name, largest(field.wire)))
            .collect();
        for args in [
            encode_arguments(info, |_| None).unwrap(),
            encode_arguments(info, |field| of(&values, field)).unwrap(),
        ] {
            let method = described(info, &args);
            let exact = (4 + args.len() + 8) as u32;
            for frame_max in [1, 7, 8, 9, exact / 2, exact - 1] {
                let error = refused_everywhere(FrameEncoder::new(frame_max), &method);
                assert_eq!(error.kind(), EncodeErrorKind::FrameTooLarge);
            }
            let mut buf = BytesMut::new();
            FrameEncoder::new(exact)
                .method(&mut buf, 1, &method)
                .unwrap();
            assert_eq!(buf.len(), exact as usize);
        }
    }
}

#[test]
fn a_header_larger_than_a_frame_leaves_no_trace() {
    let publish = basic::Publish::default();
    let entries = [("k", Value::from(long()))];
    let properties = basic::Properties::default().headers(FieldTable::from(&entries));
    let exact = (8 + 12 + properties.encoded_len()) as u32;
    for frame_max in [8 + 4 + publish_len(&publish), exact - 1] {
        let encoder = FrameEncoder::new(frame_max);
        let start = refused(|buf| encoder.content_start(buf, 1, &publish, &properties, 1, 0));
        let content = refused(|buf| encoder.content(buf, 1, &publish, &properties, &[0; 3000]));
        assert_eq!(start.kind(), EncodeErrorKind::FrameTooLarge);
        assert_eq!(content, start);
    }
    let mut buf = BytesMut::new();
    let encoder = FrameEncoder::new(exact);
    encoder
        .content(&mut buf, 1, &publish, &properties, &[0; 3000])
        .unwrap();
}

fn publish_len(publish: &basic::Publish<'_>) -> u32 {
    DynMethod::encoded_len(publish) as u32
}

/// Somebody's own implementation that writes another number of octets than it says.
struct Liar {
    says: usize,
    writes: usize,
}

impl DynMethod for Liar {
    fn id(&self) -> MethodId {
        MethodId::new(60, 40)
    }
    fn info(&self) -> Option<&'static MethodInfo> {
        None
    }
    fn encoded_len(&self) -> usize {
        self.says
    }
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
        (0..self.writes).for_each(|_| out.octet(7));
        Ok(())
    }
    fn fields(&self) -> Fields<'_> {
        Fields::collect(&[], |_| None)
    }
}

#[test]
fn a_method_that_writes_another_length_than_it_says_leaves_no_trace() {
    for (says, writes) in [(0, 1), (1, 0), (10, 9), (10, 11), (10, 300), (5000, 0)] {
        let error = refused_everywhere(FrameEncoder::new(0), &Liar { says, writes });
        assert_eq!(error.kind(), EncodeErrorKind::LengthMismatch);
    }
}

#[test]
fn values_given_by_name_are_refused_by_name() {
    let wrong = |info: &FieldInfo| match info.wire {
        WireType::ShortStr => Some(FieldValue::ShortStr(long().into())),
        WireType::Bit => Some(FieldValue::Octet(1)),
        _ => None,
    };
    for method in methods() {
        let first = method.fields.iter().find(|field| wrong(field).is_some());
        let Some(first) = first else { continue };
        let error = encode_arguments(method, wrong).unwrap_err();
        assert_eq!((error.method(), error.field()), (method.name, first.name));
    }
    for class in PROTOCOL.classes {
        for property in class.properties {
            let only = |info: &FieldInfo| (info.name == property.name).then(|| wrong(info))?;
            match encode_properties(class.properties, only) {
                Ok(_) => assert_ne!(property.wire, WireType::ShortStr),
                Err(error) => assert_eq!(error.field(), property.name),
            }
        }
    }
}

/// The core of the client promises the same: no octet goes out, no number is used up.
#[test]
fn a_publish_that_no_wire_holds_leaves_the_core_as_it_was() {
    let mut opened = Opened::new();
    opened.confirms();
    let plain = basic::Properties::default;
    let publish = basic::Publish::new("", "q");
    let mut spoiled: Vec<_> = tables()
        .into_iter()
        .map(|(table, _)| (publish.clone(), plain().headers(table)))
        .collect();
    spoiled.push((publish.clone(), plain().message_id(long())));
    spoiled.push((basic::Publish::new(long(), "q"), plain()));
    let large = FieldTable::builder()
        .entry("k", "x".repeat(200_000))
        .build();
    spoiled.push((publish.clone(), plain().headers(large.unwrap())));
    for (number, (spoiled, properties)) in (1..).zip(&spoiled) {
        let before = opened.core.outgoing_octets();
        for body in [Body::Lent(b"body"), Body::from(vec![0; 300_000])] {
            let mut channel = opened.core.channel(opened.channel).unwrap();
            let published = channel.publish(spoiled, properties, &body, true);
            assert!(published.is_err());
            assert_eq!(opened.core.outgoing_octets(), before);
        }
        let mut channel = opened.core.channel(opened.channel).unwrap();
        let sound = channel.publish(&publish, &plain(), &Body::Lent(b"body"), true);
        assert_eq!(sound.unwrap(), Some(number));
        assert!(opened.core.outgoing_octets() > before);
    }
    // The server takes what has come of it for frames.
    opened.settle();
    assert!(opened.core.is_open());
}
