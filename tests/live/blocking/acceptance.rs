//! What the blocking acceptance tests of pika ask for and no other file here shows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use leveret::blocking::{Channel, Connection};
use leveret::{ConnectionParameters, Credentials, Error, ErrorKind, Outcome};

use leveret::amqp_methods::{basic, queue};

use super::{consume, fill, open, own_queue, publish};
use crate::broker::broker;
use crate::relay::{Relay, Then};

/// Somebody who waits for an answer that does not come, because the connection goes first.
type Waits = fn(&Connection, &Channel) -> Error;

#[test]
fn whoever_waits_is_woken_when_the_connection_is_lost() {
    let waits: [Waits; 5] = [
        |connection, _| connection.open_channel().unwrap_err(),
        |_, channel| {
            let declare = queue::Declare::new("").exclusive(true);
            channel.call(declare).unwrap_err()
        },
        |_, channel| {
            let consume = basic::Consume::new("leveret.never", "");
            channel.basic_consume(consume).unwrap_err()
        },
        |_, channel| {
            let get = basic::Get::new("leveret.never");
            channel.basic_get(get).unwrap_err()
        },
        |_, channel| channel.confirm_select().unwrap_err(),
    ];
    for wait in waits {
        let Some(parameters) = broker() else { return };
        // Those of the handshake, and that of the channel.
        let (relay, parameters) = Relay::start(parameters, &[4], Then::HangUp);
        let connection = Connection::connect(parameters).unwrap();
        let channel = connection.open_channel().unwrap();
        let kind = ErrorKind::ConnectionLost;
        assert_eq!(wait(&connection, &channel).kind(), kind);
        assert_eq!(connection.close_error().unwrap().kind(), kind);
        assert_eq!(channel.close_error().unwrap().kind(), kind);
        // Nothing is possible from then on, and everything says why.
        assert_eq!(wait(&connection, &channel).kind(), kind);
        relay.ended();
    }
}

#[test]
fn one_of_several_sets_of_parameters_is_enough() {
    let Some(parameters) = broker() else { return };
    let wrong = parameters
        .clone()
        .credentials(Credentials::plain("guest", "wr0ng"));
    let nobody = ConnectionParameters::new("127.0.0.1").port(1);
    let connection = Connection::connect_any([nobody.clone(), wrong.clone(), parameters]).unwrap();
    connection.open_channel().unwrap();
    connection.close().unwrap();
    let error = Connection::connect_any([nobody, wrong]).unwrap_err();
    let kinds: Vec<_> = error.attempts().iter().map(Error::kind).collect();
    assert_eq!(kinds, [ErrorKind::Io, ErrorKind::AuthenticationRefused]);
}

#[test]
fn a_connection_that_is_lost_before_its_first_channel_is_lost() {
    let Some(parameters) = broker() else { return };
    let (relay, parameters) = Relay::start(parameters, &[3], Then::HangUp);
    let connection = Connection::connect(parameters).unwrap();
    let error = connection.open_channel().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    relay.ended();
}

#[test]
fn a_publish_whose_confirm_is_lost_is_in_doubt() {
    let Some(parameters) = broker() else { return };
    // The handshake, the channel, and that it confirms.
    let (relay, parameters) = Relay::start(parameters, &[5], Then::HangUp);
    let connection = Connection::connect(parameters).unwrap();
    let channel = connection.open_channel().unwrap();
    channel.confirm_select().unwrap();
    let publish = basic::Publish::new("", "leveret.never");
    let properties = basic::Properties::default();
    let receipt = channel.basic_publish_confirmed(publish, properties, "x");
    let Outcome::InDoubt(error) = receipt.unwrap().wait() else {
        panic!("nobody has confirmed it");
    };
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    relay.ended();
}

#[test]
fn a_panic_closes_the_connection_and_stays_what_it_was() {
    let Some(parameters) = broker() else { return };
    let (relay, parameters) = Relay::start(parameters, &[usize::MAX], Then::HangUp);
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let connection = Connection::connect(parameters).unwrap();
        let channel = connection.open_channel().unwrap();
        own_queue(&channel);
        std::panic::resume_unwind(Box::new("the application's own"));
    }));
    let payload = caught.unwrap_err();
    let text = payload.downcast_ref::<&str>();
    assert_eq!(text, Some(&"the application's own"));
    // It would go on for as long as the connection.
    relay.ended();
}

#[test]
fn many_threads_may_close_what_others_wait_for() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    let mut consumer = consume(&channel, &queue);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| consumer.next().unwrap().unwrap_err());
        let closing = [(); 8].map(|()| scope.spawn(|| connection.close()));
        for thread in closing {
            thread.join().unwrap().unwrap();
        }
        let error = waiting.join().unwrap();
        assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    });
}

#[test]
fn closing_waits_for_no_consumer_that_is_stuck() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    fill(&channel, &queue, &["1", "2"]);
    let mut consumer = consume(&channel, &queue);
    let (took, taken) = mpsc::channel();
    let (free, stuck) = mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        let delivery = consumer.next().unwrap().unwrap();
        took.send(()).unwrap();
        assert!(stuck.recv().is_err());
        delivery.ack()
    });
    taken.recv().unwrap();
    connection.close().unwrap();
    drop(free);
    let error = thread.join().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
}

#[test]
fn ten_threads_publish_while_another_consumes() {
    const THREADS: usize = 10;
    const MESSAGES: usize = 100;
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    let mut consumer = consume(&channel, &queue);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (channel, queue) = (&channel, &queue);
            scope.spawn(move || {
                for _ in 0..MESSAGES {
                    publish(channel, "", queue, &thread.to_string());
                }
            });
        }
        let mut counts = [0; THREADS];
        for _ in 0..THREADS * MESSAGES {
            let delivery = consumer.next().unwrap().unwrap();
            counts[super::body(&delivery).parse::<usize>().unwrap()] += 1;
            delivery.ack().unwrap();
        }
        assert_eq!(counts, [MESSAGES; THREADS]);
    });
    connection.close().unwrap();
}
