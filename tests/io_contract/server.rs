//! The server that a driver meets: a script behind a TCP port, with a socket that makes it hard.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use amqp_test_broker::{Peer, StreamPeer, Tuning};
use leveret::ConnectionParameters;
use leveret::amqp_methods::{DynMethod as _, FrameKind, Method as _, basic, channel};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};

pub(crate) type Server = StreamPeer<Link>;

/// How the server's side of the connection is.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    /// Octets per write to the socket; each write is a segment of its own.
    pub(crate) write_max: usize,
    /// Octets per read from the socket.
    pub(crate) read_max: usize,
    /// Room for what has arrived and was not read, if it is not the system's choice.
    pub(crate) room: Option<u32>,
    /// What the server proposes, and the client takes.
    pub(crate) tuning: Tuning,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            write_max: usize::MAX,
            read_max: usize::MAX,
            room: None,
            tuning: Tuning {
                heartbeat: 0,
                ..Tuning::default()
            },
        }
    }
}

impl Terms {
    /// Reads in small pieces, and has little room.
    pub(crate) fn tight() -> Self {
        Self {
            read_max: 5000,
            room: Some(16 * 1024),
            ..Self::default()
        }
    }

    /// With the shortest heartbeats that there can be.
    pub(crate) fn beating() -> Self {
        let mut terms = Self::default();
        terms.tuning.heartbeat = 1;
        terms
    }
}

/// Runs a script for the first client that connects, and that client; waits for both.
pub(crate) fn meet(
    terms: Terms,
    script: impl AsyncFnOnce(Server) + Send,
    client: impl FnOnce(SocketAddr, ConnectionParameters),
) {
    let (tell, told) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let socket = TcpSocket::new_v4().unwrap();
                if let Some(room) = terms.room {
                    socket.set_recv_buffer_size(room).unwrap();
                }
                socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
                let listener = socket.listen(1).unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let peer = Peer::new().tuning(terms.tuning);
                let server = StreamPeer::with_peer(Link { stream, terms }, peer);
                script(server.patience(None)).await;
            });
        });
        let heartbeat = Duration::from_secs(terms.tuning.heartbeat.into());
        let parameters = ConnectionParameters::default().heartbeat(heartbeat);
        client(told.recv().unwrap(), parameters);
    });
}

/// A socket that does no more at once than it has to.
pub(crate) struct Link {
    stream: TcpStream,
    terms: Terms,
}

impl Link {
    /// Ends the connection at once, for both sides: a reset.
    pub(crate) fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }

    /// Writes all, and reads nothing meanwhile.
    pub(crate) async fn only_write(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).await.unwrap();
    }

    /// Reads once, and says how much.
    pub(crate) async fn only_read(&mut self, octets: &mut [u8]) -> usize {
        self.stream.read(octets).await.unwrap()
    }
}

impl AsyncRead for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = self.terms.read_max.min(buf.remaining());
        let mut part = buf.take(room);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut part))?;
        let count = part.filled().len();
        // The part is the beginning of what is free.
        let octets = buf.initialize_unfilled_to(count);
        assert_eq!(octets.len(), count);
        buf.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Link {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = self.terms.write_max.min(octets.len());
        Pin::new(&mut self.stream).poll_write(cx, &octets[..count])
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Goes through the handshake, and opens channel 1.
pub(crate) async fn opens(server: &mut Server) {
    server.handshake().await;
    server.expect_method(1, &channel::Open).await;
    server.send(1, channel::OpenOk).await;
}

/// The same, and starts a consumer with the tag `tag`.
pub(crate) async fn consumes(server: &mut Server) {
    opens(server).await;
    server.expect::<basic::Consume<'_>>(1).await;
    server.send(1, basic::ConsumeOk::new("tag")).await;
}

/// Queues a delivery for the consumer `tag`.
pub(crate) fn deliver(peer: &mut Peer, number: u64, body: &[u8]) {
    let deliver = basic::Deliver::new("tag", number, "", "q");
    peer.sends_content(1, deliver, &basic::Properties::default(), body);
}

/// Takes the acknowledgements that come next on channel 1, and counts them.
pub(crate) fn take_acks(peer: &mut Peer) -> usize {
    let mut count = 0;
    while next_is_ack(peer) {
        peer.expects::<basic::Ack>(1);
        count += 1;
    }
    count
}

fn next_is_ack(peer: &Peer) -> bool {
    let frame = peer.pending().find(|frame| frame.channel == 1);
    let method = frame.filter(|frame| frame.kind == FrameKind::Method);
    method.is_some_and(|frame| frame.method().unwrap().id() == basic::Ack::ID)
}

/// Octets in which a piece that is missing, or comes twice, shows.
pub(crate) fn body(seed: usize, length: usize) -> Vec<u8> {
    let octets = (0..length).map(|at| (at + at / 251 + seed) as u8);
    octets.collect()
}
