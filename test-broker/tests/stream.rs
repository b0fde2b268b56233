//! A peer on a stream meets a client written by hand.
#![cfg(feature = "tokio")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use amqp_methods::{AnyMethod, BytesMut, FrameEncoder, basic, channel, connection};
use amqp_test_broker::{Peer, Stage, StreamPeer};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

/// Runs server and client in turn until both are done: `duplex` needs no more of a runtime than that.
fn together<A, B>(server: impl Future<Output = A>, client: impl Future<Output = B>) -> (A, B) {
    let (mut server, mut client) = (pin!(server), pin!(client));
    let (mut one, mut two) = (None, None);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..10_000 {
        if one.is_none()
            && let Poll::Ready(value) = server.as_mut().poll(&mut cx)
        {
            one = Some(value);
        }
        if two.is_none()
            && let Poll::Ready(value) = client.as_mut().poll(&mut cx)
        {
            two = Some(value);
        }
        if one.is_some() && two.is_some() {
            break;
        }
    }
    (
        one.expect("the server has an end"),
        two.expect("the client has an end"),
    )
}

/// Both ends of a stream that holds no more than `size` octets each way.
fn pair(peer: Peer, size: usize) -> (StreamPeer<DuplexStream>, DuplexStream) {
    let (server, client) = duplex(size);
    (StreamPeer::with_peer(server, peer).patience(None), client)
}

fn frames(write: impl FnOnce(FrameEncoder, &mut BytesMut)) -> BytesMut {
    let mut octets = BytesMut::new();
    write(FrameEncoder::new(0), &mut octets);
    octets
}

fn method(channel: u16, method: impl amqp_methods::DynMethod) -> BytesMut {
    frames(|encoder, out| encoder.method(out, channel, &method).unwrap())
}

#[test]
fn the_handshake_goes_over_the_stream() {
    let (mut peer, mut client) = pair(Peer::new(), 32);
    let octets = [
        b"AMQP\0\0\x09\x01".as_slice(),
        &method(0, connection::StartOk::new("PLAIN", "\0u\0u", "en_US")),
        &method(0, connection::TuneOk::new(100, 8192, 10)),
        &method(0, connection::Open::new("/")),
    ]
    .concat();
    let server = async {
        peer.handshake().await;
        peer.shutdown().await;
        peer
    };
    let client = async {
        client.write_all(&octets).await.unwrap();
        let mut got = Vec::new();
        client.read_to_end(&mut got).await.unwrap();
        got
    };
    // With 32 octets of room, a server that did not write while it reads would never end.
    let (peer, got) = together(server, client);
    assert!(peer.peer().is_open());
    assert_eq!(peer.peer().frame_max(), 8192);
    assert!(got.ends_with(&method(0, connection::OpenOk)));
}

#[test]
fn a_stage_can_be_waited_for() {
    let (mut peer, mut client) = pair(Peer::new(), 1024);
    let server = async {
        peer.handshake_until(Stage::Header).await;
        peer.send(0, connection::Close::new(320, "go away", 0, 0))
            .await;
        peer.expect::<connection::CloseOk>(0).await;
        peer.expect_end().await;
    };
    let client = async {
        client.write_all(b"AMQP\0\0\x09\x01").await.unwrap();
        let close = method(0, connection::Close::new(320, "go away", 0, 0));
        let mut got = vec![0; close.len()];
        client.read_exact(&mut got).await.unwrap();
        assert_eq!(got, close);
        client
            .write_all(&method(0, connection::CloseOk))
            .await
            .unwrap();
        client.shutdown().await.unwrap();
    };
    together(server, client);
}

#[test]
fn expectations_wait_for_whole_content() {
    let (mut peer, mut client) = pair(Peer::open(), 16);
    let publish = basic::Publish::new("", "q");
    let properties = basic::Properties::default().delivery_mode(2);
    let octets = frames(|encoder, out| {
        encoder
            .content(out, 1, &publish, &properties, &[7; 5000])
            .unwrap();
        encoder.heartbeat(out);
    });
    let server = async {
        let content = peer.expect_content(1).await;
        peer.expect_heartbeat().await;
        peer.send(1, basic::Ack::new(1)).await;
        content
    };
    let client = async {
        client.write_all(&octets).await.unwrap();
        let mut got = [0; 21];
        client.read_exact(&mut got).await.unwrap();
        got
    };
    let ((published, with, body), ack) = together(server, client);
    assert_eq!(published, AnyMethod::BasicPublish(publish));
    assert_eq!((with, body.len()), (properties, 5000));
    assert_eq!(ack[..], method(1, basic::Ack::new(1)));
}

#[test]
fn a_server_serves_until_close() {
    let (mut peer, mut client) = pair(Peer::open(), 64);
    let octets = [
        method(1, channel::Open),
        method(1, basic::Ack::new(1)),
        method(1, channel::Close::new(200, "", 0, 0)),
        method(0, connection::Close::new(200, "", 0, 0)),
    ]
    .concat();
    let client = async {
        client.write_all(&octets).await.unwrap();
        let mut got = [0; 40];
        client.read_exact(&mut got).await.unwrap();
        got
    };
    let (_, got) = together(peer.serve_auto(), client);
    assert!(got.ends_with(&method(0, connection::CloseOk)));
    assert_eq!(peer.peer().stage(), Stage::Closed);
}

#[test]
#[should_panic(expected = "the client ended the stream\n  at ")]
fn an_early_end_is_told_with_the_line_of_the_script() {
    let (mut peer, client) = pair(Peer::open(), 64);
    drop(client);
    let _ = together(peer.expect::<channel::Open>(1), async {});
}
