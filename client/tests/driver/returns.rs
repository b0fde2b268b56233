//! Streams of what comes back.

use leveret::amqp_methods::basic;
use leveret::{ErrorKind, Returns};

use super::meet::{
    STREAM, answered, begin_and_drop, close_channel, connect_with_channel, connect_with_confirms,
    publish_confirmed, settle,
};
use super::receipts::give_back;

async fn body(returns: &mut Returns) -> String {
    let returned = returns.next().await.unwrap().unwrap();
    String::from_utf8(returned.body().unwrap().to_vec()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_stream_hears_everything_and_none_takes_it_from_another() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let (mut one, mut other) = (channel.returns(), channel.returns());
    begin_and_drop(one.next()).await;
    give_back(&mut server, "a").await;
    give_back(&mut server, "b").await;
    for returns in [&mut one, &mut other] {
        assert_eq!(body(returns).await, "a");
    }
    drop(one);
    assert_eq!(body(&mut other).await, "b");
    // What a stream has heard is not kept for others.
    begin_and_drop(channel.returned()).await;
    drop(other);
    give_back(&mut server, "c").await;
    assert_eq!(channel.returned().await.unwrap().body(), Some(&b"c"[..]));
}

#[tokio::test(start_paused = true)]
async fn the_first_stream_begins_with_what_was_kept() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    for number in 0..1026 {
        give_back(&mut server, &number.to_string()).await;
    }
    settle().await;
    let mut first = channel.returns();
    let mut second = channel.returns();
    let lagged = first.next().await.unwrap().unwrap_err();
    assert_eq!(lagged.to_string(), "2 returned messages were missed");
    for number in 2..1026 {
        assert_eq!(body(&mut first).await, number.to_string());
    }
    give_back(&mut server, "new").await;
    assert_eq!(body(&mut first).await, "new");
    assert_eq!(body(&mut second).await, "new");
}

#[tokio::test(start_paused = true)]
async fn who_falls_behind_is_told_how_far() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut returns = channel.returns();
    for number in 0..1030 {
        give_back(&mut server, &number.to_string()).await;
    }
    settle().await;
    let lagged = returns.next().await.unwrap().unwrap_err();
    assert_eq!(lagged.missed(), 6);
    assert_eq!(body(&mut returns).await, "6");
    // So is who asks for one at a time.
    drop(returns);
    for number in 0..1027 {
        give_back(&mut server, &number.to_string()).await;
    }
    settle().await;
    let error = channel.returned().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Lagged);
    assert_eq!(error.address(), Some(STREAM));
    let text = "something was missed: 3 returned messages";
    assert_eq!(error.to_string(), text);
    assert_eq!(channel.returned().await.unwrap().body(), Some(&b"3"[..]));
}

#[tokio::test(start_paused = true)]
async fn in_confirm_mode_receipts_take_theirs_and_the_rest_is_told() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let mut returns = channel.returns();
    let kept = publish_confirmed(&channel, "kept").await;
    let dropped = publish_confirmed(&channel, "dropped").await;
    let publish = basic::Publish::new("", "q").mandatory(true);
    let properties = basic::Properties::default();
    channel
        .basic_publish(publish, properties, "fire and forget")
        .await
        .unwrap();
    for _ in 0..3 {
        server.expect_content(1).await;
    }
    for body in ["kept", "dropped", "fire and forget", "unknown"] {
        give_back(&mut server, body).await;
    }
    settle().await;
    // A message that came back goes to the streams when its receipt is dropped, and at once.
    drop(dropped);
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(body(&mut returns).await);
    }
    assert_eq!(heard, ["fire and forget", "unknown", "dropped"]);
    begin_and_drop(returns.next()).await;
    server.send(1, basic::Ack::new(3).multiple(true)).await;
    assert!(matches!(kept.await, leveret::Outcome::Returned(back) if back.body() == Some(b"kept")));
    let tally = channel.wait_for_confirms().await.unwrap();
    assert_eq!((tally.confirmed, tally.returned), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_its_channel_and_keeps_nothing_open() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut returns = channel.returns();
    assert!(returns.close_error().is_none());
    give_back(&mut server, "last").await;
    close_channel(&mut server, 406, "PRECONDITION_FAILED").await;
    assert_eq!(body(&mut returns).await, "last");
    assert!(returns.next().await.is_none());
    let error = returns.close_error().unwrap();
    assert_eq!(error.reply_code().unwrap().get(), 406);
    // One that comes later finds the same end.
    let mut late = channel.returns();
    assert!(late.next().await.is_none());
    assert!(late.close_error().is_some());

    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut returns = channel.returns();
    let waiting = tokio::spawn(async move { returns.next().await.is_none() });
    settle().await;
    drop(channel);
    assert!(answered(&mut server, waiting).await.unwrap());
}
