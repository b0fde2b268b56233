//! Fetching until a queue is empty.

use leveret::amqp_methods::{basic, channel};

use super::meet::{Script, Server};

async fn gives(server: &mut Server, number: u64, body: &[u8]) {
    server
        .expect_method(1, &basic::Get::new("q").no_ack(true))
        .await;
    let ok = basic::GetOk::new(number, "", "q", 0);
    let properties = basic::Properties::default();
    server.send_content(1, ok, &properties, body).await;
}

async fn is_empty(server: &mut Server) {
    server.expect::<basic::Get<'_>>(1).await;
    server.send(1, basic::GetEmpty).await;
}

#[test]
fn it_ends_with_the_queue_and_may_be_asked_again() {
    let script = Script::with_channel(async |mut server| {
        gives(&mut server, 1, b"1").await;
        gives(&mut server, 2, b"2").await;
        is_empty(&mut server).await;
        gives(&mut server, 3, b"3").await;
        is_empty(&mut server).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut fetch = channel.fetch(basic::Get::new("q").no_ack(true));
    let mut bodies = || -> Vec<_> { fetch.by_ref().map(|got| got.unwrap().to_body()).collect() };
    assert_eq!(bodies(), ["1", "2"]);
    assert_eq!(bodies(), ["3"]);
    connection.close().unwrap();
    script.end();
}

#[test]
fn the_end_of_the_channel_is_an_item() {
    let script = Script::with_channel(async |mut server| {
        server.expect::<basic::Get<'_>>(1).await;
        server
            .send(1, channel::Close::new(404, "NOT_FOUND", 60, 70))
            .await;
        server.expect::<channel::CloseOk>(1).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut fetch = channel.fetch(basic::Get::new("q"));
    let error = fetch.next().unwrap().unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 404);
    connection.close().unwrap();
    script.end();
}
