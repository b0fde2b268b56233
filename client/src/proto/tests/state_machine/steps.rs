//! What may happen next, and how often.

use proptest::prelude::*;
use proptest::strategy::Union;

use super::server::Act;

/// What happens next. A number says to whom, or how, among those that there are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    // The application, on its connection.
    Open,
    UpdateSecret,
    Drain,
    CloseConnection,
    // On its channels.
    Close(u8),
    Abandon(u8),
    SelectConfirms(u8),
    SelectTransactions(u8),
    Commit(u8),
    RollBack(u8),
    Declare(u8),
    Qos(u8),
    Recover(u8),
    Get(u8),
    // Its consumers, and what they receive.
    Consume(u8, u8),
    Cancel(u8, u8),
    DropConsumer(u8),
    Take(u8),
    ReadBody(u8),
    DropBody(u8),
    Coalesce(u8),
    FlushAcks(u8),
    Settle(u8, u8),
    SettleAll(u8),
    // Its publishes.
    Publish(u8, u16),
    Unwatch(u8),
    Expire(u8),
    // What lies between them.
    /// Octets go both ways, and the server deals with all of them.
    Exchange,
    /// Octets go to the server.
    ToPeer,
    /// The server deals with its next frames.
    Serve(u8),
    /// Octets go to the core.
    ToCore,
    /// Everything under way arrives, and both sides agree on what is unsettled.
    Settled,
    /// So many seconds.
    Pass(u8),
    /// The server does something of its own accord.
    Server(Act),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let n = || any::<u8>();
    let one = |weight, make: fn(u8) -> Step| (weight, any::<u8>().prop_map(make).boxed());
    let just = |weight, step| (weight, Just(step).boxed());
    let published = prop_oneof![0..50u16, 16_000..20_000u16];
    Union::new_weighted(vec![
        just(10, Step::Open),
        just(2, Step::UpdateSecret),
        just(1, Step::Drain),
        just(1, Step::CloseConnection),
        one(3, Step::Close),
        one(8, Step::Abandon),
        one(3, Step::SelectConfirms),
        one(4, Step::SelectTransactions),
        one(16, Step::Commit),
        one(16, Step::RollBack),
        one(10, Step::Declare),
        one(4, Step::Qos),
        one(5, Step::Recover),
        one(16, Step::Get),
        (
            24,
            (n(), n())
                .prop_map(|(n, how)| Step::Consume(n, how))
                .boxed(),
        ),
        (
            10,
            (n(), n()).prop_map(|(n, how)| Step::Cancel(n, how)).boxed(),
        ),
        one(5, Step::DropConsumer),
        one(40, Step::Take),
        one(8, Step::ReadBody),
        one(4, Step::DropBody),
        one(3, Step::Coalesce),
        one(6, Step::FlushAcks),
        (
            60,
            (n(), n()).prop_map(|(n, how)| Step::Settle(n, how)).boxed(),
        ),
        one(2, Step::SettleAll),
        (
            24,
            (n(), published)
                .prop_map(|(n, size)| Step::Publish(n, size))
                .boxed(),
        ),
        one(6, Step::Unwatch),
        one(6, Step::Expire),
        just(60, Step::Exchange),
        just(24, Step::ToPeer),
        (24, (1..10u8).prop_map(Step::Serve).boxed()),
        just(24, Step::ToCore),
        just(4, Step::Settled),
        one(4, Step::Pass),
        (Act::WEIGHT, Act::any().prop_map(Step::Server).boxed()),
    ])
}
