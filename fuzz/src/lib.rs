//! What fuzz targets share.
//!
//! A target is a property in a file of its own, in `targets/`. The octets of an input are what a peer sends;
//! where a property has a parameter, such as a limit, the first octets of the input are that.

#![forbid(unsafe_code)]

pub mod model;
pub mod peer;

use amqp_methods::{EncodeError, Writer};

/// What stands in a buffer already, to see that it is left alone.
pub const BEFORE: &[u8] = b"what stood there before";

/// The octets that `write` writes into exactly so much room.
///
/// # Errors
/// As `write`, or because the room is not filled exactly.
pub fn written(
    length: usize,
    write: impl FnOnce(&mut Writer<'_>) -> Result<(), EncodeError>,
) -> Result<Vec<u8>, EncodeError> {
    let mut octets = vec![0; length];
    let mut out = Writer::new(&mut octets);
    write(&mut out)?;
    out.finish()?;
    Ok(octets)
}
