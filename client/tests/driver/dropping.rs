//! Handles may be dropped in any order, anywhere; the last one closes the connection.

use amqp_test_broker::Stage;
use leveret::ErrorKind;
use leveret::amqp_methods::{channel, connection, queue};

use super::meet::{
    Server, answered, connect, connect_with_channel, connect_with_confirms, consume, outside,
    publish_confirmed, settle,
};

/// One handle of each kind.
async fn one_of_each() -> (Vec<Box<dyn Send>>, Server) {
    let (connection, channel, mut server) = connect_with_confirms().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    let delivery = consumer.next().await.unwrap().unwrap();
    let receipt = publish_confirmed(&channel, "x").await;
    server.expect_content(1).await;
    let handles: Vec<Box<dyn Send>> = vec![
        Box::new(connection),
        Box::new(channel),
        Box::new(consumer),
        Box::new(delivery),
        Box::new(receipt),
    ];
    (handles, server)
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for item in 0..count {
        all = all
            .into_iter()
            .flat_map(|known: Vec<usize>| {
                (0..=known.len()).map(move |at| {
                    let mut longer = known.clone();
                    longer.insert(at, item);
                    longer
                })
            })
            .collect();
    }
    all
}

async fn drop_in_every_order(drop_one: impl Fn(Box<dyn Send>)) {
    let orders = permutations(5);
    assert_eq!(orders.len(), 120);
    for order in orders {
        let (handles, mut server) = one_of_each().await;
        let mut handles: Vec<_> = handles.into_iter().map(Some).collect();
        for index in &order[..4] {
            drop_one(handles[*index].take().unwrap());
            answered(&mut server, settle()).await;
            assert!(server.peer().is_open(), "{order:?}");
        }
        drop_one(handles[order[4]].take().unwrap());
        server.serve_auto().await;
        assert_eq!(server.peer().stage(), Stage::Closed, "{order:?}");
        server.expect_end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn in_every_order_inside_a_runtime() {
    drop_in_every_order(drop).await;
}

#[tokio::test(start_paused = true)]
async fn in_every_order_outside_a_runtime() {
    drop_in_every_order(|handle| outside(|| drop(handle))).await;
}

#[test]
fn after_the_runtime_has_ended() {
    for order in permutations(5) {
        let runtime = paused_runtime();
        let (handles, server) = runtime.block_on(one_of_each());
        drop(runtime);
        let mut handles: Vec<_> = handles.into_iter().map(Some).collect();
        for index in order {
            drop(handles[index].take());
        }
        drop(server);
    }
}

fn paused_runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap()
}

#[test]
fn a_runtime_that_ends_answers_those_who_wait_elsewhere() {
    let carrier = paused_runtime();
    let (connection, channel, _server) = carrier.block_on(connect_with_confirms());
    let receipt = carrier.block_on(publish_confirmed(&channel, "x"));
    let elsewhere = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    elsewhere.block_on(async {
        let calling = tokio::spawn({
            let channel = channel.clone();
            async move { channel.call(queue::Declare::new("q")).await }
        });
        let waiting = tokio::spawn(receipt);
        tokio::task::yield_now().await;
        outside(|| drop(carrier));
        let error = calling.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost);
        assert_eq!(
            error.to_string(),
            "the connection to localhost port 5672 over a stream was lost: the runtime that carried the connection has ended"
        );
        waiting.await.unwrap();
        assert_eq!(
            connection.close().await.unwrap_err().to_string(),
            error.to_string()
        );
        assert_eq!(
            channel.wait_for_confirms().await.unwrap_err().to_string(),
            error.to_string()
        );
    });
}

#[tokio::test(start_paused = true)]
async fn a_dropped_channel_is_closed_and_its_number_used_again() {
    let (connection, channel, mut server) = connect_with_channel().await;
    let clone = channel.clone();
    drop(channel);
    answered(&mut server, settle()).await;
    server.peer().expects_nothing();
    drop(clone);
    let close = server.expect::<channel::Close<'_>>(1).await;
    assert_eq!(close.reply_code, 200);
    // Not before the server agrees.
    let second = answered(&mut server, connection.open_channel()).await;
    assert_eq!(second.unwrap().number(), 2);
    server.send(1, channel::CloseOk).await;
    settle().await;
    let again = answered(&mut server, connection.open_channel()).await;
    assert_eq!(again.unwrap().number(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_delivery_of_an_earlier_life_is_stale() {
    let (connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    let delivery = consumer.next().await.unwrap().unwrap();
    answered(&mut server, channel.close()).await.unwrap();
    let again = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    assert_eq!(again.number(), 1);
    assert_eq!(delivery.ack().unwrap_err().kind(), ErrorKind::ChannelClosed);
    drop(consumer);
    settle().await;
    server.peer().expects_nothing();
    // The new life is untouched.
    assert!(again.close_error().is_none());
}

#[tokio::test(start_paused = true)]
async fn the_last_handle_ends_a_connection_whose_channel_has_ended() {
    let (connection, channel, mut server) = connect_with_channel().await;
    drop(connection);
    server
        .send(1, channel::Close::new(404, "NOT_FOUND", 0, 0))
        .await;
    server.expect::<channel::CloseOk>(1).await;
    assert!(server.peer().is_open());
    drop(channel);
    let close = server.expect::<connection::Close<'_>>(0).await;
    assert_eq!(close.reply_text, *"dropped by the application");
}

#[tokio::test(start_paused = true)]
async fn two_connections_in_one_runtime_are_strangers() {
    let (one, mut server) = connect().await;
    let (two, _channel, _other_server) = connect_with_channel().await;
    drop(one);
    server.serve_auto().await;
    assert!(two.close_error().is_none());
}
