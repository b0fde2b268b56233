//! Whatever the order of acks, nacks and returns, and whoever leaves before: each publish has one end, the right one.

use std::collections::HashMap;
use std::time::Duration;

use leveret::amqp_methods::{basic, connection};
use leveret::{Channel, Outcome, Outgoing, Receipt, Tally};
use proptest::prelude::*;
use tokio::task::JoinHandle;

use super::super::meet::{begin_and_drop, connect_with_confirms, settle};
use super::super::receipts::give_back;

const LIMIT: Duration = Duration::from_secs(60);

/// How a message is published, and what becomes of whoever published it.
#[derive(Clone, Copy, Debug)]
enum How {
    /// A receipt is awaited.
    Awaited,
    /// A receipt is polled and dropped.
    Dropped,
    /// A receipt is given up before the server says anything.
    Expired,
    /// There is no receipt.
    Forgotten,
    /// It is one of a batch.
    Batched,
}

/// What the server does with a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fate {
    Ack,
    Nack,
    /// It comes back, and is acknowledged.
    Return,
    /// The connection ends first.
    Nothing,
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![
        Just(How::Awaited),
        Just(How::Dropped),
        Just(How::Expired),
        Just(How::Forgotten),
        Just(How::Batched),
    ]
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        3 => Just(Fate::Ack),
        2 => Just(Fate::Nack),
        2 => Just(Fate::Return),
        1 => Just(Fate::Nothing),
    ]
}

/// One message after the other, in which order the server settles them, and where it is blocked meanwhile.
type Plan = (Vec<(How, Fate)>, Vec<prop::sample::Index>, bool, bool);

fn plan() -> impl Strategy<Value = Plan> {
    let messages = prop::collection::vec((how(), fate()), 1..24);
    let order = prop::collection::vec(any::<prop::sample::Index>(), 24);
    (messages, order, any::<bool>(), any::<bool>())
}

fn fate_of(outcome: &Outcome) -> Fate {
    match outcome {
        Outcome::Confirmed => Fate::Ack,
        Outcome::Nacked => Fate::Nack,
        Outcome::Returned(_) => Fate::Return,
        _ => Fate::Nothing,
    }
}

async fn publish(channel: &Channel, body: &str, has_receipt: bool) -> Option<Receipt> {
    let publish = basic::Publish::new("", "q").mandatory(true);
    let properties = basic::Properties::default();
    if has_receipt {
        let publisher = channel.publisher();
        let receipt = publisher.basic_publish_confirmed(publish, properties, body);
        return Some(receipt.await.unwrap());
    }
    channel
        .basic_publish(publish, properties, body)
        .await
        .unwrap();
    None
}

async fn run((messages, order, blocks, is_multiple): Plan) {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let mut returns = channel.returns();
    let mut awaited: Vec<(JoinHandle<Vec<Outcome>>, Vec<Fate>)> = Vec::new();
    let mut expected = Tally::default();
    let mut unclaimed = Vec::new();
    for (index, (how, fate)) in messages.iter().enumerate() {
        let body = index.to_string();
        let is_counted = matches!(how, How::Dropped | How::Forgotten);
        match how {
            How::Batched => {
                let publisher = channel.publisher();
                let task = tokio::spawn(async move {
                    let publish = basic::Publish::new("", "q").mandatory(true);
                    let message = Outgoing::new(publish, basic::Properties::default(), body);
                    let outcomes = publisher.basic_publish_batch(&[message]).await;
                    outcomes.unwrap().into_vec()
                });
                settle().await;
                awaited.push((task, vec![*fate]));
            }
            How::Forgotten => drop(publish(&channel, &body, false).await),
            How::Awaited => {
                let receipt = publish(&channel, &body, true).await.unwrap();
                let task = tokio::spawn(async move { vec![receipt.within(LIMIT).await] });
                awaited.push((task, vec![*fate]));
            }
            How::Dropped => begin_and_drop(publish(&channel, &body, true).await.unwrap()).await,
            How::Expired => {
                let receipt = publish(&channel, &body, true).await.unwrap();
                let outcome = receipt.within(Duration::ZERO).await;
                assert!(matches!(outcome, Outcome::InDoubt(error) if error.is_timeout()));
            }
        }
        if is_counted {
            match fate {
                Fate::Ack => expected.confirmed += 1,
                Fate::Nack => expected.nacked += 1,
                Fate::Return => expected.returned += 1,
                Fate::Nothing => expected.in_doubt += 1,
            }
        }
        if *fate == Fate::Return && (is_counted || matches!(how, How::Expired)) {
            unclaimed.push(index.to_string());
        }
        server.expect_content(1).await;
    }
    if blocks {
        server.send(0, connection::Blocked::new("low")).await;
    }
    // Returns keep the order of publishes and come before their acks.
    for (index, (_, fate)) in messages.iter().enumerate() {
        if *fate == Fate::Return {
            give_back(&mut server, &index.to_string()).await;
        }
    }
    let mut left: HashMap<u64, Fate> = (1..).zip(messages.iter().map(|(_, fate)| *fate)).collect();
    let mut numbers: Vec<u64> = left.keys().copied().collect();
    numbers.sort_unstable();
    for index in order {
        if numbers.is_empty() {
            break;
        }
        let number = numbers.swap_remove(index.index(numbers.len()));
        let Some(fate) = left.get(&number).copied() else {
            continue;
        };
        // Many at once only where it means the same for all that are not settled up to there.
        let is_ack = fate != Fate::Nack;
        let alike = |other: Fate| match is_ack {
            true => matches!(other, Fate::Ack | Fate::Return),
            false => other == Fate::Nack,
        };
        let below: Vec<u64> = left.keys().copied().filter(|n| *n <= number).collect();
        let multiple = is_multiple && below.iter().all(|n| alike(left[n]));
        if fate == Fate::Nothing {
            continue;
        }
        if is_ack {
            let ack = basic::Ack::new(number).multiple(multiple);
            server.send(1, ack).await;
        } else {
            let nack = basic::Nack::new(number).multiple(multiple);
            server.send(1, nack).await;
        }
        let settled = if multiple { below } else { vec![number] };
        for number in settled {
            left.remove(&number);
        }
    }
    settle().await;
    drop(server);
    for (task, fates) in awaited {
        let outcomes = task.await.unwrap();
        assert_eq!(outcomes.iter().map(fate_of).collect::<Vec<_>>(), fates);
    }
    let mut heard = Vec::new();
    while let Some(returned) = returns.next().await {
        heard.push(String::from_utf8(returned.unwrap().body().unwrap().to_vec()).unwrap());
    }
    assert_eq!(heard, unclaimed);
    let tally = channel.wait_for_confirms().await;
    assert_eq!(tally.unwrap_or(expected), expected);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_publish_has_the_end_that_the_server_gave_it(plan in plan()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(run(plan));
    }
}
