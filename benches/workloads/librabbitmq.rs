//! librabbitmq, the C client, through the functions that its own `amqp_handle_input` and `amqp_send_frame` call.
//!
//! Its public functions decode and encode methods, properties and tables; the envelope around them it reads into
//! and writes from buffers of a connection. So the envelope is ours here: what stands in it is read and checked as
//! the library does it, without the copy that `amqp_handle_input` makes of each frame, and a body is appended where
//! the library would hand it to the kernel.
//!
//! Strings stay octets: it never asks whether they are UTF-8. Tables are decoded whole, into its pool.

#![allow(clippy::unwrap_used, clippy::panic)] // the fixtures are sound

use std::hint::black_box;

use leveret_librabbitmq::{
    Ack, Array, Declare, Deliver, Entry, Method, Octets, Pool, Properties, Publish, Table, Value,
    View, encode_method, encode_properties, encode_table,
};

use super::fixtures::{self, CAPACITY, CHANNEL, Message, Plain, Queue};
use super::{LIBRABBITMQ, Side, Workload};

/// What the library itself takes for a page.
const PAGE: usize = 65_536;

const HEAD: usize = 7;
const END: u8 = 0xCE;

/// Adds this side to the workloads that it can do. A side that may be missing cannot stand in their lists.
pub fn join(workloads: &mut [Workload]) {
    let deliveries = super::BODIES.map(|size| {
        let side = decode_delivery(fixtures::delivery(size));
        (format!("decode/deliver/{size}"), side)
    });
    let publishes = super::BODIES.map(|size| {
        let side = encode_publish(fixtures::publish(size), size);
        (format!("encode/publish/{size}"), side)
    });
    let others = [
        (
            "decode/deliver-read/16".to_owned(),
            read_delivery(fixtures::delivery(16)),
        ),
        ("encode/queue.declare".to_owned(), encode_declare()),
        ("decode/queue.declare".to_owned(), decode_declare()),
        ("encode/table32".to_owned(), table_encoder()),
        ("decode/table32".to_owned(), decode_table()),
        ("decode/ack".to_owned(), decode_ack()),
    ];
    for (name, side) in deliveries.into_iter().chain(publishes).chain(others) {
        let workload = workloads.iter_mut().find(|workload| workload.name == name);
        let workload = workload.unwrap_or_else(|| panic!("no workload is called {name}"));
        workload.sides.push(side);
    }
}

fn decode_delivery(octets: &'static [u8]) -> Side {
    let mut pool = Pool::new(PAGE);
    Side::new(LIBRABBITMQ, move || {
        pool.recycle();
        take_delivery(&pool, black_box(octets), |headers| {
            black_box(headers);
        });
    })
}

/// The headers are decoded in any case; here they are walked too.
fn read_delivery(octets: &'static [u8]) -> Side {
    let mut pool = Pool::new(PAGE);
    Side::new(LIBRABBITMQ, move || {
        pool.recycle();
        take_delivery(&pool, black_box(octets), walk);
    })
}

fn decode_ack() -> Side {
    let mut pool = Pool::new(PAGE);
    Side::new(LIBRABBITMQ, move || {
        pool.recycle();
        let ack: &Ack = method(&pool, &mut black_box(fixtures::ACK));
        black_box(ack.delivery_tag);
        black_box(ack.multiple);
    })
}

fn decode_declare() -> Side {
    let mut pool = Pool::new(PAGE);
    Side::new(LIBRABBITMQ, move || {
        pool.recycle();
        let declare: &Declare<'_> = method(&pool, &mut black_box(fixtures::DECLARE));
        octets(declare.queue);
        black_box(declare.passive);
        black_box(declare.durable);
        black_box(declare.exclusive);
        black_box(declare.auto_delete);
        black_box(declare.no_wait);
        walk(&declare.arguments);
    })
}

fn decode_table() -> Side {
    let mut pool = Pool::new(PAGE);
    Side::new(LIBRABBITMQ, move || {
        pool.recycle();
        let octets = black_box(fixtures::TABLE);
        let (table, taken) = pool.decode_table(octets).unwrap();
        assert_eq!(taken, octets.len());
        walk(&table);
    })
}

fn encode_publish(expected: &'static [u8], size: usize) -> Side {
    let message = fixtures::message(size);
    let mut buf = vec![0; CAPACITY].leak();
    let written = write_publish(buf, &message);
    assert_eq!(&buf[..written], expected);
    Side::new(LIBRABBITMQ, move || {
        write_publish(buf, black_box(&message));
        black_box(&mut buf);
    })
}

