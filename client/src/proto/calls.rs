//! Requests whose replies are outstanding: first in, first out.

use std::collections::VecDeque;

use amqp_methods::{
    Decode as _, DynMethod, EncodeError, Method as _, MethodId, PROTOCOL, Reader, Writer, basic,
    channel, confirm, tx,
};

use super::tags::Tags;
use super::{CallId, ConsumerId, ConsumerOptions};

/// The calls of a channel, or of the connection, in the order in which they were sent.
///
/// Replies carry nothing that says which request they answer; only their order does. An entry is therefore
/// never removed before its reply has come, whatever became of whoever asked: a late reply finds its own
/// entry and is dropped there, and the next call gets its own.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pending: VecDeque<Pending>,
}

/// A request that was sent.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) call: CallId,
    /// The methods that answer it.
    pub(super) replies: &'static [MethodId],
    pub(super) effect: Effect,
    /// Whoever asked waits no more: the reply is undone rather than handed on.
    pub(super) abandoned: bool,
}

/// What the reply changes here, beside being handed on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Effect {
    None,
    /// `channel.open`
    OpenChannel,
    /// `channel.close`
    CloseChannel,
    /// `confirm.select`
    SelectConfirms,
    /// `basic.consume`
    Consume {
        no_ack: bool,
        options: ConsumerOptions,
    },
    /// `basic.cancel`, of this consumer; none if its `consume-ok` had not come yet.
    Cancel {
        consumer: Option<ConsumerId>,
    },
    /// `basic.get`
    Get {
        no_ack: bool,
    },
    /// `basic.recover`
    Recover,
    /// `tx.select`
    SelectTransactions,
    /// `tx.commit`
    Commit,
    /// `tx.rollback`
    RollBack,
    /// A request that the protocol does not have: nothing here.
    Extension,
}

impl Effect {
    /// Reads from a request what its reply will change.
    pub(super) fn of<M: DynMethod + ?Sized>(
        request: &M,
        tags: &mut Tags,
    ) -> Result<Self, EncodeError> {
        Ok(match request.id() {
            channel::Open::ID => Self::OpenChannel,
            channel::Close::ID => Self::CloseChannel,
            basic::Recover::ID => Self::Recover,
            confirm::Select::ID => Self::SelectConfirms,
            tx::Select::ID => Self::SelectTransactions,
            tx::Commit::ID => Self::Commit,
            tx::Rollback::ID => Self::RollBack,
            basic::Cancel::ID => {
                let arguments = arguments(request)?;
                let cancel = basic::Cancel::from_args(Reader::new(&arguments));
                Self::Cancel {
                    consumer: cancel
                        .ok()
                        .and_then(|cancel| tags.find(&cancel.consumer_tag)),
                }
            }
            basic::Consume::ID => {
                let arguments = arguments(request)?;
                let consume = basic::Consume::from_args(Reader::new(&arguments));
                Self::Consume {
                    no_ack: consume.is_ok_and(|consume| consume.no_ack),
                    options: ConsumerOptions::default(),
                }
            }
            basic::Get::ID => {
                let arguments = arguments(request)?;
                let get = basic::Get::from_args(Reader::new(&arguments));
                Self::Get {
                    no_ack: get.is_ok_and(|get| get.no_ack),
                }
            }
            id => Self::of_other(id),
        })
    }

    /// The same for a request that is none of those that change something.
    pub(super) fn of_other(request: MethodId) -> Self {
        match PROTOCOL.method(request) {
            Some(_) => Self::None,
            None => Self::Extension,
        }
    }

    /// Whether other replies may overtake that of the request. RabbitMQ: answers about consumers come from the queue,
    /// behind answers to what the channel was asked later. Where those of an extension come from, nobody knows.
    fn may_be_overtaken(&self) -> bool {
        matches!(
            self,
            Self::Consume { .. } | Self::Cancel { .. } | Self::Extension
        )
    }
}

/// The arguments of a method, encoded by themselves.
pub(super) fn arguments<M: DynMethod + ?Sized>(method: &M) -> Result<Vec<u8>, EncodeError> {
    let mut octets = vec![0; method.encoded_len()];
    let mut out = Writer::new(&mut octets);
    method.encode(&mut out)?;
    out.finish()?;
    Ok(octets)
}

impl Calls {
    pub(super) fn push(&mut self, pending: Pending) {
        self.pending.push_back(pending);
    }

    /// Whether `reply` answers one of the calls.
    pub(super) fn is_answered_by(&self, reply: MethodId) -> bool {
        self.position(reply).is_some()
    }

    /// Whether one of the calls awaits `reply`, be it its turn or not.
    pub(super) fn await_reply(&self, reply: MethodId) -> bool {
        self.pending
            .iter()
            .any(|call| call.replies.contains(&reply))
    }

    /// Whether the reply to one of the calls will have that effect.
    pub(super) fn await_effect(&self, effect: &Effect) -> bool {
        self.pending.iter().any(|call| call.effect == *effect)
    }

    /// The call that `reply` answers.
    pub(super) fn answered_by(&mut self, reply: MethodId) -> Option<Pending> {
        let position = self.position(reply)?;
        self.pending.remove(position)
    }

    /// Where the call is that `reply` answers: it is the oldest that awaits such a reply, and none is before it but
    /// those that may be overtaken.
    fn position(&self, reply: MethodId) -> Option<usize> {
        let mut calls = self.pending.iter();
        let position = calls
            .position(|call| call.replies.contains(&reply) || !call.effect.may_be_overtaken())?;
        let call = self.pending.get(position)?;
        call.replies.contains(&reply).then_some(position)
    }

    /// Marks a call that nobody waits for any more. False if it was answered before.
    pub(super) fn abandon(&mut self, call: CallId) -> bool {
        let pending = self.pending.iter_mut().find(|pending| pending.call == call);
        pending.map(|pending| pending.abandoned = true).is_some()
    }

    /// All that will not be answered.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Pending> {
        self.pending.drain(..)
    }
}
