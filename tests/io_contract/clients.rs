//! The two clients: asynchronous and blocking.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use leveret::amqp_methods::{basic, queue};
use leveret::{Channel, Connection, ConnectionParameters, Consumer, Error, ErrorKind, blocking};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use super::driver::{Driver, Wakes};

/// A socket that counts what it is asked for.
///
/// It belongs to the runtime that asks first: that of whoever carries the connection.
pub(crate) struct Counted {
    unused: Option<std::net::TcpStream>,
    stream: Option<TcpStream>,
    turns: Arc<AtomicU64>,
}

impl Counted {
    fn connect(address: SocketAddr, turns: &Arc<AtomicU64>) -> Result<Self, Error> {
        let stream = std::net::TcpStream::connect(address).and_then(|stream| {
            stream.set_nonblocking(true)?;
            Ok(stream)
        });
        Ok(Self {
            unused: Some(stream.map_err(Error::connection_lost)?),
            stream: None,
            turns: Arc::clone(turns),
        })
    }

    fn count(&mut self) -> Pin<&mut TcpStream> {
        self.turns.fetch_add(1, Ordering::Relaxed);
        if let Some(unused) = self.unused.take() {
            self.stream = Some(TcpStream::from_std(unused).unwrap());
        }
        Pin::new(self.stream.as_mut().unwrap())
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.count().poll_read(cx, buf)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        assert!(!octets.is_empty(), "there is nothing to write");
        self.count().poll_write(cx, octets)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        assert!(
            slices.iter().any(|slice| !slice.is_empty()),
            "there is nothing to write"
        );
        self.count().poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.count().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.count().poll_shutdown(cx)
    }
}

fn publish() -> (basic::Publish<'static>, basic::Properties<'static>) {
    let publish = basic::Publish::new("", "q");
    (publish, basic::Properties::default())
}

/// The tokio driver, on a runtime of its own.
pub(crate) struct Asynchronous {
    connection: Connection,
    channel: Option<Channel>,
    consumer: Option<Consumer>,
    turns: Arc<AtomicU64>,
    runtime: Runtime,
}

impl Asynchronous {
    fn channel(&self) -> &Channel {
        self.channel.as_ref().unwrap()
    }
}

impl Driver for Asynchronous {
    fn connect(address: SocketAddr, parameters: ConnectionParameters) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let turns = Arc::new(AtomicU64::new(0));
        let connection = runtime.block_on(async {
            let stream = Counted::connect(address, &turns)?;
            Connection::connect_over(stream, &parameters).await
        })?;
        Ok(Self {
            connection,
            channel: None,
            consumer: None,
            turns,
            runtime,
        })
    }

    fn open_channel(&mut self) -> Result<(), Error> {
        let channel = self.runtime.block_on(self.connection.open_channel())?;
        self.channel = Some(channel);
        Ok(())
    }

    fn confirm_select(&mut self) -> Result<(), Error> {
        self.runtime.block_on(self.channel().confirm_select())
    }

    fn declare(&mut self, queue: &str) -> Result<String, Error> {
        let declare = self.channel().call(queue::Declare::new(queue));
        Ok(self.runtime.block_on(declare)?.queue.to_string())
    }

    fn publish(&mut self, body: Vec<u8>) -> Result<(), Error> {
        let (publish, properties) = publish();
        let publish = self.channel().basic_publish(publish, properties, body);
        self.runtime.block_on(publish)
    }

    fn wait_for_confirms(&mut self) -> Result<u64, Error> {
        let waiting = self.channel().wait_for_confirms();
        Ok(self.runtime.block_on(waiting)?.confirmed)
    }

    fn consume(&mut self) -> Result<(), Error> {
        let consume = self.channel().basic_consume(basic::Consume::new("q", ""));
        self.consumer = Some(self.runtime.block_on(consume)?);
        Ok(())
    }

    fn next_and_ack(&mut self) -> Result<Vec<u8>, Error> {
        let consumer = self.consumer.as_mut().unwrap();
        let delivery = self.runtime.block_on(consumer.next()).unwrap()?;
        let body = delivery.body().to_vec();
        // Its channel may have ended behind it.
        delivery.ack().or_else(unless_ended)?;
        Ok(body)
    }

    fn closed(&mut self) -> Error {
        self.runtime.block_on(self.connection.closed())
    }

    fn close(&mut self) -> Result<(), Error> {
        self.runtime.block_on(self.connection.close())
    }

    fn turns(&mut self) -> u64 {
        self.turns.load(Ordering::Relaxed)
    }
}

