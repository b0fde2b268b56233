//! The octets, and the values that they stand for.

/// Octets that begin where a cache line does: what `str::from_utf8` costs depends on the place of a string, and a
/// count should not depend on the linker.
macro_rules! aligned {
    ($path:literal) => {{
        #[repr(align(64))]
        struct Aligned<T: ?Sized>(T);
        static OCTETS: &Aligned<[u8]> = &Aligned(*include_bytes!($path));
        &OCTETS.0
    }};
}

pub const ACK: &[u8] = aligned!("../../tests/vectors/bench/ack.bin");
pub const DECLARE: &[u8] = aligned!("../../tests/vectors/bench/qdeclare.bin");
pub const TABLE: &[u8] = aligned!("../../tests/vectors/bench/table32.bin");

const DELIVER_0: &[u8] = aligned!("../../tests/vectors/bench/deliver-0.bin");
const DELIVER_16: &[u8] = aligned!("../../tests/vectors/bench/deliver-16.bin");
const DELIVER_1024: &[u8] = aligned!("../../tests/vectors/bench/deliver-1024.bin");
const PUBLISH_0: &[u8] = aligned!("../../tests/vectors/bench/publish-0.bin");
const PUBLISH_16: &[u8] = aligned!("../../tests/vectors/bench/publish-16.bin");
const PUBLISH_1024: &[u8] = aligned!("../../tests/vectors/bench/publish-1024.bin");

pub const CHANNEL: u16 = 1;
/// Holds the largest body in one frame.
pub const FRAME_MAX: u32 = 131_072;
/// Nobody has a reason to refuse any of it.
pub const CAPACITY: usize = FRAME_MAX as usize;

/// What a message consists of; encoders get it through `black_box`, so that nothing of it is known to the
/// compiler.
#[derive(Clone, Copy)]
pub struct Message {
    pub exchange: &'static str,
    pub routing_key: &'static str,
    pub content_type: &'static str,
    pub delivery_mode: u8,
    pub message_id: &'static str,
    pub timestamp: u64,
    pub attempt: i32,
    pub flag: bool,
    pub trace: &'static str,
    pub body: &'static [u8],
}

/// What a queue is declared with.
#[derive(Clone, Copy)]
pub struct Queue {
    pub name: &'static str,
    pub durable: bool,
    pub dead_letter_exchange: &'static str,
    pub expires: i32,
    pub max_length: i64,
    pub kind: &'static str,
    pub single_active_consumer: bool,
}

pub const QUEUE: Queue = Queue {
    name: "bench.queue",
    durable: true,
    dead_letter_exchange: "bench.dlx",
    expires: 1_800_000,
    max_length: 100_000,
    kind: "classic",
    single_active_consumer: true,
};

/// A value of [`ENTRIES`], in the terms of no codec.
#[derive(Clone, Copy)]
pub enum Plain {
    Text(&'static str),
    Int(i32),
    Long(i64),
    Bool(bool),
    Double(f64),
    Time(u64),
    Void,
    Array(&'static [Self]),
    Table(&'static [(&'static str, Self)]),
}

/// The entries of [`TABLE`].
pub const ENTRIES: [(&str, Plain); 32] = [
    ("key-00", Plain::Text("a string value number 0")),
    ("key-01", Plain::Text("a string value number 1")),
    ("key-02", Plain::Text("a string value number 2")),
    ("key-03", Plain::Text("a string value number 3")),
    ("key-04", Plain::Text("a string value number 4")),
    ("key-05", Plain::Text("a string value number 5")),
    ("key-06", Plain::Text("a string value number 6")),
    ("key-07", Plain::Text("a string value number 7")),
    ("key-08", Plain::Text("a string value number 8")),
    ("key-09", Plain::Text("a string value number 9")),
    ("key-10", Plain::Int(10_090)),
    ("key-11", Plain::Int(11_099)),
    ("key-12", Plain::Int(12_108)),
    ("key-13", Plain::Int(13_117)),
    ("key-14", Plain::Int(14_126)),
    ("key-15", Plain::Int(15_135)),
    ("key-16", Plain::Long(16_000_000_112)),
    ("key-17", Plain::Long(17_000_000_119)),
    ("key-18", Plain::Long(18_000_000_126)),
    ("key-19", Plain::Long(19_000_000_133)),
    ("key-20", Plain::Long(20_000_000_140)),
    ("key-21", Plain::Long(21_000_000_147)),
    ("key-22", Plain::Bool(true)),
    ("key-23", Plain::Bool(false)),
    ("key-24", Plain::Bool(true)),
    ("key-25", Plain::Double(37.5)),
    ("key-26", Plain::Double(39.0)),
    ("key-27", Plain::Time(1_700_000_027)),
    ("key-28", Plain::Time(1_700_000_028)),
    ("key-29", Plain::Void),
    (
        "key-30",
        Plain::Array(&[
            Plain::Int(1),
            Plain::Text("two"),
            Plain::Bool(true),
            Plain::Long(4),
        ]),
    ),
    (
        "key-31",
        Plain::Table(&[
            ("nested-0", Plain::Int(0)),
            ("nested-1", Plain::Text("value-1")),
            ("nested-2", Plain::Int(2)),
            ("nested-3", Plain::Text("value-3")),
        ]),
    ),
];

/// Octet i of every body.
fn octet(i: usize) -> u8 {
    (31 * i + 7) as u8
}

pub fn message(size: usize) -> Message {
    Message {
        exchange: "bench.exchange",
        routing_key: "bench.routing.key",
        content_type: "application/json",
        delivery_mode: 2,
        message_id: "2f1c9a52-6d0b-4b7e-9a55-3f0f4a1c7e21",
        timestamp: 1_700_000_000,
        attempt: 3,
        flag: true,
        trace: "0123456789abcdef",
        body: Vec::leak((0..size).map(octet).collect()),
    }
}

/// `basic.deliver` with its content.
pub fn delivery(size: usize) -> &'static [u8] {
    match size {
        0 => DELIVER_0,
        16 => DELIVER_16,
        1024 => DELIVER_1024,
        _ => enlarged(DELIVER_0, size),
    }
}

/// `basic.publish` with its content.
pub fn publish(size: usize) -> &'static [u8] {
    match size {
        0 => PUBLISH_0,
        16 => PUBLISH_16,
        1024 => PUBLISH_1024,
        _ => enlarged(PUBLISH_0, size),
    }
}

/// `empty`, which has no body, with one of `size` octets in one frame.
fn enlarged(empty: &[u8], size: usize) -> &'static [u8] {
    let mut octets = empty.to_vec();
    // The body size stands behind the method frame, the head of the header frame, class and weight.
    let at = frame_len(empty) + 7 + 4;
    octets[at..at + 8].copy_from_slice(&(size as u64).to_be_bytes());
    octets.extend([3]);
    octets.extend(CHANNEL.to_be_bytes());
    octets.extend((size as u32).to_be_bytes());
    octets.extend((0..size).map(octet));
    octets.extend([0xCE]);
    octets.leak()
}

fn frame_len(octets: &[u8]) -> usize {
    8 + usize::from(u16::from_be_bytes([octets[5], octets[6]]))
}
