//! The connection ends, and nothing may be left.

use std::time::Duration;

use leveret::{Consumer, Received};
use proptest::prelude::*;
use tokio::time::{Instant, sleep};

use super::World;
use super::app::Held;
use super::server::Act;
use super::tasks::Await;

/// How it ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    /// The stream breaks.
    Cut,
    ServerCloses,
    Close,
    Shutdown,
    /// It is closed while the server neither reads nor says anything any more.
    Silence,
    /// All handles are dropped.
    Dropped,
}

pub(super) fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        Just(Ending::Cut),
        Just(Ending::ServerCloses),
        Just(Ending::Close),
        Just(Ending::Shutdown),
        Just(Ending::Silence),
        Just(Ending::Dropped),
    ]
}

impl World {
    pub(super) async fn end(mut self, ending: Ending) {
        self.may_end = true;
        match ending {
            Ending::Cut => self.wire.cut(),
            Ending::ServerCloses => {
                let (broker, peer) = (&mut self.wire.broker, &mut self.wire.peer);
                broker.acts(peer, Act::ClosesConnection);
            }
            Ending::Close => self.begin(Await::CloseConnection),
            Ending::Shutdown => {
                self.begin(Await::Shutdown(0));
                sleep(Duration::from_millis(2)).await;
            }
            Ending::Silence => {
                self.begin(Await::CloseConnection);
                sleep(Duration::from_secs(1000)).await;
            }
            Ending::Dropped => return self.drop_all().await,
        }
        let ended_at = Instant::now();
        if !matches!(ending, Ending::Silence) {
            self.quiet().await;
        }
        self.everything_ends().await;
        // Nothing has waited for its time to be up.
        assert_eq!(Instant::now(), ended_at);
    }

    /// Whoever waits, or asks now, hears that it has ended.
    async fn everything_ends(&mut self) {
        let connection = self.app.held().connection.clone().unwrap();
        assert!(connection.close_error().is_some(), "it goes on");
        let held = core::mem::take(&mut *self.app.held());
        for n in 0..u8::try_from(held.channels.len()).unwrap_or(u8::MAX) {
            self.app.held().channels.clone_from(&held.channels);
            for what in [
                Await::Declare(n),
                Await::Commit(n),
                Await::Get(n),
                Await::Publish(n, 5),
                Await::PublishConfirmed(n, 5),
                Await::Batch(n, 5),
                Await::WaitForConfirms(n),
                Await::Close(n),
            ] {
                self.begin(what);
            }
        }
        let Held {
            whole,
            unacknowledged,
            streaming,
            deliveries,
            streamed,
            receipts,
            ..
        } = held;
        let ending = tokio::spawn(async move {
            for receipt in receipts {
                drop(receipt.await);
            }
            for (mut delivery, _) in streamed {
                while let Some(Ok(_)) = delivery.body().next().await {}
                drop(delivery.ack());
            }
            drain(whole).await;
            drain(unacknowledged).await;
            drain(streaming).await;
            for delivery in deliveries {
                delivery.ack().unwrap_err();
            }
        });
        self.quiet().await;
        self.look().await;
        assert!(ending.is_finished(), "a handle hangs");
        ending.await.unwrap();
        let waiting: Vec<_> = self.tasks.iter().map(|task| task.what).collect();
        assert!(waiting.is_empty(), "{waiting:?} hang");
        let metrics = connection.metrics();
        assert_eq!((metrics.channels, metrics.consumers), (0, 0));
        assert_eq!((metrics.unsettled, metrics.unconfirmed), (0, 0));
        assert_eq!((metrics.buffered_octets, metrics.waiting_octets), (0, 0));
        let ended = metrics.confirmed + metrics.nacked + metrics.in_doubt;
        assert_eq!(metrics.messages_published, ended + held.plain);
    }

    async fn drop_all(mut self) {
        for task in core::mem::take(&mut self.tasks) {
            task.handle.abort();
            self.ended(task).await;
        }
        drop(core::mem::take(&mut *self.app.held()));
        self.quiet().await;
        assert!(self.wire.is_cut(), "the connection outlives its handles");
    }
}

/// Reads all to their ends.
async fn drain<D: Received>(consumers: Vec<Consumer<D>>) {
    for mut consumer in consumers {
        while consumer.next().await.is_some() {}
        assert!(consumer.end().is_some());
    }
}
