//! Whatever the application and a server that keeps the rules do, in whichever order, and wherever a future or a handle
//! is dropped: nothing panics, nothing hangs, both sides agree on what is unsettled, and the server is told nothing that
//! it would close a channel or the connection for.

use std::time::Duration;

use leveret::ErrorKind;
use proptest::prelude::*;
use tokio::task::yield_now;

use self::app::App;
use self::broker::pick;
use self::ending::ending;
use self::steps::{Step, step};
use self::tasks::{Await, Task};
use self::wire::Wire;
use super::meet::parameters;

mod app;
#[path = "../../../src/proto/tests/state_machine/broker.rs"]
#[allow(dead_code, reason = "it serves the core as well")]
mod broker;
mod consuming;
mod ending;
mod publishes;
#[path = "../../../src/proto/tests/state_machine/server.rs"]
mod server;
#[path = "../../../src/proto/tests/state_machine/serving.rs"]
mod serving;
mod settling;
mod steps;
mod tasks;
mod wire;

/// Longer than anything takes that needs no time.
const ROUNDS: usize = 24;

/// Both sides, and what is awaited.
struct World {
    app: App,
    wire: Wire,
    tasks: Vec<Task>,
    /// Something has happened that ends a connection.
    may_end: bool,
}

impl World {
    /// Begins with a channel of each mode.
    async fn begun(room: usize) -> Self {
        let parameters = parameters()
            .max_message_size(8500)
            .write_buffer_high_water(30_000)
            .write_buffer_low_water(10_000);
        let (connection, wire) = Wire::connected(&parameters, room).await;
        let app = App::default();
        app.held().connection = Some(connection);
        let mut world = Self {
            app,
            wire,
            tasks: Vec::new(),
            may_end: false,
        };
        for mode in 0..4 {
            world.begin(Await::Open(mode));
        }
        world.settled().await;
        world
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Await(what) => self.begin(what),
            Step::Abort(n) => self.abort(n).await,
            Step::Settle(n, how) => self.settle(n, how),
            Step::Drop(n, how) => self.drop_handle(n, how),
            Step::Coalesce(n) => self.coalesce(n),
            Step::FlushAcks(n) => {
                if let Some(channel) = self.app.channel(n) {
                    channel.flush_acks();
                }
            }
            Step::Run(count) => {
                for _ in 0..count {
                    yield_now().await;
                }
            }
            Step::Serve(count) => (0..count).for_each(|_| self.wire.serve()),
            Step::ToServer => drop(self.wire.hears().await),
            Step::ToClient => drop(self.wire.sends().await),
            Step::Exchange => drop(self.wire.exchange().await),
            Step::Settled => self.settled().await,
            Step::Server(act) => {
                self.may_end |= act.may_end();
                self.wire.broker.acts(&mut self.wire.peer, act);
            }
            Step::Pass(n) => tokio::time::sleep(Duration::from_secs(n.into())).await,
            Step::Cut => {
                self.may_end = true;
                self.wire.cut();
            }
        }
        self.look().await;
    }

    fn begin(&mut self, what: Await) {
        self.may_end |= what.may_end();
        self.tasks.extend(what.begin(&self.app));
    }

    async fn abort(&mut self, n: u8) {
        let indexes: Vec<_> = (0..self.tasks.len()).collect();
        if let Some(index) = pick(&indexes, n) {
            let task = self.tasks.swap_remove(index);
            task.handle.abort();
            self.ended(task).await;
        }
    }

    /// Takes what has ended.
    async fn look(&mut self) {
        let tasks = core::mem::take(&mut self.tasks);
        for task in tasks {
            if task.handle.is_finished() {
                self.ended(task).await;
            } else {
                self.tasks.push(task);
            }
        }
        let connection = self.app.held().connection.clone();
        if let Some(error) = connection.and_then(|connection| connection.close_error()) {
            let is_ours = error.kind() == ErrorKind::Protocol;
            assert!(self.may_end && !is_ours, "{error}");
            assert!(!error.to_string().contains("panicked"), "{error}");
        }
    }

    async fn ended(&self, task: Task) {
        let Err(error) = task.handle.await else {
            return;
        };
        assert!(error.is_cancelled(), "{:?}: {error}", task.what);
    }

    /// Everything under way arrives, without the clock moving.
    async fn quiet(&mut self) {
        let mut still = 0;
        while still < ROUNDS {
            self.app.flush_acks();
            let moved = self.wire.exchange().await;
            yield_now().await;
            still = if moved { 0 } else { still + 1 };
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_ends_and_nothing_is_lost(
        room in prop_oneof![Just(300usize), Just(5_000), Just(64 * 1024)],
        steps in prop::collection::vec(step(), 1..150),
        ending in ending(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut world = World::begun(room).await;
            for step in steps {
                world.take(step).await;
            }
            world.end(ending).await;
        });
    }
}
