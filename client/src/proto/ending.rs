//! How channels and the connection end: everybody who waits is told why, once.

use amqp_methods::{ReplyCode, connection};

use super::calls::Calls;
use super::channel_state::Stage;
use super::channels::Number;
use super::connection::ConnectionStage;
use super::consumers::ConsumerEnd;
use super::leftovers::Remains;
use super::{ChannelId, Connection, Event};
use crate::error::{Error, ErrorKind};

impl Connection {
    /// Ends a channel: answers its calls with the reason, ends its consumers and publishes.
    pub(super) fn end_channel(&mut self, number: u16, error: &Error, then: Number) {
        let Some(mut state) = self.channels.remove(number, then) else {
            return;
        };
        self.half_received -= state.assembly.held();
        self.counters.in_doubt += state.outstanding() as u64;
        if let Some(body) = state.assembly.streamed()
            && self.bodies.fail(body, error)
        {
            self.events.push_back(Event::Body(body));
        }
        self.fail_calls(&mut state.calls, error);
        for consumer in state.tags.all() {
            let end = ConsumerEnd::with_channel(error);
            if self.consumers.end(consumer, end) {
                self.events.push_back(Event::Consumer(consumer));
            }
        }
        let channel = state.id;
        if let Some(confirms) = &mut state.confirms {
            confirms.fail(error);
            self.events.push_back(Event::Confirms(channel));
        }
        let remains = Remains {
            confirms: state.confirms.unwrap_or_default(),
            returned: state.returned,
        };
        if !state.forgotten && !remains.is_empty() {
            self.ended.insert(channel, remains);
        }
        self.events.push_back(Event::ChannelClosed {
            channel,
            error: error.clone(),
        });
    }

    /// Answers the calls of channel 0 with the reason.
    pub(super) fn end_calls(&mut self, error: &Error) {
        let mut calls = core::mem::take(&mut self.calls);
        self.fail_calls(&mut calls, error);
    }

    pub(super) fn fail_calls(&mut self, calls: &mut Calls, error: &Error) {
        for pending in calls.drain() {
            if !pending.abandoned {
                self.events.push_back(Event::Reply {
                    call: pending.call,
                    result: Err(error.clone()),
                });
            }
        }
    }

    pub(super) fn end_channels(&mut self, error: &Error) {
        for number in self.channels.numbers() {
            self.end_channel(number, error, Number::Free);
        }
    }

    /// Ends the connection. What is in the output may still be written.
    pub(super) fn finish(&mut self, error: Error) {
        if self.closed().is_some() {
            return;
        }
        let error = match &self.stage {
            ConnectionStage::Opening(handshake, _) => error.at(handshake.connect_stage()),
            _ => error,
        };
        let error = self.about_server(error);
        self.end_calls(&error);
        self.end_channels(&error);
        self.stage = ConnectionStage::Closed(error.clone());
        self.heartbeat = None;
        self.events.push_back(Event::Closed(error));
    }

    /// Ends the connection for this reason, unless it was going to end anyway: then for the one it had.
    pub(super) fn fail(&mut self, error: Error) {
        let error = match &self.stage {
            ConnectionStage::Closing(reason, _) => reason.clone(),
            _ => error,
        };
        self.finish(error);
    }

    /// Ends the connection because the server broke the protocol, and tells it so.
    pub(super) fn breach(&mut self, error: Error) {
        let is_ours = error.kind() == ErrorKind::Protocol;
        if is_ours
            && !matches!(self.stage, ConnectionStage::Closing(..))
            && let Some(reason) = error.close_reason()
        {
            let (code, text) = (reason.reply_code, reason.reply_text.clone());
            self.send_close(code, &text);
        }
        self.fail(error);
    }

    pub(super) fn send_close(&mut self, code: ReplyCode, text: &str) {
        // A reply text has at most 255 octets; what is cut is our own words.
        let end = (0..=text.len().min(255))
            .rev()
            .find(|end| text.is_char_boundary(*end));
        let text = text.get(..end.unwrap_or(0)).unwrap_or_default();
        let close = connection::Close::new(code.get(), text, 0, 0);
        if let Err(error) = self.outbox.method(self.encoder, 0, &close) {
            tracing::error!(%error, "connection.close does not fit the wire");
        }
    }

    /// A channel ended, for a reason that nobody has kept.
    #[cold]
    pub(crate) fn forgotten(&self, channel: ChannelId) -> Error {
        self.about_server(Error::new(
            ErrorKind::ChannelClosed,
            format!("channel {channel}"),
        ))
    }

    /// Why nothing can be sent on that channel.
    #[cold]
    pub(super) fn unusable(&mut self, channel: ChannelId) -> Error {
        let state = self.channels.get(channel);
        match (&self.stage, state.map(|state| &state.stage)) {
            (ConnectionStage::Closed(error) | ConnectionStage::Closing(error, _), _)
            | (_, Some(Stage::Closing(error))) => error.clone(),
            (_, Some(Stage::Opening)) => Error::new(
                ErrorKind::State,
                format!("channel {channel} is not open yet"),
            ),
            _ => self.forgotten(channel),
        }
    }
}
