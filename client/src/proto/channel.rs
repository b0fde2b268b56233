//! The view of a channel through which commands are given.

use amqp_methods::{DynMethod, Method as _, MethodId, ReplyCode, ShortStr, basic, channel};

use super::calls::{Effect, Pending};
use super::channel_state::{ChannelState, Stage};
use super::checks::{Way, check, closing};
use super::committing::Held;
use super::confirms::Confirms;
use super::identity::identity;
use super::{Body, CallId, ChannelId, Connection, ConsumerId, DeliveryTag, Tally};
use crate::error::{Error, ErrorKind};
use crate::message::Content;

/// A channel, lent by [`Connection::channel`].
#[derive(Debug)]
pub struct Channel<'c> {
    pub(super) connection: &'c mut Connection,
    pub(super) id: ChannelId,
}

/// What is to become of a delivery.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Settlement {
    /// It was dealt with. Spec: basic.ack
    Ack {
        /// So were all before it that are not settled yet.
        multiple: bool,
    },
    /// It was not. RabbitMQ: basic.nack
    Nack {
        /// Nor were all before it that are not settled yet.
        multiple: bool,
        /// The server shall deliver it again; otherwise it is dropped or dead-lettered.
        requeue: bool,
    },
    /// It was not. Spec: basic.reject
    Reject {
        /// As for `Nack`. RabbitMQ: from 4.3 on, only this way counts as a failed delivery.
        requeue: bool,
    },
}

impl Settlement {
    /// For a message that nobody has looked at: back to its queue.
    ///
    /// RabbitMQ: a stream takes nothing back, and closes the connection with 540 when it is asked to. What it delivers
    /// bears its offset, is still there for others, and is settled by an acknowledgement.
    pub fn unseen(content: &Content) -> Self {
        let headers = content.properties().headers;
        let offset = headers
            .as_ref()
            .map(|headers| headers.get("x-stream-offset"));
        if matches!(offset, Some(Ok(Some(_)))) {
            return Self::Ack { multiple: false };
        }
        Self::REQUEUE
    }

    pub(super) fn is_multiple(self) -> bool {
        match self {
            Self::Ack { multiple } | Self::Nack { multiple, .. } => multiple,
            Self::Reject { .. } => false,
        }
    }

    /// Back to its queue.
    pub(crate) const REQUEUE: Self = Self::Nack {
        multiple: false,
        requeue: true,
    };
}

