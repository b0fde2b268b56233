//! Methods of an extension through handles that have never heard of it.

use std::time::Duration;

use leveret::amqp_methods::{AnyMethod, basic, channel, connection, queue};
use leveret::{Channel, Connection, ErrorKind};

use super::meet::{
    self, STREAM, Server, answered, begin_and_drop, connect, connect_with, connect_with_channel,
    publish, settle,
};
use super::probe::{
    self, Advise, Ask, AskOk, Fetch, Fetched, Post, Properties, Put, PutOk, Quota, QuotaOk, Tell,
};

fn parameters() -> leveret::ConnectionParameters {
    meet::parameters().extension(&probe::PROTOCOL)
}

/// Channel 1 of a connection that was told of the extension.
async fn told() -> (Connection, Channel, Server) {
    let (connection, mut server) = connect_with(&parameters(), 64 * 1024).await;
    let channel = answered(&mut server, connection.open_channel()).await;
    (connection, channel.unwrap(), server)
}

#[tokio::test(start_paused = true)]
async fn calls_on_the_connection_are_typed() {
    let (connection, mut server) = connect().await;
    let secret = connection::UpdateSecret::new("s3cr3t", "it expires");
    let script = async {
        server.expect_method(0, &secret.clone()).await;
        server.send(0, connection::UpdateSecretOk).await;
        let Quota(number) = server.expect(0).await;
        server.send(0, QuotaOk(number + 1)).await;
        server.expect_method(0, &Advise(3)).await;
    };
    let calls = async {
        connection.call(secret.clone()).await.unwrap();
        let QuotaOk(left) = connection.call(Quota(41)).await.unwrap();
        connection.send(Advise(3)).unwrap();
        left
    };
    let (left, ()) = tokio::join!(calls, script);
    assert_eq!(left, 42);
}

