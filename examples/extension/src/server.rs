//! A broker that keeps messages for later, as far as a single client can tell.

use std::collections::BTreeMap;
use std::io;
use std::time::SystemTime;

use amqp_methods::{FrameKind, OwnedContent, Timestamp};
use amqp_test_broker::{OwnedFrame, Peer, StreamPeer, listen};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;

use crate::ext::AnyMethod;
use crate::ext::connection::{Quota, QuotaOk};
use crate::ext::schedule::{Due, Expired, Peek, PeekOk, Properties, Submit, SubmitOk, Withdraw};

/// How many messages it keeps.
const QUOTA: usize = 100;

/// The messages that wait, by their numbers.
#[derive(Debug, Default)]
pub struct Scheduler {
    kept: BTreeMap<u64, OwnedContent>,
    last: u64,
}

impl Scheduler {
    /// Waits for a client on a free TCP port of this machine, which is given, and serves it in the background.
    ///
    /// # Errors
    /// As the system reports them.
    pub async fn listen() -> io::Result<(u16, JoinHandle<io::Result<()>>)> {
        let listener = listen().await?;
        let port = listener.address().port();
        let serving = tokio::spawn(async move {
            let peer = listener.accept().await?;
            Self::default().serve(peer).await;
            Ok(())
        });
        Ok((port, serving))
    }

    /// Serves a client until it closes the connection.
    pub async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut self, mut peer: StreamPeer<S>) {
        peer.serve(|peer| self.answer(peer)).await;
    }

    /// Answers what has arrived, as far as it is complete.
    fn answer(&mut self, peer: &mut Peer) {
        while let Some(frame) = head(peer) {
            let channel = frame.channel;
            let is_method = frame.kind == FrameKind::Method;
            match is_method.then(|| AnyMethod::decode(&frame.payload)) {
                Some(Ok(AnyMethod::ConnectionQuota(_))) => {
                    peer.expects::<Quota>(channel);
                    let remaining = QUOTA.saturating_sub(self.kept.len());
                    peer.sends(QuotaOk::new(u32::try_from(remaining).unwrap_or(u32::MAX)));
                }
                Some(Ok(AnyMethod::ScheduleSubmit(_))) => {
                    if !peer.has_content_of::<Submit<'_>>(channel) {
                        return;
                    }
                    let submitted = peer.expects_content_of::<Submit<'_>>(channel);
                    self.submit(peer, channel, submitted);
                }
                Some(Ok(AnyMethod::SchedulePeek(_))) => {
                    let Peek { schedule_id } = peer.expects(channel);
                    self.peek(peer, channel, schedule_id);
                }
                Some(Ok(AnyMethod::ScheduleWithdraw(_))) => {
                    let Withdraw { schedule_id } = peer.expects(channel);
                    self.kept.remove(&schedule_id);
                }
                _ => drop(peer.next_frame()),
            }
        }
    }

    /// Keeps a message, or publishes it if its time has come. Nothing listens to the key `nowhere`.
    fn submit(&mut self, peer: &mut Peer, channel: u16, submitted: OwnedContent) {
        self.last += 1;
        let id = self.last;
        peer.sends_on(channel, SubmitOk::new(id));
        let properties: Properties<'_> = submitted.header().properties().unwrap_or_default();
        let submit: Submit<'_> = submitted.method().unwrap_or_default();
        if properties.not_before.is_some_and(|time| time > now()) {
            self.kept.insert(id, submitted);
        } else if submit.routing_key == "nowhere" {
            let expired = Expired::new(id, "NO_ROUTE");
            peer.sends_content(channel, expired, &properties, submitted.body());
        } else {
            peer.sends_on(channel, Due::new(id));
        }
    }

    fn peek(&self, peer: &mut Peer, channel: u16, id: u64) {
        let Some(kept) = self.kept.get(&id) else {
            let close = amqp_methods::channel::Close::new(404, "NOT_FOUND", 0, 0);
            return peer.sends_on(channel, close);
        };
        let properties: Properties<'_> = kept.header().properties().unwrap_or_default();
        let submit: Submit<'_> = kept.method().unwrap_or_default();
        let peek_ok = PeekOk::new(submit.routing_key);
        peer.sends_content(channel, peek_ok, &properties, kept.body());
    }
}

/// The first frame that was not looked at.
fn head(peer: &Peer) -> Option<OwnedFrame> {
    peer.pending().next().cloned()
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Timestamp::from_secs(since.map_or(0, |since| since.as_secs()))
}
