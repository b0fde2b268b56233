//! Many tasks on several threads, in real time.

use std::collections::HashMap;
use std::future::Future as _;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use leveret::amqp_methods::{basic, queue};
use leveret::proto::Outcome;
use leveret::{Outgoing, PressureRule};

use super::meet::{connect_with, parameters, publish_confirmed};

const TASKS: usize = 8;
const MESSAGES: usize = 300;

/// A server that answers, confirms every publish, and notes the bodies in the order of their arrival.
async fn serve(mut server: super::meet::Server, bodies: Arc<Mutex<Vec<String>>>) {
    let mut confirmed = 0;
    server
        .serve(move |peer| {
            let mut arrived = bodies.lock().unwrap();
            while peer.has_frame(1) && peer.has_content(1) {
                let (_, _, body) = peer.expects_content(1);
                arrived.push(String::from_utf8(body.to_vec()).unwrap());
            }
            let last = arrived.len() as u64;
            if last > confirmed {
                peer.on(1).sends(basic::Ack::new(last).multiple(true));
                confirmed = last;
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn numbers_follow_the_wire() {
    let parameters = parameters().write_buffer_high_water(4000);
    let (connection, server) = connect_with(&parameters, 16 * 1024).await;
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let server = tokio::spawn(serve(server, Arc::clone(&bodies)));
    let channel = connection.open_channel().await.unwrap();
    channel.confirm_select().await.unwrap();

    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..TASKS {
        let channel = channel.clone();
        tasks.spawn(async move {
            let mut numbers = Vec::new();
            for message in 0..MESSAGES {
                let body = format!("{task}-{message}");
                let receipt = publish_confirmed(&channel, &body).await;
                numbers.push((body, receipt.number()));
                if message % 7 == 0 {
                    assert!(matches!(receipt.await, Outcome::Confirmed));
                } else if message % 7 == 1 {
                    channel
                        .call(queue::Declare::new(&*numbers[0].0))
                        .await
                        .unwrap();
                }
            }
            numbers
        });
    }
    let numbers: HashMap<String, u64> = tasks.join_all().await.into_iter().flatten().collect();
    channel.wait_for_confirms().await.unwrap();
    connection.close().await.unwrap();
    server.await.unwrap();
    let bodies = bodies.lock().unwrap();
    assert_eq!(bodies.len(), TASKS * MESSAGES);
    for (index, body) in bodies.iter().enumerate() {
        assert_eq!(numbers[body], index as u64 + 1, "{body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn channels_come_and_go_while_others_work() {
    let (connection, mut server) = connect_with(&parameters(), 16 * 1024).await;
    let server = tokio::spawn(async move { server.serve_auto().await });
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..TASKS {
        let connection = connection.clone();
        tasks.spawn(async move {
            for round in 0..50 {
                let channel = connection.open_channel().await.unwrap();
                let name = format!("{task}-{round}");
                let ok = channel.call(queue::Declare::new(&*name)).await.unwrap();
                assert_eq!(ok.queue, *name);
                if round % 2 == 0 {
                    channel.close().await.unwrap();
                }
            }
        });
    }
    tasks.join_all().await;
    connection.close().await.unwrap();
    server.await.unwrap();
}

const IN_FLIGHT: usize = 5;

/// A server that confirms every publish, and never finds more of them unconfirmed than may be in flight.
async fn serve_limited(mut server: super::meet::Server) -> u64 {
    let mut confirmed = 0;
    server
        .serve(|peer| {
            let mut arrived = confirmed;
            while peer.has_frame(1) && peer.has_content(1) {
                peer.expects_content(1);
                arrived += 1;
            }
            assert!(arrived - confirmed <= IN_FLIGHT as u64);
            if arrived > confirmed {
                peer.on(1).sends(basic::Ack::new(arrived).multiple(true));
                confirmed = arrived;
            }
        })
        .await;
    confirmed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_line_of_publishers_moves_on_whoever_leaves_it() {
    // So narrow that they wait for the buffer as well.
    let parameters = parameters().write_buffer_high_water(300);
    let (connection, server) = connect_with(&parameters, 128).await;
    let server = tokio::spawn(serve_limited(server));
    let channel = connection.open_channel().await.unwrap();
    channel.confirm_select().await.unwrap();
    let publisher = channel.publisher().max_in_flight(IN_FLIGHT);
    let mut watch = connection.watch_pressure(PressureRule::FrameRatio(2.0));
    let watching = tokio::spawn(async move {
        let mut last = false;
        while let Ok(is_pressed) = watch.changed().await {
            assert_ne!(is_pressed, last);
            last = is_pressed;
        }
    });

    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..TASKS {
        let publisher = publisher.clone();
        tasks.spawn(async move {
            let mut sent = 0u64;
            for message in 0..MESSAGES {
                let publish = basic::Publish::new("", "q");
                let properties = basic::Properties::default();
                let one = publisher.basic_publish_confirmed(publish.clone(), properties, "one");
                match (task + message) % 4 {
                    // It leaves the line, if it had to stand in it.
                    0 => {
                        let mut one = std::pin::pin!(one);
                        let polled = std::future::poll_fn(|cx| Poll::Ready(one.as_mut().poll(cx)));
                        if let Poll::Ready(receipt) = polled.await {
                            drop(receipt.unwrap());
                            sent += 1;
                        }
                    }
                    1 => {
                        let batch =
                            vec![Outgoing::new(publish, basic::Properties::default(), "some"); 7];
                        let outcomes = publisher.basic_publish_batch(&batch).await.unwrap();
                        assert!(outcomes.all_confirmed());
                        sent += 7;
                    }
                    _ => {
                        assert!(one.await.unwrap().await.is_confirmed());
                        sent += 1;
                    }
                }
            }
            sent
        });
    }
    let sent: u64 = tasks.join_all().await.into_iter().sum();
    channel.wait_for_confirms().await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(server.await.unwrap(), sent);
    watching.await.unwrap();
}
