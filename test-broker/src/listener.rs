//! A TCP port on which peers wait.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpStream};

use crate::peer::Peer;
use crate::stream::StreamPeer;

/// Listens on a free port of 127.0.0.1.
///
/// # Errors
/// As the system reports them.
pub async fn listen() -> io::Result<Listener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    Ok(Listener { listener, address })
}

/// A TCP port on which clients find peers, from [`listen`].
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for a client; [`Peer::new`] meets it.
    ///
    /// # Errors
    /// As the system reports them.
    ///
    /// # Cancel safety
    /// No connection is lost when the future is dropped.
    pub async fn accept(&self) -> io::Result<StreamPeer<TcpStream>> {
        self.accept_with(Peer::new()).await
    }

    /// As [`accept`](Self::accept), with a peer that was told something before.
    ///
    /// # Errors
    /// As the system reports them.
    ///
    /// # Cancel safety
    /// No connection is lost when the future is dropped.
    pub async fn accept_with(&self, peer: Peer) -> io::Result<StreamPeer<TcpStream>> {
        let (stream, _) = self.listener.accept().await?;
        stream.set_nodelay(true)?;
        Ok(StreamPeer::with_peer(stream, peer))
    }
}
