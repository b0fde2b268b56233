//! Every class of error that RabbitMQ can be made to produce, and what the client says of it.
//!
//! 502 is none of them: what it cannot decode ends with 501, or with the socket.

use leveret::amqp_methods::arguments::QueueArguments;
use leveret::amqp_methods::{
    Method, MethodId, ReplyCode, basic, channel, confirm, connection, exchange,
};
use leveret::amqp_methods::{queue, tx};
use leveret::{Channel, ConnectStage, Connection, Credentials, Error, ErrorKind, Initiator};

use crate::broker::{broker, ctl, ctl_beside, open, own_queue, publish, unique, version};
use crate::injected::Injected;

/// What has to be so of an error that the server is the origin of.
#[track_caller]
fn is_closed(error: &Error, code: u16, method: Option<MethodId>) {
    assert_eq!(
        error.reply_code().map(ReplyCode::get),
        Some(code),
        "{error}"
    );
    assert_eq!(error.method(), method, "{error}");
    let reason = error.close_reason().unwrap();
    assert_eq!(reason.initiator, Initiator::Server, "{error}");
    let text = error.reply_text().unwrap().to_string();
    assert!(
        error.to_string().ends_with(&format!("{code} {text}")),
        "{error}"
    );
    let address = error.address().unwrap();
    assert!(address.contains(" port "), "{error}: {address}");
    let is_retryable = [320, 405, 541].contains(&code);
    assert_eq!(error.is_retryable(), is_retryable, "{error}");
}

/// An error of the channel: the connection and its other channels live.
#[track_caller]
fn is_soft<M: Method>(error: &Error, code: u16) {
    is_closed(error, code, Some(M::ID));
    assert_eq!(error.kind(), ErrorKind::ChannelClosed, "{error}");
    assert!(error.is_channel() && !error.is_connection(), "{error}");
}

/// An error of the connection, and of everything on it.
#[track_caller]
fn is_hard(error: &Error, code: u16, method: Option<MethodId>) {
    is_closed(error, code, method);
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed, "{error}");
    assert!(error.is_connection() && !error.is_channel(), "{error}");
}

/// The channel ends for what `act` does, and the connection goes on: another is opened for the next.
async fn fails_softly<M: Method, T>(
    connection: &Connection,
    code: u16,
    act: impl AsyncFnOnce(&Channel) -> Result<T, Error>,
) {
    let channel = connection.open_channel().await.unwrap();
    let mut watch = channel.watch_state();
    let error = match act(&channel).await {
        Err(error) => error,
        // It was not answered: the end comes by itself.
        Ok(_) => loop {
            match watch.changed().await.unwrap() {
                leveret::ChannelState::Closed(error) => break error,
                _ => continue,
            }
        },
    };
    is_soft::<M>(&error, code);
    // Whatever comes later says the same.
    let later = channel.call(basic::Qos::default()).await.unwrap_err();
    assert_eq!(later.to_string(), error.to_string());
    assert!(connection.close_error().is_none());
}

/// The connection ends for what `act` does.
async fn fails_hard<T>(
    code: u16,
    method: MethodId,
    act: impl AsyncFnOnce(&Channel) -> Result<T, Error>,
) {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let acted = act(&channel).await;
    let error = connection.closed().await;
    is_hard(&error, code, Some(method));
    if let Err(acted) = acted {
        assert_eq!(acted.to_string(), error.to_string());
    }
    let later = channel.call(basic::Qos::default()).await.unwrap_err();
    assert_eq!(later.to_string(), error.to_string());
}

#[tokio::test]
async fn what_is_not_there_is_404_on_the_channel() {
    let Some((connection, _channel)) = open().await else {
        return;
    };
    let nothing = unique("nothing");
    let nothing = nothing.as_str();
    fails_softly::<queue::Declare<'_>, _>(&connection, 404, async |channel| {
        channel
            .call(queue::Declare::new(nothing).passive(true))
            .await
    })
    .await;
    fails_softly::<exchange::Declare<'_>, _>(&connection, 404, async |channel| {
        let declare = exchange::Declare::new(nothing, "direct").passive(true);
        channel.call(declare).await
    })
    .await;
    fails_softly::<basic::Consume<'_>, _>(&connection, 404, async |channel| {
        channel
            .basic_consume(basic::Consume::new(nothing, ""))
            .await
    })
    .await;
    fails_softly::<basic::Get<'_>, _>(&connection, 404, async |channel| {
        channel.basic_get(basic::Get::new(nothing)).await
    })
    .await;
    // A publish is not answered: the channel ends for it all the same.
    fails_softly::<basic::Publish<'_>, _>(&connection, 404, async |channel| {
        let publish = basic::Publish::new(nothing, "key");
        let properties = basic::Properties::default();
        channel.basic_publish(publish, properties, "lost").await
    })
    .await;
    // The last queue that was declared, where none was.
    fails_softly::<basic::Get<'_>, _>(&connection, 404, async |channel| {
        channel.basic_get(basic::Get::new("")).await
    })
    .await;
    connection.close().await.unwrap();
}

