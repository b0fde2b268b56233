//! What is larger than is taken and no delivery: messages that come back, and content of extensions.

use leveret::amqp_methods::{basic, queue};
use leveret::proto::Outcome;
use leveret::{Channel, Connection, ErrorKind, Receipt};

use super::meet::{
    STREAM, Server, answered, begin_and_drop, connect_with, parameters, publish_confirmed, settle,
};
use super::probe::{self, Fetch, Fetched, Noted, Properties, Pushed};
use super::receipts::give_back;

const LIMIT: u64 = 100_000;
const LARGE: usize = 200_000;

async fn limited() -> (Connection, Channel, Server) {
    let parameters = parameters()
        .max_message_size(LIMIT)
        .extension(&probe::PROTOCOL);
    let (connection, mut server) = connect_with(&parameters, 64 * 1024).await;
    let channel = answered(&mut server, connection.open_channel()).await;
    (connection, channel.unwrap(), server)
}

/// Publishes a body that the server reads meanwhile.
async fn publish_large(channel: &Channel, server: &mut Server, body: &str) -> Receipt {
    let (receipt, _) = tokio::join!(publish_confirmed(channel, body), server.expect_content(1));
    receipt
}

/// The channel takes calls as ever.
async fn goes_on(channel: &Channel, server: &mut Server) {
    let ok = answered(server, channel.call(queue::Declare::new("q"))).await;
    assert_eq!(ok.unwrap().queue, *"q");
}

#[tokio::test(start_paused = true)]
async fn a_receipt_tells_that_its_message_came_back_and_how_large_it_was() {
    let (_connection, channel, mut server) = limited().await;
    answered(&mut server, channel.confirm_select())
        .await
        .unwrap();
    let bodies = ["a", "b", "c"].map(|letter| letter.repeat(LARGE));
    let mut receipts = Vec::new();
    for body in &bodies {
        receipts.push(publish_large(&channel, &mut server, body).await);
    }
    give_back(&mut server, &bodies[1]).await;
    server.send(1, basic::Ack::new(3).multiple(true)).await;
    let mut outcomes = Vec::new();
    for receipt in receipts {
        outcomes.push(receipt.await);
    }
    let [
        Outcome::Confirmed,
        Outcome::Returned(returned),
        Outcome::Confirmed,
    ] = &outcomes[..]
    else {
        panic!("{outcomes:?}");
    };
    assert_eq!(returned.reply_code().get(), 312);
    assert_eq!(returned.reply_text(), *"NO_ROUTE");
    assert_eq!(returned.routing_key(), *"q");
    assert_eq!((returned.size(), returned.body()), (LARGE as u64, None));
    goes_on(&channel, &mut server).await;
}

#[tokio::test(start_paused = true)]
async fn streams_calls_and_callbacks_are_told_of_what_no_receipt_waits_for() {
    let (_connection, channel, mut server) = limited().await;
    let large = "x".repeat(LARGE);
    give_back(&mut server, &large).await;
    let returned = channel.returned().await.unwrap();
    assert_eq!((returned.size(), returned.body()), (LARGE as u64, None));

    let (note, noted) = std::sync::mpsc::channel();
    let task = channel
        .callbacks()
        .on_return(move |returned| {
            let body = returned.body().map(<[u8]>::to_vec);
            note.send((returned.size(), body)).unwrap();
        })
        .start();
    let mut returns = channel.returns();
    give_back(&mut server, &large).await;
    give_back(&mut server, "small").await;
    let first = returns.next().await.unwrap().unwrap();
    assert_eq!((first.size(), first.body()), (LARGE as u64, None));
    let second = returns.next().await.unwrap().unwrap();
    assert_eq!((second.size(), second.body()), (5, Some(&b"small"[..])));
    goes_on(&channel, &mut server).await;
    answered(&mut server, channel.close()).await.unwrap();
    task.ended().await;
    let noted: Vec<_> = noted.iter().collect();
    assert_eq!(noted, [(LARGE as u64, None), (5, Some(b"small".to_vec()))]);
}

#[tokio::test(start_paused = true)]
async fn every_stream_of_methods_is_told_and_goes_on() {
    let (_connection, channel, mut server) = limited().await;
    let mut streams = [channel.methods(), channel.methods()];
    let properties = Properties::new("news");
    let large = vec![7; LARGE];
    server.send_content(1, Pushed(1), &properties, &large).await;
    server.send(1, Noted(2)).await;
    for methods in &mut streams {
        let error = methods.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MessageTooLarge);
        assert_eq!(error.address(), Some(STREAM));
        let method = error.method_too_large().unwrap();
        assert_eq!(
            (method.name(), method.decode()),
            ("probe.pushed", Ok(Pushed(1)))
        );
        assert_eq!(method.properties(), Ok(properties.clone()));
        assert_eq!((method.size(), method.limit()), (LARGE as u64, LIMIT));
        assert!(error.lagged().is_none());
        let next = methods.next().await.unwrap().unwrap();
        assert_eq!(next.decode(), Ok(Noted(2)));
        begin_and_drop(methods.next()).await;
        assert!(methods.close_error().is_none());
    }
    goes_on(&channel, &mut server).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_fails_whose_reply_is_too_large_and_the_next_does_not() {
    let (_connection, channel, mut server) = limited().await;
    let mut methods = channel.methods();
    let script = async {
        let properties = Properties::default();
        for size in [LARGE, LARGE, 1] {
            server.expect::<Fetch>(1).await;
            let body = vec![7; size];
            server.send_content(1, Fetched(9), &properties, &body).await;
        }
    };
    let calls = async {
        let with_content = channel.call_for_content(Fetch(1)).await.unwrap_err();
        // Also who has no use for the content.
        let alone = channel.call(Fetch(2)).await.unwrap_err();
        for error in [with_content, alone] {
            assert_eq!(error.kind(), ErrorKind::MessageTooLarge);
            assert_eq!(error.address(), Some(STREAM));
            let method = error.method_too_large().unwrap();
            assert_eq!(
                (method.decode(), method.size()),
                (Ok(Fetched(9)), LARGE as u64)
            );
            assert!(!error.is_channel() && !error.is_connection() && !error.is_retryable());
        }
        let (_, content) = channel.call_for_content(Fetch(3)).await.unwrap();
        assert_eq!(content.unwrap().body(), [7]);
    };
    tokio::join!(calls, script);
    settle().await;
    begin_and_drop(methods.next()).await;
    goes_on(&channel, &mut server).await;
}
