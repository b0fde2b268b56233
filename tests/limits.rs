//! Where the codec stops believing a peer: each limit from both sides, and what is kept for lengths that lie.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what tests share is test code too"
)]

#[path = "limits/depth.rs"]
mod depth;
#[path = "limits/flags.rs"]
mod flags;
#[path = "limits/frames.rs"]
mod frames;
#[path = "limits/lengths.rs"]
mod lengths;
#[path = "limits/memory.rs"]
mod memory;
#[path = "limits/numbers.rs"]
mod numbers;
#[path = "opened/mod.rs"]
mod opened;
#[path = "limits/texts.rs"]
mod texts;
#[path = "wire/mod.rs"]
mod wire;
