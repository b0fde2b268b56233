//! Requests whose replies are outstanding: first in, first out.

use std::collections::VecDeque;

use amqp_methods::{
    Decode as _, DynMethod, EncodeError, Method as _, MethodId, PROTOCOL, Reader, ShortStr, Writer,
    basic, channel, confirm, tx,
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
        /// Empty if the server is to choose.
        tag: ShortStr<'static>,
        no_ack: bool,
        options: ConsumerOptions,
        /// It was cancelled since, without asking for an answer.
        is_cancelled: bool,
    },
    /// `basic.cancel`, of this consumer; none if its `consume-ok` had not come yet.
    Cancel {
        tag: ShortStr<'static>,
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
        calls: &Calls,
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
                let tag = cancel.unwrap_or_default().consumer_tag.into_owned();
                // It may be that of a consumer that was asked for since the one that has it.
                let is_next = calls.claim(&tag) == Some(true);
                let consumer = tags.find(&tag).filter(|_| !is_next);
                Self::Cancel { tag, consumer }
            }
            basic::Consume::ID => {
                let arguments = arguments(request)?;
                let consume = basic::Consume::from_args(Reader::new(&arguments));
                Self::consume(&consume.unwrap_or_default(), ConsumerOptions::default())
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

    /// What the reply to `basic.consume` will change.
    pub(super) fn consume(consume: &basic::Consume<'_>, options: ConsumerOptions) -> Self {
        Self::Consume {
            tag: consume.consumer_tag.reborrow().into_owned(),
            no_ack: consume.no_ack,
            options,
            is_cancelled: false,
        }
    }

    /// The same for a request that is none of those that change something.
    pub(super) fn of_other(request: MethodId) -> Self {
        match PROTOCOL.method(request) {
            Some(_) => Self::None,
            None => Self::Extension,
        }
    }

    /// Whether other replies may overtake that of the request. RabbitMQ: answers about consumers come from the queue,
    /// behind answers to what the channel was asked later. Where those of an extension come from, nobody knows. A commit that
    /// waits for queues is not answered any more when the channel is closed.
    fn may_be_overtaken(&self) -> bool {
        matches!(
            self,
            Self::Consume { .. } | Self::Cancel { .. } | Self::Commit | Self::Extension
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

    /// Whether one of the calls cancels that consumer.
    pub(super) fn cancel(&self, id: ConsumerId) -> bool {
        let cancels = |call: &Pending| matches!(&call.effect, Effect::Cancel { consumer, .. } if *consumer == Some(id));
        self.pending.iter().any(cancels)
    }

    /// The call that asked for a consumer is answered: the calls behind it that cancel that tag were meant for it, up to one
    /// that begins another.
    pub(super) fn name_cancelled(&mut self, answered: CallId, tag: &ShortStr<'_>, id: ConsumerId) {
        let behind = self.pending.iter_mut().filter(|call| call.call > answered);
        for call in behind {
            match &mut call.effect {
                Effect::Cancel {
                    tag: freed,
                    consumer,
                } if freed.as_bytes() == tag.as_bytes() => {
                    consumer.get_or_insert(id);
                }
                Effect::Consume { tag: claimed, .. } if claimed.as_bytes() == tag.as_bytes() => {
                    return;
                }
                _ => {}
            }
        }
    }

    /// Whether the last of the calls that are about that consumer tag leaves it to a consumer; none if no call is.
    pub(super) fn claim(&self, tag: &ShortStr<'_>) -> Option<bool> {
        let about = |call: &Pending| match &call.effect {
            Effect::Consume {
                tag: claimed,
                is_cancelled,
                ..
            } if claimed == tag => Some(!is_cancelled),
            Effect::Cancel { tag: freed, .. } if freed == tag => Some(false),
            _ => None,
        };
        self.pending.iter().rev().find_map(about)
    }

    /// Whether one of the calls begins a consumer with that tag.
    pub(super) fn consume(&self, tag: &ShortStr<'_>) -> bool {
        let consumes = |call: &Pending| matches!(&call.effect, Effect::Consume { tag: claimed, .. } if claimed == tag);
        self.pending.iter().any(consumes)
    }

    /// The consumer with that tag is cancelled without asking for an answer, while its `consume-ok` has yet to come.
    pub(super) fn cancel_unanswered(&mut self, tag: &ShortStr<'_>) {
        for call in self.pending.iter_mut().rev() {
            match &mut call.effect {
                Effect::Consume {
                    tag: claimed,
                    is_cancelled,
                    ..
                } if claimed.as_bytes() == tag.as_bytes() => {
                    *is_cancelled = true;
                    return;
                }
                _ => {}
            }
        }
    }

    /// The call that `reply` answers.
    pub(super) fn answered_by(&mut self, reply: MethodId) -> Option<Pending> {
        let position = self.position(reply)?;
        self.pending.remove(position)
    }

    /// The call that a `basic.cancel-ok` with that tag answers. RabbitMQ: that of a tag which nobody has comes from the channel,
    /// before those that come from queues.
    pub(super) fn cancelled(&mut self, tag: &ShortStr<'_>) -> Option<Pending> {
        let mut calls = self
            .pending
            .iter()
            .take_while(|call| call.effect.may_be_overtaken());
        let named = calls.position(
            |call| matches!(&call.effect, Effect::Cancel { tag: freed, .. } if freed == tag),
        );
        match named {
            Some(position) => self.pending.remove(position),
            None => self.answered_by(basic::CancelOk::ID),
        }
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

    /// Takes the calls behind the first commit, which wait for its answer.
    pub(super) fn split_off_behind_commit(&mut self) -> Self {
        let mut calls = self.pending.iter();
        let commit = calls.position(|call| call.effect == Effect::Commit);
        let first = commit.map_or(self.pending.len(), |commit| commit + 1);
        Self {
            pending: self.pending.split_off(first),
        }
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
