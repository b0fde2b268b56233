//! The way an application uses `amqp-methods`.

#![allow(clippy::unwrap_used, clippy::panic)] // the fixtures are sound

use std::hint::black_box;
use std::ops::Deref;

use amqp_methods::{
    AnyMethod, BytesMut, ContentBlock, ContentHeader, Decode, FieldArray, FieldTable, Frame,
    FrameBuf, FrameEncoder, FrameKind, FrameLimits, Method as _, Output, Reader, ShortStr,
    Timestamp, Value, Writer, basic, queue,
};

use super::fixtures::{self, CAPACITY, CHANNEL, FRAME_MAX, Message, Plain, Queue};
use super::{OURS, Side};

const LIMITS: FrameLimits = FrameLimits::all(FRAME_MAX);
const ENCODER: FrameEncoder = FrameEncoder::new(FRAME_MAX);

/// Every argument and property is decoded; strings stay octets, the headers a slice.
pub fn decode_delivery(octets: &'static [u8]) -> Side {
    Side::new(OURS, move || {
        let mut rest = black_box(octets);
        let deliver: basic::Deliver<'_> = method(&mut rest);
        black_box(deliver.consumer_tag.as_bytes());
        black_box(deliver.delivery_tag);
        black_box(deliver.redelivered);
        black_box(deliver.exchange.as_bytes());
        black_box(deliver.routing_key.as_bytes());

        let header = ContentHeader::decode(next(&mut rest).payload).unwrap();
        let mut properties = basic::Properties::default();
        header.read_properties(&mut properties).unwrap();
        black_box(&properties);
        take_body(&mut rest, header.body_size);
    })
}

/// The same, and every string is checked for UTF-8, the headers are walked.
pub fn read_delivery(octets: &'static [u8]) -> Side {
    Side::new(OURS, move || {
        let mut rest = black_box(octets);
        let deliver: basic::Deliver<'_> = method(&mut rest);
        text(&deliver.consumer_tag);
        black_box(deliver.delivery_tag);
        black_box(deliver.redelivered);
        text(&deliver.exchange);
        text(&deliver.routing_key);

        let header = ContentHeader::decode(next(&mut rest).payload).unwrap();
        let mut properties = basic::Properties::default();
        header.read_properties(&mut properties).unwrap();
        let texts = [
            &properties.content_type,
            &properties.content_encoding,
            &properties.correlation_id,
            &properties.reply_to,
            &properties.expiration,
            &properties.message_id,
            &properties.r#type,
            &properties.user_id,
            &properties.app_id,
            &properties.reserved,
        ];
        texts.into_iter().flatten().for_each(text);
        black_box(properties.delivery_mode);
        black_box(properties.priority);
        black_box(properties.timestamp);
        if let Some(headers) = &properties.headers {
            walk(headers);
        }
        take_body(&mut rest, header.body_size);
    })
}

pub fn decode_ack() -> Side {
    Side::new(OURS, || {
        let mut rest = black_box(fixtures::ACK);
        let ack: basic::Ack = method(&mut rest);
        black_box(ack.delivery_tag);
        black_box(ack.multiple);
    })
}

/// As whoever does not know what comes: through the enum of all methods.
pub fn decode_any_ack() -> Side {
    Side::new(OURS, || {
        let mut rest = black_box(fixtures::ACK);
        let Ok(AnyMethod::BasicAck(ack)) = AnyMethod::decode(next(&mut rest).payload) else {
            panic!("not an ack")
        };
        black_box(ack.delivery_tag);
        black_box(ack.multiple);
    })
}

pub fn decode_declare() -> Side {
    Side::new(OURS, || {
        let mut rest = black_box(fixtures::DECLARE);
        let declare: queue::Declare<'_> = method(&mut rest);
        black_box(declare.queue.as_bytes());
        black_box(declare.passive);
        black_box(declare.durable);
        black_box(declare.exclusive);
        black_box(declare.auto_delete);
        black_box(declare.no_wait);
        walk(&declare.arguments);
    })
}

pub fn decode_table() -> Side {
    Side::new(OURS, || {
        let mut reader = Reader::new(black_box(fixtures::TABLE));
        walk(&reader.table("table").unwrap());
        reader.finish().unwrap();
    })
}

/// One allocation makes the table its owner's; every value is then read from it.
pub fn own_table() -> Side {
    Side::new(OURS, || {
        let mut reader = Reader::new(black_box(fixtures::TABLE));
        let table: FieldTable<'static> = reader.table("table").unwrap().into_owned();
        walk(&table);
        black_box(table);
    })
}

