//! The verbs of a script, waiting for the stream.

use std::future::Future;
use std::panic::Location;

use amqp_methods::{AnyMethod, Content, DynMethod, FrameKind, Method, OwnedContent, Reply, basic};
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{StreamPeer, hold_at};
use crate::OwnedFrame;
use crate::failure::Mismatch;
use crate::peer::Peer;

impl<S: AsyncRead + AsyncWrite + Unpin> StreamPeer<S> {
    /// Sends a method. As [`Peer::sends_on`](Peer::sends_on).
    ///
    /// # Panics
    /// A value that the wire cannot hold.
    #[track_caller]
    pub fn send(&mut self, channel: u16, method: impl DynMethod) -> impl Future<Output = ()> {
        self.peer.sends_on(channel, method);
        self.flush()
    }

    /// Sends a method with its content. As [`Peer::sends_content`](Peer::sends_content).
    ///
    /// # Panics
    /// A value that the wire cannot hold; channel 0.
    #[track_caller]
    pub fn send_content(
        &mut self,
        channel: u16,
        method: impl DynMethod,
        properties: &impl Content,
        body: &[u8],
    ) -> impl Future<Output = ()> {
        self.peer.sends_content(channel, method, properties, body);
        self.flush()
    }

    /// Sends a heartbeat.
    #[track_caller]
    pub fn send_heartbeat(&mut self) -> impl Future<Output = ()> {
        self.peer.sends_heartbeat();
        self.flush()
    }

    /// Sends octets as they are. As [`Peer::sends_frame_raw`](Peer::sends_frame_raw).
    #[track_caller]
    pub fn send_raw(&mut self, octets: &[u8]) -> impl Future<Output = ()> {
        self.peer.sends_frame_raw(octets);
        self.flush()
    }

    /// Waits for the protocol header.
    ///
    /// # Panics
    /// As [`Peer::expects_protocol_header`](Peer::expects_protocol_header), after the patience of this peer.
    #[track_caller]
    pub fn expect_protocol_header(&mut self) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            let header = self.when(|peer| peer.inbox.has_header(), Peer::take_header);
            hold_at(place, header.await);
        }
    }

    /// Waits for the next method of a channel, which must be an `M`.
    ///
    /// # Panics
    /// As [`Peer::expects`](Peer::expects), after the patience of this peer.
    #[track_caller]
    pub fn expect<M: Method + Reply>(&mut self, channel: u16) -> impl Future<Output = M> {
        let place = Location::caller();
        async move {
            let method = self.when(
                |peer| peer.has_frame(channel),
                |peer| peer.take_typed(channel),
            );
            hold_at(place, method.await)
        }
    }

    /// Waits for the next method of a channel, which must be exactly this one.
    ///
    /// # Panics
    /// As [`Peer::expects_method`](Peer::expects_method), after the patience of this peer.
    #[track_caller]
    pub fn expect_method(
        &mut self,
        channel: u16,
        method: &impl DynMethod,
    ) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            let taken = self.when(
                |peer| peer.has_frame(channel),
                |peer| peer.take_exactly(channel, method),
            );
            hold_at(place, taken.await);
        }
    }

    /// Waits for the next method of a channel with its properties and its whole body.
    ///
    /// # Panics
    /// As [`Peer::expects_content`](Peer::expects_content), after the patience of this peer.
    #[track_caller]
    pub fn expect_content(
        &mut self,
        channel: u16,
    ) -> impl Future<Output = (AnyMethod<'static>, basic::Properties<'static>, Bytes)> {
        let place = Location::caller();
        async move {
            let content = self.when(
                |peer| peer.has_content(channel),
                |peer| peer.take_content(channel),
            );
            hold_at(place, content.await)
        }
    }

    /// Waits for the next method of a channel, which must be an `M`, with its properties and its whole body.
    ///
    /// # Panics
    /// As [`Peer::expects_content_of`](Peer::expects_content_of), after the patience of this peer.
    #[track_caller]
    pub fn expect_content_of<M: Method>(
        &mut self,
        channel: u16,
    ) -> impl Future<Output = OwnedContent> {
        let place = Location::caller();
        async move {
            let content = self.when(
                |peer| peer.has_content_of::<M>(channel),
                |peer| peer.take_content_of::<M>(channel),
            );
            hold_at(place, content.await)
        }
    }

    /// Waits for a heartbeat.
    ///
    /// # Panics
    /// None comes within the patience of this peer.
    #[track_caller]
    pub fn expect_heartbeat(&mut self) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            let heartbeat = self.when(
                |peer| {
                    peer.pending()
                        .any(|frame| frame.kind == FrameKind::Heartbeat)
                },
                Peer::take_heartbeat,
            );
            hold_at(place, heartbeat.await);
        }
    }

    /// Waits until the client ends the stream, having said nothing that the script has not looked at.
    ///
    /// # Panics
    /// The client says more, or does not end the stream within the patience of this peer.
    #[track_caller]
    pub fn expect_end(&mut self) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            let waited = self.wait(|peer| peer.pending().next().is_some()).await;
            let ended = self.end.is_some();
            let checked =
                waited
                    .and_then(|_| self.peer.check_nothing())
                    .and_then(|()| match ended {
                        true => Ok(()),
                        false => Err(Mismatch::new(
                            "expected the end of the stream, but it goes on",
                        )),
                    });
            hold_at(place, checked);
        }
    }

    /// Waits for the next frame of any channel and kind; none if the stream ends before.
    ///
    /// No patience is applied.
    ///
    /// # Panics
    /// The client sends what is no frame.
    #[track_caller]
    pub fn next_frame(&mut self) -> impl Future<Output = Option<OwnedFrame>> {
        let place = Location::caller();
        async move {
            loop {
                if let Some(frame) = self.peer.next_frame() {
                    return Some(frame);
                }
                if !hold_at(place, self.pump_once().await) {
                    return None;
                }
            }
        }
    }
}
