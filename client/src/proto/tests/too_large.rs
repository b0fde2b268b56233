//! Messages that are larger than is taken: passed over, told, settled, and nothing else is lost.

use amqp_methods::basic;
use amqp_test_broker::Peer;

use super::Pair;
use crate::ConnectionParameters;
use crate::error::ErrorKind;
use crate::proto::{Arrival, ChannelId, ConsumerId, ConsumerOptions, OverLimit};

const LIMIT: u64 = 10_000;

fn consuming(over_limit: OverLimit) -> (Pair, ChannelId, ConsumerId) {
    let parameters = ConnectionParameters::default().max_message_size(LIMIT);
    let mut pair = Pair::with(&parameters, Peer::new()).opened();
    let channel = pair.channel();
    let mut options = ConsumerOptions::new();
    options.over_limit = over_limit;
    let consumer = pair.consumer_told(channel, basic::Consume::new("q", "c"), options);
    (pair, channel, consumer)
}

#[test]
fn it_is_settled_as_chosen_and_the_consumer_is_told() {
    for policy in [OverLimit::Discard, OverLimit::Requeue, OverLimit::Ack] {
        let (mut pair, channel, consumer) = consuming(policy);
        pair.delivers(channel, "c", 1, b"before");
        let properties = basic::Properties::default().message_id("big");
        let deliver = basic::Deliver::new("c", 2, "e", "k").redelivered(true);
        pair.peer
            .sends_content(1, deliver, &properties, &[7; 300_000]);
        pair.delivers(channel, "c", 3, b"behind");
        pair.exchange();
        match policy {
            OverLimit::Ack => pair.peer.expects_method(1, &basic::Ack::new(2)),
            OverLimit::Requeue => {
                let nack = basic::Nack::new(2).requeue(true);
                pair.peer.expects_method(1, &nack);
            }
            _ => {
                let reject = basic::Reject::new(2).requeue(false);
                pair.peer.expects_method(1, &reject);
            }
        }
        pair.peer.expects_nothing();
        let (deliveries, end) = pair.taken(consumer);
        assert!(end.is_none());
        let arrivals: Vec<_> = deliveries.iter().map(|raw| raw.arrival).collect();
        assert_eq!(
            arrivals,
            [Arrival::Whole, Arrival::PassedOver, Arrival::Whole]
        );
        let passed = &deliveries[1].content;
        assert_eq!(passed.properties(), properties);
        assert_eq!(passed.header().body_size, 300_000);
        assert!(passed.body().is_empty());
        assert_eq!(deliveries[2].content.body(), b"behind");
        // What is given back beyond its settling is given back once.
        assert!(!pair.core.give_back_unseen(&deliveries[1], false));
        assert!(pair.core.is_open());
    }
}

#[test]
fn nothing_of_it_is_kept() {
    let (mut pair, channel, consumer) = consuming(OverLimit::Discard);
    let deliver = basic::Deliver::new("c", 1, "", "q");
    pair.peer
        .sends_content_start(1, deliver, &basic::Properties::default(), 1 << 62);
    for _ in 0..100 {
        pair.peer.sends_body(1, &[0; 100_000]);
        pair.exchange();
        assert!(pair.core.half_received < 100);
    }
    assert_eq!(pair.core.waiting_octets(), 0);
    assert!(pair.core.channel(channel).is_some());
    assert!(pair.taken(consumer).0.is_empty());
}

#[test]
fn more_octets_than_announced_are_a_breach_all_the_same() {
    let (mut pair, _, _) = consuming(OverLimit::Discard);
    let deliver = basic::Deliver::new("c", 1, "", "q");
    pair.peer
        .sends_content_start(1, deliver, &basic::Properties::default(), LIMIT + 1);
    pair.peer.sends_body(1, &[0; LIMIT as usize + 2]);
    pair.exchange();
    assert_eq!(pair.closed().kind(), ErrorKind::Protocol);
}

#[test]
fn without_acknowledgement_it_is_told_and_not_settled() {
    let (mut pair, channel, _) = consuming(OverLimit::Discard);
    let consume = basic::Consume::new("q", "n").no_ack(true);
    let consumer = pair.consumer_with(channel, consume);
    pair.delivers(channel, "n", 1, &[0; LIMIT as usize + 1]);
    pair.exchange();
    pair.peer.expects_nothing();
    assert_eq!(pair.taken(consumer).0[0].arrival, Arrival::PassedOver);
}

#[test]
fn one_whose_consumer_is_gone_goes_back() {
    let (mut pair, channel, consumer) = consuming(OverLimit::Discard);
    pair.core.drop_consumer(consumer);
    pair.delivers(channel, "c", 1, &[0; LIMIT as usize + 1]);
    pair.exchange();
    pair.peer.expects::<basic::Cancel<'_>>(1);
    let nack = basic::Nack::new(1).requeue(true);
    pair.peer.expects_method(1, &nack);
    pair.peer.expects_nothing();
}

#[test]
fn one_that_was_fetched_goes_back_and_the_call_is_told() {
    let (mut pair, channel, _) = consuming(OverLimit::Discard);
    for no_ack in [false, true] {
        let call = pair.call(channel, &basic::Get::new("q").no_ack(no_ack));
        pair.speak();
        pair.peer.expects::<basic::Get<'_>>(1);
        let get_ok = basic::GetOk::new(4, "e", "k", 0);
        let properties = basic::Properties::default().priority(3);
        pair.peer
            .sends_content(1, get_ok, &properties, &[0; 20_000]);
        pair.exchange();
        let error = pair.reply(call).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MessageTooLarge);
        assert_eq!(
            error.to_string(),
            "a message is too large: a message of 20000 octets, more than the limit of 10000"
        );
        let message = error.too_large().unwrap();
        assert_eq!((message.size(), message.limit()), (20_000, LIMIT));
        assert_eq!((message.delivery_tag(), message.redelivered()), (4, false));
        assert_eq!(message.properties(), properties);
        assert_eq!(message.routing_key(), *"k");
        if !no_ack {
            let nack = basic::Nack::new(4).requeue(true);
            pair.peer.expects_method(1, &nack);
        }
        pair.peer.expects_nothing();
    }
    // Nobody waits any more: it goes back just the same.
    let call = pair.call(channel, &basic::Get::new("q"));
    pair.core.channel(channel).unwrap().abandon(call);
    pair.speak();
    pair.peer.expects::<basic::Get<'_>>(1);
    let get_ok = basic::GetOk::new(5, "e", "k", 0);
    pair.peer
        .sends_content(1, get_ok, &basic::Properties::default(), &[0; 20_000]);
    pair.exchange();
    let nack = basic::Nack::new(5).requeue(true);
    pair.peer.expects_method(1, &nack);
    pair.no_event();
}