fn encode_declare() -> Side {
    let mut buf = vec![0; CAPACITY].leak();
    let written = write_declare(buf, &fixtures::QUEUE);
    assert_eq!(&buf[..written], fixtures::DECLARE);
    Side::new(LIBRABBITMQ, move || {
        write_declare(buf, black_box(&fixtures::QUEUE));
        black_box(&mut buf);
    })
}

fn table_encoder() -> Side {
    let table = table(&fixtures::ENTRIES);
    let mut buf = vec![0; CAPACITY].leak();
    let written = encode_table(&table, buf).unwrap();
    assert_eq!(&buf[..written], fixtures::TABLE);
    Side::new(LIBRABBITMQ, move || {
        encode_table(black_box(&table), buf).unwrap();
        black_box(&mut buf);
    })
}

#[inline(always)]
fn take_delivery<'a>(pool: &'a Pool, mut rest: &'a [u8], table: impl Fn(&Table<'_>)) {
    let deliver: &Deliver<'_> = method(pool, &mut rest);
    octets(deliver.consumer_tag);
    black_box(deliver.delivery_tag);
    black_box(deliver.redelivered);
    octets(deliver.exchange);
    octets(deliver.routing_key);

    let (kind, header) = next(&mut rest);
    assert_eq!(kind, 2);
    let (head, properties) = header.split_first_chunk::<12>().unwrap();
    let [class @ .., _, _, _, _, _, _, _, _, _, _] = *head;
    assert_eq!(u16::from_be_bytes(class), Properties::CLASS);
    let mut missing = u64::from_be_bytes(*head.last_chunk().unwrap());
    let properties = pool.decode_properties(properties).unwrap();
    text(properties.content_type());
    text(properties.content_encoding());
    text(properties.correlation_id());
    text(properties.reply_to());
    text(properties.expiration());
    text(properties.message_id());
    text(properties.r#type());
    text(properties.user_id());
    text(properties.app_id());
    text(properties.cluster_id());
    black_box(properties.delivery_mode());
    black_box(properties.priority());
    black_box(properties.timestamp());
    if let Some(headers) = properties.headers() {
        table(&headers);
    }

    while missing > 0 {
        let (kind, body) = next(&mut rest);
        assert_eq!(kind, 3);
        missing -= body.len() as u64;
        black_box(body);
    }
}

/// Type and payload of the next frame. In line, as it stands in `amqp_handle_input`.
#[inline(always)]
fn next<'a>(rest: &mut &'a [u8]) -> (u8, &'a [u8]) {
    let (head, behind) = rest.split_first_chunk::<HEAD>().unwrap();
    let [kind, c0, c1, s0, s1, s2, s3] = *head;
    black_box(u16::from_be_bytes([c0, c1]));
    let size = u32::from_be_bytes([s0, s1, s2, s3]) as usize;
    let (payload, behind) = behind.split_at(size);
    let (&end, behind) = behind.split_first().unwrap();
    assert_eq!(end, END);
    *rest = behind;
    (kind, payload)
}

#[inline(always)]
fn method<'a, M: Method<'a>>(pool: &'a Pool, rest: &mut &'a [u8]) -> &'a M {
    let (kind, payload) = next(rest);
    assert_eq!(kind, 1);
    let (id, arguments) = payload.split_first_chunk().unwrap();
    assert_eq!(u32::from_be_bytes(*id), M::ID);
    pool.decode_method(arguments).unwrap()
}

#[inline(always)]
fn octets(octets: Octets<'_>) {
    black_box(octets.as_slice());
}

#[inline(always)]
fn text(text: Option<Octets<'_>>) {
    if let Some(text) = text {
        octets(text);
    }
}

fn walk(table: &Table<'_>) {
    for entry in table.entries() {
        octets(entry.key);
        visit(&entry.value);
    }
}

fn walk_array(array: &Array<'_>) {
    array.elements().iter().for_each(visit);
}

/// In line, as the `switch` of a caller in C stands in its loop.
#[inline(always)]
fn visit(value: &Value<'_>) {
    match value.view() {
        View::Table(table) => walk(&table),
        View::Array(array) => walk_array(&array),
        View::Text(text) => octets(text),
        View::I32(value) => drop(black_box(value)),
        View::I64(value) => drop(black_box(value)),
        View::Boolean(value) => drop(black_box(value)),
        View::F64(value) => drop(black_box(value)),
        View::Timestamp(value) => drop(black_box(value)),
        _ => drop(black_box(value)),
    }
}