#[tokio::test]
async fn what_is_not_allowed_is_403_on_the_channel() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    fails_softly::<queue::Declare<'_>, _>(&connection, 403, async |channel| {
        channel.call(queue::Declare::new("amq.mine")).await
    })
    .await;
    fails_softly::<exchange::Delete<'_>, _>(&connection, 403, async |channel| {
        channel.call(exchange::Delete::new("")).await
    })
    .await;
    let internal = unique("internal");
    let declare = exchange::Declare::new(&*internal, "direct").internal(true);
    channel.call(declare.auto_delete(true)).await.unwrap();
    fails_softly::<basic::Publish<'_>, _>(&connection, 403, async |channel| {
        let publish = basic::Publish::new(&*internal, "key");
        let properties = basic::Properties::default();
        channel.basic_publish(publish, properties, "in vain").await
    })
    .await;
    channel
        .call(exchange::Delete::new(&*internal))
        .await
        .unwrap();
    // Somebody consumes alone.
    let queue = own_queue(&channel).await;
    let consume = || basic::Consume::new(&*queue, "").exclusive(true);
    let _alone = channel.basic_consume(consume()).await.unwrap();
    fails_softly::<basic::Consume<'_>, _>(&connection, 403, async |channel| {
        channel.basic_consume(consume()).await
    })
    .await;
    connection.close().await.unwrap();
}

#[tokio::test]
async fn the_queue_of_another_connection_is_405_until_that_ends() {
    let Some((owner, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    let Some((connection, _channel)) = open().await else {
        return;
    };
    fails_softly::<queue::Declare<'_>, _>(&connection, 405, async |channel| {
        channel
            .call(queue::Declare::new(&*queue).passive(true))
            .await
    })
    .await;
    owner.close().await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn what_does_not_fit_is_406_on_the_channel() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let name = unique("406");
    let queue = name.as_str();
    let declare = || queue::Declare::new(queue).exclusive(true);
    channel.call(declare()).await.unwrap();
    fails_softly::<queue::Declare<'_>, _>(&connection, 406, async |channel| {
        let arguments = QueueArguments::classic().max_length(1);
        channel.call(declare().arguments(arguments)).await
    })
    .await;
    fails_softly::<basic::Ack, _>(&connection, 406, async |channel| {
        channel.send(basic::Ack::new(7))
    })
    .await;
    fails_softly::<basic::Reject, _>(&connection, 406, async |channel| {
        channel.send(basic::Reject::new(7))
    })
    .await;
    fails_softly::<tx::Commit, _>(&connection, 406, async |channel| {
        channel.call(tx::Commit).await
    })
    .await;
    fails_softly::<tx::Select, _>(&connection, 406, async |channel| {
        channel.confirm_select().await.unwrap();
        channel.call(tx::Select).await
    })
    .await;
    fails_softly::<confirm::Select, _>(&connection, 406, async |channel| {
        channel.call(tx::Select).await.unwrap();
        channel.confirm_select().await
    })
    .await;
    for properties in [
        basic::Properties::default().user_id("somebody else"),
        basic::Properties::default().expiration("soon"),
    ] {
        fails_softly::<basic::Publish<'_>, _>(&connection, 406, async |channel| {
            let publish = basic::Publish::new("", queue);
            channel.basic_publish(publish, properties, "refused").await
        })
        .await;
    }
    channel.confirm_select().await.unwrap();
    publish(&channel, "", queue, "a message").await;
    channel.wait_for_confirms().await.unwrap();
    fails_softly::<queue::Delete<'_>, _>(&connection, 406, async |channel| {
        channel.call(queue::Delete::new(queue).if_empty(true)).await
    })
    .await;
    let _consumer = channel
        .basic_consume(basic::Consume::new(queue, ""))
        .await
        .unwrap();
    fails_softly::<queue::Delete<'_>, _>(&connection, 406, async |channel| {
        channel
            .call(queue::Delete::new(queue).if_unused(true))
            .await
    })
    .await;
    connection.close().await.unwrap();
}

