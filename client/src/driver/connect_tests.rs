use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use amqp_test_broker::{Peer, Stage, StreamPeer};
use tokio::io::{DuplexStream, duplex};

use super::super::attempts::KEPT;
use super::*;
use crate::parameters::{Credentials, TcpOptions, Token};

#[path = "connect_tests/log.rs"]
mod log;
#[path = "connect_tests/refusals.rs"]
mod refusals;
#[path = "connect_tests/sets.rs"]
mod sets;
#[path = "connect_tests/side_by_side.rs"]
mod side_by_side;

/// A network in memory. What a server does is said by its port, what becomes of a name by the name.
struct Village {
    begun: Instant,
    /// What was tried, with the second in which it was.
    tried: Mutex<Vec<String>>,
    /// What comes of chance, one after the other.
    chance: Mutex<Vec<u64>>,
}

const SECOND: Duration = Duration::from_secs(1);
/// Ports, by what is behind them.
const GOOD: u16 = 1;
const REFUSES: u16 = 2;
const SILENT_SOCKET: u16 = 3;
const SILENT_SERVER: u16 = 4;
const WRONG_PASSWORD: u16 = 5;
const WRONG_PASSWORD_WITHOUT_A_WORD: u16 = 6;
const NO_VIRTUAL_HOST: u16 = 7;
const SLOW_SOCKET_AND_SILENT_SERVER: u16 = 8;
const GOING_DOWN: u16 = 9;
const FULL: u16 = 14;
/// By IPv4 all is well; by IPv6 ...
const SILENT_BY_V6: u16 = 10;
const REFUSES_BY_V6: u16 = 11;
const SLOW_BY_V6: u16 = 12;
/// By IPv4 the server is about to go down; by IPv6 it is good, and late.
const LATE_BY_V6: u16 = 13;

const LIMIT: &str = "NOT_ALLOWED - connection refused: node connection limit (5) is reached";

impl Village {
    fn new() -> Self {
        Self {
            begun: Instant::now(),
            tried: Mutex::default(),
            chance: Mutex::default(),
        }
    }

    fn note(&self, what: &str) {
        let second = self.begun.elapsed().as_secs_f64();
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        tried.push(format!("{second} {what}"));
    }

    fn tried(&self) -> Vec<String> {
        let tried = self.tried.lock();
        tried.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Network for Village {
    type Stream = DuplexStream;

    async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let address = |last| SocketAddr::from((Ipv4Addr::new(10, 0, 0, last), port));
        match host {
            "one" => Ok(vec![address(1)]),
            "two" => Ok(vec![address(1), address(2)]),
            "both" => Ok(vec![
                (Ipv6Addr::LOCALHOST, port).into(),
                (Ipv6Addr::UNSPECIFIED, port).into(),
                address(1),
            ]),
            "none" => Ok(Vec::new()),
            "slow" => std::future::pending().await,
            _ => {
                self.note(&format!("look up {host}"));
                Err(io::Error::other("no such host"))
            }
        }
    }

    async fn connect(&self, address: SocketAddr, options: &TcpOptions) -> io::Result<DuplexStream> {
        assert_eq!(*options, TcpOptions::default());
        self.note(&address.to_string());
        let (client, server) = duplex(4096);
        let mut attempt = Attempt {
            village: self,
            address,
            is_over: false,
        };
        match (address.port(), address.is_ipv6()) {
            (SILENT_BY_V6, true) => std::future::pending().await,
            (REFUSES_BY_V6, true) => {
                attempt.is_over = true;
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            (SLOW_BY_V6, true) => tokio::time::sleep(SECOND / 5).await,
            (LATE_BY_V6, true) => tokio::time::sleep(SECOND * 2 / 5).await,
            _ => {}
        }
        attempt.is_over = true;
        match address.port() {
            REFUSES => return Err(io::ErrorKind::ConnectionRefused.into()),
            SILENT_SOCKET => std::future::pending().await,
            SLOW_SOCKET_AND_SILENT_SERVER => tokio::time::sleep(9 * SECOND).await,
            _ => {}
        }
        let port = match (address.port(), address.is_ipv6()) {
            (SILENT_BY_V6 | REFUSES_BY_V6 | SLOW_BY_V6, _) | (LATE_BY_V6, true) => GOOD,
            (LATE_BY_V6, false) => GOING_DOWN,
            (port, _) => port,
        };
        tokio::spawn(serve(server, port));
        Ok(client)
    }

    fn random(&self) -> u64 {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        chance.remove(0)
    }
}

/// An attempt to connect by IPv6, which may be given up.
struct Attempt<'v> {
    village: &'v Village,
    address: SocketAddr,
    is_over: bool,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.village.note(&format!("gave up {}", self.address));
        }
    }
}

