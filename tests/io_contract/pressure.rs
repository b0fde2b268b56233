//! What happens when one side writes more than the other reads.

use std::sync::atomic::{AtomicUsize, Ordering};

use leveret::amqp_methods::connection;

use super::driver::Driver;
use super::server::{Server, Terms, body, consumes, deliver, meet, opens, take_acks};

const LENGTH: usize = 1024 * 1024;

/// More than all buffers of the system between the two sides hold.
const BODIES: usize = 14;

/// The server reads nothing until the client has read everything; the client has as much to say.
pub(crate) fn neither_direction_waits_for_the_other<D: Driver>() {
    meet(
        Terms::tight(),
        async |mut server| {
            consumes(&mut server).await;
            server.flush().await;
            let (mut link, mut peer) = server.into_parts();
            for number in 1..=BODIES {
                deliver(&mut peer, number as u64, &body(number, LENGTH));
            }
            link.only_write(&peer.transmit()).await;
            let mut server = Server::with_peer(link, peer).patience(None);
            let (mut published, mut acknowledged) = (0, 0);
            let script = server.serve(|peer| {
                acknowledged += take_acks(peer);
                while peer.has_content(1) {
                    let (_, _, octets) = peer.expects_content(1);
                    published += 1;
                    assert!(octets == body(published, LENGTH));
                    acknowledged += take_acks(peer);
                }
            });
            script.await;
            assert_eq!((published, acknowledged), (BODIES, BODIES));
        },
        |address, parameters| {
            let mut driver = D::connect(address, parameters).unwrap();
            driver.open_channel().unwrap();
            driver.consume().unwrap();
            for number in 1..=BODIES {
                driver.publish(body(number, LENGTH)).unwrap();
            }
            for number in 1..=BODIES {
                assert!(driver.next_and_ack().unwrap() == body(number, LENGTH));
            }
            driver.close().unwrap();
        },
    );
}

/// The server reads only when the publisher has stopped, and never finds it further ahead than buffers can explain.
pub(crate) fn a_server_that_does_not_read_holds_back_the_publisher<D: Driver>() {
    const LENGTH: usize = 256 * 1024;
    const BODIES: usize = 160;
    /// What a driver may hold, what it may be writing, and what the system keeps for it: together a third of all.
    const AHEAD: usize = 14 * 1024 * 1024;
    let published = AtomicUsize::new(0);
    meet(
        Terms::tight(),
        async |mut server| {
            opens(&mut server).await;
            let (mut link, _) = server.into_parts();
            let mut octets = vec![0; 32 * 1024];
            let (mut read, mut before) = (0, usize::MAX);
            loop {
                let now = published.load(Ordering::Acquire);
                assert!(now * LENGTH <= read + AHEAD, "{now} bodies are too many");
                if now == BODIES {
                    return;
                }
                if now == before {
                    read += link.only_read(&mut octets).await;
                } else {
                    before = now;
                    std::thread::yield_now();
                }
            }
        },
        |address, parameters| {
            let mut driver = D::connect(address, parameters).unwrap();
            driver.open_channel().unwrap();
            for _ in 0..BODIES {
                driver.publish(vec![0; LENGTH]).unwrap();
                published.fetch_add(1, Ordering::Release);
            }
            // The server is not interested, but reads once more to see that this is the end.
            let _ = driver.close();
        },
    );
}

pub(crate) fn closing_writes_what_was_published_before<D: Driver>() {
    const BODIES: usize = 70;
    const LENGTH: usize = 64 * 1024;
    meet(
        Terms::tight(),
        async |mut server| {
            opens(&mut server).await;
            for seed in 0..BODIES {
                let (_, _, octets) = server.expect_content(1).await;
                assert!(octets == body(seed, LENGTH));
            }
            let close = server.expect::<connection::Close<'_>>(0).await;
            assert_eq!(close.reply_code, 200);
            server.send(0, connection::CloseOk).await;
            server.expect_end().await;
        },
        |address, parameters| {
            let mut driver = D::connect(address, parameters).unwrap();
            driver.open_channel().unwrap();
            for seed in 0..BODIES {
                driver.publish(body(seed, LENGTH)).unwrap();
            }
            driver.close().unwrap();
        },
    );
}