/// RabbitMQ: a kind of exchange that it does not know is 503 before 4.3, and 406 on the channel from there on.
#[tokio::test]
async fn an_unknown_kind_of_exchange_is_503_on_the_connection() {
    let Some((connection, _channel)) = open().await else {
        return;
    };
    let declare = || exchange::Declare::new("leveret.odd", "no-such-kind");
    if version(&connection) >= (4, 3) {
        fails_softly::<exchange::Declare<'_>, _>(&connection, 406, async |channel| {
            channel.call(declare()).await
        })
        .await;
        return;
    }
    fails_hard(503, exchange::Declare::ID, async |channel| {
        channel.call(declare()).await
    })
    .await;
}

#[tokio::test]
async fn what_rabbitmq_leaves_out_is_540_on_the_connection() {
    fails_hard(540, basic::Publish::ID, async |channel| {
        let publish = basic::Publish::new("", "q").immediate(true);
        let properties = basic::Properties::default();
        channel.basic_publish(publish, properties, "at once").await
    })
    .await;
    fails_hard(540, basic::Qos::ID, async |channel| {
        channel.call(basic::Qos::default().prefetch_size(10)).await
    })
    .await;
    fails_hard(540, channel::Flow::ID, async |channel| {
        channel.call(channel::Flow { active: false }).await
    })
    .await;
    fails_hard(540, basic::Recover::ID, async |channel| {
        channel.call(basic::Recover { requeue: false }).await
    })
    .await;
}

#[tokio::test]
async fn what_may_not_be_is_530_on_the_connection() {
    let Some(parameters) = broker() else { return };
    let nowhere = parameters.clone().virtual_host("no such virtual host");
    let error = Connection::connect(nowhere).await.unwrap_err();
    is_hard(&error, 530, Some(connection::Open::ID));
    assert_eq!(error.stage(), Some(ConnectStage::Open));
    assert!(error.address().is_some());

    // A consumer tag that is in use would be another; it is refused here.
    let connection = Connection::connect(parameters).await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    let queue = own_queue(&channel).await;
    let consume = || basic::Consume::new(&*queue, "the same tag");
    let (first, second) = tokio::join!(
        channel.basic_consume(consume()),
        channel.basic_consume(consume())
    );
    assert_eq!(second.unwrap_err().kind(), ErrorKind::State);
    first.unwrap().cancel().await.unwrap();
}

#[tokio::test]
async fn a_limit_of_connections_is_530_and_worth_another_attempt() {
    let Some(parameters) = broker() else { return };
    let name = unique("full");
    if ctl(&["add_vhost", &name]).is_none() {
        return;
    }
    ctl(&["add_user", &name, "secret"]);
    ctl(&["set_permissions", "-p", &name, &name, ".*", ".*", ".*"]);
    let parameters = parameters
        .virtual_host(&*name)
        .credentials(Credentials::plain(&*name, "secret"));
    let none = r#"{"max-connections": 0}"#;
    ctl(&["set_vhost_limits", "-p", &name, none]);
    let full_host = Connection::connect(&parameters).await;
    ctl(&["clear_vhost_limits", "-p", &name]);
    ctl(&["set_user_limits", &name, none]);
    let full_user = Connection::connect(&parameters).await;
    ctl(&["clear_user_limits", &name, "max-connections"]);
    let passed = Connection::connect(&parameters).await;
    ctl(&["delete_vhost", &name]);
    ctl(&["delete_user", &name]);
    for full in [full_host, full_user] {
        let error = full.unwrap_err();
        assert_eq!(error.reply_code(), Some(ReplyCode::NOT_ALLOWED));
        assert_eq!(error.method(), Some(connection::Open::ID));
        assert_eq!(error.stage(), Some(ConnectStage::Open));
        assert!(error.is_retryable(), "{error}");
    }
    passed.unwrap();
}

#[tokio::test]
async fn a_virtual_host_that_is_down_is_541_and_worth_another_attempt() {
    let Some(parameters) = broker() else { return };
    let name = unique("down");
    if ctl(&["add_vhost", &name]).is_none() {
        return;
    }
    ctl(&["set_permissions", "-p", &name, "guest", ".*", ".*", ".*"]);
    let stop = format!("rabbit_vhost_sup_sup:delete_on_all_nodes(<<\"{name}\">>).");
    ctl(&["eval", &stop]);
    let down = Connection::connect(parameters.virtual_host(&*name)).await;
    ctl(&["delete_vhost", &name]);
    let error = down.unwrap_err();
    is_hard(&error, 541, Some(connection::Open::ID));
    assert_eq!(error.stage(), Some(ConnectStage::Open));
}