async fn serve(stream: DuplexStream, port: u16) {
    let mut server = StreamPeer::with_peer(stream, Peer::new()).patience(None);
    match port {
        GOOD => {
            server.handshake().await;
            server.serve_auto().await;
        }
        WRONG_PASSWORD => {
            server.handshake_until(Stage::StartOk).await;
            close(&mut server, 403).await;
        }
        WRONG_PASSWORD_WITHOUT_A_WORD => server.handshake_until(Stage::StartOk).await,
        NO_VIRTUAL_HOST => {
            server.handshake_until(Stage::Open).await;
            close(&mut server, 530).await;
        }
        GOING_DOWN => {
            server.handshake_until(Stage::Open).await;
            close(&mut server, 320).await;
        }
        FULL => {
            server.handshake_until(Stage::Open).await;
            close_saying(&mut server, 530, LIMIT).await;
        }
        _ => {
            server.handshake_until(Stage::Header).await;
            std::future::pending::<()>().await;
        }
    }
}

async fn close(server: &mut StreamPeer<DuplexStream>, code: u16) {
    close_saying(server, code, "because").await;
}

async fn close_saying(server: &mut StreamPeer<DuplexStream>, code: u16, text: &str) {
    let close = amqp_methods::connection::Close::new(code, text, 0, 0);
    server.send(0, close).await;
    server.serve_auto().await;
}

fn parameters(host: &str, port: u16) -> ConnectionParameters {
    ConnectionParameters::new(host)
        .endpoint("other", port)
        .host(host)
        .port(port)
        .credentials(Credentials::plain("app", "s3cr3t"))
        .heartbeat(Duration::ZERO)
}

/// Connects with one set of parameters.
async fn connect(
    village: &Village,
    parameters: &ConnectionParameters,
) -> Result<Connection, Error> {
    super::connect(village, std::slice::from_ref(parameters)).await
}

async fn fails(parameters: &ConnectionParameters) -> (Error, Vec<String>) {
    let village = Village::new();
    let error = connect(&village, parameters).await.unwrap_err();
    (error, village.tried())
}