/// Every name and every value owns its octets, each in an allocation of its own.
pub fn own_values() -> Side {
    Side::new(OURS, || {
        let mut reader = Reader::new(black_box(fixtures::TABLE));
        let table = reader.table("table").unwrap();
        let mut entries: Vec<(ShortStr<'static>, Value<'static>)> = Vec::with_capacity(32);
        for entry in &table {
            let (name, value) = entry.unwrap();
            entries.push((name.into_owned(), value.into_owned()));
        }
        black_box(entries);
    })
}

/// Decoded and checked, then copied to a block that messages share: what the client does with small ones.
pub fn own_delivery(octets: &'static [u8]) -> Side {
    let mut block = ContentBlock::default();
    Side::new(OURS, move || {
        let mut rest = black_box(octets);
        let (id, args) = next(&mut rest).method().unwrap();
        assert_eq!(id, basic::Deliver::ID);
        block.begin(args.rest());
        black_box(basic::Deliver::from_args(args).unwrap().delivery_tag);
        let payload = next(&mut rest).payload;
        let header = ContentHeader::decode(payload).unwrap();
        let mut properties = basic::Properties::default();
        header.read_properties(&mut properties).unwrap();
        block.header(payload);
        let body = next(&mut rest).payload;
        assert_eq!(body.len() as u64, header.body_size);
        block.body(body);
        black_box(block.finish(id, None));
    })
}

pub fn encode_publish(expected: &'static [u8], size: usize) -> Side {
    publishing(
        FrameBuf::with_capacity(CAPACITY),
        FrameBuf::clear,
        expected,
        size,
    )
}

/// Into a buffer that is filled with zeros first, as any but a `FrameBuf`.
pub fn encode_publish_into_bytes(expected: &'static [u8], size: usize) -> Side {
    publishing(
        BytesMut::with_capacity(CAPACITY),
        BytesMut::clear,
        expected,
        size,
    )
}

fn publishing<O: Output + Deref<Target = [u8]> + 'static>(
    mut buf: O,
    clear: impl Fn(&mut O) + 'static,
    expected: &[u8],
    size: usize,
) -> Side {
    let message = fixtures::message(size);
    write_publish(&mut buf, &message);
    assert_eq!(*buf, *expected);
    Side::new(OURS, move || {
        clear(&mut buf);
        write_publish(&mut buf, black_box(&message));
        black_box(&mut buf);
    })
}

/// The headers are always the same, so that their table was encoded once.
pub fn encode_publish_known_headers(expected: &'static [u8], size: usize) -> Side {
    let message = fixtures::message(size);
    let headers = FieldTable::from(&headers(&message)).into_owned();
    let mut buf = FrameBuf::with_capacity(CAPACITY);
    write_publish_known_headers(&mut buf, &message, &headers);
    assert_eq!(*buf, *expected);
    Side::new(OURS, move || {
        buf.clear();
        write_publish_known_headers(&mut buf, black_box(&message), black_box(&headers));
        black_box(&mut buf);
    })
}

pub fn encode_declare() -> Side {
    let mut buf = FrameBuf::with_capacity(CAPACITY);
    write_declare(&mut buf, &fixtures::QUEUE);
    assert_eq!(*buf, *fixtures::DECLARE);
    Side::new(OURS, move || {
        buf.clear();
        write_declare(&mut buf, black_box(&fixtures::QUEUE));
        black_box(&mut buf);
    })
}

pub fn encode_table() -> Side {
    let entries: &[_] = entries(&fixtures::ENTRIES).leak();
    let mut buf = Vec::with_capacity(CAPACITY);
    write_table(&mut buf, entries);
    assert_eq!(buf, fixtures::TABLE);
    Side::new(OURS, move || {
        write_table(&mut buf, black_box(entries));
        black_box(&mut buf);
    })
}

/// In line, as it stands once in the loop of a client.
#[inline(always)]
fn next<'a>(rest: &mut &'a [u8]) -> Frame<'a> {
    let frame = Frame::decode(rest, LIMITS).unwrap().unwrap();
    *rest = &rest[frame.encoded_len()..];
    frame
}

/// The method that is due, as a client expects it.
#[inline(always)]
fn method<'a, M: Decode<'a>>(rest: &mut &'a [u8]) -> M {
    let (id, args) = next(rest).method().unwrap();
    assert_eq!(id, M::ID);
    M::from_args(args).unwrap()
}

