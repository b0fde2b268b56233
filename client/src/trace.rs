//! What is written for `tracing`, or nothing where the feature is off.
//!
//! Events are written by the macros of `tracing` itself; without the feature their names stand for macros that write
//! nothing. Spans are made here, and by nobody else.

#[cfg(all(feature = "tracing", feature = "tokio"))]
mod messages;
#[cfg(not(feature = "tracing"))]
mod nothing;
#[cfg(all(feature = "tracing", feature = "tokio"))]
mod spans;

#[cfg(all(feature = "tracing", feature = "tokio"))]
pub(crate) use messages::{creating, processing, publishing, publishing_batch};
#[cfg(all(not(feature = "tracing"), feature = "tokio"))]
pub(crate) use nothing::{Spans, is_written, publishing, publishing_batch};
#[cfg(not(feature = "tracing"))]
pub(crate) use nothing::{
    look, nothing as debug, nothing as error, nothing as info, nothing as trace, nothing as warn,
};
#[cfg(all(feature = "tracing", feature = "tokio"))]
pub(crate) use spans::{Spans, is_written};

/// What is written only if somebody wants to see that much.
#[cfg(feature = "tokio")]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Detail {
    /// A span for each publish and each batch.
    Publishes,
    /// An event for each frame.
    Frames,
}
