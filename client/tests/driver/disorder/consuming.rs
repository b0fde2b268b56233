//! What the application awaits of its consumers.

use leveret::amqp_methods::basic;
use leveret::{Channel, Disposition, Error, Message, Received};
use tokio::spawn;
use tokio::task::{JoinHandle, yield_now};

use super::app::{App, Home};

/// Starts a consumer, with a tag of two, or one that the server chooses.
pub(super) async fn consume(app: &App, channel: &Channel, how: u8) -> Result<(), Error> {
    let tag = ["", "a", "", "b"][usize::from(how / 4 % 4)];
    let consumer = channel.consumer(basic::Consume::new("q", tag));
    match how % 4 {
        0 => {
            let consumer = consumer.no_ack().start().await?;
            app.keep(|held| &mut held.unacknowledged, consumer);
        }
        1 => {
            let consumer = consumer.stream_bodies(10).prefetch(9).start().await?;
            app.keep(|held| &mut held.streaming, consumer);
        }
        _ => {
            let consumer = consumer.start().await?;
            app.keep(|held| &mut held.whole, consumer);
        }
    }
    Ok(())
}

/// Awaits the next delivery of a consumer. One that has ended is dropped.
pub(super) fn next<D: Received>(
    app: &App,
    n: u8,
    home: Home<leveret::Consumer<D>>,
    keep: fn(&App, &Channel, D),
) -> Option<JoinHandle<()>> {
    let mut consumer = app.lend(home, n)?;
    let app = app.clone();
    Some(spawn(async move {
        if let Some(Ok(delivery)) = consumer.next().await {
            keep(&app, consumer.channel(), delivery);
        }
    }))
}

/// Handles deliveries until stopped, or until there are no more.
pub(super) fn for_each(app: &App, n: u8, how: u8) -> Option<JoinHandle<()>> {
    let consumer = app.take(|held| &mut held.whole, n)?;
    let handler = move |message: Message| async move {
        let many = message.delivery_tag() % 4;
        for _ in 0..many {
            yield_now().await;
        }
        match many {
            0 => Err("failed"),
            1 => Ok(Disposition::GiveBack),
            _ => Ok(Disposition::Ack),
        }
    };
    let stop = async move {
        match how % 4 {
            0 => std::future::pending().await,
            _ => {
                for _ in 0..how {
                    yield_now().await;
                }
            }
        }
    };
    let handling = consumer.for_each(handler);
    let handling = handling
        .concurrency(usize::from(how % 3) + 1)
        .stop_when(stop);
    Some(spawn(async move { drop(handling.run().await) }))
}
