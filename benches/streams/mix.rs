//! The million frames: what a client receives that consumes, publishes with confirms, and now and then does the rest.
//!
//! A hundred rounds of ten thousand frames, 105 MB in all. A round is, spread evenly:
//!
//! | what | times | frames |
//! |---|---:|---:|
//! | the broker's side of the recorded sessions, whole | 24 | 274 |
//! | delivery without a body | 300 | 600 |
//! | delivery of 16 octets | 2000 | 6000 |
//! | delivery of 1 KiB | 300 | 900 |
//! | delivery of 64 KiB | 1 | 3 |
//! | `basic.ack`, a confirm | 2207 | 2207 |
//! | heartbeat | 16 | 16 |
//!
//! Rounds differ in their delivery tags, which count up.

#![allow(clippy::unwrap_used)] // the recordings are sound

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use amqp_methods::{Frame, FrameLimits};
use serde_json::Value;

use crate::workloads::fixtures;

pub const FRAMES: u64 = 1_000_000;

const ROUNDS: usize = 100;

/// Where the delivery tag of a fixture stands: behind head and id of the method, and the consumer tag if it has one.
const TAG_OF_DELIVERY: usize = 7 + 4 + 1 + "ctag-1.0".len();
const TAG_OF_ACK: usize = 7 + 4;

const HEARTBEAT: &[u8] = b"\x08\0\0\0\0\0\0\xce";

/// What stays together, and where its delivery tag is.
#[derive(Clone)]
struct Unit {
    octets: Vec<u8>,
    tag: Option<usize>,
}

static ROUND: LazyLock<Vec<Unit>> = LazyLock::new(round);
static STREAM: LazyLock<Vec<u8>> = LazyLock::new(stream);

/// How long it is, without making it.
pub fn octets() -> usize {
    ROUNDS * ROUND.iter().map(|unit| unit.octets.len()).sum::<usize>()
}

/// All of it.
pub fn frames() -> &'static [u8] {
    &STREAM
}

fn stream() -> Vec<u8> {
    let mut stream = Vec::with_capacity(octets());
    let mut delivery_tag = 0_u64;
    for unit in std::iter::repeat_n(&*ROUND, ROUNDS).flatten() {
        let start = stream.len();
        stream.extend_from_slice(&unit.octets);
        if let Some(tag) = unit.tag {
            delivery_tag += 1;
            stream[start + tag..][..8].copy_from_slice(&delivery_tag.to_be_bytes());
        }
    }
    stream
}

fn round() -> Vec<Unit> {
    let delivery = |size| Unit {
        octets: fixtures::delivery(size).to_vec(),
        tag: Some(TAG_OF_DELIVERY),
    };
    let ack = Unit {
        octets: fixtures::ACK.to_vec(),
        tag: Some(TAG_OF_ACK),
    };
    let kinds = [
        sessions(),
        vec![delivery(0); 300],
        vec![delivery(16); 2000],
        vec![delivery(1024); 300],
        vec![delivery(65_536); 1],
        vec![ack; 2207],
        vec![plain(HEARTBEAT.to_vec()); 16],
    ];
    let frames = kinds.iter().flatten().map(|unit| frames_in(&unit.octets));
    assert_eq!(frames.sum::<u64>() * ROUNDS as u64, FRAMES);
    spread(kinds)
}

/// Of n of a kind, the i-th has its place at (2i + 1)/2n of the way.
fn spread(kinds: [Vec<Unit>; 7]) -> Vec<Unit> {
    let mut places = Vec::new();
    for kind in kinds {
        let count = kind.len();
        let place = |(i, unit)| ((2 * i + 1) * 1_000_000 / (2 * count), unit);
        places.extend(kind.into_iter().enumerate().map(place));
    }
    places.sort_by_key(|(place, _)| *place);
    places.into_iter().map(|(_, unit)| unit).collect()
}

/// Sessions that are left out.
const WITHOUT: [&str; 2] = [
    // The broker sent no frame, but the version that it wants.
    "raw-wrong-version",
    // connection.update-secret-ok, which librabbitmq 0.11 does not know.
    "raw-update-secret-flow",
];

/// The octets that the broker sent, session by session.
fn sessions() -> Vec<Unit> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/captures");
    let index = fs::read(folder.join("index.json")).unwrap();
    let index: Value = serde_json::from_slice(&index).unwrap();
    let sessions = index["sessions"].as_array().unwrap().iter();
    let taken = sessions.filter(|session| !WITHOUT.contains(&session["name"].as_str().unwrap()));
    let connections = taken.flat_map(|session| session["connections"].as_array().unwrap());
    let names = connections.map(|connection| connection["s2c"]["file"].as_str().unwrap());
    names
        .map(|name| plain(fs::read(folder.join(name)).unwrap()))
        .collect()
}

fn plain(octets: Vec<u8>) -> Unit {
    Unit { octets, tag: None }
}

fn frames_in(mut octets: &[u8]) -> u64 {
    let mut count = 0;
    while let Some(frame) = Frame::decode(octets, FrameLimits::NONE).unwrap() {
        octets = &octets[frame.encoded_len()..];
        count += 1;
    }
    assert!(octets.is_empty());
    count
}
