//! Where the broker is, and what every test begins with.

use std::io::Write as _;
use std::process::Command;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use leveret::amqp_methods::{basic, queue};
use leveret::{Channel, Connection, ConnectionParameters, Delivery};

/// Parameters of the broker; none where there is no broker, which is said once and loudly.
pub(crate) fn broker() -> Option<ConnectionParameters> {
    static SAID: Once = Once::new();
    let Ok(url) = std::env::var("AMQP_URL") else {
        assert!(
            std::env::var("LEVERET_REQUIRE_BROKER").as_deref() != Ok("1"),
            "LEVERET_REQUIRE_BROKER=1 asks for a broker, and AMQP_URL names none"
        );
        // Past the test harness, which would swallow it.
        SAID.call_once(|| {
            let _ = std::io::stderr().write_all(SKIPPED.as_bytes());
        });
        return None;
    };
    let parameters = ConnectionParameters::try_from(url).expect("AMQP_URL is a URL");
    Some(parameters.connection_name("leveret live tests"))
}

const SKIPPED: &str = "
*** SKIPPED: the tests against a live RabbitMQ; AMQP_URL is not set. To run them:
***     AMQP_URL=$(scripts/rabbitmq start) cargo test -p leveret-conformance --test live
";

/// A connection with a channel; none where there is no broker.
pub(crate) async fn open() -> Option<(Connection, Channel)> {
    let connection = Connection::connect(broker()?).await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    Some((connection, channel))
}

/// A queue that goes with its connection.
pub(crate) async fn own_queue(channel: &Channel) -> String {
    let declare = queue::Declare::new("").exclusive(true);
    channel.call(declare).await.unwrap().queue.to_string()
}

/// A name that no other test has, nor another run.
pub(crate) fn unique(what: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("leveret.test.{}.{count}.{what}", std::process::id())
}

pub(crate) async fn publish(channel: &Channel, exchange: &str, key: &str, body: &str) {
    let properties = basic::Properties::default();
    let publish = basic::Publish::new(exchange, key);
    channel
        .basic_publish(publish, properties, body)
        .await
        .unwrap();
}

/// Fetches and settles one message.
pub(crate) async fn get(channel: &Channel, queue: &str) -> Option<Delivery> {
    let get = basic::Get::new(queue).no_ack(true);
    channel.basic_get(get).await.unwrap()
}

/// The server's version: major and minor.
pub(crate) fn version(connection: &Connection) -> (u32, u32) {
    let properties = connection.server_properties();
    let version = properties.get("version").unwrap().unwrap();
    let mut parts = version.as_str().unwrap().split('.').map(str::parse);
    (
        parts.next().unwrap().unwrap(),
        parts.next().unwrap().unwrap(),
    )
}

/// Runs `rabbitmqctl` on the broker, if it is the one that `scripts/rabbitmq` has started.
pub(crate) fn ctl(arguments: &[&str]) -> Option<String> {
    ours(&[&["ctl"], arguments].concat())
}

/// The same while connections live on: it may take longer than a server waits for a sign of life.
pub(crate) async fn ctl_beside(arguments: &[&str]) -> Option<String> {
    let arguments: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
    let running = tokio::task::spawn_blocking(move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        ctl(&arguments)
    });
    running.await.unwrap()
}

/// Runs `scripts/rabbitmq`, if the broker is the one that it has started.
pub(crate) fn ours(arguments: &[&str]) -> Option<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/rabbitmq");
    let url = Command::new(script).arg("url").output().ok()?;
    let url = String::from_utf8(url.stdout).ok()?;
    if url.trim() != std::env::var("AMQP_URL").ok()?.trim() {
        return None;
    }
    let output = Command::new(script).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}
