//! A scripted AMQP 0-9-1 server for tests: it says what the script says, and insists on what the
//! script expects.
//!
//! [`Peer`] does no IO. Octets go in with [`receive`](Peer::receive) and come out of
//! [`transmit`](Peer::transmit); between them the script speaks for the server:
//!
//! ```
//! use amqp_methods::{basic, BytesMut, FrameEncoder};
//! use amqp_test_broker::Peer;
//!
//! let mut peer = Peer::open(); // the handshake is behind us
//! peer.on(1).sends_content(
//!     basic::Deliver::new("ctag", 1, "", "jobs"),
//!     &basic::Properties::default(),
//!     b"hello",
//! );
//! let to_client = peer.transmit();
//! assert!(!to_client.is_empty());
//!
//! // What a client makes of it; here by hand.
//! let mut from_client = BytesMut::new();
//! FrameEncoder::new(0).method(&mut from_client, 1, &basic::Ack::new(1))?;
//!
//! peer.receive(&from_client);
//! peer.expects_method(1, &basic::Ack::new(1));
//! peer.expects_nothing();
//! # Ok::<(), amqp_methods::EncodeError>(())
//! ```
//!
//! Verbs in the third person are the script: `sends…` queues octets for the client, `expects…` takes the
//! next thing that the client has sent and **panics** if it is another. What a script does not care about
//! can be left to [`answer`](Peer::answer) and [`opens`](Peer::opens).
//!
//! AMQP promises order within a channel and none between channels, and so do expectations: each looks at
//! the next frame of its channel and leaves those of others where they are. Heartbeats stand outside: only
//! [`expects_heartbeat`](Peer::expects_heartbeat) and [`next_frame`](Peer::next_frame) take them.
//!
#![cfg_attr(
    feature = "tokio",
    doc = "[`StreamPeer`] puts a peer on a tokio stream, [`Listener`] on a TCP port."
)]
#![cfg_attr(
    not(feature = "tokio"),
    doc = "With the feature `tokio`, `StreamPeer` puts a peer on a stream, `Listener` on a TCP port."
)]

mod answer;
mod content;
mod expects;
mod failure;
mod frame;
mod handshake;
mod inbox;
#[cfg(feature = "tokio")]
mod listener;
mod on_channel;
mod peer;
mod sends;
mod settings;
mod show;
#[cfg(feature = "tokio")]
mod stream;
mod takes;

pub use frame::OwnedFrame;
pub use handshake::Stage;
#[cfg(feature = "tokio")]
pub use listener::{Listener, listen};
pub use on_channel::OnChannel;
pub use peer::Peer;
pub use settings::{Tuning, server_properties};
#[cfg(feature = "tokio")]
pub use stream::StreamPeer;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
