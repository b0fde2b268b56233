//! Work from other threads, while the driver waits for octets that do not come.

use std::collections::HashSet;
use std::sync::mpsc;

use leveret::amqp_methods::basic;

use super::driver::Wakes;
use super::server::{Terms, consumes, deliver, meet, take_acks};

/// Nothing else would end the waiting: there are no heartbeats, and the server answers only what it hears.
pub(crate) fn work_of_another_thread_ends_the_waiting<D: Wakes>() {
    const ROUNDS: u64 = 50;
    let (go, goes) = mpsc::channel();
    meet(
        Terms::default(),
        async move |mut server| {
            consumes(&mut server).await;
            for round in 1..=ROUNDS {
                go.send(round).unwrap();
                let (_, _, body) = server.expect_content(1).await;
                deliver(server.peer_mut(), round, &body);
                server.expect_method(1, &basic::Ack::new(round)).await;
            }
            server.serve_auto().await;
        },
        |address, parameters| {
            let mut driver = D::connect(address, parameters).unwrap();
            driver.open_channel().unwrap();
            driver.consume().unwrap();
            let mut publisher = driver.publisher();
            let other = std::thread::spawn(move || {
                for round in goes {
                    publisher(u64::to_be_bytes(round).to_vec());
                }
            });
            for round in 1..=ROUNDS {
                assert_eq!(driver.next_and_ack().unwrap(), round.to_be_bytes());
            }
            driver.close().unwrap();
            other.join().unwrap();
        },
    );
}

pub(crate) fn many_threads_wake_and_nothing_is_lost<D: Wakes>() {
    const THREADS: u8 = 8;
    const MESSAGES: u8 = 100;
    let all = usize::from(THREADS) * usize::from(MESSAGES);
    meet(
        Terms::default(),
        async |mut server| {
            consumes(&mut server).await;
            let (mut published, mut acknowledged) = (0, 0);
            let script = server.serve(|peer| {
                acknowledged += take_acks(peer);
                while peer.has_content(1) {
                    let (_, _, body) = peer.expects_content(1);
                    published += 1;
                    deliver(peer, published, &body);
                    acknowledged += take_acks(peer);
                }
            });
            script.await;
            assert_eq!(acknowledged, all);
        },
        |address, parameters| {
            let mut driver = D::connect(address, parameters).unwrap();
            driver.open_channel().unwrap();
            driver.consume().unwrap();
            let others: Vec<_> = (0..THREADS)
                .map(|thread| {
                    let mut publisher = driver.publisher();
                    std::thread::spawn(move || {
                        for message in 0..MESSAGES {
                            publisher(vec![thread, message]);
                        }
                    })
                })
                .collect();
            let bodies = (0..all).map(|_| driver.next_and_ack().unwrap());
            assert_eq!(bodies.collect::<HashSet<_>>().len(), all);
            driver.close().unwrap();
            for other in others {
                other.join().unwrap();
            }
        },
    );
}
