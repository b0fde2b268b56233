//! The core against a scripted server, under a clock that is moved by hand.

mod blocked;
mod calls;
mod cancels;
mod channels;
mod closing;
mod commands;
mod confirms;
mod consumers;
mod content;
mod extensions;
mod flow;
mod handshake;
mod heartbeats;
mod hostile;
mod login;
mod memory;
mod negotiation;
mod outcomes;
mod pair;
mod purge;
mod refusals;
mod returns;
mod scenes;
mod splits;
mod state_machine;
mod texts;
mod unclaimed;

use core::time::Duration;

use pair::Pair;

const SECOND: Duration = Duration::from_secs(1);