/// In as many frames as it comes.
#[inline(always)]
fn take_body(rest: &mut &[u8], size: u64) {
    let mut missing = size;
    while missing > 0 {
        let frame = next(rest);
        assert_eq!(frame.kind, FrameKind::Body);
        missing -= frame.payload.len() as u64;
        black_box(frame.payload);
    }
}

fn text(octets: &ShortStr<'_>) {
    black_box(octets.as_str().unwrap());
}

fn walk(table: &FieldTable<'_>) {
    for entry in table {
        let (name, value) = entry.unwrap();
        black_box(name.as_bytes());
        visit(value);
    }
}

fn walk_array(array: &FieldArray<'_>) {
    for element in array {
        visit(element.unwrap());
    }
}

/// In line, as the `match` of an application stands in its loop.
#[inline(always)]
fn visit(value: Value<'_>) {
    match value {
        Value::Table(table) => walk(&table),
        Value::Array(array) => walk_array(&array),
        Value::LongString(octets) => drop(black_box(octets.as_bytes())),
        Value::LongInt(value) => drop(black_box(value)),
        Value::LongLongInt(value) => drop(black_box(value)),
        Value::Boolean(value) => drop(black_box(value)),
        Value::Double(value) => drop(black_box(value)),
        Value::Timestamp(value) => drop(black_box(value)),
        others => drop(black_box(others)),
    }
}

fn write_publish<O: Output>(buf: &mut O, message: &Message) {
    let headers = (
        ("x-attempt", message.attempt),
        ("x-flag", message.flag),
        ("x-trace", message.trace),
    );
    let method = basic::Publish::new(message.exchange, message.routing_key);
    let properties = basic::Properties::default()
        .content_type(message.content_type)
        .headers(&headers)
        .delivery_mode(message.delivery_mode)
        .message_id(message.message_id)
        .timestamp(Timestamp::from_secs(message.timestamp));
    ENCODER
        .content(buf, CHANNEL, &method, &properties, message.body)
        .unwrap();
}

fn write_publish_known_headers(buf: &mut FrameBuf, message: &Message, headers: &FieldTable<'_>) {
    let method = basic::Publish::new(message.exchange, message.routing_key);
    let properties = basic::Properties::default()
        .content_type(message.content_type)
        .headers(headers.reborrow())
        .delivery_mode(message.delivery_mode)
        .message_id(message.message_id)
        .timestamp(Timestamp::from_secs(message.timestamp));
    ENCODER
        .content(buf, CHANNEL, &method, &properties, message.body)
        .unwrap();
}

#[inline(always)]
fn headers(message: &Message) -> [(&'static str, Value<'static>); 3] {
    [
        ("x-attempt", Value::from(message.attempt)),
        ("x-flag", Value::from(message.flag)),
        ("x-trace", Value::from(message.trace)),
    ]
}

fn write_declare(buf: &mut FrameBuf, queue: &Queue) {
    let arguments = (
        ("x-dead-letter-exchange", queue.dead_letter_exchange),
        ("x-expires", queue.expires),
        ("x-max-length", queue.max_length),
        ("x-queue-type", queue.kind),
        ("x-single-active-consumer", queue.single_active_consumer),
    );
    let method = queue::Declare::new(queue.name)
        .durable(queue.durable)
        .arguments(&arguments);
    ENCODER.method(buf, CHANNEL, &method).unwrap();
}

fn write_table(buf: &mut Vec<u8>, entries: &[(&str, Value<'_>)]) {
    let table = FieldTable::from(entries);
    buf.resize(table.encoded_len(), 0);
    let mut out = Writer::new(buf);
    out.table("table", &table).unwrap();
    out.finish().unwrap();
}

fn entries(plain: &[(&'static str, Plain)]) -> Vec<(&'static str, Value<'static>)> {
    plain
        .iter()
        .map(|(name, plain)| (*name, value(plain)))
        .collect()
}

fn value(plain: &Plain) -> Value<'static> {
    match *plain {
        Plain::Text(text) => text.into(),
        Plain::Int(value) => value.into(),
        Plain::Long(value) => value.into(),
        Plain::Bool(value) => value.into(),
        Plain::Double(value) => value.into(),
        Plain::Time(seconds) => Timestamp::from_secs(seconds).into(),
        Plain::Void => Value::Void,
        Plain::Array(elements) => {
            let elements: &[_] = elements.iter().map(value).collect::<Vec<_>>().leak();
            FieldArray::from(elements).into()
        }
        Plain::Table(plain) => FieldTable::from(&*entries(plain).leak()).into(),
    }
}
