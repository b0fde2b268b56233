//! Replies to requests that a script does not care about.

use amqp_methods::{
    AnyMethod, Request, ShortStr, access, basic, channel, confirm, connection, exchange, queue, tx,
};

use crate::failure::{Mismatch, hold};
use crate::peer::Peer;

/// What becomes of a method that the client sent.
enum Answer {
    /// The script has to deal with it.
    Left,
    /// It is done with, and asked for no reply.
    Silent,
    /// It gets this reply.
    Reply(AnyMethod<'static>),
}

impl Peer {
    /// Continues the handshake, then answers every simple request that has arrived, on all channels, as a
    /// server does to which all is well. Returns what it answered, with channels.
    ///
    /// These are opening and closing, `exchange`, `queue`, `tx` and `confirm`, and of `basic`: `qos`,
    /// `consume`, `cancel` and `recover`. Names that the client leaves to the server are made up. Requests
    /// with `no_wait` are taken without a reply. Everything else stays for the script: what is published,
    /// settled or got, and the client's answers to what the server asked.
    ///
    /// # Panics
    /// As [`answer_handshake`](Self::answer_handshake).
    #[track_caller]
    pub fn answer(&mut self) -> Vec<(u16, AnyMethod<'static>)> {
        hold(self.answer_all())
    }

