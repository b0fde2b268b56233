//! Transactions, and what their end says.

use leveret::ErrorKind;
use leveret::amqp_methods::{channel, tx};

use super::meet::{Script, Server, publish};

async fn selects(server: &mut Server) {
    server.expect::<tx::Select>(1).await;
    server.send(1, tx::SelectOk).await;
}

#[test]
fn what_is_published_goes_before_its_commit_or_rollback() {
    let script = Script::with_channel(async |mut server| {
        selects(&mut server).await;
        server.expect_content(1).await;
        server.expect::<tx::Commit>(1).await;
        server.send(1, tx::CommitOk).await;
        server.expect_content(1).await;
        server.expect::<tx::Rollback>(1).await;
        server.send(1, tx::RollbackOk).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    channel.tx_select().unwrap();
    publish(&channel, "committed").unwrap();
    channel.tx_commit().unwrap();
    publish(&channel, "rolled back").unwrap();
    channel.tx_rollback().unwrap();
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_commit_is_in_doubt_if_it_was_sent_and_not_if_it_was_too_late() {
    let script = Script::with_channel(async |mut server| {
        selects(&mut server).await;
        server.expect::<tx::Commit>(1).await;
        server
            .send(1, channel::Close::new(541, "INTERNAL_ERROR", 0, 0))
            .await;
        server.expect::<channel::CloseOk>(1).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    channel.tx_select().unwrap();
    let sent = channel.tx_commit().unwrap_err();
    assert!(sent.is_in_doubt());
    assert_eq!(sent.error().reply_code().unwrap().get(), 541);
    let late = channel.tx_commit().unwrap_err();
    assert!(!late.is_in_doubt());
    assert_eq!(late.error().reply_code().unwrap().get(), 541);
    let late = channel.tx_rollback().unwrap_err();
    assert_eq!(late.kind(), ErrorKind::ChannelClosed);
    connection.close().unwrap();
    script.end();
}
