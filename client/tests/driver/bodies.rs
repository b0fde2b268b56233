//! Bodies of all sizes arrive as they were sent.

use amqp_test_broker::StreamPeer;
use bytes::Bytes;
use leveret::amqp_methods::{basic, channel};
use leveret::{Channel, Connection};
use tokio::io::{AsyncRead, AsyncWrite};

use super::meet::{connect_with, parameters};

/// Bodies of which no two are alike.
fn body(number: usize, size: usize) -> Vec<u8> {
    (0..size)
        .map(|index| (index.wrapping_mul(31) ^ number.wrapping_mul(131)) as u8)
        .collect()
}

const SIZES: [usize; 8] = [
    200 * 1024,
    0,
    1,
    16 * 1024 - 1,
    16 * 1024,
    3,
    131_064,
    131_065,
];

async fn publish_all(channel: &Channel) {
    for round in 0..3 {
        for (number, size) in SIZES.into_iter().enumerate() {
            let publish = basic::Publish::new("", "q");
            let properties = basic::Properties::default().message_id(format!("{round}-{number}"));
            let octets = body(number, size);
            let sent = match round {
                0 => channel.basic_publish(publish, properties, octets).await,
                1 => channel.basic_publish(publish, properties, &octets).await,
                _ => {
                    let octets = Bytes::from(octets);
                    channel.basic_publish(publish, properties, octets).await
                }
            };
            sent.unwrap();
        }
    }
}

async fn take_all<S: AsyncRead + AsyncWrite + Unpin>(server: &mut StreamPeer<S>) {
    for round in 0..3 {
        for (number, size) in SIZES.into_iter().enumerate() {
            let (_, properties, octets) = server.expect_content(1).await;
            assert_eq!(properties.message_id.unwrap(), *format!("{round}-{number}"));
            assert!(octets == body(number, size), "body {number} of {size}");
        }
    }
}

async fn open<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &Connection,
    server: &mut StreamPeer<S>,
) -> Channel {
    let script = async {
        server.expect::<channel::Open>(1).await;
        server.send(1, channel::OpenOk).await;
    };
    let (channel, ()) = tokio::join!(connection.open_channel(), script);
    channel.unwrap()
}

#[tokio::test(start_paused = true)]
async fn through_a_stream_that_takes_little_at_a_time() {
    let (connection, mut server) = connect_with(&parameters(), 777).await;
    let channel = open(&connection, &mut server).await;
    tokio::join!(publish_all(&channel), take_all(&mut server));
}

async fn over_tcp() {
    let listener = amqp_test_broker::listen().await.unwrap();
    let parameters = parameters()
        .host("127.0.0.1")
        .port(listener.address().port());
    let (connection, mut server) = tokio::join!(Connection::connect(parameters), async {
        let mut server = listener.accept().await.unwrap();
        server.handshake().await;
        server
    });
    let connection = connection.unwrap();
    let channel = open(&connection, &mut server).await;
    tokio::join!(publish_all(&channel), take_all(&mut server));

    // And back.
    let consume = channel.basic_consume(basic::Consume::new("q", "tag"));
    let script = async {
        server.expect::<basic::Consume<'_>>(1).await;
        server.send(1, basic::ConsumeOk::new("tag")).await;
        for (tag, size) in (1..).zip(SIZES) {
            let deliver = basic::Deliver::new("tag", tag, "", "q");
            let octets = body(size, size);
            server
                .send_content(1, deliver, &basic::Properties::default(), &octets)
                .await;
        }
    };
    let receive = async {
        let mut consumer = consume.await.unwrap();
        let mut kept = Vec::new();
        for _ in SIZES {
            kept.push(consumer.next().await.unwrap().unwrap());
        }
        for (delivery, size) in kept.iter().zip(SIZES) {
            assert!(delivery.body() == body(size, size), "delivery of {size}");
        }
        consumer
    };
    tokio::join!(receive, script);
}

#[tokio::test]
async fn over_tcp_on_one_thread() {
    over_tcp().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tcp_on_several_threads() {
    over_tcp().await;
}

/// Octets may stay in a stream's own buffer until it is told to let go of them.
#[tokio::test(start_paused = true)]
async fn a_buffered_stream_is_flushed() {
    let (client, server) = tokio::io::duplex(4096);
    let client = tokio::io::BufStream::new(client);
    let mut server = StreamPeer::new(server).patience(std::time::Duration::from_secs(3600));
    let parameters = parameters();
    let (connection, ()) = tokio::join!(
        Connection::connect_over(client, &parameters),
        server.handshake()
    );
    let connection = connection.unwrap();
    open(&connection, &mut server).await;
}
