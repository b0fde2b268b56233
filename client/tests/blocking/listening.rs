//! Messages that came back, for whoever listens.

use std::time::Duration;

use leveret::blocking::Connection;
use leveret::proto::Outcome;
use leveret::{ErrorKind, amqp_methods::basic};

use super::meet::{Script, give_back, publish, publish_confirmed};

#[test]
fn everybody_hears_of_every_message_that_came_back() {
    let script = Script::with_channel(async |mut server| {
        for _ in 0..2 {
            let (_, _, body) = server.expect_content(1).await;
            give_back(&mut server, &body).await;
        }
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let (mut returns, others) = (channel.returns(), channel.returns());
    let none = returns.next_within(Duration::ZERO).unwrap().unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Timeout);
    let listener = std::thread::spawn(move || {
        let returned = others.map(|returned| returned.unwrap().into_body().unwrap());
        returned.collect::<Vec<_>>()
    });
    publish(&channel, "one").unwrap();
    let one = returns.next_within(Duration::MAX).unwrap().unwrap();
    assert_eq!(
        (one.reply_code().get(), one.body()),
        (312, Some(&b"one"[..]))
    );
    publish(&channel, "two").unwrap();
    assert_eq!(returns.next().unwrap().unwrap().body(), Some(&b"two"[..]));
    assert!(returns.close_error().is_none());
    channel.close().unwrap();
    // The end of the channel is that of both.
    assert!(returns.next().is_none());
    assert_eq!(
        returns.close_error().unwrap().kind(),
        ErrorKind::ChannelClosed
    );
    assert_eq!(listener.join().unwrap(), ["one", "two"]);
    connection.close().unwrap();
    script.end();
}

#[test]
fn whoever_falls_behind_is_told_by_how_much() {
    const MORE_THAN_ARE_KEPT: u64 = 1025;
    let script = Script::with_channel(async |mut server| {
        for _ in 0..MORE_THAN_ARE_KEPT {
            let (_, _, body) = server.expect_content(1).await;
            give_back(&mut server, &body).await;
        }
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut returns = channel.returns();
    for number in 0..MORE_THAN_ARE_KEPT {
        publish(&channel, &number.to_string()).unwrap();
    }
    // Its answer is behind all that came back.
    channel.close().unwrap();
    let lagged = returns.next().unwrap().unwrap_err();
    assert_eq!(lagged.kind(), ErrorKind::Lagged);
    assert_eq!(lagged.address(), Some(connection.address()));
    assert_eq!(returns.next().unwrap().unwrap().body(), Some(&b"1"[..]));
    assert_eq!(returns.count() as u64, MORE_THAN_ARE_KEPT - 2);
    connection.close().unwrap();
    script.end();
}

#[test]
fn one_that_is_too_large_comes_back_without_its_body() {
    let large = "x".repeat(2000);
    let script = Script::with_confirms(async |mut server| {
        for _ in 0..3 {
            let (_, _, body) = server.expect_content(1).await;
            give_back(&mut server, &body).await;
        }
        server.send(1, basic::Ack::new(3).multiple(true)).await;
        server.serve_auto().await;
    });
    let parameters = script.parameters().max_message_size(1000);
    let connection = Connection::connect(parameters).unwrap();
    let channel = connection.open_channel().unwrap();
    channel.confirm_select().unwrap();
    let receipt = publish_confirmed(&channel, &large);
    publish(&channel, &large).unwrap();
    publish(&channel, "").unwrap();
    let Outcome::Returned(returned) = receipt.wait() else {
        panic!("not returned");
    };
    assert_eq!(returned.reply_code().get(), 312);
    assert_eq!((returned.size(), returned.body()), (2000, None));
    // What nobody holds a receipt for comes by itself, and an empty one is another thing.
    let returned = channel.returned().unwrap();
    assert_eq!((returned.size(), returned.body()), (2000, None));
    let mut returns = channel.returns();
    let empty = returns.next().unwrap().unwrap();
    assert_eq!((empty.size(), empty.body()), (0, Some(&b""[..])));
    channel.close().unwrap();
    assert!(returns.next().is_none());
    connection.close().unwrap();
    script.end();
}
