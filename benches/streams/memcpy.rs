//! What moving the octets costs, without a look at them.

use std::hint::black_box;

use super::{Reads, mix};
use crate::workloads::Side;

/// Each read goes to the same buffer, as from a socket; one read of all goes to a buffer of that size, which is
/// there before.
pub fn copy(reads: Reads) -> Side {
    let mut buffer = Vec::new();
    Side::new("memcpy", move || {
        let stream = black_box(mix::frames());
        let size = match reads {
            Reads::Of(size) => size,
            Reads::One => stream.len(),
        };
        buffer.resize(size, 0);
        for read in stream.chunks(size) {
            buffer[..read.len()].copy_from_slice(read);
            black_box(&mut buffer);
        }
    })
}
