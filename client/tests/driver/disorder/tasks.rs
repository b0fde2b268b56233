//! What the application awaits: each a task, which may be aborted wherever it waits.

use std::time::Duration;

use leveret::amqp_methods::{basic, queue};
use leveret::{Error, Outgoing};
use tokio::task::JoinHandle;

use super::app::{App, Known};
use super::consuming::{consume, for_each, next};

const SECOND: Duration = Duration::from_secs(1);

/// A future of the public interface. Numbers say of what, and how.
#[derive(Clone, Copy, Debug)]
pub(super) enum Await {
    /// With confirms, with transactions, or with neither.
    Open(u8),
    Close(u8),
    Declare(u8),
    Recover(u8),
    Commit(u8),
    RollBack(u8),
    Get(u8),
    Fetch(u8),
    Consume(u8, u8),
    Next(u8),
    Stop(u8),
    Cancel(u8),
    ForEach(u8, u8),
    ReadBody(u8),
    Publish(u8, u16),
    PublishConfirmed(u8, u16),
    Batch(u8, u16),
    Receipt(u8),
    WaitForConfirms(u8),
    Shutdown(u8),
    CloseConnection,
}

pub(super) struct Task {
    pub(super) what: Await,
    pub(super) handle: JoinHandle<()>,
}

impl Await {
    /// Whether it ends without the server sending messages of its own accord, or the application settling them.
    pub(super) fn is_answered(self) -> bool {
        !matches!(self, Self::Next(_) | Self::ForEach(..) | Self::Shutdown(_))
    }

    /// Whether the connection may end for it.
    pub(super) fn may_end(self) -> bool {
        matches!(self, Self::Shutdown(_) | Self::CloseConnection)
    }

