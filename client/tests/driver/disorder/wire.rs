//! The server's end of the stream, moved by hand: nothing waits there, and octets may be left on their way.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use amqp_test_broker::{Peer, StreamPeer};
use bytes::{Buf as _, BytesMut};
use leveret::{Connection, ConnectionParameters};
use tokio::io::{AsyncRead as _, AsyncWrite as _, DuplexStream, ReadBuf, duplex};

use super::broker::{Broker, End};

pub(super) struct Wire {
    /// None once it is cut, from either end.
    stream: Option<DuplexStream>,
    pub(super) peer: Peer,
    pub(super) broker: Broker,
    /// Frames that the server has dealt with.
    pub(super) served: usize,
    /// What the stream has not taken yet.
    out: BytesMut,
}

/// Polls once, and does not wait.
macro_rules! once {
    (|$cx:ident| $poll:expr) => {
        poll_fn(|$cx| Poll::Ready($poll)).await
    };
}

impl Wire {
    /// An open connection, over a stream that holds so many octets each way.
    pub(super) async fn connected(
        parameters: &ConnectionParameters,
        room: usize,
    ) -> (Connection, Self) {
        let (client, server) = duplex(room);
        let mut server = StreamPeer::new(server);
        let connecting = Connection::connect_over(client, parameters);
        let (connection, ()) = tokio::join!(connecting, server.handshake());
        let (stream, peer) = server.into_parts();
        let wire = Self {
            stream: Some(stream),
            peer,
            broker: Broker::default(),
            served: 0,
            out: BytesMut::new(),
        };
        (connection.unwrap(), wire)
    }

    /// What the stream takes goes to the client. True if that is anything.
    pub(super) async fn sends(&mut self) -> bool {
        self.out.extend_from_slice(&self.peer.transmit());
        let Some(stream) = &mut self.stream else {
            self.out.clear();
            return false;
        };
        if self.out.is_empty() {
            // Who has heard or said the last word hangs up.
            if self.broker.end == End::Closed {
                self.cut();
                return true;
            }
            return false;
        }
        match once!(|cx| Pin::new(&mut *stream).poll_write(cx, &self.out)) {
            Poll::Pending => false,
            Poll::Ready(Ok(count)) => {
                self.out.advance(count);
                true
            }
            Poll::Ready(Err(_)) => {
                self.cut();
                true
            }
        }
    }

    /// What the stream holds comes to the server. True if that is anything.
    pub(super) async fn hears(&mut self) -> bool {
        let Some(stream) = &mut self.stream else {
            return false;
        };
        let mut octets = [0; 4096];
        let mut buf = ReadBuf::new(&mut octets);
        match once!(|cx| Pin::new(&mut *stream).poll_read(cx, &mut buf)) {
            Poll::Pending => return false,
            Poll::Ready(Ok(())) if !buf.filled().is_empty() => self.peer.receive(buf.filled()),
            Poll::Ready(_) => self.cut(),
        }
        true
    }

    /// The server deals with its next frame.
    pub(super) fn serve(&mut self) {
        self.served += usize::from(self.peer.pending().next().is_some());
        self.broker.serve(&mut self.peer);
    }

    /// Octets go both ways, and the server deals with what it has. True if there was anything.
    pub(super) async fn exchange(&mut self) -> bool {
        let mut moved = self.hears().await;
        while self.peer.pending().next().is_some() {
            self.serve();
            moved = true;
        }
        moved | self.sends().await
    }

    pub(super) fn cut(&mut self) {
        self.stream = None;
    }

    pub(super) fn is_cut(&self) -> bool {
        self.stream.is_none()
    }
}
