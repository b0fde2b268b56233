//! Methods of extensions, in every way in which they travel.

use std::time::Duration;

use leveret::ErrorKind;
use leveret::blocking::Connection;

use super::meet::Script;
use super::probe::{
    self, Ask, AskOk, Fetch, Fetched, Noted, Post, Properties, Pushed, Put, PutOk, Warned,
};

#[test]
fn content_that_is_too_large_is_told_and_closes_nothing() {
    const LARGE: usize = 2000;
    let script = Script::with_channel(async |mut server| {
        let properties = Properties::new("news");
        server.expect_method(1, &Fetch(1)).await;
        let body = [7; LARGE];
        server.send_content(1, Pushed(2), &properties, &body).await;
        server.send(1, Noted(3)).await;
        server.send_content(1, Fetched(4), &properties, &body).await;
        server.serve_auto().await;
    });
    let parameters = script
        .parameters()
        .max_message_size(1000)
        .extension(&probe::PROTOCOL);
    let connection = Connection::connect(parameters).unwrap();
    let channel = connection.open_channel().unwrap();
    let mut methods = channel.methods();
    let failed = channel.call_for_content(Fetch(1)).unwrap_err();
    let pushed = methods.next().unwrap().unwrap_err();
    for (error, name) in [(&failed, "probe.fetched"), (&pushed, "probe.pushed")] {
        assert_eq!(error.kind(), ErrorKind::MessageTooLarge);
        let method = error.method_too_large().unwrap();
        assert_eq!((method.name(), method.size()), (name, LARGE as u64));
    }
    let noted = methods.next_within(Duration::MAX).unwrap().unwrap();
    assert_eq!(noted.decode(), Ok(Noted(3)));
    channel.close().unwrap();
    assert!(methods.next().is_none());
    connection.close().unwrap();
    script.end();
}

#[test]
fn calls_content_and_what_the_server_says_of_its_own_accord() {
    let script = Script::with_channel(async |mut server| {
        server.expect_method(1, &Ask(1)).await;
        server.send(1, AskOk(2)).await;
        server.send(1, Noted(3)).await;
        let pushed = Properties::new("news");
        server.send_content(1, Pushed(4), &pushed, b"body").await;
        server.send(0, Warned(5)).await;
        let put = server.expect_content_of::<Put>(1).await;
        assert_eq!(put.body(), b"put");
        server.send(1, PutOk(7)).await;
        let post = server.expect_content_of::<Post>(1).await;
        assert_eq!(post.body(), b"post");
        server.expect_method(1, &Fetch(9)).await;
        let news = Properties::new("news");
        server.send_content(1, Fetched(10), &news, b"fetched").await;
        server.serve_auto().await;
    });
    let parameters = script.parameters().extension(&probe::PROTOCOL);
    let connection = Connection::connect(parameters).unwrap();
    let channel = connection.open_channel().unwrap();
    let mut methods = channel.methods();
    let mut warnings = connection.methods();
    let none = methods.next_within(Duration::ZERO).unwrap().unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Timeout);

    assert_eq!(channel.call(Ask(1)).unwrap(), AskOk(2));
    let noted = methods.next().unwrap().unwrap();
    assert_eq!(noted.decode(), Ok(Noted(3)));
    let pushed = methods.next_within(Duration::MAX).unwrap().unwrap();
    assert_eq!(pushed.decode(), Ok(Pushed(4)));
    assert_eq!(pushed.properties(), Ok(Properties::new("news")));
    let warned = warnings.next().unwrap().unwrap();
    assert_eq!(warned.decode(), Ok(Warned(5)));
    let news = Properties::new("news");
    let (put, content) = channel.call_content(Put(6), news.clone(), "put").unwrap();
    assert_eq!((put, content.is_none()), (PutOk(7), true));
    channel.send_content(Post(8), news, "post").unwrap();
    let (fetched, content) = channel.call_for_content(Fetch(9)).unwrap();
    assert_eq!(fetched, Fetched(10));
    assert_eq!(content.unwrap().body(), b"fetched");
    assert!(methods.close_error().is_none());
    connection.close().unwrap();
    assert!(methods.next().is_none() && warnings.next().is_none());
    assert!(methods.close_error().is_some());
    script.end();
}