impl Channel<'_> {
    /// Which channel this is.
    pub fn id(&self) -> ChannelId {
        self.id
    }

    /// Sends a request; its answer comes as an [`Event::Reply`](super::Event::Reply).
    ///
    /// `replies` are the methods that answer it: `<M as Request>::Reply::IDS`.
    ///
    /// # Errors
    /// A value that the wire cannot hold; a method that is not answered, or not for a channel; a channel that is
    /// not open. Nothing was sent.
    pub fn call<M: DynMethod + ?Sized>(
        &mut self,
        request: &M,
        replies: &'static [MethodId],
    ) -> Result<CallId, Error> {
        check(request, &self.connection.extensions, Way::CALL_ON_CHANNEL)?;
        if self.is_committing() {
            if request.id() != channel::Close::ID {
                return self.behind_commit(|channel| channel.call(request, replies));
            }
            let error = self.connection.about_server(closing(self.id, request)?);
            self.forget_held(&error);
        }
        let state = self.state()?;
        let effect = Effect::of(request, &mut state.tags, &state.calls)?;
        if let Effect::Consume { tag, .. } = &effect {
            self.check_tag(tag)?;
        }
        self.flush_acks();
        self.write_open(request)?;
        match effect {
            Effect::SelectConfirms => self.number_publishes()?,
            Effect::CloseChannel => {
                let error = self.connection.about_server(closing(self.id, request)?);
                self.state()?.stage = Stage::Closing(error);
            }
            Effect::Recover => self.state()?.unsettled.recover(),
            Effect::SelectTransactions => self.state()?.unsettled.select(),
            Effect::Commit => {
                let state = self.state()?;
                state.unsettled.commit();
                state.stage = Stage::Committing(Held::new());
            }
            Effect::RollBack => self.rolled_back(),
            _ => {}
        }
        self.await_reply(replies, effect)
    }

    /// Asks the server for the channel.
    pub(super) fn open(&mut self) -> Result<CallId, Error> {
        self.write_frame(&channel::Open)?;
        self.await_reply(&[channel::OpenOk::ID], Effect::OpenChannel)
    }

    pub(super) fn await_reply(
        &mut self,
        replies: &'static [MethodId],
        effect: Effect,
    ) -> Result<CallId, Error> {
        let call = self.connection.next_call();
        self.state()?.calls.push(Pending {
            call,
            replies,
            effect,
            abandoned: false,
        });
        Ok(call)
    }

    /// Sends a method that is not answered: one-way, or a request whose `no_wait` is set.
    ///
    /// # Errors
    /// As [`call`](Self::call), for a method that is answered; a consumer tag that is empty or in use.
    pub fn send<M: DynMethod + ?Sized>(&mut self, method: &M) -> Result<(), Error> {
        check(method, &self.connection.extensions, Way::SEND_ON_CHANNEL)?;
        if self.is_committing() {
            return self.behind_commit(|channel| channel.send(method));
        }
        let state = self.state()?;
        let effect = Effect::of(method, &mut state.tags, &state.calls)?;
        self.flush_acks();
        match effect {
            Effect::Consume { no_ack, .. } => return self.consume_unanswered(method, no_ack),
            Effect::Cancel { tag, consumer } => {
                self.write_open(method)?;
                self.cancel_unanswered(&tag, consumer)?;
            }
            Effect::SelectConfirms => {
                self.write_open(method)?;
                self.number_publishes()?;
            }
            _ => {
                self.write_open(method)?;
                self.settled_by(method)?;
            }
        }
        Ok(())
    }

    /// The server counts publishes from `confirm.select` on, and asking again changes nothing.
    fn number_publishes(&mut self) -> Result<(), Error> {
        self.state()?.confirms.get_or_insert_default();
        Ok(())
    }

    /// Closes the channel; the answer comes as an [`Event::Reply`](super::Event::Reply), then the channel's end.
    ///
    /// # Errors
    /// A channel that is closing already.
    pub fn close(&mut self, code: ReplyCode, text: &str) -> Result<CallId, Error> {
        let close = channel::Close::new(code.get(), text, 0, 0);
        self.call(&close, &[channel::CloseOk::ID])
    }

    /// Puts a message into the output, in as many frames as it needs.
    ///
    /// In confirm mode gives the number by which [`Connection::take_outcome`] tells its end, if it is
    /// `watched`; the end of any other is counted in the [`Tally`].
    ///
    /// Whether the server wants content now is the caller's to ask: [`takes_content`](Self::takes_content),
    /// [`Connection::is_blocked`].
    ///
    /// # Errors
    /// A value that the wire cannot hold; a channel that is not open. Nothing was sent.
    #[inline]
    pub fn publish(
        &mut self,
        method: &basic::Publish<'_>,
        properties: &basic::Properties<'_>,
        body: &Body<'_>,
        watched: bool,
    ) -> Result<Option<u64>, Error> {
        let Connection {
            outbox,
            encoder,
            channels,
            counters,
            ..
        } = &mut *self.connection;
        let Some(state) = channels.open(self.id) else {
            return self
                .behind_commit(|channel| channel.publish(method, properties, body, watched));
        };
        outbox.content(*encoder, self.id.number(), method, properties, body)?;
        counters.published += 1;
        Ok(state.confirms.as_mut().map(|confirms| {
            let may_return = method.mandatory || method.immediate;
            let identity = may_return.then(|| {
                identity(
                    method.exchange.as_bytes(),
                    method.routing_key.as_bytes(),
                    properties,
                    body.as_bytes(),
                )
            });
            confirms.publish(watched, identity)
        }))
    }

    /// Settles a delivery.
    ///
    /// # Errors
    /// A delivery of another channel, or of an earlier life of this one; one that was settled, with a later one too, or
    /// that the server was asked to deliver again. Nothing was sent.
    #[inline]
    pub fn settle(&mut self, tag: DeliveryTag, settlement: Settlement) -> Result<(), Error> {
        if tag.channel != self.id {
            return Err(Error::new(
                ErrorKind::StaleDelivery,
                format!(
                    "delivery {} belongs to another channel than {}",
                    tag.value, self.id
                ),
            ));
        }
        let is_coalesced = match self.connection.channels.open(self.id) {
            Some(state) => state.acks.is_some(),
            None => return self.behind_commit(|channel| channel.settle(tag, settlement)),
        };
        if !self.take_for_settled(tag.value, settlement) {
            return Err(settled_before(tag));
        }
        match is_coalesced {
            true => self.settle_coalesced(tag, settlement),
            false => self.write_settlement(tag.value, settlement),
        }
    }

    #[inline]
    pub(super) fn write_settlement(
        &mut self,
        delivery_tag: u64,
        settlement: Settlement,
    ) -> Result<(), Error> {
        match settlement {
            Settlement::Ack { multiple } => self.write_frame(&basic::Ack {
                delivery_tag,
                multiple,
            }),
            Settlement::Nack { multiple, requeue } => self.write_frame(&basic::Nack {
                delivery_tag,
                multiple,
                requeue,
            }),
            Settlement::Reject { requeue } => self.write_frame(&basic::Reject {
                delivery_tag,
                requeue,
            }),
        }
    }

    /// Nobody waits for the answer to that call any more. The answer is dropped when it comes; a consumer that
    /// it would begin is cancelled, a message that it would fetch is given back.
    pub fn abandon(&mut self, call: CallId) {
        if let Ok(state) = self.state() {
            state.calls.abandon(call);
        }
    }

    /// The consumer with that tag.
    pub fn consumer(&mut self, tag: &ShortStr<'_>) -> Option<ConsumerId> {
        self.state().ok()?.tags.find(tag)
    }

    /// Whether the server lets content flow on this channel. Spec: channel.flow
    pub fn is_flowing(&mut self) -> bool {
        self.state().is_ok_and(|state| state.flow)
    }

    /// Whether content that is sent now goes out: the server lets it flow, and no `tx.commit` is unanswered. RabbitMQ
    /// closes the connection for what is sent behind one, so that it would be held back here.
    pub fn takes_content(&mut self) -> bool {
        self.is_flowing() && !self.is_committing()
    }

    /// Whether the channel is in confirm mode.
    pub fn confirms(&mut self) -> bool {
        self.confirm_state().is_some()
    }

    /// How many publishes the server has not settled.
    pub fn outstanding(&mut self) -> usize {
        self.confirm_state()
            .map_or(0, |confirms| confirms.outstanding())
    }

    /// The number of the last publish in confirm mode; 0 before the first.
    pub fn last_published(&mut self) -> u64 {
        self.confirm_state().map_or(0, |confirms| confirms.last())
    }

    /// Whether all publishes up to that number are settled.
    pub fn is_settled(&mut self, number: u64) -> bool {
        self.confirm_state()
            .is_none_or(|confirms| confirms.is_settled(number))
    }

    /// What became of publishes that are not watched, since this was last asked.
    pub fn take_tally(&mut self) -> Tally {
        self.confirm_state()
            .map(Confirms::take_tally)
            .unwrap_or_default()
    }

    /// Numbers of watched publishes that were settled since this was last asked.
    pub fn take_settled(&mut self) -> Vec<u64> {
        self.confirm_state()
            .map(Confirms::take_settled)
            .unwrap_or_default()
    }

    fn confirm_state(&mut self) -> Option<&mut Confirms> {
        self.state().ok()?.confirms.as_mut()
    }

    pub(super) fn state(&mut self) -> Result<&mut ChannelState, Error> {
        match self.connection.channels.get(self.id) {
            Some(state) => Ok(state),
            None => Err(Error::new(ErrorKind::ChannelClosed, "")),
        }
    }

    #[inline]
    pub(super) fn write_open<M: DynMethod + ?Sized>(&mut self, method: &M) -> Result<(), Error> {
        if self.connection.channels.open(self.id).is_none() {
            return Err(self.connection.unusable(self.id));
        }
        self.write_frame(method)
    }

    #[inline]
    fn write_frame<M: DynMethod + ?Sized>(&mut self, method: &M) -> Result<(), Error> {
        let encoder = self.connection.encoder;
        self.connection
            .outbox
            .method(encoder, self.id.number(), method)?;
        Ok(())
    }
}

#[cold]
fn settled_before(tag: DeliveryTag) -> Error {
    let detail = format!(
        "delivery {} was settled already, with a later one perhaps, or is delivered again",
        tag.value
    );
    Error::new(ErrorKind::StaleDelivery, detail)
}
