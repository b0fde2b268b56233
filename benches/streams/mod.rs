//! A million frames as they arrive from a socket, in reads of several sizes.

#![allow(unreachable_pub)] // as in `workloads`

use crate::workloads::{Side, Workload};

#[cfg(feature = "librabbitmq")]
mod librabbitmq;
mod memcpy;
mod mix;
mod ours;

/// How much arrives at once.
#[derive(Clone, Copy)]
pub enum Reads {
    /// At most so many octets, appended to a buffer that holds what is not complete yet.
    Of(usize),
    /// All of it, so that nothing has to be put together.
    One,
}

const READS: [(&str, Reads); 3] = [
    ("64 B reads", Reads::Of(64)),
    ("4 KiB reads", Reads::Of(4096)),
    ("one read", Reads::One),
];

/// Every size of reads, and everybody who can do it.
pub fn all() -> Vec<Workload> {
    let workload = |(name, reads)| {
        let sides = [
            Some(ours::decode(reads)),
            Some(memcpy::copy(reads)),
            librabbitmq(reads),
        ];
        Workload {
            name: format!("decode/stream/{name}"),
            octets: mix::octets(),
            sides: sides.into_iter().flatten().collect(),
        }
    };
    READS.into_iter().map(workload).collect()
}

#[cfg(feature = "librabbitmq")]
fn librabbitmq(reads: Reads) -> Option<Side> {
    Some(librabbitmq::decode(reads))
}

#[cfg(not(feature = "librabbitmq"))]
fn librabbitmq(_: Reads) -> Option<Side> {
    None
}
