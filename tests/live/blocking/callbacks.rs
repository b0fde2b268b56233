//! Callbacks, on threads of their own.

use std::sync::mpsc;

use leveret::amqp_methods::{basic, queue};
use leveret::blocking::Connection;

use super::{open, own_queue};

#[test]
fn callbacks_hear_of_what_comes_back_and_of_a_queue_that_goes() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    let (tell, told) = mpsc::channel();
    let [opened, returned, cancelled, closed] = [(); 4].map(|()| tell.clone());
    let caller = channel.clone();
    let callbacks = channel
        .callbacks()
        .on_return(move |message| {
            // Waits for the server, which the thread that reads goes on listening to.
            let declare = queue::Declare::new(message.routing_key()).exclusive(true);
            let ok = caller.call(declare).unwrap();
            returned.send(format!("returned {}", ok.queue)).unwrap();
        })
        .on_cancel(move |tag| cancelled.send(format!("cancelled {tag}")).unwrap())
        .start()
        .unwrap();
    let of_connection = connection
        .callbacks()
        .on_open(move |connection: &Connection| {
            let is_open = connection.close_error().is_none();
            opened.send(format!("open {is_open}")).unwrap();
        })
        .on_close(move |error| closed.send(format!("closed {:?}", error.kind())).unwrap())
        .start()
        .unwrap();
    assert_eq!(told.recv().unwrap(), "open true");

    let nowhere = crate::broker::unique("nowhere");
    let publish = basic::Publish::new("", &nowhere).mandatory(true);
    let properties = basic::Properties::default();
    channel.basic_publish(publish, properties, "back").unwrap();
    assert_eq!(told.recv().unwrap(), format!("returned {nowhere}"));

    let consume = basic::Consume::new(&queue, "watched");
    let mut consumer = channel.basic_consume(consume).unwrap();
    channel.call(queue::Delete::new(&queue)).unwrap();
    assert_eq!(told.recv().unwrap(), "cancelled watched");
    // The consumer is told as well.
    assert!(consumer.next().unwrap().is_err());

    connection.close().unwrap();
    of_connection.ended().unwrap();
    callbacks.ended().unwrap();
    assert_eq!(told.recv().unwrap(), "closed ConnectionClosed");
}