impl Wakes for Asynchronous {
    fn publisher(&mut self) -> Box<dyn FnMut(Vec<u8>) + Send> {
        let (channel, runtime) = (self.channel().clone(), self.runtime.handle().clone());
        Box::new(move |body| {
            let (publish, properties) = publish();
            let publish = channel.basic_publish(publish, properties, body);
            runtime.block_on(publish).unwrap();
        })
    }
}

/// The blocking client.
pub(crate) struct Blocking {
    connection: blocking::Connection,
    channel: Option<blocking::Channel>,
    consumer: Option<blocking::Consumer>,
    turns: Arc<AtomicU64>,
}

impl Blocking {
    fn channel(&self) -> &blocking::Channel {
        self.channel.as_ref().unwrap()
    }
}

impl Driver for Blocking {
    fn connect(address: SocketAddr, parameters: ConnectionParameters) -> Result<Self, Error> {
        let turns = Arc::new(AtomicU64::new(0));
        let stream = Counted::connect(address, &turns)?;
        let connection = blocking::Connection::connect_over(stream, &parameters)?;
        Ok(Self {
            connection,
            channel: None,
            consumer: None,
            turns,
        })
    }

    fn open_channel(&mut self) -> Result<(), Error> {
        self.channel = Some(self.connection.open_channel()?);
        Ok(())
    }

    fn confirm_select(&mut self) -> Result<(), Error> {
        self.channel().confirm_select()
    }

    fn declare(&mut self, queue: &str) -> Result<String, Error> {
        let declared = self.channel().call(queue::Declare::new(queue))?;
        Ok(declared.queue.to_string())
    }

    fn publish(&mut self, body: Vec<u8>) -> Result<(), Error> {
        let (publish, properties) = publish();
        self.channel().basic_publish(publish, properties, body)
    }

    fn wait_for_confirms(&mut self) -> Result<u64, Error> {
        Ok(self.channel().wait_for_confirms()?.confirmed)
    }

    fn consume(&mut self) -> Result<(), Error> {
        let consume = basic::Consume::new("q", "");
        self.consumer = Some(self.channel().basic_consume(consume)?);
        Ok(())
    }

    fn next_and_ack(&mut self) -> Result<Vec<u8>, Error> {
        let delivery = self.consumer.as_mut().unwrap().next().unwrap()?;
        let body = delivery.body().to_vec();
        // Its channel may have ended behind it.
        delivery.ack().or_else(unless_ended)?;
        Ok(body)
    }

    fn closed(&mut self) -> Error {
        self.connection.closed()
    }

    fn close(&mut self) -> Result<(), Error> {
        self.connection.close()
    }

    fn turns(&mut self) -> u64 {
        self.turns.load(Ordering::Relaxed)
    }
}

impl Wakes for Blocking {
    fn publisher(&mut self) -> Box<dyn FnMut(Vec<u8>) + Send> {
        let channel = self.channel().clone();
        Box::new(move |body| {
            let (publish, properties) = publish();
            channel.basic_publish(publish, properties, body).unwrap();
        })
    }
}

fn unless_ended(error: Error) -> Result<(), Error> {
    use ErrorKind::{ChannelClosed, ConnectionClosed, ConnectionLost};
    match error.kind() {
        ChannelClosed | ConnectionClosed | ConnectionLost => Ok(()),
        _ => Err(error),
    }
}
