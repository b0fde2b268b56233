//! Many threads with the same handles.

use std::collections::HashSet;
use std::sync::{Arc, Barrier};

use leveret::amqp_methods::{basic, connection, queue};
use leveret::blocking::{
    Channel, Connection, Consumer, Fetch, Methods, PressureWatch, Publisher, Receipt, Returns,
    StreamedDelivery,
};
use leveret::{ErrorKind, Outcome};

use super::meet::{Script, deliver, publish_confirmed};

#[test]
fn handles_go_to_any_thread() {
    fn any<T: Send + Sync + 'static>() {}
    fn cloned<T: Clone>() {}
    any::<Connection>();
    any::<Channel>();
    any::<Consumer>();
    any::<Methods>();
    any::<Receipt>();
    any::<Publisher>();
    any::<Fetch>();
    any::<Returns>();
    any::<PressureWatch>();
    any::<Consumer<leveret::Message>>();
    any::<Consumer<StreamedDelivery>>();
    any::<StreamedDelivery>();
    any::<leveret::Delivery>();
    cloned::<Connection>();
    cloned::<Channel>();
    cloned::<Publisher>();
}

#[test]
fn a_delivery_is_settled_on_another_thread_while_this_one_waits_for_the_next() {
    let script = Script::with_channel(async |mut server| {
        server.expect::<basic::Consume<'_>>(1).await;
        server.send(1, basic::ConsumeOk::new("tag")).await;
        for number in 1..=50 {
            deliver(&mut server, "tag", number).await;
            // The next one only when this one is settled.
            server.expect_method(1, &basic::Ack::new(number)).await;
        }
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut consumer = channel.basic_consume(basic::Consume::new("q", "")).unwrap();
    let (hand, handed) = std::sync::mpsc::channel::<leveret::Delivery>();
    let settler = std::thread::spawn(move || {
        for delivery in handed {
            delivery.ack().unwrap();
        }
    });
    for delivery in consumer.by_ref().take(50) {
        hand.send(delivery.unwrap()).unwrap();
    }
    drop(hand);
    settler.join().unwrap();
    connection.close().unwrap();
    script.end();
}

#[test]
fn ten_threads_publish_and_call_on_one_channel() {
    const THREADS: usize = 10;
    const MESSAGES: usize = 100;
    let script = Script::with_confirms(async |mut server| {
        let mut bodies = HashSet::new();
        server
            .serve(|peer| {
                while peer.has_content(1) {
                    let (_, _, body) = peer.expects_content(1);
                    bodies.insert(body);
                    let number = bodies.len() as u64;
                    peer.on(1).sends(basic::Ack::new(number));
                }
            })
            .await;
        assert_eq!(bodies.len(), THREADS * MESSAGES);
    });
    let (connection, channel) = script.connect_with_confirms();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let channel = channel.clone();
            scope.spawn(move || {
                for message in 0..MESSAGES {
                    let receipt = publish_confirmed(&channel, &format!("{thread}-{message}"));
                    if message % 10 == 0 {
                        let name = format!("q-{thread}-{message}");
                        let declared = channel.call(queue::Declare::new(&*name)).unwrap();
                        assert_eq!(declared.queue, *name);
                    }
                    assert!(matches!(receipt.wait(), Outcome::Confirmed));
                }
            });
        }
    });
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_lost_connection_wakes_every_thread_that_waits() {
    let script = Script::with_confirms(async |mut server| {
        server.expect::<basic::Consume<'_>>(1).await;
        server.send(1, basic::ConsumeOk::new("tag")).await;
        server.expect_content(1).await;
        // Then it is gone, in the midst of calls.
        server.expect::<queue::Declare<'_>>(1).await;
    });
    let (connection, channel) = script.connect_with_confirms();
    let mut consumer = channel.basic_consume(basic::Consume::new("q", "")).unwrap();
    let receipt = publish_confirmed(&channel, "x");
    let lost = std::thread::scope(|scope| {
        let waits = [
            scope.spawn(|| consumer.next().unwrap().unwrap_err()),
            scope.spawn(|| match receipt.wait() {
                Outcome::InDoubt(error) => error,
                other => panic!("{other:?}"),
            }),
            scope.spawn(|| channel.returned().unwrap_err()),
            scope.spawn(|| channel.wait_for_confirms().unwrap_err()),
            scope.spawn(|| connection.closed()),
            scope.spawn(|| channel.call(queue::Declare::new("q")).unwrap_err()),
            scope.spawn(|| {
                connection
                    .methods()
                    .next()
                    .map_or_else(|| connection.close_error().unwrap(), Result::unwrap_err)
            }),
        ];
        waits.map(|thread| thread.join().unwrap().kind())
    });
    assert_eq!(lost, [ErrorKind::ConnectionLost; 7]);
    let error = connection.open_channel().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    script.end();
}

#[test]
fn many_threads_may_close_at_once() {
    let script = Script::open(async |mut server| {
        server.expect::<connection::Close<'_>>(0).await;
        server.send(0, connection::CloseOk).await;
        server.expect_end().await;
    });
    let connection = script.connect();
    let start = Arc::new(Barrier::new(8));
    let closers: Vec<_> = (0..8)
        .map(|_| {
            let (connection, start) = (connection.clone(), Arc::clone(&start));
            std::thread::spawn(move || {
                start.wait();
                connection.close()
            })
        })
        .collect();
    drop(connection);
    for closer in closers {
        closer.join().unwrap().unwrap();
    }
    script.end();
}