    /// None if there is nothing to do it with.
    pub(super) fn begin(self, app: &App) -> Option<Task> {
        let app = app.clone();
        let handle = match self {
            Self::Open(mode) => tokio::spawn(async move {
                if let Ok(known) = open(&app, mode).await {
                    app.keep(|held| &mut held.channels, known);
                }
            }),
            Self::Close(n) => {
                let channel = app.take(|held| &mut held.channels, n)?.channel;
                tokio::spawn(async move { drop(channel.close().await) })
            }
            Self::Declare(n) => {
                let channel = app.channel(n)?;
                tokio::spawn(async move { drop(channel.call(queue::Declare::new("q")).await) })
            }
            Self::Recover(n) => {
                let channel = app.channel(n)?;
                app.held().is_uncounted = true;
                let recover = basic::Recover::default().requeue(true);
                tokio::spawn(async move { drop(channel.basic_recover(recover).await) })
            }
            Self::Commit(n) => {
                let channel = app.channel(n)?;
                tokio::spawn(async move { drop(channel.tx_commit().await) })
            }
            Self::RollBack(n) => {
                let Known { channel, confirms } = app.known(n)?;
                app.held().is_uncounted |= !confirms;
                tokio::spawn(async move { drop(channel.tx_rollback().await) })
            }
            Self::Get(n) => {
                let channel = app.channel(n)?;
                tokio::spawn(async move {
                    if let Ok(Some(delivery)) = channel.basic_get(basic::Get::new("q")).await {
                        app.keep(|held| &mut held.deliveries, delivery);
                    }
                })
            }
            Self::Fetch(n) => {
                let mut messages = app.channel(n)?.fetch(basic::Get::new("q"));
                tokio::spawn(async move {
                    while let Some(Ok(delivery)) = messages.next().await {
                        app.keep(|held| &mut held.deliveries, delivery);
                    }
                })
            }
            Self::Consume(n, how) => {
                let channel = app.channel(n)?;
                tokio::spawn(async move { drop(consume(&app, &channel, how).await) })
            }
            Self::Next(n) => match n % 4 {
                0 => next(&app, n, |held| &mut held.unacknowledged, |_, _, _| {}),
                1 => next(
                    &app,
                    n,
                    |held| &mut held.streaming,
                    |app, channel, delivery| {
                        app.keep(|held| &mut held.streamed, (delivery, channel.clone()));
                    },
                ),
                _ => next(
                    &app,
                    n,
                    |held| &mut held.whole,
                    |app, _, delivery| {
                        app.keep(|held| &mut held.deliveries, delivery);
                    },
                ),
            }?,
            Self::Stop(n) => {
                let mut consumer = app.lend(|held| &mut held.whole, n)?;
                tokio::spawn(async move { drop(consumer.stop().await) })
            }
            Self::Cancel(n) => match n % 4 {
                0 => {
                    let mut consumer = app.lend(|held| &mut held.unacknowledged, n)?;
                    tokio::spawn(async move { drop(consumer.cancel().await) })
                }
                1 => {
                    let mut consumer = app.lend(|held| &mut held.streaming, n)?;
                    tokio::spawn(async move { drop(consumer.cancel().await) })
                }
                _ => {
                    let mut consumer = app.lend(|held| &mut held.whole, n)?;
                    tokio::spawn(async move { drop(consumer.cancel().await) })
                }
            },
            Self::ForEach(n, how) => for_each(&app, n, how)?,
            Self::ReadBody(n) => {
                let mut delivery = app.lend(|held| &mut held.streamed, n)?;
                tokio::spawn(
                    async move { while let Some(Ok(_)) = delivery.0.body().next().await {} },
                )
            }
            Self::Publish(n, size) => {
                let Known { channel, confirms } = app.known(n)?;
                tokio::spawn(async move {
                    let publish = basic::Publish::new("", "q").mandatory(n.is_multiple_of(3));
                    let published = channel.basic_publish(publish, properties(), body(n, size));
                    if published.await.is_ok() && !confirms {
                        app.held().plain += 1;
                    }
                })
            }
            Self::PublishConfirmed(n, size) => {
                let channel = app.channel(n)?;
                tokio::spawn(async move {
                    let publish = basic::Publish::new("", "q").mandatory(n.is_multiple_of(3));
                    let publisher = channel.publisher().max_in_flight(2);
                    let published =
                        publisher.basic_publish_confirmed(publish, properties(), body(n, size));
                    if let Ok(receipt) = published.await {
                        app.keep(|held| &mut held.receipts, receipt);
                    }
                })
            }
            Self::Batch(n, size) => {
                let channel = app.channel(n)?;
                tokio::spawn(async move {
                    let publish = basic::Publish::new("", "q").mandatory(n.is_multiple_of(3));
                    let message = Outgoing::new(publish, properties(), body(n, size));
                    let messages = vec![message; usize::from(n % 4) + 1];
                    let publisher = channel.publisher().max_in_flight(3);
                    if let Ok(outcomes) = publisher.basic_publish_batch(&messages).await {
                        assert_eq!(outcomes.as_slice().len(), messages.len());
                    }
                })
            }
            Self::Receipt(n) => {
                let receipt = app.take(|held| &mut held.receipts, n)?;
                tokio::spawn(async move {
                    match n % 3 {
                        0 => drop(receipt.within(SECOND).await),
                        _ => drop(receipt.await),
                    }
                })
            }
            Self::WaitForConfirms(n) => {
                let channel = app.channel(n)?;
                tokio::spawn(async move { drop(channel.wait_for_confirms().await) })
            }
            Self::Shutdown(n) => {
                let connection = app.held().connection.clone()?;
                let within = u32::from(n) * SECOND;
                tokio::spawn(async move { drop(connection.shutdown(within).await) })
            }
            Self::CloseConnection => {
                let connection = app.held().connection.clone()?;
                tokio::spawn(async move { drop(connection.close().await) })
            }
        };
        Some(Task { what: self, handle })
    }
}

async fn open(app: &App, mode: u8) -> Result<Known, Error> {
    let connection = app.held().connection.clone();
    let channel = connection.unwrap().open_channel().await?;
    match mode % 4 {
        0 | 1 => channel.confirm_select().await?,
        2 => channel.tx_select().await?,
        _ => {}
    }
    let confirms = mode % 4 < 2;
    Ok(Known { channel, confirms })
}

fn properties() -> basic::Properties<'static> {
    basic::Properties::default().delivery_mode(2)
}

fn body(n: u8, size: u16) -> Vec<u8> {
    vec![n; size.into()]
}
