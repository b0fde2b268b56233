//! The core against a scripted server, under a clock that is moved by hand.

mod acks;
mod address;
mod blocked;
mod bodies;
mod calls;
mod cancels;
mod channels;
mod closing;
mod commands;
mod committing;
mod confirms;
mod consumer_tags;
mod consumers;
mod content;
mod expiring;
mod extensions;
mod flow;
mod handshake;
mod heartbeats;
mod hostile;
mod login;
mod memory;
mod negotiation;
mod observing;
mod outcomes;
mod output;
mod pair;
mod purge;
mod refusals;
mod returns;
mod scenes;
mod settling;
mod splits;
mod state_machine;
mod texts;
mod too_large;
mod too_large_returns;
mod transactions;
mod unclaimed;

use core::time::Duration;

use pair::Pair;

const SECOND: Duration = Duration::from_secs(1);
