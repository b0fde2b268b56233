//! What the hot path allocates: nothing.
//!
//! Fixtures: `tests/vectors/bench`, with what one operation is.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what tests share is test code too"
)]

use std::hint::black_box;

use allocation_counter::measure;
use amqp_methods::{
    AnyMethod, BytesMut, ContentBlock, ContentHeader, FieldTable, Frame, FrameBuf, FrameEncoder,
    FrameKind, FrameLimits, Method as _, Reader, Timestamp, Value, basic, queue,
};

const DELIVER: &[u8] = include_bytes!("vectors/bench/deliver-1024.bin");
const PUBLISH: &[u8] = include_bytes!("vectors/bench/publish-1024.bin");
const DECLARE: &[u8] = include_bytes!("vectors/bench/qdeclare.bin");
const TABLE: &[u8] = include_bytes!("vectors/bench/table32.bin");

#[track_caller]
fn allocates_nothing(work: impl FnOnce()) {
    let info = measure(work);
    assert_eq!((info.count_total, info.bytes_total), (0, 0));
}

/// The counter counts.
#[test]
fn a_box_is_an_allocation() {
    assert_eq!(measure(|| drop(black_box(Box::new(7)))).count_total, 1);
}

/// Walks every entry, and the nested ones; returns how many there are.
fn walk(table: &FieldTable<'_>) -> usize {
    let mut entries = 0;
    for entry in table {
        let (name, value) = entry.unwrap();
        black_box(name.as_str().unwrap());
        entries += 1;
        if let Value::Table(table) = value {
            entries += walk(&table);
        }
    }
    entries
}

#[test]
fn a_delivery_is_decoded_without_allocation() {
    allocates_nothing(|| {
        let (mut rest, mut seen) = (DELIVER, 0);
        while let Some(frame) = Frame::decode(rest, FrameLimits::all(131_072)).unwrap() {
            rest = &rest[frame.encoded_len()..];
            seen += 1;
            match frame.kind {
                FrameKind::Method => {
                    let method = AnyMethod::decode(frame.payload).unwrap();
                    let AnyMethod::BasicDeliver(deliver) = method else {
                        panic!()
                    };
                    assert_eq!(deliver.consumer_tag.as_str(), Ok("ctag-1.0"));
                    assert_eq!(deliver.routing_key.as_str(), Ok("bench.routing.key"));
                }
                FrameKind::Header => {
                    let header = ContentHeader::decode(frame.payload).unwrap();
                    let properties: basic::Properties<'_> = header.properties().unwrap();
                    assert_eq!(properties.delivery_mode, Some(2));
                    assert_eq!(walk(properties.headers.as_ref().unwrap()), 3);
                }
                FrameKind::Body => assert_eq!(black_box(frame.payload).len(), 1024),
                FrameKind::Heartbeat => panic!(),
            }
        }
        assert_eq!((seen, rest.len()), (3, 0));
    });
}

#[test]
fn a_publish_is_encoded_without_allocation_into_a_used_buffer() {
    let body: Vec<u8> = (0..1024_u32).map(|i| (31 * i + 7) as u8).collect();
    let mut buf = BytesMut::with_capacity(4096);
    let publish = |buf: &mut BytesMut| {
        let entries = [
            ("x-attempt", Value::from(3)),
            ("x-flag", true.into()),
            ("x-trace", "0123456789abcdef".into()),
        ];
        let properties = basic::Properties::default()
            .content_type("application/json")
            .headers(FieldTable::from(&entries))
            .delivery_mode(2)
            .message_id("2f1c9a52-6d0b-4b7e-9a55-3f0f4a1c7e21")
            .timestamp(Timestamp::from_secs(1_700_000_000));
        let publish = basic::Publish::new("bench.exchange", "bench.routing.key");
        FrameEncoder::new(131_072)
            .content(buf, 1, &publish, &properties, &body)
            .unwrap();
    };
    publish(&mut buf);
    assert_eq!(buf, PUBLISH);
    allocates_nothing(|| {
        for _ in 0..3 {
            buf.clear();
            publish(&mut buf);
        }
    });
    assert_eq!(buf, PUBLISH);
}

