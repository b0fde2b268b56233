//! The TCP socket and its options.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};

use super::order;
use crate::parameters::TcpOptions;

/// How hosts are found and reached: a system, or what a test puts in its place.
pub(super) trait Network: Sync {
    /// What octets go over.
    type Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static;

    /// The addresses of a host.
    fn look_up(
        &self,
        host: &str,
        port: u16,
    ) -> impl Future<Output = io::Result<Vec<SocketAddr>>> + Send;

    /// Connects a socket that has all its options from the start.
    fn connect(
        &self,
        address: SocketAddr,
        options: &TcpOptions,
    ) -> impl Future<Output = io::Result<Self::Stream>> + Send;

    /// A number by which hosts are shuffled.
    fn random(&self) -> u64 {
        order::random()
    }
}

/// The network of the system.
pub(super) struct Tcp;

impl Network for Tcp {
    type Stream = TcpStream;

    async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }

    async fn connect(&self, address: SocketAddr, options: &TcpOptions) -> io::Result<TcpStream> {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        set(&SockRef::from(&socket), options)?;
        socket.connect(address).await
    }
}

fn set(socket: &SockRef<'_>, options: &TcpOptions) -> io::Result<()> {
    socket.set_tcp_nodelay(options.nodelay)?;
    if options.has_keepalive() {
        socket.set_tcp_keepalive(&keepalive(options))?;
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if options.user_timeout.is_some() {
        socket.set_tcp_user_timeout(options.user_timeout)?;
    }
    Ok(())
}

fn keepalive(options: &TcpOptions) -> TcpKeepalive {
    let keepalive = match options.keepalive_idle {
        Some(idle) => TcpKeepalive::new().with_time(idle),
        None => TcpKeepalive::new(),
    };
    keepalive_details(keepalive, options)
}

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "windows",
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "netbsd"
))]
fn keepalive_details(mut keepalive: TcpKeepalive, options: &TcpOptions) -> TcpKeepalive {
    if let Some(interval) = options.keepalive_interval {
        keepalive = keepalive.with_interval(interval);
    }
    if let Some(count) = options.keepalive_count {
        keepalive = keepalive.with_retries(count);
    }
    keepalive
}

/// Parameters with these options are refused here.
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "windows",
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "netbsd"
)))]
fn keepalive_details(keepalive: TcpKeepalive, _: &TcpOptions) -> TcpKeepalive {
    keepalive
}

#[cfg(all(test, any(target_os = "linux", target_os = "android")))]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn connected(options: TcpOptions) -> io::Result<TcpStream> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        Tcp.connect(listener.local_addr()?, &options).await
    }

    #[tokio::test]
    async fn every_option_reaches_the_socket() {
        let second = Duration::from_secs(1);
        let options = TcpOptions::default()
            .nodelay(false)
            .keepalive_idle(11 * second)
            .keepalive_interval(12 * second)
            .keepalive_count(3)
            .user_timeout(14 * second);
        let stream = connected(options).await.unwrap();
        let socket = SockRef::from(&stream);
        assert!(!socket.tcp_nodelay().unwrap());
        assert!(socket.keepalive().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), 11 * second);
        assert_eq!(socket.tcp_keepalive_interval().unwrap(), 12 * second);
        assert_eq!(socket.tcp_keepalive_retries().unwrap(), 3);
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(14 * second));
    }

    #[tokio::test]
    async fn by_default_small_writes_go_out_at_once_and_nothing_else_changes() {
        let stream = connected(TcpOptions::default()).await.unwrap();
        let socket = SockRef::from(&stream);
        assert!(socket.tcp_nodelay().unwrap());
        assert!(!socket.keepalive().unwrap());
        assert_eq!(socket.tcp_user_timeout().unwrap(), None);
    }
}
