//! `amq-protocol`, the codec of lapin, through `parse_frame`, `gen_frame` and the functions below them.
//!
//! Its values own their strings and its tables are trees, so that encoding from plain values includes
//! building these.

#![allow(clippy::unwrap_used, clippy::panic)] // the fixtures are sound

use std::hint::black_box;

use amq_protocol::frame::{AMQPContentHeader, AMQPFrame, WriteContext, gen_frame, parse_frame};
use amq_protocol::protocol::{AMQPClass, basic, queue};
use amq_protocol::types::generation::gen_field_table;
use amq_protocol::types::parsing::parse_field_table;
use amq_protocol::types::{AMQPValue, FieldArray, FieldTable, ShortString};

use super::fixtures::{self, CAPACITY, CHANNEL, Message, Plain, Queue};
use super::{AMQ_PROTOCOL, Side};

pub fn decode_delivery(octets: &'static [u8]) -> Side {
    Side::new(AMQ_PROTOCOL, move || read_delivery(black_box(octets)))
}

pub fn decode_ack() -> Side {
    Side::new(AMQ_PROTOCOL, || {
        let mut rest = black_box(fixtures::ACK);
        let AMQPFrame::Method(_, AMQPClass::Basic(basic::AMQPMethod::Ack(ack))) = next(&mut rest)
        else {
            panic!("not an ack")
        };
        black_box(ack.delivery_tag);
        black_box(ack.multiple);
    })
}

pub fn decode_declare() -> Side {
    Side::new(AMQ_PROTOCOL, || {
        let mut rest = black_box(fixtures::DECLARE);
        let AMQPFrame::Method(_, AMQPClass::Queue(queue::AMQPMethod::Declare(declare))) =
            next(&mut rest)
        else {
            panic!("not a declaration")
        };
        text(&declare.queue);
        black_box(declare.passive);
        black_box(declare.durable);
        black_box(declare.exclusive);
        black_box(declare.auto_delete);
        black_box(declare.nowait);
        walk(&declare.arguments);
    })
}

pub fn decode_table() -> Side {
    Side::new(AMQ_PROTOCOL, || {
        let (rest, table) = parse_field_table(black_box(fixtures::TABLE)).unwrap();
        assert!(rest.is_empty());
        walk(&table);
    })
}

pub fn encode_publish(expected: &'static [u8], size: usize) -> Side {
    let message = fixtures::message(size);
    let mut buf = write_publish(Vec::with_capacity(CAPACITY), &message);
    assert_eq!(buf, expected);
    Side::new(AMQ_PROTOCOL, move || {
        buf.clear();
        buf = write_publish(std::mem::take(&mut buf), black_box(&message));
        black_box(&mut buf);
    })
}

pub fn encode_declare() -> Side {
    let mut buf = write_declare(Vec::with_capacity(CAPACITY), &fixtures::QUEUE);
    assert_eq!(buf, fixtures::DECLARE);
    Side::new(AMQ_PROTOCOL, move || {
        buf.clear();
        buf = write_declare(std::mem::take(&mut buf), black_box(&fixtures::QUEUE));
        black_box(&mut buf);
    })
}

pub fn encode_table() -> Side {
    let table = table(&fixtures::ENTRIES);
    let mut buf = write_table(Vec::with_capacity(CAPACITY), &table);
    assert_eq!(buf, fixtures::TABLE);
    Side::new(AMQ_PROTOCOL, move || {
        buf.clear();
        buf = write_table(std::mem::take(&mut buf), black_box(&table));
        black_box(&mut buf);
    })
}

fn read_delivery(mut rest: &[u8]) {
    let AMQPFrame::Method(_, AMQPClass::Basic(basic::AMQPMethod::Deliver(deliver))) =
        next(&mut rest)
    else {
        panic!("not a delivery")
    };
    text(&deliver.consumer_tag);
    black_box(deliver.delivery_tag);
    black_box(deliver.redelivered);
    text(&deliver.exchange);
    text(&deliver.routing_key);

    let AMQPFrame::Header(_, header) = next(&mut rest) else {
        panic!("not a header")
    };
    let properties = &header.properties;
    let texts = [
        properties.content_type(),
        properties.content_encoding(),
        properties.correlation_id(),
        properties.reply_to(),
        properties.expiration(),
        properties.message_id(),
        properties.kind(),
        properties.user_id(),
        properties.app_id(),
        properties.cluster_id(),
    ];
    texts.into_iter().flatten().for_each(text);
    black_box(properties.delivery_mode());
    black_box(properties.priority());
    black_box(properties.timestamp());
    if let Some(headers) = properties.headers() {
        walk(headers);
    }

    let mut missing = header.body_size;
    while missing > 0 {
        let AMQPFrame::Body(_, body) = next(&mut rest) else {
            panic!("not a body")
        };
        missing -= body.len() as u64;
        black_box(&body);
    }
}

