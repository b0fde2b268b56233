//! What only the application can say while a connection opens.

use std::sync::mpsc;
use std::thread::ThreadId;
use std::time::Duration;

use amqp_test_broker::{Peer, Stage, StreamPeer};
use leveret::amqp_methods::connection;
use leveret::{Connection, Credentials, ErrorKind, Exchange, Heartbeat, Mechanism, MechanismError};
use tokio::io::duplex;

use super::meet::parameters;

/// Tells on which thread its code runs, and fails on demand.
struct Ours {
    threads: mpsc::Sender<ThreadId>,
    then: Then,
}

#[derive(Clone, Copy)]
enum Then {
    Answer,
    Fail,
    Panic,
}

impl Mechanism for Ours {
    fn name(&self) -> &str {
        "OURS"
    }

    fn begin(&self) -> Box<dyn Exchange> {
        self.threads.send(std::thread::current().id()).unwrap();
        Box::new(OurExchange(self.then))
    }
}

struct OurExchange(Then);

impl Exchange for OurExchange {
    fn start(&mut self) -> Result<Vec<u8>, MechanismError> {
        Ok(b"hello".to_vec())
    }

    fn challenge(&mut self, challenge: &[u8]) -> Result<Vec<u8>, MechanismError> {
        match self.0 {
            Then::Answer => Ok(challenge.iter().rev().copied().collect()),
            Then::Fail => Err("no idea".into()),
            Then::Panic => panic!("a bug of the application"),
        }
    }
}

/// Connects with a mechanism of our own to a server that asks twice.
async fn connect(then: Then) -> (Result<Connection, leveret::Error>, Vec<ThreadId>) {
    let (client, server) = duplex(4096);
    let (sender, threads) = mpsc::channel();
    let script = tokio::spawn(async move {
        let peer = Peer::new().mechanisms("PLAIN OURS");
        let mut server = StreamPeer::with_peer(server, peer).patience(None);
        server.handshake_until(Stage::StartOk).await;
        for challenge in ["abc", "def"] {
            server.send(0, connection::Secure::new(challenge)).await;
            let ok = server.expect::<connection::SecureOk<'_>>(0).await;
            let answer: String = challenge.chars().rev().collect();
            assert_eq!(ok.response.as_bytes(), answer.as_bytes());
        }
        server.handshake().await;
        server.serve_auto().await;
    });
    let ours = Ours {
        threads: sender,
        then,
    };
    let parameters = parameters()
        .credentials(Credentials::mechanism(ours))
        .heartbeat(Heartbeat::decide(|proposal| proposal - 1));
    let connected = Connection::connect_over(client, &parameters).await;
    if connected.is_err() {
        script.abort();
    }
    drop(parameters);
    (connected, threads.iter().collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn code_of_the_application_runs_in_the_task_that_connects() {
    // The future of a test is polled by the test's own thread, tasks by those of the runtime.
    let (connection, threads) = connect(Then::Answer).await;
    assert_eq!(threads, [std::thread::current().id()]);
    let connection = connection.unwrap();
    assert_eq!(connection.tuning().heartbeat, 59);
    connection.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn its_failure_ends_connecting() {
    let (connection, _) = connect(Then::Fail).await;
    let error = connection.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(
        error.to_string(),
        "the credentials cannot be used: mechanism OURS: no idea"
    );
}

#[tokio::test(start_paused = true)]
async fn its_panic_stays_with_whoever_connects() {
    let panicked = tokio::spawn(connect(Then::Panic)).await.unwrap_err();
    assert!(panicked.is_panic());
    // The runtime works, and so does the next one.
    tokio::time::sleep(Duration::from_secs(60)).await;
    connect(Then::Answer).await.0.unwrap();
}