fn write_publish(buf: &mut [u8], message: &Message) -> usize {
    let headers = [
        entry("x-attempt", message.attempt.into()),
        entry("x-flag", message.flag.into()),
        entry("x-trace", Value::text(message.trace)),
    ];
    let properties = Properties {
        flags: Properties::CONTENT_TYPE
            | Properties::HEADERS
            | Properties::DELIVERY_MODE
            | Properties::MESSAGE_ID
            | Properties::TIMESTAMP,
        content_type: message.content_type.into(),
        headers: Table::new(&headers),
        delivery_mode: message.delivery_mode,
        message_id: message.message_id.into(),
        timestamp: message.timestamp,
        ..Properties::EMPTY
    };
    let publish = Publish {
        ticket: 0,
        exchange: message.exchange.into(),
        routing_key: message.routing_key.into(),
        mandatory: 0,
        immediate: 0,
    };
    let header_at = write_method(buf, &publish);
    let body_at = header_at
        + write_frame(&mut buf[header_at..], 2, |payload| {
            let (head, rest) = payload.split_first_chunk_mut::<12>().unwrap();
            head[..2].copy_from_slice(&Properties::CLASS.to_be_bytes());
            head[2..4].fill(0);
            head[4..].copy_from_slice(&(message.body.len() as u64).to_be_bytes());
            head.len() + encode_properties(&properties, rest).unwrap()
        });
    if message.body.is_empty() {
        return body_at;
    }
    body_at
        + write_frame(&mut buf[body_at..], 3, |payload| {
            payload[..message.body.len()].copy_from_slice(message.body);
            message.body.len()
        })
}

fn write_declare(buf: &mut [u8], queue: &Queue) -> usize {
    let arguments = [
        entry(
            "x-dead-letter-exchange",
            Value::text(queue.dead_letter_exchange),
        ),
        entry("x-expires", queue.expires.into()),
        entry("x-max-length", queue.max_length.into()),
        entry("x-queue-type", Value::text(queue.kind)),
        entry(
            "x-single-active-consumer",
            queue.single_active_consumer.into(),
        ),
    ];
    let declare = Declare {
        ticket: 0,
        queue: queue.name.into(),
        passive: 0,
        durable: queue.durable.into(),
        exclusive: 0,
        auto_delete: 0,
        no_wait: 0,
        arguments: Table::new(&arguments),
    };
    write_method(buf, &declare)
}

#[inline(always)]
fn write_method<'a, M: Method<'a>>(buf: &mut [u8], method: &M) -> usize {
    write_frame(buf, 1, |payload| {
        let (id, arguments) = payload.split_first_chunk_mut().unwrap();
        *id = M::ID.to_be_bytes();
        id.len() + encode_method(method, arguments).unwrap()
    })
}

/// Puts the envelope around what `payload` writes; returns how many octets the frame takes.
#[inline(always)]
fn write_frame(buf: &mut [u8], kind: u8, payload: impl FnOnce(&mut [u8]) -> usize) -> usize {
    let (head, rest) = buf.split_first_chunk_mut::<HEAD>().unwrap();
    // The end octet gets its place first, as in the library.
    let room = rest.len() - 1;
    let size = payload(&mut rest[..room]);
    let [c0, c1] = CHANNEL.to_be_bytes();
    let [s0, s1, s2, s3] = (size as u32).to_be_bytes();
    *head = [kind, c0, c1, s0, s1, s2, s3];
    rest[size] = END;
    HEAD + size + 1
}

fn entry<'a>(key: &'a str, value: Value<'a>) -> Entry<'a> {
    Entry {
        key: key.into(),
        value,
    }
}

fn table(plain: &'static [(&'static str, Plain)]) -> Table<'static> {
    let entries = plain.iter().map(|(name, plain)| entry(name, value(plain)));
    Table::new(entries.collect::<Vec<_>>().leak())
}

fn value(plain: &'static Plain) -> Value<'static> {
    match *plain {
        Plain::Text(text) => Value::text(text),
        Plain::Int(value) => value.into(),
        Plain::Long(value) => value.into(),
        Plain::Bool(value) => value.into(),
        Plain::Double(value) => value.into(),
        Plain::Time(seconds) => Value::timestamp(seconds),
        Plain::Void => Value::VOID,
        Plain::Array(elements) => {
            let elements = elements.iter().map(value).collect::<Vec<_>>();
            Array::new(elements.leak()).into()
        }
        Plain::Table(plain) => table(plain).into(),
    }
}
