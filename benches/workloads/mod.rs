//! What is measured: the same operations on the same octets, done by several codecs.
//!
//! `tests/vectors/bench/README.md` defines what one operation is.

#![allow(unreachable_pub)] // a bench exports nothing, and `pub` reads better than `pub(crate)` everywhere

pub mod amq_protocol;
pub mod amqp_serde;
pub mod fixtures;
pub mod floor;
#[cfg(feature = "librabbitmq")]
pub mod librabbitmq;
pub mod ours;

/// One operation and everybody who can do it.
pub struct Workload {
    /// `decode/deliver/16`: what, and how many octets of body.
    pub name: String,
    /// Octets that one operation reads or writes.
    pub octets: usize,
    /// Ours first.
    pub sides: Vec<Side>,
}

/// One codec at work.
pub struct Side {
    /// Whose it is.
    pub name: &'static str,
    /// Does the operation that many times.
    pub run: Box<dyn FnMut(u64)>,
}

impl Side {
    /// `operation` is repeated inside the box, so that a call through a pointer is not part of it.
    pub fn new(name: &'static str, mut operation: impl FnMut() + 'static) -> Self {
        Self {
            name,
            run: Box::new(move |count| (0..count).for_each(|_| operation())),
        }
    }
}

pub const OURS: &str = "amqp-methods";
pub const FLOOR: &str = "floor";
pub const AMQ_PROTOCOL: &str = "amq-protocol";
pub const AMQP_SERDE: &str = "amqp_serde";
#[cfg(feature = "librabbitmq")]
pub const LIBRABBITMQ: &str = "librabbitmq";

/// Sizes of the bodies that are delivered and published.
const BODIES: [usize; 4] = [0, 16, 1024, 65_536];

/// Every workload. What encoders write is compared with the fixture here, once.
pub fn all() -> Vec<Workload> {
    let deliveries = BODIES.map(|size| {
        let octets = fixtures::delivery(size);
        Workload {
            name: format!("decode/deliver/{size}"),
            octets: octets.len(),
            sides: vec![
                ours::decode_delivery(octets),
                floor::decode_delivery(octets),
                amq_protocol::decode_delivery(octets),
            ],
        }
    });
    let publishes = BODIES.map(|size| {
        let octets = fixtures::publish(size);
        Workload {
            name: format!("encode/publish/{size}"),
            octets: octets.len(),
            sides: vec![
                ours::encode_publish(octets, size),
                floor::encode_publish(octets, size),
                amq_protocol::encode_publish(octets, size),
            ],
        }
    });
    let variants = [
        Workload {
            name: "decode/deliver-owned/16".to_owned(),
            octets: fixtures::delivery(16).len(),
            sides: vec![ours::own_delivery(fixtures::delivery(16))],
        },
        Workload {
            name: "decode/deliver-read/16".to_owned(),
            octets: fixtures::delivery(16).len(),
            sides: vec![
                ours::read_delivery(fixtures::delivery(16)),
                floor::read_delivery(fixtures::delivery(16)),
                amq_protocol::decode_delivery(fixtures::delivery(16)),
            ],
        },
        Workload {
            name: "encode/publish-bytesmut/16".to_owned(),
            octets: fixtures::publish(16).len(),
            sides: vec![ours::encode_publish_into_bytes(fixtures::publish(16), 16)],
        },
        Workload {
            name: "encode/publish-known-headers/16".to_owned(),
            octets: fixtures::publish(16).len(),
            sides: vec![ours::encode_publish_known_headers(
                fixtures::publish(16),
                16,
            )],
        },
    ];
    let others = [
        Workload {
            name: "encode/queue.declare".to_owned(),
            octets: fixtures::DECLARE.len(),
            sides: vec![
                ours::encode_declare(),
                floor::encode_declare(),
                amq_protocol::encode_declare(),
            ],
        },
        Workload {
            name: "decode/queue.declare".to_owned(),
            octets: fixtures::DECLARE.len(),
            sides: vec![
                ours::decode_declare(),
                floor::decode_declare(),
                amq_protocol::decode_declare(),
            ],
        },
        Workload {
            name: "encode/table32".to_owned(),
            octets: fixtures::TABLE.len(),
            sides: vec![
                ours::encode_table(),
                floor::encode_table(),
                amq_protocol::encode_table(),
                amqp_serde::encode_table(),
            ],
        },
        Workload {
            name: "decode/table32".to_owned(),
            octets: fixtures::TABLE.len(),
            sides: vec![
                ours::decode_table(),
                floor::decode_table(),
                amq_protocol::decode_table(),
                amqp_serde::decode_table(),
            ],
        },
        Workload {
            name: "decode/table32-owned".to_owned(),
            octets: fixtures::TABLE.len(),
            sides: vec![ours::own_table()],
        },
        Workload {
            name: "decode/table32-values".to_owned(),
            octets: fixtures::TABLE.len(),
            sides: vec![ours::own_values()],
        },
        Workload {
            name: "decode/ack-any".to_owned(),
            octets: fixtures::ACK.len(),
            sides: vec![ours::decode_any_ack()],
        },
        Workload {
            name: "decode/ack".to_owned(),
            octets: fixtures::ACK.len(),
            sides: vec![
                ours::decode_ack(),
                floor::decode_ack(),
                amq_protocol::decode_ack(),
            ],
        },
    ];
    let workloads = deliveries
        .into_iter()
        .chain(publishes)
        .chain(variants)
        .chain(others);
    #[cfg_attr(not(feature = "librabbitmq"), expect(unused_mut))]
    let mut workloads: Vec<_> = workloads.collect();
    #[cfg(feature = "librabbitmq")]
    librabbitmq::join(&mut workloads);
    workloads
}
