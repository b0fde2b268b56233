//! Methods that the protocol does not have: what becomes of those that no command asked for, or that have content.

use amqp_methods::{MethodId, Reader};
use bytes::Bytes;

use super::channel_methods::nobody_asked;
use super::content::Purpose;
use super::routing::unknown_channel;
use super::{ChannelId, Connection, Event, RawReply};
use crate::error::Error;
use crate::message::{Content, MethodTooLarge, OwnedMethod};

impl Connection {
    /// Tells of a method that answers no call.
    pub(super) fn extension_method(&mut self, channel: Option<ChannelId>, method: OwnedMethod) {
        self.events.push_back(Event::Method { channel, method });
    }

    /// Handles a method that its description says has content.
    pub(super) fn extension_content_begins(
        &mut self,
        number: u16,
        id: MethodId,
        args: Reader<'_>,
    ) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        // Decided now: a call that is made before the content is complete is not what it answers.
        let is_reply = state.calls.is_answered_by(id);
        if !is_reply && state.calls.await_reply(id) {
            return Err(nobody_asked(id, number));
        }
        self.begin_content(number, id, args, Purpose::Extension { is_reply })
    }

    /// Handles such a method when all of its content is here.
    pub(super) fn extension_content(
        &mut self,
        number: u16,
        is_reply: bool,
        content: Content,
    ) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        if !is_reply {
            let channel = Some(state.id);
            self.extension_method(channel, OwnedMethod::with_content(content));
            return Ok(());
        }
        let id = content.method_id();
        let Some(pending) = state.calls.answered_by(id) else {
            return Err(nobody_asked(id, number));
        };
        if !pending.abandoned {
            let reply = RawReply {
                id,
                arguments: Bytes::copy_from_slice(content.arguments().rest()),
                content: Some(content),
                consumer: None,
            };
            self.events.push_back(Event::Reply {
                call: pending.call,
                result: Ok(reply),
            });
        }
        Ok(())
    }

    /// Handles such a method whose body was passed over: tells of it, or fails the call that it answers.
    pub(super) fn extension_too_large(
        &mut self,
        number: u16,
        is_reply: bool,
        content: Content,
    ) -> Result<(), Error> {
        let id = content.method_id();
        // That it has content is known from the description that has its name.
        let name = self.extensions.method(id).map_or("", |info| info.name);
        let method = MethodTooLarge::new(name, content, self.max_message_size);
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        if !is_reply {
            let channel = state.id;
            self.events
                .push_back(Event::MethodTooLarge { channel, method });
            return Ok(());
        }
        let Some(pending) = state.calls.answered_by(id) else {
            return Err(nobody_asked(id, number));
        };
        if !pending.abandoned {
            let error = self.about_server(method.into());
            self.events.push_back(Event::Reply {
                call: pending.call,
                result: Err(error),
            });
        }
        Ok(())
    }
}
