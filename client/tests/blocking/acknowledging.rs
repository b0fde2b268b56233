//! Acknowledgements that wait for others.

use std::time::Duration;

use leveret::ErrorKind;
use leveret::amqp_methods::basic;

use super::meet::{Script, consumes, deliver};

#[test]
fn a_run_of_acks_is_one_and_a_flush_waits_for_no_more() {
    let (tell, told) = std::sync::mpsc::channel();
    let script = Script::with_channel(async move |mut server| {
        consumes(&mut server).await;
        for number in 1..=5 {
            deliver(&mut server, "tag", number).await;
        }
        server.expect::<basic::Qos>(1).await;
        server.send(1, basic::QosOk).await;
        for last in [3, 5] {
            let ack = basic::Ack::new(last).multiple(true);
            server.expect_method(1, &ack).await;
        }
        tell.send(()).unwrap();
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    channel.coalesce_acks(3, Duration::MAX).unwrap();
    let mut consumer = channel.basic_consume(basic::Consume::new("q", "")).unwrap();
    // Its answer is behind all deliveries: a consumer that has to wait would let acknowledgements go.
    channel.basic_qos(10).unwrap();
    for delivery in consumer.by_ref().take(5) {
        delivery.unwrap().ack().unwrap();
    }
    channel.flush_acks();
    // To close would flush as well.
    told.recv().unwrap();
    connection.close().unwrap();
    script.end();
}

#[test]
fn the_oldest_goes_out_in_time_while_the_application_thinks() {
    let (tell, told) = std::sync::mpsc::channel();
    let script = Script::with_channel(async move |mut server| {
        consumes(&mut server).await;
        deliver(&mut server, "tag", 1).await;
        server.expect_method(1, &basic::Ack::new(1)).await;
        tell.send(()).unwrap();
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    channel
        .coalesce_acks(100, Duration::from_millis(1))
        .unwrap();
    let mut consumer = channel.basic_consume(basic::Consume::new("q", "")).unwrap();
    consumer.next().unwrap().unwrap().ack().unwrap();
    // Nothing else is asked of the library.
    told.recv().unwrap();
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_consumer_that_waits_lets_them_go() {
    let script = Script::with_channel(async |mut server| {
        consumes(&mut server).await;
        deliver(&mut server, "tag", 1).await;
        server.expect_method(1, &basic::Ack::new(1)).await;
        deliver(&mut server, "tag", 2).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    channel.coalesce_acks(100, Duration::MAX).unwrap();
    let mut consumer = channel.basic_consume(basic::Consume::new("q", "")).unwrap();
    consumer.next().unwrap().unwrap().ack().unwrap();
    assert_eq!(consumer.next().unwrap().unwrap().delivery_tag(), 2);
    let refused = channel.coalesce_acks(0, Duration::MAX).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::State);
    connection.close().unwrap();
    script.end();
}
