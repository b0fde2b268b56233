//! What may happen next, and how often.

use proptest::prelude::*;
use proptest::strategy::Union;

use super::server::Act;
use super::tasks::Await;

/// What happens next. A number says to whom, or how, among those that there are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// The application begins to wait for something.
    Await(Await),
    /// It stops waiting, half-way.
    Abort(u8),
    /// It settles a delivery that it holds.
    Settle(u8, u8),
    /// It drops a handle that it holds.
    Drop(u8, u8),
    Coalesce(u8),
    FlushAcks(u8),
    /// All that can run does, so many times.
    Run(u8),
    /// So many frames are dealt with by the server.
    Serve(u8),
    ToServer,
    ToClient,
    Exchange,
    /// Everything under way arrives and is answered, and both sides agree.
    Settled,
    Server(Act),
    /// So many seconds.
    Pass(u8),
    /// The stream breaks.
    Cut,
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let n = any::<u8>;
    let size = || prop_oneof![3 => 0..50u16, 1 => 16_000..20_000u16];
    let just = |weight, step| (weight, Just(step).boxed());
    let one = |weight, make: fn(u8) -> Step| (weight, n().prop_map(make).boxed());
    let two = |weight, make: fn(u8, u8) -> Step| {
        let both = (n(), n()).prop_map(move |(n, how)| make(n, how));
        (weight, both.boxed())
    };
    let awaits = |weight, make: fn(u8) -> Await| {
        (weight, n().prop_map(move |n| Step::Await(make(n))).boxed())
    };
    let publishes = |weight, make: fn(u8, u16) -> Await| {
        let both = (n(), size()).prop_map(move |(n, size)| Step::Await(make(n, size)));
        (weight, both.boxed())
    };
    Union::new_weighted(vec![
        awaits(10, Await::Open),
        awaits(3, Await::Close),
        awaits(8, Await::Declare),
        awaits(2, Await::Recover),
        awaits(8, Await::Commit),
        awaits(6, Await::RollBack),
        awaits(12, Await::Get),
        awaits(6, Await::Fetch),
        awaits(40, Await::Next),
        awaits(6, Await::Stop),
        awaits(8, Await::Cancel),
        awaits(10, Await::ReadBody),
        awaits(14, Await::Receipt),
        awaits(4, Await::WaitForConfirms),
        awaits(1, Await::Shutdown),
        just(1, Step::Await(Await::CloseConnection)),
        two(24, |n, how| Step::Await(Await::Consume(n, how))),
        two(8, |n, how| Step::Await(Await::ForEach(n, how))),
        publishes(14, Await::Publish),
        publishes(14, Await::PublishConfirmed),
        publishes(10, Await::Batch),
        one(30, Step::Abort),
        two(40, Step::Settle),
        two(10, Step::Drop),
        one(2, Step::Coalesce),
        one(4, Step::FlushAcks),
        (60, (1..4u8).prop_map(Step::Run).boxed()),
        (20, (1..10u8).prop_map(Step::Serve).boxed()),
        just(20, Step::ToServer),
        just(20, Step::ToClient),
        just(50, Step::Exchange),
        just(6, Step::Settled),
        one(4, Step::Pass),
        just(1, Step::Cut),
        (Act::WEIGHT, Act::any().prop_map(Step::Server).boxed()),
    ])
}
