//! AMQP 0-9-1 client: for services that talk to RabbitMQ.
//!
#![cfg_attr(feature = "tokio", doc = include_str!("guide/client.md"))]
#![cfg_attr(
    all(feature = "tokio", feature = "tracing"),
    doc = include_str!("guide/tracing.md"),
    doc = include_str!("guide/context.md")
)]
#![cfg_attr(feature = "blocking", doc = include_str!("guide/blocking.md"))]
#![cfg_attr(feature = "tokio", doc = include_str!("guide/elsewhere.md"))]
#![cfg_attr(not(feature = "tokio"), doc = include_str!("guide/core.md"))]

// `tracing::debug!` and its like are macros of this crate then, which write nothing.
#[cfg(not(feature = "tracing"))]
extern crate self as tracing;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "tokio")]
mod driver;
mod error;
mod hold;
mod message;
mod parameters;
// Pages of documentation alone, whose examples want everything.
#[cfg(all(feature = "blocking", any(doc, doctest)))]
pub mod porting;
pub mod proto;
mod trace;

pub use amqp_methods;
#[cfg(feature = "tokio")]
pub use driver::{
    BodyPieces, CallbackTask, Channel, ChannelCallbacks, ChannelEvent, ChannelEvents, ChannelState,
    ChannelWatch, CommitError, Connection, ConnectionCallbacks, ConnectionEvent, ConnectionEvents,
    ConnectionState, ConnectionWatch, Consumer, ConsumerBuilder, Delivery, Disposition, Fetch,
    ForEach, Handled, Lagged, LeftOnChannel, Leftovers, Message, Methods, Next, Outcomes, Outgoing,
    PressureRule, PressureWatch, Publisher, Receipt, Received, Returns, SettleOnDrop,
    StreamedDelivery, WhenHeld, WritePressure,
};
pub use error::{CloseReason, ConnectStage, Error, ErrorKind, Initiator, TlsFailure};
pub use hold::Hold;
pub use message::{Content, MethodTooLarge, OwnedMethod, Returned, TooLarge};
pub use parameters::{
    ConnectionParameters, Credentials, Exchange, Heartbeat, HeartbeatDecision, Mechanism,
    MechanismError, ParameterError, ParameterErrorKind, ServerName, TcpOptions, TlsParameters,
    UrlParameters,
};
#[cfg(feature = "tokio")]
pub use parameters::{Token, TokenProvider};
pub use proto::{Body, ConsumerEnd, Metrics, Outcome, OverLimit, Tally, Tuning};
#[cfg(feature = "tls")]
pub use tokio_rustls::rustls;

#[cfg(not(feature = "tracing"))]
#[allow(
    unused_imports,
    reason = "which of them are used depends on other features"
)]
use trace::{debug, error, info, trace, warn};

/// The examples of the README compile.
#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../README.md")]
struct Readme;
