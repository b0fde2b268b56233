//! What happens and what can be seen, without a runtime.

use std::time::Duration;

use leveret::amqp_methods::{basic, channel, connection};
use leveret::{ChannelEvent, ConnectionEvent, ConnectionState, ErrorKind};

use super::meet::Script;

#[test]
fn events_are_iterators_that_end_with_what_they_are_about() {
    let script = Script::with_channel(async |mut server| {
        server.expect::<basic::Qos>(1).await;
        server
            .send(0, connection::Blocked::new("low on memory"))
            .await;
        let close = channel::Close::new(406, "PRECONDITION_FAILED", 0, 0);
        server.send(1, close).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut of_connection = connection.events();
    let mut of_channel = channel.events();
    let none = of_channel.next_within(Duration::ZERO).unwrap().unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Timeout);
    assert!(channel.basic_qos(1).is_err());
    let ended = of_channel.next().unwrap().unwrap();
    let ChannelEvent::Closed(error) = ended else {
        panic!("{ended:?}");
    };
    assert_eq!(error.reply_code().unwrap().get(), 406);
    assert!(of_channel.next().is_none());

    let blocked = of_connection.next().unwrap().unwrap();
    assert!(
        matches!(blocked, ConnectionEvent::Blocked { .. }),
        "{blocked:?}"
    );
    let state = connection.state();
    assert!(
        matches!(state, ConnectionState::Blocked { .. }),
        "{state:?}"
    );
    connection.close().unwrap();
    let last = of_connection.last().unwrap().unwrap();
    assert!(matches!(last, ConnectionEvent::Closed(_)), "{last:?}");
    script.end();
}

#[test]
fn what_is_at_hand_is_finished_before_the_end() {
    let script = Script::with_channel(async |mut server| server.serve_auto().await);
    let (connection, channel) = script.connect_with_channel();
    let before = connection.metrics();
    channel.basic_qos(1).unwrap();
    assert!(connection.metrics().frames_sent > before.frames_sent);
    let quick = channel.with_call_timeout(Duration::from_secs(1));
    assert_eq!(quick.number(), channel.number());
    let left = connection.shutdown(Duration::from_secs(60)).unwrap();
    assert!(left.is_empty(), "{left:?}");
    assert!(connection.close_error().is_some());
    script.end();
}
