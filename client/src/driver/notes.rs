//! What the log says of what happens: written when the lock is released.

use amqp_methods::{MethodId, ShortStr};

use super::connection::Connection;
use super::events::{ChannelEvent, ConnectionEvent};
use super::pressure::WritePressure;
use crate::error::{Error, Initiator};
use crate::proto::ChannelId;
use crate::trace::Spans;

/// Something to be written.
///
/// Levels: `info` for what an operator may want to know of a connection that is well, `warn` for what is not as it should
/// be, `debug` for what the application is told anyway.
#[derive(Debug)]
pub(super) enum Note {
    Connection(ConnectionEvent),
    Channel(ChannelId, ChannelEvent),
    /// Much waits to be written.
    Pressure(WritePressure),
    /// A message that nobody waits for any more, and that the server has forgotten.
    Lost(ChannelId),
    /// A method that nobody listens for.
    Unheard(MethodId),
}

impl Note {
    pub(super) fn write(self, spans: &Spans) {
        match self {
            Self::Connection(event) => spans.in_connection(|| connection(&event)),
            Self::Channel(id, event) => {
                spans.in_channel(id, || channel(&event));
                if let ChannelEvent::Closed(_) = event {
                    spans.close_channel(id);
                }
            }
            Self::Pressure(pressure) => spans.in_connection(|| {
                let (octets, frames) = (pressure.octets(), pressure.frames_behind());
                tracing::warn!(octets, frames, "many frames wait to be written");
            }),
            Self::Lost(id) => spans.in_channel(id, || {
                tracing::warn!("a message fetched without acknowledgement has no taker");
            }),
            Self::Unheard(id) => spans.in_connection(|| {
                tracing::debug!(%id, "a method that nobody listens for");
            }),
        }
    }
}

fn connection(event: &ConnectionEvent) {
    match event {
        ConnectionEvent::Blocked { reason } => {
            let reason = ShortStr::new(reason);
            tracing::warn!(%reason, "the server holds back publishers");
        }
        ConnectionEvent::Unblocked => tracing::info!("the server takes publishes again"),
        ConnectionEvent::Closed(error) if is_ours(error) => tracing::info!(%error, "disconnected"),
        ConnectionEvent::Closed(error) if error.stage().is_some() => {
            tracing::debug!(%error, "not connected");
        }
        ConnectionEvent::Closed(error) => tracing::warn!(%error, "disconnected"),
        ConnectionEvent::Closing(_) | ConnectionEvent::ChannelClosed { .. } => {}
    }
}

fn channel(event: &ChannelEvent) {
    match event {
        ChannelEvent::Flow { active } => tracing::info!(active, "the server changes the flow"),
        ChannelEvent::ConsumerCancelled { consumer_tag } => {
            tracing::info!(%consumer_tag, "the server cancelled a consumer");
        }
        ChannelEvent::Closed(error) => tracing::debug!(%error, "channel closed"),
        ChannelEvent::Closing(_) => {}
    }
}

/// Whether it ended as the application wanted.
fn is_ours(error: &Error) -> bool {
    let reason = error.close_reason();
    reason.is_some_and(|reason| reason.initiator == Initiator::Client)
        && error.kind() == crate::ErrorKind::ConnectionClosed
}

impl Connection {
    /// The handshake is done.
    pub(super) fn note_opened(&self) {
        let tuning = self.tuning();
        let (channel_max, frame_max) = (tuning.channel_max, tuning.frame_max);
        let heartbeat = tuning.heartbeat;
        self.shared().spans.in_connection(|| {
            tracing::info!(channel_max, frame_max, heartbeat, "connected");
        });
    }
}
