//! Transactions, and what their end says.

use leveret::amqp_methods::{basic, channel, queue, tx};
use leveret::{Channel, CommitError, ErrorKind};
use tokio::task::JoinHandle;

use super::meet::{
    Server, answered, begin_and_drop, close_channel, connect_with_channel, consume, publish, settle,
};

async fn transactional() -> (leveret::Connection, Channel, Server) {
    let (connection, channel, mut server) = connect_with_channel().await;
    let (selected, ()) = tokio::join!(channel.tx_select(), async {
        server.expect::<tx::Select>(1).await;
        server.send(1, tx::SelectOk).await;
    });
    selected.unwrap();
    (connection, channel, server)
}

fn committing(channel: &Channel) -> JoinHandle<Result<(), CommitError>> {
    let channel = channel.clone();
    tokio::spawn(async move { channel.tx_commit().await })
}

async fn hears_nothing(server: &mut Server) {
    tokio::select! {
        biased;
        _ = server.pump() => panic!("the client says something"),
        () = settle() => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_commit_stands_behind_what_it_commits() {
    let (_connection, channel, mut server) = transactional().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    publish(&channel, "x").await.unwrap();
    consumer.next().await.unwrap().unwrap().ack().unwrap();
    let commit = committing(&channel);
    server.expect_content(1).await;
    server.expect_method(1, &basic::Ack::new(1)).await;
    server.expect::<tx::Commit>(1).await;
    assert!(!commit.is_finished());
    server.send(1, tx::CommitOk).await;
    commit.await.unwrap().unwrap();

    let (rolled_back, ()) = tokio::join!(channel.tx_rollback(), async {
        server.expect::<tx::Rollback>(1).await;
        server.send(1, tx::RollbackOk).await;
    });
    rolled_back.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_behind_a_commit_waits_for_its_answer() {
    let (_connection, channel, mut server) = transactional().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    let commit = committing(&channel);
    server.expect::<tx::Commit>(1).await;
    // RabbitMQ would close the connection with 504 for any of these.
    consumer.next().await.unwrap().unwrap().ack().unwrap();
    let publishing = channel.clone();
    let published = tokio::spawn(async move { publish(&publishing, "next").await });
    hears_nothing(&mut server).await;
    assert!(!published.is_finished());
    server.send(1, tx::CommitOk).await;
    commit.await.unwrap().unwrap();
    server.expect_method(1, &basic::Ack::new(1)).await;
    published.await.unwrap().unwrap();
    server.expect_content(1).await;
}

#[tokio::test(start_paused = true)]
async fn a_channel_is_closed_before_its_commit_is_answered() {
    let (_connection, channel, mut server) = transactional().await;
    let commit = committing(&channel);
    server.expect::<tx::Commit>(1).await;
    let declaring = channel.clone();
    let declare = tokio::spawn(async move { declaring.call(queue::Declare::new("q")).await });
    settle().await;
    let (closed, ()) = tokio::join!(channel.close(), async {
        server.expect::<channel::Close<'_>>(1).await;
        server.send(1, channel::CloseOk).await;
    });
    closed.unwrap();
    assert!(commit.await.unwrap().unwrap_err().is_in_doubt());
    let refused = declare.await.unwrap().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ChannelClosed);
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_was_sent_and_not_answered_is_in_doubt() {
    enum End {
        Refused,
        Lost,
        Silent,
    }
    for end in [End::Refused, End::Lost, End::Silent] {
        let (_connection, channel, mut server) = transactional().await;
        publish(&channel, "x").await.unwrap();
        let commit = committing(&channel);
        server.expect_content(1).await;
        server.expect::<tx::Commit>(1).await;
        let kind = match end {
            End::Refused => {
                close_channel(&mut server, 406, "PRECONDITION_FAILED").await;
                ErrorKind::ChannelClosed
            }
            End::Lost => {
                drop(server);
                ErrorKind::ConnectionLost
            }
            End::Silent => ErrorKind::Timeout,
        };
        let error = commit.await.unwrap().unwrap_err();
        assert!(error.is_in_doubt());
        assert_eq!(error.error().kind(), kind);
        let text = "the transaction may not have been committed";
        assert_eq!(error.to_string(), text);
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(leveret::Error::from(error).to_string(), source);
    }
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_was_not_sent_did_not_happen() {
    let (_connection, channel, mut server) = transactional().await;
    publish(&channel, "x").await.unwrap();
    server.expect_content(1).await;
    close_channel(&mut server, 404, "NOT_FOUND - no exchange 'x'").await;
    let error = channel.tx_commit().await.unwrap_err();
    assert!(!error.is_in_doubt());
    assert_eq!(error.error().reply_code().unwrap().get(), 404);
    assert_eq!(error.to_string(), "the transaction was not committed");
}

#[tokio::test(start_paused = true)]
async fn a_delivery_that_is_still_held_is_settled_again_after_a_rollback() {
    let (_connection, channel, mut server) = transactional().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    let first = consumer.next().await.unwrap().unwrap();
    let second = consumer.next().await.unwrap().unwrap();
    second.ack_multiple().unwrap();
    let (rolled_back, ()) = tokio::join!(channel.tx_rollback(), async {
        let all = basic::Ack::new(2).multiple(true);
        server.expect_method(1, &all).await;
        server.expect::<tx::Rollback>(1).await;
        server.send(1, tx::RollbackOk).await;
    });
    rolled_back.unwrap();
    first.ack().unwrap();
    server.expect_method(1, &basic::Ack::new(1)).await;
    // The other one has no handle any more.
    channel.send(basic::Ack::new(2)).unwrap();
    server.expect_method(1, &basic::Ack::new(2)).await;
}

#[tokio::test(start_paused = true)]
async fn a_dropped_commit_leaves_the_channel_usable() {
    let (_connection, channel, mut server) = transactional().await;
    begin_and_drop(channel.tx_commit()).await;
    begin_and_drop(channel.tx_rollback()).await;
    begin_and_drop(channel.tx_select()).await;
    server.expect::<tx::Commit>(1).await;
    hears_nothing(&mut server).await;
    server.send(1, tx::CommitOk).await;
    server.expect::<tx::Rollback>(1).await;
    server.expect::<tx::Select>(1).await;
    server.send(1, tx::RollbackOk).await;
    server.send(1, tx::SelectOk).await;
    settle().await;
    let ok = answered(&mut server, channel.call(queue::Declare::new("q"))).await;
    assert_eq!(ok.unwrap().queue, *"q");
}
