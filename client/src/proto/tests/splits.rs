//! Where a stream is cut into reads makes no difference.

use amqp_methods::{AnyMethod, ReplyCode, basic, channel, queue};
use proptest::prelude::*;

use super::Pair;
use super::hostile::{busy, frame};

/// A core with calls, consumers and publishes outstanding, and octets from the server that answer all of it.
fn conversation() -> (Pair, Vec<u8>) {
    let mut pair = Pair::open();
    let one = pair.confirm_channel();
    let two = pair.channel();
    pair.consumer(one, "c");
    for body in [b"x", b"y", b"z"] {
        pair.publish(one, &basic::Publish::new("", "q").mandatory(true), body);
    }
    pair.call(one, &queue::Declare::new("q"));
    pair.call(two, &basic::Get::new("q"));
    pair.call(two, &basic::Consume::new("q", "d"));
    pair.speak();
    pair.peer.answer();
    pair.peer.transmit();

    let properties = basic::Properties::default().message_id("m");
    pair.delivers(one, "c", 1, b"small");
    pair.peer.sends_heartbeat();
    pair.delivers(one, "c", 2, b"");
    pair.delivers(one, "c", 3, &[3; 9000]);
    pair.peer
        .sends_content_start(1, basic::Deliver::new("c", 4, "", "q"), &properties, 20_000);
    pair.peer.sends_body(1, &[4; 10_000]);
    pair.peer
        .sends_content(2, basic::GetOk::new(1, "", "q", 0), &properties, b"got");
    pair.peer.sends_body(1, &[5; 10_000]);
    pair.peer.sends_on(2, basic::ConsumeOk::new("d"));
    pair.delivers(two, "d", 2, b"first");
    pair.peer.sends_on(1, queue::DeclareOk::new("q", 0, 0));
    let back = basic::Return::new(312, "NO_ROUTE", "", "q");
    pair.peer
        .sends_content(1, back, &basic::Properties::default(), b"y");
    pair.peer.sends_on(1, basic::Ack::new(2).multiple(true));
    pair.peer.sends_on(2, channel::Flow { active: false });
    pair.peer
        .sends_on(2, AnyMethod::decode(&[0, 99, 0, 1, 7]).unwrap());
    pair.closes_channel(two, ReplyCode::NOT_FOUND, "gone");
    pair.peer
        .sends(amqp_methods::connection::Close::new(320, "bye", 0, 0));
    let octets = pair.peer.transmit().to_vec();
    (pair, octets)
}

/// Everything that can be seen of a core that has read all of it.
fn seen(mut pair: Pair) -> Vec<String> {
    let mut seen: Vec<_> = pair
        .events
        .drain(..)
        .map(|event| format!("{event:?}"))
        .collect();
    // Batches depend on how much comes at once.
    seen.dedup();
    let mut consumers: Vec<_> = Vec::new();
    for number in 0..2 {
        let consumer = crate::proto::ConsumerId::new(number, false);
        let (deliveries, end) = pair.taken(consumer);
        consumers.extend(
            deliveries
                .iter()
                .map(|delivery| format!("{} {:?}", delivery.tag.value(), delivery.content.body())),
        );
        consumers.push(format!("{end:?}"));
    }
    seen.extend(consumers);
    seen.push(format!("{:?}", pair.output()));
    seen
}

#[test]
fn any_single_cut_gives_the_same_events() {
    let (mut whole, octets) = conversation();
    whole.core_reads(&octets);
    let expected = seen(whole);
    let (start, end) = (0, octets.len());
    // Every cut near a frame's ends, and some within large bodies.
    let cuts = (start..end).filter(|at| {
        at % 97 == 0 || octets[at.saturating_sub(10)..(at + 10).min(end)].contains(&0xce)
    });
    for cut in cuts {
        let (mut pair, octets) = conversation();
        pair.core_reads(&octets[..cut]);
        pair.core_reads(&octets[cut..]);
        assert!(seen(pair) == expected, "{cut}");
    }
}

#[test]
fn octet_by_octet_gives_the_same_events() {
    let (mut whole, octets) = conversation();
    whole.core_reads(&octets);
    let (mut pair, octets) = conversation();
    for octet in octets {
        pair.core_reads(&[octet]);
    }
    assert_eq!(seen(pair), seen(whole));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cuts_give_the_same_events(cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20)) {
        let (mut whole, octets) = conversation();
        whole.core_reads(&octets);
        let (mut pair, octets) = conversation();
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(octets.len())).collect();
        cuts.sort_unstable();
        let mut from = 0;
        for cut in cuts {
            pair.core_reads(&octets[from..cut]);
            from = cut;
        }
        pair.core_reads(&octets[from..]);
        prop_assert_eq!(seen(pair), seen(whole));
    }

    /// Also where a server breaks the rules: the same breach is found, and the same said of it.
    #[test]
    fn any_stream_cut_anywhere_gives_the_same_events(
        frames in prop::collection::vec(frame(), 1..20),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        damage in prop::option::of(any::<(prop::sample::Index, u8)>()),
    ) {
        let mut octets = frames.concat();
        if let Some((place, octet)) = damage {
            let place = place.index(octets.len());
            octets[place] = octet;
        }
        let mut whole = busy();
        whole.core_reads(&octets);
        let expected = seen(whole);
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(octets.len())).collect();
        cuts.sort_unstable();
        let (mut pair, mut from) = (busy(), 0);
        for cut in cuts {
            pair.core_reads(&octets[from..cut]);
            from = cut;
        }
        pair.core_reads(&octets[from..]);
        prop_assert_eq!(&seen(pair), &expected);
        let mut one_by_one = busy();
        for octet in octets {
            one_by_one.core_reads(&[octet]);
        }
        prop_assert_eq!(&seen(one_by_one), &expected);
    }
}