fn next(rest: &mut &[u8]) -> AMQPFrame {
    let (behind, frame) = parse_frame(*rest).unwrap();
    *rest = behind;
    frame
}

fn text(text: &ShortString) {
    black_box(text.as_str());
}

fn walk(table: &FieldTable) {
    for (name, value) in table {
        black_box(name.as_str());
        visit(value);
    }
}

fn visit(value: &AMQPValue) {
    match value {
        AMQPValue::FieldTable(table) => walk(table),
        AMQPValue::FieldArray(array) => array.as_slice().iter().for_each(visit),
        plain => {
            black_box(plain);
        }
    }
}

fn write_publish(buf: Vec<u8>, message: &Message) -> Vec<u8> {
    let mut headers = FieldTable::default();
    headers.insert("x-attempt".into(), AMQPValue::LongInt(message.attempt));
    headers.insert("x-flag".into(), AMQPValue::Boolean(message.flag));
    headers.insert(
        "x-trace".into(),
        AMQPValue::LongString(message.trace.into()),
    );
    let properties = basic::AMQPProperties::default()
        .with_content_type(message.content_type.into())
        .with_headers(headers)
        .with_delivery_mode(message.delivery_mode)
        .with_message_id(message.message_id.into())
        .with_timestamp(message.timestamp);
    let publish = basic::Publish {
        exchange: message.exchange.into(),
        routing_key: message.routing_key.into(),
        mandatory: false,
        immediate: false,
    };
    let header = AMQPContentHeader {
        class_id: 60,
        body_size: message.body.len() as u64,
        properties,
    };
    let method = AMQPClass::Basic(basic::AMQPMethod::Publish(publish));
    let buf = append(buf, &AMQPFrame::Method(CHANNEL, method));
    let buf = append(buf, &AMQPFrame::Header(CHANNEL, header));
    if message.body.is_empty() {
        return buf;
    }
    append(buf, &AMQPFrame::Body(CHANNEL, message.body.to_vec()))
}

fn write_declare(buf: Vec<u8>, queue: &Queue) -> Vec<u8> {
    let mut arguments = FieldTable::default();
    let dead_letter_exchange = AMQPValue::LongString(queue.dead_letter_exchange.into());
    arguments.insert("x-dead-letter-exchange".into(), dead_letter_exchange);
    arguments.insert("x-expires".into(), AMQPValue::LongInt(queue.expires));
    arguments.insert(
        "x-max-length".into(),
        AMQPValue::LongLongInt(queue.max_length),
    );
    arguments.insert(
        "x-queue-type".into(),
        AMQPValue::LongString(queue.kind.into()),
    );
    let single = AMQPValue::Boolean(queue.single_active_consumer);
    arguments.insert("x-single-active-consumer".into(), single);
    let declare = queue::Declare {
        queue: queue.name.into(),
        durable: queue.durable,
        arguments,
        ..Default::default()
    };
    let method = AMQPClass::Queue(queue::AMQPMethod::Declare(declare));
    append(buf, &AMQPFrame::Method(CHANNEL, method))
}

fn write_table(buf: Vec<u8>, table: &FieldTable) -> Vec<u8> {
    gen_field_table(table)(WriteContext::from(buf))
        .unwrap()
        .into_inner()
        .0
}

fn append(buf: Vec<u8>, frame: &AMQPFrame) -> Vec<u8> {
    gen_frame(frame)(WriteContext::from(buf))
        .unwrap()
        .into_inner()
        .0
}

fn table(plain: &[(&str, Plain)]) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, plain) in plain {
        table.insert((*name).into(), value(plain));
    }
    table
}

fn value(plain: &Plain) -> AMQPValue {
    match *plain {
        Plain::Text(text) => AMQPValue::LongString(text.into()),
        Plain::Int(value) => AMQPValue::LongInt(value),
        Plain::Long(value) => AMQPValue::LongLongInt(value),
        Plain::Bool(value) => AMQPValue::Boolean(value),
        Plain::Double(value) => AMQPValue::Double(value),
        Plain::Time(seconds) => AMQPValue::Timestamp(seconds),
        Plain::Void => AMQPValue::Void,
        Plain::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(value).collect();
            AMQPValue::FieldArray(FieldArray::from(elements))
        }
        Plain::Table(plain) => AMQPValue::FieldTable(table(plain)),
    }
}
