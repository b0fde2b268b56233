//! How a client and a scripted server meet.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use amqp_test_broker::{StreamPeer, listen};
use leveret::ConnectionParameters;
use leveret::amqp_methods::{basic, channel, confirm};
use leveret::blocking::{Channel, Connection, Receipt};
use tokio::net::TcpStream;

pub(crate) type Server = StreamPeer<TcpStream>;

/// A script on a thread of its own.
pub(crate) struct Script {
    thread: JoinHandle<()>,
    address: SocketAddr,
}

impl Script {
    /// Listens, and follows the script with the first client that comes.
    pub(crate) fn new(script: impl AsyncFnOnce(Server) + Send + 'static) -> Self {
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = listen().await.unwrap();
                tell.send(listener.address()).unwrap();
                let server = listener.accept().await.unwrap();
                script(server.patience(None)).await;
            });
        });
        let address = told.recv().unwrap();
        Self { thread, address }
    }

    /// The same behind the handshake.
    pub(crate) fn open(script: impl AsyncFnOnce(Server) + Send + 'static) -> Self {
        Self::new(async move |mut server| {
            server.handshake().await;
            script(server).await;
        })
    }

    /// The same with channel 1 open.
    pub(crate) fn with_channel(script: impl AsyncFnOnce(Server) + Send + 'static) -> Self {
        Self::open(async move |mut server| {
            server.expect_method(1, &channel::Open).await;
            server.send(1, channel::OpenOk).await;
            script(server).await;
        })
    }

    /// The same in confirm mode.
    pub(crate) fn with_confirms(script: impl AsyncFnOnce(Server) + Send + 'static) -> Self {
        Self::with_channel(async move |mut server| {
            server.expect::<confirm::Select>(1).await;
            server.send(1, confirm::SelectOk).await;
            script(server).await;
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn parameters(&self) -> ConnectionParameters {
        ConnectionParameters::new("127.0.0.1")
            .port(self.address.port())
            .heartbeat(Duration::ZERO)
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::connect(self.parameters()).unwrap()
    }

    pub(crate) fn connect_with_channel(&self) -> (Connection, Channel) {
        let connection = self.connect();
        let channel = connection.open_channel().unwrap();
        (connection, channel)
    }

    pub(crate) fn connect_with_confirms(&self) -> (Connection, Channel) {
        let (connection, channel) = self.connect_with_channel();
        channel.confirm_select().unwrap();
        (connection, channel)
    }

    /// Waits for the end of the script, and fails if that did.
    #[track_caller]
    pub(crate) fn end(self) {
        if let Err(panic) = self.thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
}

/// The server's part of starting a consumer; gives what was asked for.
pub(crate) async fn consumes(server: &mut Server) -> basic::Consume<'static> {
    let consume = server.expect::<basic::Consume<'_>>(1).await;
    server.send(1, basic::ConsumeOk::new("tag")).await;
    consume
}

/// Sends a message back that was published by [`publish`].
pub(crate) async fn give_back(server: &mut Server, body: &[u8]) {
    let returned = basic::Return::new(312, "NO_ROUTE", "", "q");
    let properties = basic::Properties::default();
    server.send_content(1, returned, &properties, body).await;
}

pub(crate) async fn deliver(server: &mut Server, tag: &str, number: u64) {
    let deliver = basic::Deliver::new(tag, number, "", "q");
    let body = format!("delivery {number}");
    server
        .send_content(1, deliver, &basic::Properties::default(), body.as_bytes())
        .await;
}

pub(crate) fn publish(channel: &Channel, body: &str) -> Result<(), leveret::Error> {
    let publish = basic::Publish::new("", "q");
    channel.basic_publish(publish, basic::Properties::default(), body)
}

pub(crate) fn publish_confirmed(channel: &Channel, body: &str) -> Receipt {
    let publish = basic::Publish::new("", "q").mandatory(true);
    let properties = basic::Properties::default();
    let receipt = channel.basic_publish_confirmed(publish, properties, body);
    receipt.unwrap()
}