    pub(crate) fn answer_all(&mut self) -> Result<Vec<(u16, AnyMethod<'static>)>, Mismatch> {
        while !self.client_gives_up() && self.take_step()? {}
        let mut answered = Vec::new();
        let mut position = 0;
        while let Some(frame) = self.inbox.frames().get(position) {
            let channel = frame.channel;
            let method = match frame.is_method().then(|| frame.method()) {
                Some(Ok(method)) => method.into_owned(),
                _ => {
                    position += 1;
                    continue;
                }
            };
            let reply = match answer_to(&method, &mut self.names) {
                Answer::Left => {
                    position += 1;
                    continue;
                }
                Answer::Silent => None,
                Answer::Reply(reply) => Some(reply),
            };
            self.inbox.take(position);
            self.note_taken(channel, &method);
            if let Some(reply) = reply {
                self.sends_on(channel, reply);
            }
            answered.push((channel, method));
        }
        Ok(answered)
    }
}

fn answer_to(method: &AnyMethod<'_>, names: &mut u32) -> Answer {
    use AnyMethod as Any;
    match method {
        Any::ConnectionClose(request) => {
            reply(request, Any::ConnectionCloseOk(connection::CloseOk))
        }
        Any::ConnectionUpdateSecret(request) => reply(
            request,
            Any::ConnectionUpdateSecretOk(connection::UpdateSecretOk),
        ),
        Any::ChannelOpen(request) => reply(request, Any::ChannelOpenOk(channel::OpenOk)),
        Any::ChannelFlow(request) => {
            let flow_ok = channel::FlowOk {
                active: request.active,
            };
            reply(request, Any::ChannelFlowOk(flow_ok))
        }
        Any::ChannelClose(request) => reply(request, Any::ChannelCloseOk(channel::CloseOk)),
        Any::ExchangeDeclare(request) => {
            reply(request, Any::ExchangeDeclareOk(exchange::DeclareOk))
        }
        Any::ExchangeDelete(request) => reply(request, Any::ExchangeDeleteOk(exchange::DeleteOk)),
        Any::ExchangeBind(request) => reply(request, Any::ExchangeBindOk(exchange::BindOk)),
        Any::ExchangeUnbind(request) => reply(request, Any::ExchangeUnbindOk(exchange::UnbindOk)),
        Any::QueueDeclare(request) => {
            let queue = named(&request.queue, "amq.gen-", names);
            reply(
                request,
                Any::QueueDeclareOk(queue::DeclareOk::new(queue, 0, 0)),
            )
        }
        Any::QueueBind(request) => reply(request, Any::QueueBindOk(queue::BindOk)),
        Any::QueueUnbind(request) => reply(request, Any::QueueUnbindOk(queue::UnbindOk)),
        Any::QueuePurge(request) => reply(request, Any::QueuePurgeOk(queue::PurgeOk::new(0))),
        Any::QueueDelete(request) => reply(request, Any::QueueDeleteOk(queue::DeleteOk::new(0))),
        Any::BasicQos(request) => reply(request, Any::BasicQosOk(basic::QosOk)),
        Any::BasicConsume(request) => {
            let tag = named(&request.consumer_tag, "amq.ctag-", names);
            reply(request, Any::BasicConsumeOk(basic::ConsumeOk::new(tag)))
        }
        Any::BasicCancel(request) => {
            let tag = request.consumer_tag.clone().into_owned();
            reply(request, Any::BasicCancelOk(basic::CancelOk::new(tag)))
        }
        Any::BasicRecover(request) => reply(request, Any::BasicRecoverOk(basic::RecoverOk)),
        Any::TxSelect(request) => reply(request, Any::TxSelectOk(tx::SelectOk)),
        Any::TxCommit(request) => reply(request, Any::TxCommitOk(tx::CommitOk)),
        Any::TxRollback(request) => reply(request, Any::TxRollbackOk(tx::RollbackOk)),
        Any::ConfirmSelect(request) => reply(request, Any::ConfirmSelectOk(confirm::SelectOk)),
        Any::AccessRequest(request) => {
            reply(request, Any::AccessRequestOk(access::RequestOk::new(1)))
        }
        _ => Answer::Left,
    }
}

fn reply(request: &impl Request, reply: AnyMethod<'static>) -> Answer {
    if request.expects_reply() {
        Answer::Reply(reply)
    } else {
        Answer::Silent
    }
}

/// The name that the client gave, or one that the server makes up.
fn named(given: &ShortStr<'_>, prefix: &str, names: &mut u32) -> ShortStr<'static> {
    if !given.is_empty() {
        return given.clone().into_owned();
    }
    *names += 1;
    ShortStr::from(format!("{prefix}{names}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL_OPEN: &[u8] = b"\x01\x00\x01\x00\x00\x00\x05\x00\x14\x00\x0a\0\xce";
    /// `queue.declare` without a name, on channel 1.
    const DECLARE: &[u8] = b"\x01\x00\x01\x00\x00\x00\x0c\x00\x32\x00\x0a\0\0\0\0\0\0\0\0\xce";
    /// `queue.purge` of `q` with no-wait, on channel 1.
    const PURGE: &[u8] = b"\x01\x00\x01\x00\x00\x00\x09\x00\x32\x00\x1e\0\0\x01q\x01\xce";
    const ACK: &[u8] = b"\x01\x00\x01\x00\x00\x00\x0d\x00\x3c\x00\x50\0\0\0\0\0\0\0\x01\x00\xce";
    const CLOSE_OK: &[u8] = b"\x01\x00\x01\x00\x00\x00\x04\x00\x14\x00\x29\xce";

    #[test]
    fn requests_are_answered_in_order_and_the_rest_is_left() {
        let mut peer = Peer::open();
        peer.receive(&[CHANNEL_OPEN, ACK, DECLARE, PURGE, CLOSE_OK].concat());
        let answered = peer.answer();
        assert_eq!(answered.len(), 3);
        assert_eq!(answered[0], (1, AnyMethod::ChannelOpen(channel::Open)));
        assert_eq!(
            &peer.transmit()[..],
            b"\x01\x00\x01\x00\x00\x00\x08\x00\x14\x00\x0b\0\0\0\0\xce\
              \x01\x00\x01\x00\x00\x00\x16\x00\x32\x00\x0b\x09amq.gen-1\0\0\0\0\0\0\0\0\xce"
        );
        peer.expects_method(1, &basic::Ack::new(1));
        peer.expects::<channel::CloseOk>(1);
        peer.expects_nothing();
    }

    #[test]
    fn half_a_request_waits() {
        let mut peer = Peer::open();
        peer.receive(&DECLARE[..9]);
        assert_eq!(peer.answer(), []);
        peer.receive(&DECLARE[9..]);
        assert_eq!(peer.answer().len(), 1);
    }
}