#[tokio::test(start_paused = true)]
async fn a_late_reply_on_the_connection_is_not_the_next_call_s() {
    let parameters = parameters().call_timeout(Duration::from_secs(5));
    let (connection, mut server) = connect_with(&parameters, 4096).await;
    let mut methods = connection.methods();
    let error = connection.call(Quota(1)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "timed out: no answer to connection.quota within 5s"
    );
    begin_and_drop(connection.call(Quota(2))).await;
    let script = async {
        for _ in 0..3 {
            let Quota(number) = server.expect(0).await;
            server.send(0, QuotaOk(number)).await;
        }
    };
    let (third, ()) = tokio::join!(connection.call(Quota(3)), script);
    assert_eq!(third.unwrap(), QuotaOk(3));
    begin_and_drop(methods.next()).await;
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_has_come_but_was_not_looked_at_is_dropped() {
    let (connection, mut server) = connect().await;
    {
        let mut call = std::pin::pin!(connection.call(Quota(1)));
        std::future::poll_fn(|cx| {
            assert!(call.as_mut().poll(cx).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        server.expect::<Quota>(0).await;
        server.send(0, QuotaOk(1)).await;
        settle().await;
    }
    let script = async {
        server.expect::<Quota>(0).await;
        server.send(0, QuotaOk(2)).await;
    };
    let (second, ()) = tokio::join!(connection.call(Quota(2)), script);
    assert_eq!(second.unwrap(), QuotaOk(2));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_connection_answers_its_calls() {
    let (connection, mut server) = connect().await;
    let script = async {
        server.expect::<Quota>(0).await;
        let close = connection::Close::new(320, "CONNECTION_FORCED", 0, 0);
        server.send(0, close).await;
    };
    let (error, ()) = tokio::join!(connection.call(Quota(1)), script);
    assert_eq!(error.unwrap_err().reply_code().unwrap().get(), 320);
    let later = connection.call(Quota(2)).await.unwrap_err();
    assert_eq!(later.reply_code().unwrap().get(), 320);
    assert_eq!(
        connection.send(Advise(1)).unwrap_err().to_string(),
        later.to_string()
    );
}

#[tokio::test(start_paused = true)]
async fn what_does_not_belong_there_is_refused_before_the_wire() {
    let (connection, channel, mut server) = told().await;
    let properties = Properties::default;
    for error in [
        connection.call(queue::Declare::new("q")).await.unwrap_err(),
        connection.call(channel::Open).await.unwrap_err(),
        connection
            .call(connection::Open::new("/"))
            .await
            .unwrap_err(),
        connection
            .call(connection::Close::new(200, "", 0, 0))
            .await
            .unwrap_err(),
        connection
            .send(connection::TuneOk::new(1, 4096, 1))
            .unwrap_err(),
        connection.send(connection::CloseOk).unwrap_err(),
        connection.send(Quota(1)).unwrap_err(),
        connection.send(basic::Ack::new(1)).unwrap_err(),
        channel.call(Quota(1)).await.unwrap_err(),
        channel.send(Advise(1)).unwrap_err(),
        channel.send(Post(1)).unwrap_err(),
        channel.call(Put(1)).await.unwrap_err(),
        channel
            .send_content(Tell(1), properties(), "")
            .await
            .unwrap_err(),
        channel
            .call_content(Ask(1), properties(), "")
            .await
            .unwrap_err(),
        channel
            .send_content(Put(1), properties(), "")
            .await
            .unwrap_err(),
        channel
            .send_content(Post(1), basic::Properties::default(), "")
            .await
            .unwrap_err(),
        channel
            .send_content(
                basic::Publish::new("", "q"),
                basic::Properties::default(),
                "",
            )
            .await
            .unwrap_err(),
        channel
            .call_for_content(basic::Get::new("q"))
            .await
            .unwrap_err(),
        channel
            .call_for_content(queue::Declare::new("q").no_wait(true))
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::State, "{error}");
    }
    settle().await;
    server.peer().expects_nothing();
    // Nothing of it was noted: what is called now gets its own answer.
    let script = async {
        server.expect::<Ask>(1).await;
        server.send(1, AskOk(2)).await;
    };
    let (ok, ()) = tokio::join!(channel.call(Ask(1)), script);
    assert_eq!(ok.unwrap(), AskOk(2));
}

#[tokio::test(start_paused = true)]
async fn content_goes_with_methods_and_requests_and_comes_with_replies() {
    let (_connection, channel, mut server) = told().await;
    let body = vec![7; 200_000];
    let script = async {
        let post = server.expect_content_of::<Post>(1).await;
        assert_eq!(post.header().properties(), Ok(Properties::new("posted")));
        let put = server.expect_content_of::<Put>(1).await;
        assert_eq!((put.method(), put.body()), (Ok(Put(2)), &body[..]));
        server.send(1, PutOk(3)).await;
        server.expect_method(1, &Fetch(4)).await;
        let properties = Properties::new("fetched");
        server.send_content(1, Fetched(5), &properties, b"x").await;
        server.expect_method(1, &Fetch(6)).await;
        server.send_content(1, Fetched(7), &properties, b"y").await;
    };
    let calls = async {
        let posted = channel.send_content(Post(1), Properties::new("posted"), "letter");
        posted.await.unwrap();
        let put = channel.call_content(Put(2), Properties::default(), body.clone());
        let (PutOk(three), none) = put.await.unwrap();
        assert!(three == 3 && none.is_none());
        let (Fetched(five), content) = channel.call_for_content(Fetch(4)).await.unwrap();
        let content = content.unwrap();
        assert_eq!((five, content.body()), (5, &b"x"[..]));
        assert_eq!(
            content.header().properties(),
            Ok(Properties::new("fetched"))
        );
        // Who has no use for the content gets the reply alone.
        assert_eq!(channel.call(Fetch(6)).await.unwrap(), Fetched(7));
    };
    tokio::join!(calls, script);
}

#[tokio::test(start_paused = true)]
async fn content_is_held_back_as_publishes_are() {
    let (connection, channel, mut server) = told().await;
    for on_channel in [false, true] {
        hold(&mut server, on_channel, true).await;
        let posting = tokio::spawn({
            let channel = channel.clone();
            async move {
                channel
                    .send_content(Post(1), Properties::default(), "")
                    .await
            }
        });
        let putting = tokio::spawn({
            let channel = channel.clone();
            async move {
                channel
                    .call_content(Put(1), Properties::default(), "")
                    .await
            }
        });
        settle().await;
        // What has no content passes, and what cannot be sent at all is refused at once.
        channel.send(Tell(1)).unwrap();
        connection.send(Advise(1)).unwrap();
        let refused = channel.send_content(Tell(1), Properties::default(), "");
        assert_eq!(refused.await.unwrap_err().kind(), ErrorKind::State);
        server.expect_method(1, &Tell(1)).await;
        server.expect_method(0, &Advise(1)).await;
        server.peer().expects_nothing();
        hold(&mut server, on_channel, false).await;
        posting.await.unwrap().unwrap();
        server.expect_content_of::<Post>(1).await;
        server.expect_content_of::<Put>(1).await;
        server.send(1, PutOk(1)).await;
        putting.await.unwrap().unwrap();
    }
}

async fn hold(server: &mut Server, on_channel: bool, is_held: bool) {
    if on_channel {
        let active = !is_held;
        server.send(1, channel::Flow { active }).await;
        server.expect_method(1, &channel::FlowOk { active }).await;
    } else if is_held {
        server.send(0, connection::Blocked::new("low")).await;
    } else {
        server.send(0, connection::Unblocked).await;
    }
    settle().await;
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_held_back_too_long_was_not_sent() {
    let parameters = parameters().call_timeout(Duration::from_secs(5));
    let (connection, mut server) = connect_with(&parameters, 4096).await;
    let channel = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    hold(&mut server, false, true).await;
    let put = channel.call_content(Put(1), Properties::default(), "");
    assert_eq!(
        put.await.unwrap_err().to_string(),
        "timed out: content was held back for 5s: probe.put was not sent"
    );
    begin_and_drop(channel.call_content(Put(2), Properties::default(), "")).await;
    begin_and_drop(channel.send_content(Post(2), Properties::default(), "")).await;
    hold(&mut server, false, false).await;
    publish(&channel, "first").await.unwrap();
    server.expect_content(1).await;

    // Sent but not answered, it leaves a tombstone.
    let put = channel.call_content(Put(3), Properties::default(), "");
    let error = put.await.unwrap_err().to_string();
    assert_eq!(error, "timed out: no answer to probe.put within 5s");
    let script = async {
        server.expect_content_of::<Put>(1).await;
        server.send(1, PutOk(3)).await;
        server.expect_content_of::<Put>(1).await;
        server.send(1, PutOk(4)).await;
    };
    let put = channel.call_content(Put(4), Properties::default(), "");
    let (reply, ()) = tokio::join!(put, script);
    assert_eq!(reply.unwrap().0, PutOk(4));
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_is_not_what_its_type_says_closes_nothing() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let damaged = AnyMethod::decode(&[0xF0, 0, 0, 11, 1]).unwrap();
    let script = async {
        server.expect::<Ask>(1).await;
        server.send(1, damaged).await;
        server.expect::<Ask>(1).await;
        server.send(1, AskOk(2)).await;
    };
    let calls = async {
        let error = channel.call(Ask(1)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.address(), Some(STREAM));
        assert!(
            error.to_string().contains("probe.ask-ok field number"),
            "{error}"
        );
        assert!(error.close_reason().is_none());
        assert_eq!(channel.call(Ask(2)).await.unwrap(), AskOk(2));
    };
    tokio::join!(calls, script);
}
