//! A connection into which octets are put that the client would not write.

use std::io::Write as _;
use std::net::TcpStream;

use leveret::{Channel, Connection, Error};

use crate::broker::broker;

/// An open connection with channel 1, and its socket once more.
pub(crate) struct Injected {
    connection: Connection,
    socket: TcpStream,
    _channel: Channel,
}

impl Injected {
    /// None where there is no broker.
    pub(crate) async fn open() -> Option<Self> {
        let parameters = broker()?;
        let (host, port) = parameters.endpoints().next()?;
        let stream = TcpStream::connect((host, port)).unwrap();
        let socket = stream.try_clone().unwrap();
        stream.set_nonblocking(true).unwrap();
        let stream = tokio::net::TcpStream::from_std(stream).unwrap();
        let connection = Connection::connect_over(stream, &parameters).await.unwrap();
        let channel = connection.open_channel().await.unwrap();
        Some(Self {
            connection,
            socket,
            _channel: channel,
        })
    }

    /// Writes octets, all of which the socket has room for, and waits for what the server makes of it.
    pub(crate) async fn closed_for(&mut self, octets: &[u8]) -> Error {
        self.socket.write_all(octets).unwrap();
        self.connection.closed().await
    }
}
