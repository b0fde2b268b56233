//! Requests and their answers.

use std::time::Duration;

use leveret::ErrorKind;
use leveret::amqp_methods::{basic, channel, confirm, connection, queue};

use super::meet::{answered, connect_with, connect_with_channel, parameters};

#[tokio::test(start_paused = true)]
async fn replies_are_typed() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let script = async {
        server
            .expect_method(1, &queue::Declare::new("jobs").durable(true))
            .await;
        server.send(1, queue::DeclareOk::new("jobs", 3, 2)).await;
    };
    let call = channel.call(queue::Declare::new("jobs").durable(true));
    let (ok, ()) = tokio::join!(call, script);
    assert_eq!(ok.unwrap(), queue::DeclareOk::new("jobs", 3, 2));
}

#[tokio::test(start_paused = true)]
async fn a_late_reply_is_not_the_next_call_s() {
    let parameters = parameters().call_timeout(Duration::from_secs(5));
    let (connection, mut server) = connect_with(&parameters, 4096).await;
    let channel = answered(&mut server, connection.open_channel())
        .await
        .unwrap();

    let error = channel.call(queue::Declare::new("a")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(
        error.to_string(),
        "timed out: no answer to queue.declare within 5s"
    );
    let script = async {
        server.expect::<queue::Declare<'_>>(1).await;
        server.expect::<queue::Declare<'_>>(1).await;
        server.send(1, queue::DeclareOk::new("a", 1, 1)).await;
        server.send(1, queue::DeclareOk::new("b", 2, 2)).await;
    };
    let (ok, ()) = tokio::join!(channel.call(queue::Declare::new("b")), script);
    assert_eq!(ok.unwrap().queue, *"b");
}

#[tokio::test(start_paused = true)]
async fn calls_of_many_tasks_get_their_own_answers() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..50 {
        let channel = channel.clone();
        tasks.spawn(async move {
            for round in 0..10 {
                let name = format!("q{number}-{round}");
                let ok = channel.call(queue::Declare::new(&*name)).await.unwrap();
                assert_eq!(ok.queue, *name);
            }
        });
    }
    let done = answered(&mut server, tasks.join_all()).await;
    assert_eq!(done.len(), 50);
}

#[tokio::test(start_paused = true)]
async fn what_call_and_send_cannot_do_is_refused_before_the_wire() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    for error in [
        channel
            .call(queue::Declare::new("q").no_wait(true))
            .await
            .unwrap_err(),
        channel
            .call(basic::Consume::new("q", "tag"))
            .await
            .unwrap_err(),
        channel.call(channel::Open).await.unwrap_err(),
        channel
            .call(connection::Close::new(200, "", 0, 0))
            .await
            .unwrap_err(),
        channel
            .basic_consume(basic::Consume::new("q", "tag").no_wait(true))
            .await
            .unwrap_err(),
        channel.send(queue::Declare::new("q")).unwrap_err(),
        channel.send(confirm::Select::default()).unwrap_err(),
        channel
            .send(channel::Close::new(200, "", 0, 0))
            .unwrap_err(),
        channel.send(basic::Publish::new("", "q")).unwrap_err(),
        channel
            .send(basic::Consume::new("q", "tag").no_wait(true))
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::State, "{error}");
    }
    let error = channel.call(queue::Declare::new("x".repeat(256))).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Encode);

    channel
        .send(queue::Declare::new("q").no_wait(true))
        .unwrap();
    let declare = server.expect::<queue::Declare<'_>>(1).await;
    assert!(declare.no_wait);
    channel
        .send(confirm::Select::default().nowait(true))
        .unwrap();
    server.expect::<confirm::Select>(1).await;
    server.peer().expects_nothing();
}

#[tokio::test(start_paused = true)]
async fn a_message_fetched_by_call_goes_back() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let script = async {
        server.expect::<basic::Get<'_>>(1).await;
        let get_ok = basic::GetOk::new(7, "", "q", 0);
        let properties = basic::Properties::default();
        server.send_content(1, get_ok, &properties, b"body").await;
        let nack = server.expect::<basic::Nack>(1).await;
        assert_eq!(
            (nack.delivery_tag, nack.multiple, nack.requeue),
            (7, false, true)
        );
    };
    let (reply, ()) = tokio::join!(channel.call(basic::Get::new("q")), script);
    reply.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_channel_answers_its_calls_and_no_others() {
    let (connection, channel, mut server) = connect_with_channel().await;
    let other = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    let script = async {
        server.expect::<queue::Declare<'_>>(1).await;
        let close = channel::Close::new(404, "NOT_FOUND - no queue 'q'", 50, 10);
        server.send(1, close).await;
        server.expect::<channel::CloseOk>(1).await;
    };
    let call = channel.call(queue::Declare::new("q").passive(true));
    let (error, ()) = tokio::join!(call, script);
    let error = error.unwrap_err();
    assert_eq!(
        error.to_string(),
        "channel 1 closed by server: 404 NOT_FOUND - no queue 'q'"
    );
    assert!(error.is_channel());
    // The same for whoever comes later.
    let later = channel.call(queue::Declare::new("q")).await.unwrap_err();
    assert_eq!(later.to_string(), error.to_string());
    assert_eq!(
        channel.close_error().unwrap().to_string(),
        error.to_string()
    );
    let ok = answered(&mut server, other.call(queue::Declare::new("q"))).await;
    assert_eq!(ok.unwrap().queue, *"q");
}

/// RabbitMQ: answers about consumers come from the queue, and may be overtaken by those of the channel.
#[tokio::test(start_paused = true)]
async fn answers_about_consumers_may_be_overtaken() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let script = async {
        server.expect::<basic::Consume<'_>>(1).await;
        server.expect::<queue::Declare<'_>>(1).await;
        server.send(1, queue::DeclareOk::new("b", 0, 0)).await;
        server.send(1, basic::ConsumeOk::new("tag")).await;
    };
    let (consumer, ok, ()) = tokio::join!(
        channel.basic_consume(basic::Consume::new("q", "tag")),
        channel.call(queue::Declare::new("b")),
        script
    );
    assert_eq!(ok.unwrap().queue, *"b");
    drop(consumer.unwrap());
    let script = async {
        server.expect::<basic::Cancel<'_>>(1).await;
        server.expect::<basic::Get<'_>>(1).await;
        server.send(1, basic::GetEmpty).await;
        server.send(1, basic::CancelOk::new("tag")).await;
    };
    let (got, ()) = tokio::join!(channel.basic_get(basic::Get::new("q")), script);
    assert!(got.unwrap().is_none());
    let ok = answered(&mut server, channel.call(queue::Declare::new("c"))).await;
    assert_eq!(ok.unwrap().queue, *"c");
}
