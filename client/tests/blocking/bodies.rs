//! Bodies that are read while they come.

use std::io::{self, BufRead as _, Read as _};
use std::time::Duration;

use leveret::ErrorKind;
use leveret::amqp_methods::{basic, channel};
use leveret::blocking::{Channel, Consumer, StreamedDelivery};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::meet::{Script, Server, consumes, deliver};

/// A consumer of bodies from 20 octets on.
fn streaming(channel: &Channel) -> Consumer<StreamedDelivery> {
    let consume = basic::Consume::new("q", "");
    channel.consumer(consume).stream_bodies(20).start().unwrap()
}

async fn announce(server: &mut Server, number: u64, size: u64) {
    let deliver = basic::Deliver::new("tag", number, "", "q");
    let properties = basic::Properties::default().message_id("large");
    let peer = server.peer_mut();
    peer.sends_content_start(1, deliver, &properties, size);
    server.flush().await;
}

async fn piece(server: &mut Server, octets: &[u8]) {
    server.peer_mut().sends_body(1, octets);
    server.flush().await;
}

/// Sends pieces when it is told which.
async fn pieces(server: &mut Server, mut told: UnboundedReceiver<&'static [u8]>) {
    while let Some(octets) = told.recv().await {
        piece(server, octets).await;
    }
}

