//! Octets arrive whole, in order and once, however they are cut on the way.

use amqp_test_broker::Tuning;
use leveret::amqp_methods::{basic, confirm};

use super::driver::Driver;
use super::server::{Terms, body, consumes, deliver, meet, opens, take_acks};

const LENGTHS: [usize; 5] = [0, 1, 100, 4088, 9000];

pub(crate) fn a_session_is_whole_however_its_octets_are_cut<D: Driver>() {
    for cut in [1, 2, 7, 8, 9, 1000, usize::MAX] {
        let terms = Terms {
            write_max: cut,
            read_max: cut,
            ..Terms::default()
        };
        meet(
            terms,
            async |mut server| {
                server.handshake().await;
                let (mut published, mut acknowledged) = (0, 0);
                let script = server.serve(|peer| {
                    acknowledged += take_acks(peer);
                    while peer.has_content(1) {
                        let (_, _, body) = peer.expects_content(1);
                        published += 1;
                        peer.on(1).sends(basic::Ack::new(published));
                        let tag = "amq.ctag-1";
                        let deliver = basic::Deliver::new(tag, published, "", "q");
                        peer.sends_content(1, deliver, &basic::Properties::default(), &body);
                        acknowledged += take_acks(peer);
                    }
                });
                script.await;
                assert_eq!(acknowledged, LENGTHS.len());
            },
            |address, parameters| {
                let mut driver = D::connect(address, parameters).unwrap();
                driver.open_channel().unwrap();
                driver.confirm_select().unwrap();
                assert_eq!(driver.declare("queue").unwrap(), "queue");
                driver.consume().unwrap();
                for (seed, length) in LENGTHS.into_iter().enumerate() {
                    driver.publish(body(seed, length)).unwrap();
                }
                let confirmed = driver.wait_for_confirms().unwrap();
                assert_eq!(confirmed, LENGTHS.len() as u64);
                for (seed, length) in LENGTHS.into_iter().enumerate() {
                    let delivered = driver.next_and_ack().unwrap();
                    assert!(delivered == body(seed, length), "{length} octets in {cut}");
                }
                driver.close().unwrap();
            },
        );
    }
}

pub(crate) fn large_bodies_arrive_in_as_many_pieces_as_the_server_takes<D: Driver>() {
    const BODIES: usize = 12;
    const LENGTH: usize = 1024 * 1024 + 1;
    meet(
        Terms::tight(),
        async |mut server| {
            opens(&mut server).await;
            server.expect::<confirm::Select>(1).await;
            server.send(1, confirm::SelectOk).await;
            for seed in 0..BODIES {
                let (_, _, octets) = server.expect_content(1).await;
                assert!(octets == body(seed, LENGTH), "body {seed} is another");
            }
            let acks = basic::Ack::new(BODIES as u64).multiple(true);
            server.send(1, acks).await;
            server.serve_auto().await;
        },
        |address, parameters| {
            let mut driver = D::connect(address, parameters).unwrap();
            driver.open_channel().unwrap();
            driver.confirm_select().unwrap();
            for seed in 0..BODIES {
                driver.publish(body(seed, LENGTH)).unwrap();
            }
            assert_eq!(driver.wait_for_confirms().unwrap(), BODIES as u64);
            driver.close().unwrap();
        },
    );
}

pub(crate) fn a_large_delivery_is_put_together<D: Driver>() {
    const LENGTH: usize = 3 * 1024 * 1024;
    let mut terms = Terms::default();
    terms.tuning = Tuning {
        frame_max: 4096,
        ..terms.tuning
    };
    meet(
        terms,
        async |mut server| {
            consumes(&mut server).await;
            deliver(server.peer_mut(), 1, &body(1, LENGTH));
            deliver(server.peer_mut(), 2, b"behind");
            for number in 1..=2 {
                server.expect_method(1, &basic::Ack::new(number)).await;
            }
            server.serve_auto().await;
        },
        |address, parameters| {
            let mut driver = D::connect(address, parameters).unwrap();
            driver.open_channel().unwrap();
            driver.consume().unwrap();
            assert!(driver.next_and_ack().unwrap() == body(1, LENGTH));
            assert_eq!(driver.next_and_ack().unwrap(), b"behind");
            driver.close().unwrap();
        },
    );
}
