//! What the acceptance tests of pika ask for and no other file here shows. `client/FEATURES.md` has all of them.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use leveret::amqp_methods::{basic, connection, exchange, queue};
use leveret::{ConnectStage, Connection, ErrorKind, Initiator};

use crate::broker::{broker, get, open, own_queue, publish, unique};
use crate::relay::{Relay, Then};

#[tokio::test]
async fn an_attempt_that_is_given_up_hangs_up() {
    for frames in 0..3 {
        let Some(parameters) = broker() else { return };
        let (mut relay, parameters) = Relay::start(parameters, &[frames], Then::Withhold);
        let attempt = tokio::spawn(Connection::connect(parameters));
        relay.stopped().await;
        attempt.abort();
        assert!(attempt.await.unwrap_err().is_cancelled());
        tokio::task::spawn_blocking(|| relay.ended()).await.unwrap();
    }
}

#[tokio::test]
async fn a_handshake_that_takes_too_long_is_given_up() {
    let moment = Duration::from_millis(50);
    for frames in 0..3 {
        let Some(parameters) = broker() else { return };
        let (relay, parameters) = Relay::start(parameters, &[frames], Then::Withhold);
        let parameters = parameters.stack_timeout(moment);
        let error = Connection::connect(parameters).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert!(error.stage().is_some(), "{error}");
        tokio::task::spawn_blocking(|| relay.ended()).await.unwrap();
    }
}

#[tokio::test]
async fn a_second_round_succeeds_where_the_first_was_hung_up_on() {
    let Some(parameters) = broker() else { return };
    let (relay, parameters) = Relay::start(parameters, &[0, usize::MAX], Then::HangUp);
    let parameters = parameters.connection_attempts(2);
    let parameters = parameters.retry_delay(Duration::ZERO);
    let connection = Connection::connect(parameters).await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    own_queue(&channel).await;
    connection.close().await.unwrap();
    tokio::task::spawn_blocking(|| relay.ended()).await.unwrap();
}

#[tokio::test]
async fn hanging_up_is_told_apart_by_its_stage() {
    for (frames, stage, kind) in [
        (0, ConnectStage::Protocol, ErrorKind::ConnectionLost),
        (
            1,
            ConnectStage::Authentication,
            ErrorKind::AuthenticationRefused,
        ),
        (2, ConnectStage::Open, ErrorKind::ConnectionLost),
    ] {
        let Some(parameters) = broker() else { return };
        let (relay, parameters) = Relay::start(parameters, &[frames], Then::HangUp);
        let error = Connection::connect(parameters).await.unwrap_err();
        assert_eq!((error.stage(), error.kind()), (Some(stage), kind));
        tokio::task::spawn_blocking(|| relay.ended()).await.unwrap();
    }
}

#[tokio::test]
async fn the_server_is_known_to_have_all_four_capabilities() {
    let Some((connection, _channel)) = open().await else {
        return;
    };
    let properties = connection.server_properties();
    let capabilities = properties.get("capabilities").unwrap().unwrap();
    let capabilities = capabilities.as_table().unwrap();
    for name in [
        "basic.nack",
        "consumer_cancel_notify",
        "exchange_exchange_bindings",
        "publisher_confirms",
    ] {
        let has = capabilities.get(name).unwrap().unwrap();
        assert_eq!(has.as_bool(), Some(true), "{name}");
    }
}

#[tokio::test]
async fn calls_are_answered_on_both_sides_of_one_that_is_not() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let names = ["first", "silent", "last"].map(unique);
    let declare = |index: usize| queue::Declare::new(&*names[index]).exclusive(true);
    let (first, (), last) = tokio::join!(
        channel.call(declare(0)),
        async { channel.send(declare(1).no_wait(true)).unwrap() },
        channel.call(declare(2)),
    );
    assert_eq!(first.unwrap().queue, *names[0]);
    assert_eq!(last.unwrap().queue, *names[2]);
    for (index, name) in names.iter().enumerate() {
        let passive = declare(index).passive(true);
        assert_eq!(channel.call(passive).await.unwrap().queue, **name);
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_call_completes_while_its_channel_is_being_closed() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let name = unique("late");
    let declare = queue::Declare::new(&*name).exclusive(true);
    let (declared, closed) = tokio::join!(channel.call(declare), channel.close());
    assert_eq!(declared.unwrap().queue, *name);
    closed.unwrap();
    // What is closed stays so, and says who has closed it.
    let late = channel.call(queue::Purge::new(&*name)).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::ChannelClosed);
    let again = channel.close().await.unwrap_err();
    assert_eq!(again.close_reason().unwrap().initiator, Initiator::Client);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn ninety_nine_calls_that_fail_end_while_their_channel_is_being_closed() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let name = unique("exchange");
    let declare = exchange::Declare::new(&*name, "direct").into_owned();
    channel.call(declare.clone()).await.unwrap();
    let failing = declare.auto_delete(true);
    let mut calls: Vec<_> = (0..99)
        .map(|_| Box::pin(channel.call(failing.clone())))
        .collect();
    // All of them are under way.
    poll_fn(|context| {
        for call in &mut calls {
            assert!(call.as_mut().poll(context).is_pending());
        }
        Poll::Ready(())
    })
    .await;
    let closed = channel.close().await.unwrap_err();
    assert_eq!(closed.reply_code().unwrap().get(), 406);
    for call in calls {
        let error = call.await.unwrap_err();
        assert!(error.is_channel());
        assert_eq!(error.reply_code().unwrap().get(), 406);
    }
    let channel = connection.open_channel().await.unwrap();
    channel.call(exchange::Delete::new(&*name)).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn two_fetches_may_be_under_way_at_once() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    for body in ["1", "2"] {
        publish(&channel, "", &queue, body).await;
    }
    let (first, second, none) = tokio::join!(
        get(&channel, &queue),
        get(&channel, &queue),
        get(&channel, &queue)
    );
    assert_eq!(first.unwrap().body(), b"1");
    assert_eq!(second.unwrap().body(), b"2");
    assert!(none.is_none());
    connection.close().await.unwrap();
}

#[tokio::test]
async fn nothing_is_renewed_or_opened_once_it_is_closed() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    connection.close().await.unwrap();
    let renew = connection::UpdateSecret::new("guest", "too late");
    let error = connection.call(renew).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    let error = connection.open_channel().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    let published = channel.basic_publish(
        basic::Publish::new("", "q"),
        basic::Properties::default(),
        "x",
    );
    assert_eq!(
        published.await.unwrap_err().kind(),
        ErrorKind::ConnectionClosed
    );
}