#[tokio::test(start_paused = true)]
async fn every_address_of_every_host_is_tried_in_order() {
    let village = Village::new();
    let parameters = parameters("two", REFUSES)
        .endpoint("nowhere", None)
        .endpoint("one", SILENT_SERVER)
        .endpoint("one", GOOD)
        .endpoint("two", GOOD);
    let connection = connect(&village, &parameters).await.unwrap();
    assert!(connection.close_error().is_none());
    assert_eq!(
        village.tried(),
        [
            "0 10.0.0.1:2",
            "0 10.0.0.2:2",
            "0 look up nowhere",
            "0 10.0.0.1:4",
            "10 10.0.0.1:1"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn all_hosts_are_tried_again_after_a_delay() {
    let parameters = parameters("one", REFUSES)
        .endpoint("nowhere", None)
        .connection_attempts(3)
        .retry_delay(7 * SECOND);
    let (error, tried) = fails(&parameters).await;
    assert_eq!(
        tried,
        [
            "0 10.0.0.1:2",
            "0 look up nowhere",
            "7 10.0.0.1:2",
            "7 look up nowhere",
            "14 10.0.0.1:2",
            "14 look up nowhere",
        ]
    );
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(error.stage(), Some(ConnectStage::NameLookup));
    assert_eq!(
        error.to_string(),
        "no server was reached in 6 attempts, the last of which: input or output failed: \
         cannot find the address of nowhere"
    );
    let stages = error
        .attempts()
        .iter()
        .map(Error::stage)
        .collect::<Vec<_>>();
    let (tcp, name) = (Some(ConnectStage::Tcp), Some(ConnectStage::NameLookup));
    assert_eq!(stages, [tcp, name, tcp, name, tcp, name]);
    let addresses: Vec<_> = error
        .attempts()
        .iter()
        .map(|error| error.address())
        .collect();
    assert_eq!(
        addresses[..2],
        [Some("one (10.0.0.1) port 2"), Some("nowhere port 2")]
    );
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test(start_paused = true)]
async fn only_the_last_failures_are_kept() {
    let parameters = parameters("one", REFUSES)
        .connection_attempts(1000)
        .retry_delay(Duration::ZERO);
    let (error, tried) = fails(&parameters).await;
    assert_eq!(tried.len(), 1000);
    assert_eq!(error.attempts().len(), KEPT);
    assert!(error.to_string().contains("in 1000 attempts"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn each_stage_has_its_time_and_is_named() {
    let timeouts = |parameters: ConnectionParameters| {
        parameters
            .connection_timeout(3 * SECOND)
            .handshake_timeout(5 * SECOND)
            .stack_timeout(12 * SECOND)
    };
    for (host, port, second, stage, text) in [
        (
            "slow",
            GOOD,
            3,
            ConnectStage::NameLookup,
            "timed out: no address of slow within 3s",
        ),
        (
            "one",
            SILENT_SOCKET,
            3,
            ConnectStage::Tcp,
            "timed out: no connection to one (10.0.0.1) port 3 within 3s",
        ),
        (
            "one",
            SILENT_SERVER,
            5,
            ConnectStage::Protocol,
            "timed out at one (10.0.0.1) port 4: no connection.start from the server; is it a TLS port?",
        ),
    ] {
        let begun = Instant::now();
        let (error, _) = fails(&timeouts(parameters(host, port))).await;
        assert_eq!(begun.elapsed(), second * SECOND, "{error}");
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!((error.stage(), &*error.to_string()), (Some(stage), text));
        assert_eq!(error.attempts().len(), 1);
        assert_eq!(error.elapsed(), Some(second * SECOND));
    }
    // Each within its own time, and yet too long together.
    let begun = Instant::now();
    let parameters =
        timeouts(parameters("one", SLOW_SOCKET_AND_SILENT_SERVER)).connection_timeout(10 * SECOND);
    let (error, _) = fails(&parameters).await;
    assert_eq!(begun.elapsed().as_secs(), 12);
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.stage(), Some(ConnectStage::Handshake));
    assert_eq!(
        error.to_string(),
        "timed out: one (10.0.0.1) port 8 has not opened the connection within 12s"
    );
}

#[tokio::test(start_paused = true)]
async fn a_name_without_addresses_is_told() {
    let (error, _) = fails(&parameters("none", GOOD)).await;
    assert_eq!(
        error.to_string(),
        "input or output failed: none has no address"
    );
}

#[tokio::test(start_paused = true)]
async fn what_no_other_server_would_change_ends_it_at_once() {
    let refused = ErrorKind::AuthenticationRefused;
    let (login, open) = (ConnectStage::Authentication, ConnectStage::Open);
    for (port, kind, code, stage) in [
        (WRONG_PASSWORD, refused, Some(403), login),
        (WRONG_PASSWORD_WITHOUT_A_WORD, refused, None, login),
        (
            NO_VIRTUAL_HOST,
            ErrorKind::ConnectionClosed,
            Some(530),
            open,
        ),
    ] {
        let parameters = parameters("one", port)
            .endpoint("one", GOOD)
            .connection_attempts(5);
        let (error, tried) = fails(&parameters).await;
        assert_eq!(tried.len(), 1, "{error}");
        assert_eq!(error.kind(), kind);
        assert_eq!(error.reply_code().map(amqp_methods::ReplyCode::get), code);
        assert_eq!(error.stage(), Some(stage));
        assert!(error.is_connection() && !error.is_retryable(), "{error}");
    }
    let erased = Credentials::plain("u", "p").erase_on_connect(true);
    let parameters = parameters("one", GOOD)
        .credentials(erased)
        .connection_attempts(5);
    let village = Village::new();
    connect(&village, &parameters).await.unwrap();
    let (error, tried) = fails(&parameters).await;
    assert_eq!((error.kind(), tried.len()), (ErrorKind::Credentials, 1));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_goes_down_is_no_reason_not_to_try_another() {
    let village = Village::new();
    let parameters = parameters("one", GOING_DOWN).endpoint("one", GOOD);
    connect(&village, &parameters).await.unwrap();
    assert_eq!(village.tried(), ["0 10.0.0.1:9", "0 10.0.0.1:1"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_fetched_for_each_round_and_may_fail_some_times() {
    let count = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&count);
    let parameters = parameters("one", GOOD)
        .connection_attempts(3)
        .token_provider(move || {
            let attempt = {
                let mut count = counter.lock().unwrap_or_else(PoisonError::into_inner);
                *count += 1;
                *count
            };
            async move {
                match attempt {
                    1 => Err("no answer from the identity provider".into()),
                    2 => std::future::pending().await,
                    _ => Ok(Token::new("s3cr3t")),
                }
            }
        });
    let village = Village::new();
    connect(&village, &parameters).await.unwrap();
    // Two seconds of delay, ten of patience, two of delay.
    assert_eq!(village.tried(), ["14 10.0.0.1:1"]);

    *count.lock().unwrap() = 0;
    let (error, tried) = fails(&parameters.connection_attempts(1)).await;
    assert!(tried.is_empty());
    assert_eq!(
        (error.kind(), error.stage()),
        (ErrorKind::Credentials, Some(ConnectStage::Token))
    );
    assert_eq!(
        error.to_string(),
        "the credentials cannot be used: no token: no answer from the identity provider"
    );
}