#[test]
fn typed_entries_are_encoded_without_allocation() {
    let mut buf = FrameBuf::with_capacity(4096);
    let body: Vec<u8> = (0..1024_u32).map(|i| (31 * i + 7) as u8).collect();
    allocates_nothing(|| {
        let headers = (
            ("x-attempt", 3),
            ("x-flag", true),
            ("x-trace", "0123456789abcdef"),
        );
        let properties = basic::Properties::default()
            .content_type("application/json")
            .headers(&headers)
            .delivery_mode(2)
            .message_id("2f1c9a52-6d0b-4b7e-9a55-3f0f4a1c7e21")
            .timestamp(Timestamp::from_secs(1_700_000_000));
        let publish = basic::Publish::new("bench.exchange", "bench.routing.key");
        FrameEncoder::new(131_072)
            .content(&mut buf, 1, &publish, &properties, &body)
            .unwrap();
    });
    assert_eq!(&*buf, PUBLISH);
}

#[test]
fn owned_deliveries_share_their_allocations() {
    const MANY: u64 = 100;
    let mut block = ContentBlock::default();
    let taken = measure(|| {
        for _ in 0..MANY {
            let mut rest = DELIVER;
            for _ in 0..3 {
                let frame = Frame::decode(rest, FrameLimits::NONE).unwrap().unwrap();
                rest = &rest[frame.encoded_len()..];
                match frame.kind {
                    FrameKind::Method => block.begin(frame.method().unwrap().1.rest()),
                    FrameKind::Header => block.header(frame.payload),
                    _ => block.body(frame.payload),
                }
            }
            let content = block.finish(basic::Deliver::ID, None);
            assert_eq!(black_box(content).body().len(), 1024);
        }
    });
    assert!(taken.count_total <= MANY, "{taken:?}");
}

#[test]
fn a_table_is_made_ones_own_with_one_allocation() {
    let table = Reader::new(TABLE).table("table").unwrap();
    let taken = measure(|| {
        black_box(table.reborrow().into_owned());
    });
    assert_eq!(taken.count_total, 1);
}

#[test]
fn a_declaration_is_decoded_and_encoded_without_allocation() {
    let mut buf = BytesMut::with_capacity(4096);
    allocates_nothing(|| {
        let frame = Frame::decode(DECLARE, FrameLimits::NONE).unwrap().unwrap();
        let method = AnyMethod::decode(frame.payload).unwrap();
        let AnyMethod::QueueDeclare(declare) = &method else {
            panic!()
        };
        assert!(declare.durable);
        assert_eq!(walk(&declare.arguments), 5);
        FrameEncoder::new(0)
            .method(&mut buf, frame.channel, &method)
            .unwrap();
    });
    assert_eq!(buf, DECLARE);
}

#[test]
fn arguments_are_encoded_from_borrowed_entries_without_allocation() {
    // The values of the fixture, borrowed; the array that lends them is the caller's.
    let frame = Frame::decode(DECLARE, FrameLimits::NONE).unwrap().unwrap();
    let Ok(AnyMethod::QueueDeclare(fixture)) = AnyMethod::decode(frame.payload) else {
        panic!()
    };
    let owned: Vec<_> = fixture.arguments.iter().map(Result::unwrap).collect();
    let mut entries: Vec<(&str, Value<'_>)> = Vec::new();
    for (name, value) in &owned {
        entries.push((name.as_str().unwrap(), value.reborrow()));
    }
    let [a, b, c, d, e] = &entries[..] else {
        panic!()
    };
    let mut buf = BytesMut::with_capacity(4096);
    allocates_nothing(|| {
        let entries = [a, b, c, d, e].map(|(name, value)| (*name, value.reborrow()));
        let declare = queue::Declare::new(fixture.queue.reborrow())
            .durable(true)
            .arguments(FieldTable::from(&entries));
        FrameEncoder::new(131_072)
            .method(&mut buf, frame.channel, &declare)
            .unwrap();
    });
    assert_eq!(buf, DECLARE);
}

#[test]
fn a_table_is_walked_without_allocation() {
    allocates_nothing(|| {
        let table = Reader::new(TABLE).table("table").unwrap();
        assert!(walk(&table) >= 32);
        table.check().unwrap();
    });
}
