//! What holds publishers back, and what it leaves alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use leveret::Channel;
use leveret::PressureRule;
use leveret::amqp_methods::{AnyMethod, basic, channel, connection, queue};
use tokio::task::JoinHandle;

use super::meet::{
    answered, connect_with, connect_with_channel, consume, parameters, publish, settle,
};

const MESSAGES: usize = 200;

/// Publishes messages of about a hundred octets each, and counts them.
fn publisher(channel: &Channel) -> (JoinHandle<()>, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let channel = channel.clone();
    let task = tokio::spawn(async move {
        for number in 0..MESSAGES {
            publish(&channel, &format!("{number:060}")).await.unwrap();
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    (task, count)
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_read_slows_publishers_and_nothing_else() {
    let parameters = parameters().write_buffer_high_water(1000);
    let (connection, mut server) = connect_with(&parameters, 2048).await;
    let channel = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    let mut consumer = consume(&mut server, &channel, "tag").await;
    let delivery = consumer.next().await.unwrap().unwrap();

    let publishers: Vec<_> = (0..3).map(|_| publisher(&channel)).collect();
    settle().await;
    let published = |publishers: &Vec<(JoinHandle<()>, Arc<AtomicUsize>)>| -> usize {
        let counts = publishers.iter().map(|(_, count)| count);
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    };
    let held = published(&publishers);
    // The stream, what is being written, and the buffer.
    assert!((10..60).contains(&held), "{held} were published");
    settle().await;
    assert_eq!(published(&publishers), held);

    delivery.ack().unwrap();
    let call = tokio::spawn({
        let channel = channel.clone();
        async move { channel.call(queue::Declare::new("q")).await }
    });
    settle().await;
    let mut bodies = 0;
    let mut behind = Vec::new();
    while bodies < 3 * MESSAGES || behind.len() < 2 {
        let frame = server.next_frame().await.unwrap();
        match frame.method() {
            _ if frame.kind as u8 == 3 => bodies += 1,
            Ok(method) if frame.kind as u8 == 1 => match method {
                AnyMethod::BasicAck(_) => behind.push((bodies, "ack")),
                AnyMethod::QueueDeclare(_) => {
                    behind.push((bodies, "declare"));
                    server.send(1, queue::DeclareOk::new("q", 0, 0)).await;
                }
                _ => {}
            },
            _ => {}
        }
    }
    // Both went behind what was buffered, and before what had to wait.
    assert_eq!(behind, [(held, "ack"), (held, "declare")]);
    assert_eq!(call.await.unwrap().unwrap().queue, *"q");
    for (task, _) in publishers {
        task.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn blocked_holds_publishes_until_unblocked() {
    let (connection, channel, mut server) = connect_with_channel().await;
    server
        .send(0, connection::Blocked::new("low on disk"))
        .await;
    settle().await;
    assert!(connection.is_blocked());
    let (publisher, count) = publisher(&channel);
    settle().await;
    assert_eq!(count.load(Ordering::Relaxed), 0);
    let ok = answered(&mut server, channel.call(queue::Declare::new("q"))).await;
    ok.unwrap();

    server.send(0, connection::Unblocked).await;
    publisher.await.unwrap();
    assert!(!connection.is_blocked());
    for _ in 0..MESSAGES {
        server.expect_content(1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn flow_holds_the_publishes_of_its_channel() {
    let (connection, held, mut server) = connect_with_channel().await;
    let free = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    let mut consumer = consume(&mut server, &held, "tag").await;
    server.send(1, channel::Flow { active: false }).await;
    server
        .expect_method(1, &channel::FlowOk { active: false })
        .await;
    let (publisher, count) = publisher(&held);
    publish(&free, "free").await.unwrap();
    server.expect_content(2).await;
    consumer.next().await.unwrap().unwrap().ack().unwrap();
    server.expect_method(1, &basic::Ack::new(1)).await;
    assert_eq!(count.load(Ordering::Relaxed), 0);

    server.send(1, channel::Flow { active: true }).await;
    server
        .expect_method(1, &channel::FlowOk { active: true })
        .await;
    publisher.await.unwrap();
    for _ in 0..MESSAGES {
        server.expect_content(1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn held_publishers_learn_of_the_end() {
    for ends_connection in [false, true] {
        let (_connection, channel, mut server) = connect_with_channel().await;
        server
            .send(0, connection::Blocked::new("low on disk"))
            .await;
        settle().await;
        let waiting = tokio::spawn({
            let channel = channel.clone();
            async move { publish(&channel, "x").await }
        });
        settle().await;
        let code = if ends_connection {
            server
                .send(0, connection::Close::new(320, "CONNECTION_FORCED", 0, 0))
                .await;
            320
        } else {
            super::meet::close_channel(&mut server, 406, "PRECONDITION_FAILED").await;
            406
        };
        let error = waiting.await.unwrap().unwrap_err();
        assert_eq!(error.reply_code().unwrap().get(), code);
    }
}

#[tokio::test(start_paused = true)]
async fn publishing_goes_on_when_the_low_mark_is_reached_and_not_before() {
    const HIGH: usize = 4000;
    const LOW: usize = 1000;
    const ROOM: usize = 512;
    let parameters = parameters()
        .write_buffer_high_water(HIGH)
        .write_buffer_low_water(LOW);
    let (connection, mut server) = connect_with(&parameters, ROOM).await;
    let channel = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    let (publisher, published) = publisher(&channel);
    settle().await;
    let held = published.load(Ordering::Relaxed);
    let waiting = connection.write_pressure();
    assert!(waiting.is_high());
    // What is being written counts too: no more than the mark and the message that reached it, less what the stream took.
    let around = HIGH - ROOM..HIGH + 200;
    assert!(around.contains(&waiting.octets()), "{waiting:?}");

    let mut least = waiting.octets();
    while published.load(Ordering::Relaxed) == held {
        server.next_frame().await.unwrap();
        settle().await;
        let now = connection.write_pressure();
        if published.load(Ordering::Relaxed) == held {
            assert!(now.octets() > LOW && now.is_high(), "{now:?}");
            least = least.min(now.octets());
        }
    }
    // It came close, and then the buffer was filled again.
    assert!(least < LOW + 1000, "{least}");
    assert!(around.contains(&connection.write_pressure().octets()));
    while !publisher.is_finished() {
        server.next_frame().await.unwrap();
        settle().await;
    }
    publisher.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn back_pressure_is_noticed_by_the_rule_of_pika() {
    let parameters = parameters().backpressure_detection(true);
    let (connection, mut server) = connect_with(&parameters, 256).await;
    let channel = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    let mut watch = connection.watch_pressure(PressureRule::FrameRatio(10.0));
    let waiter = tokio::spawn(async move { watch.changed().await });
    settle().await;
    assert!(!waiter.is_finished());
    let mut high = 0;
    for number in 0..30 {
        publish(&channel, "twenty octets of body").await.unwrap();
        settle().await;
        let pressure = connection.write_pressure();
        let average = pressure.average_frame();
        assert!(average > 10.0 && average < 100.0, "{pressure:?}");
        let is_high = pressure.octets() as f64 > 10.0 * average;
        assert_eq!(pressure.is_high(), is_high, "{number}: {pressure:?}");
        assert_eq!(waiter.is_finished(), high > 0 || is_high);
        high += usize::from(is_high);
    }
    assert!(high > 5 && high < 30, "{high}");
    assert!(waiter.await.unwrap().unwrap());

    // What is written presses no more.
    while connection.write_pressure().octets() > 0 {
        server.next_frame().await.unwrap();
        settle().await;
    }
    assert!(!connection.write_pressure().is_high());
}