#[tokio::test]
async fn an_operator_s_close_is_320_and_worth_another_attempt() {
    let Some(parameters) = broker() else { return };
    let name = unique("forced");
    let parameters = parameters.connection_name(&*name);
    let connection = Connection::connect(parameters).await.unwrap();
    let listed = ctl_beside(&["-q", "list_connections", "pid", "client_properties"]).await;
    let Some(listed) = listed else { return };
    let line = listed.lines().find(|line| line.contains(&name)).unwrap();
    let pid = line.split('\t').next().unwrap();
    ctl_beside(&["close_connection", pid, "maintenance"]).await;
    let error = connection.closed().await;
    is_hard(&error, 320, None);
    assert_eq!(error.address(), Some(connection.address()));
    let text = format!(
        "connection to {} closed by server: 320 ",
        connection.address()
    );
    assert!(error.to_string().starts_with(&text), "{error}");
}

#[tokio::test]
async fn whatever_ends_names_the_server() {
    let Some(parameters) = broker() else { return };
    let (host, port) = parameters.endpoints().next().unwrap();
    let (begins, ends) = (host.to_owned(), format!(" port {port}"));
    let connection = Connection::connect(parameters).await.unwrap();
    let address = connection.address().to_owned();
    let is_named = address.starts_with(&begins) && address.ends_with(&ends);
    assert!(is_named, "{address}");
    let channel = connection.open_channel().await.unwrap();
    let nothing = queue::Declare::new("leveret.nothing").passive(true);
    let not_found = channel.call(nothing).await.unwrap_err();
    assert_eq!(not_found.kind(), ErrorKind::ChannelClosed);
    assert_eq!(not_found.address(), Some(&*address));
    connection.close().await.unwrap();
    let closed = connection.closed().await;
    assert_eq!(
        closed.to_string(),
        format!("connection to {address} closed by client: 200 closed by the application")
    );
}

#[tokio::test]
async fn what_is_no_frame_is_501_on_the_connection() {
    for octets in [
        // An end that is none, a kind that there is not, more than frame_max.
        vec![8, 0, 0, 0, 0, 0, 0, 0],
        vec![9, 0, 0, 0, 0, 0, 0, 0xce],
        vec![1, 0, 1, 0, 3, 0, 0],
    ] {
        let Some(mut injected) = Injected::open().await else {
            return;
        };
        let error = injected.closed_for(&octets).await;
        is_hard(&error, 501, None);
    }
    // A queue.declare that ends too soon.
    let Some(mut injected) = Injected::open().await else {
        return;
    };
    let short = [1, 0, 1, 0, 0, 0, 6, 0, 50, 0, 10, 0, 0, 0xce];
    let error = injected.closed_for(&short).await;
    is_hard(&error, 501, Some(queue::Declare::ID));
}

#[tokio::test]
async fn what_comes_at_the_wrong_time_is_503_504_or_505_on_the_connection() {
    let declare_ok = [
        1, 0, 1, 0, 0, 0, 13, 0, 50, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xce,
    ];
    let flow_on_0 = [1, 0, 0, 0, 0, 0, 5, 0, 20, 0, 20, 1, 0xce];
    let select_on_77 = [1, 0, 77, 0, 0, 0, 5, 0, 85, 0, 10, 0, 0xce];
    let second_open = [1, 0, 1, 0, 0, 0, 5, 0, 20, 0, 10, 0, 0xce];
    let body = [3, 0, 1, 0, 0, 0, 1, b'A', 0xce];
    let cases: [(&[u8], u16, Option<MethodId>); 5] = [
        (&declare_ok, 503, Some(queue::DeclareOk::ID)),
        (&flow_on_0, 504, Some(channel::Flow::ID)),
        (&select_on_77, 504, Some(confirm::Select::ID)),
        (&second_open, 504, Some(channel::Open::ID)),
        (&body, 505, None),
    ];
    for (octets, code, method) in cases {
        let Some(mut injected) = Injected::open().await else {
            return;
        };
        let error = injected.closed_for(octets).await;
        is_hard(&error, code, method);
    }
}

/// What no server would take: it ends without a word, which is no reason to believe that it was refused.
#[tokio::test]
async fn a_server_that_breaks_down_over_a_method_is_a_connection_that_is_lost() {
    let Some(mut injected) = Injected::open().await else {
        return;
    };
    let unknown = [1, 0, 1, 0, 0, 0, 4, 3, 60, 3, 0xe7, 0xce];
    let error = injected.closed_for(&unknown).await;
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error}");
    assert!(error.is_connection() && error.is_retryable());
    assert_eq!((error.reply_code(), error.method()), (None, None));
}