#[test]
fn pieces_are_read_as_they_come() {
    let (tell, told) = unbounded_channel();
    let script = Script::with_channel(async move |mut server| {
        consumes(&mut server).await;
        announce(&mut server, 1, 26).await;
        pieces(&mut server, told).await;
        server.expect_method(1, &basic::Ack::new(1)).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut consumer = streaming(&channel);
    let mut delivery = consumer.next().unwrap().unwrap();
    assert_eq!(delivery.body_size(), 26);
    assert_eq!(delivery.properties().message_id.unwrap(), *"large");
    let body = delivery.body();
    let none = body.next_within(Duration::ZERO).unwrap().unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Timeout);

    tell.send(b"abcdefg").unwrap();
    let mut octets = [0; 5];
    body.read_exact(&mut octets).unwrap();
    assert_eq!(&octets, b"abcde");
    // The next piece is what is left of this one.
    assert_eq!(body.pieces().next().unwrap().unwrap(), "fg");
    tell.send(b"hijk\nlmno").unwrap();
    let mut line = String::new();
    body.read_line(&mut line).unwrap();
    assert_eq!(line, "hijk\n");
    assert_eq!(body.next_within(Duration::ZERO).unwrap().unwrap(), "lmno");
    tell.send(b"pqrstuvwxy").unwrap();
    drop(tell);
    assert_eq!(body.read(&mut []).unwrap(), 0);
    let mut rest = Vec::new();
    assert_eq!(body.read_to_end(&mut rest).unwrap(), 10);
    assert_eq!(rest, b"pqrstuvwxy");
    assert_eq!(body.read(&mut octets).unwrap(), 0);
    assert!(body.pieces().next().is_none());
    delivery.ack().unwrap();
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_body_of_many_frames_is_copied_and_a_small_one_is_there_in_one_piece() {
    const SIZE: usize = 1_000_000;
    let script = Script::with_channel(async |mut server| {
        consumes(&mut server).await;
        let large: Vec<_> = (0..SIZE).map(|index| (index % 251) as u8).collect();
        let properties = basic::Properties::default();
        let delivery = basic::Deliver::new("tag", 1, "", "q");
        server.send_content(1, delivery, &properties, &large).await;
        deliver(&mut server, "tag", 2).await;
        let empty = basic::Deliver::new("tag", 3, "", "q");
        server.send_content(1, empty, &properties, b"").await;
        server
            .expect_method(1, &basic::Nack::new(1).requeue(false))
            .await;
        server
            .expect_method(1, &basic::Reject::new(2).requeue(true))
            .await;
        server.expect_method(1, &basic::Ack::new(3)).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut consumer = streaming(&channel);
    let mut large = consumer.next().unwrap().unwrap();
    let mut octets = Vec::new();
    let copied = io::copy(large.body(), &mut octets).unwrap();
    assert_eq!(copied, SIZE as u64);
    assert!((0..SIZE).all(|index| octets[index] == (index % 251) as u8));
    large.nack(false).unwrap();

    let mut small = consumer.next().unwrap().unwrap();
    assert_eq!(io::read_to_string(small.body()).unwrap(), "delivery 2");
    small.reject(true).unwrap();
    let (empty, mut body) = consumer.next().unwrap().unwrap().into_parts();
    assert!(body.pieces().next().is_none());
    empty.ack().unwrap();
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_part_is_never_taken_for_the_whole() {
    let script = Script::with_channel(async |mut server| {
        consumes(&mut server).await;
        for _ in 0..2 {
            announce(&mut server, 1, 30).await;
            piece(&mut server, &[7; 30]).await;
        }
        announce(&mut server, 3, 30).await;
        piece(&mut server, &[7; 10]).await;
        server
            .send(1, channel::Close::new(406, "PRECONDITION_FAILED", 0, 0))
            .await;
        server.expect::<channel::CloseOk>(1).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut consumer = streaming(&channel);
    // What is complete stays readable when the channel has ended.
    let mut kept = consumer.next().unwrap().unwrap();
    drop(consumer.next().unwrap().unwrap());
    let mut broken = consumer.next().unwrap().unwrap();
    let mut octets = Vec::new();
    let failed = broken.body().read_to_end(&mut octets).unwrap_err();
    assert_eq!(octets, [7; 10]);
    assert_eq!(failed.kind(), io::ErrorKind::ConnectionAborted);
    let inner = failed.into_inner().unwrap();
    let why = inner.downcast_ref::<leveret::Error>().unwrap();
    assert_eq!(why.reply_code().unwrap().get(), 406);
    // Whoever tries again is not told that it is complete.
    let again = broken.body().read(&mut [0; 8]).unwrap_err();
    assert_eq!(again.kind(), io::ErrorKind::ConnectionAborted);
    assert!(broken.body().pieces().next().is_none());

    assert_eq!(kept.body().read_to_end(&mut octets).unwrap(), 30);
    assert!(kept.ack().is_err());
    connection.close().unwrap();
    script.end();
}

#[test]
fn the_iterator_says_once_why_the_rest_will_not_come() {
    let script = Script::with_channel(async |mut server| {
        consumes(&mut server).await;
        announce(&mut server, 1, 30).await;
        piece(&mut server, &[7; 10]).await;
    });
    let (_connection, channel) = script.connect_with_channel();
    let mut consumer = streaming(&channel);
    let mut delivery = consumer.next().unwrap().unwrap();
    let pieces: Vec<_> = delivery.body().pieces().collect();
    let [Ok(first), Err(lost)] = &pieces[..] else {
        panic!("{pieces:?}");
    };
    assert_eq!(first[..], [7; 10]);
    assert_eq!(lost.kind(), ErrorKind::ConnectionLost);
    let failed = delivery.body().read(&mut [0; 8]).unwrap_err();
    assert_eq!(failed.kind(), io::ErrorKind::ConnectionAborted);
    script.end();
}

#[test]
fn a_cancel_gives_back_what_nobody_saw_while_its_body_comes() {
    let script = Script::with_channel(async |mut server| {
        consumes(&mut server).await;
        announce(&mut server, 1, 30).await;
        server.expect::<basic::Cancel<'_>>(1).await;
        piece(&mut server, &[7; 30]).await;
        server.send(1, basic::CancelOk::new("tag")).await;
        let back = basic::Nack::new(1).requeue(true);
        server.expect_method(1, &back).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut consumer = streaming(&channel);
    assert_eq!(consumer.cancel().unwrap(), 1);
    assert!(consumer.next().is_none());
    connection.close().unwrap();
    script.end();
}
