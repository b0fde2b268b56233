//! Callbacks of a channel.

use core::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use amqp_methods::ShortStr;

use super::super::channel::Channel;
use super::super::events::{ChannelEvent, ChannelEvents};
use super::super::listening::Lagged;
use super::super::returns::Returns;
use super::{CallbackTask, Callbacks, Shelf};
use crate::error::{Error, ErrorKind};
use crate::message::Returned;

/// Functions that are called when something happens to a channel: from [`Channel::callbacks`].
///
/// New code does better with [`Channel::events`], which they are made of. How they are called is the same as with
/// [`ConnectionCallbacks`](super::ConnectionCallbacks).
///
/// ```no_run
/// # async fn run(channel: leveret::Channel) {
/// channel
///     .callbacks()
///     .on_return(|returned| println!("nobody wants {:?}", returned.routing_key()))
///     .on_cancel(|consumer_tag| println!("{consumer_tag} gets no more"))
///     .on_close(|error| println!("over: {error}"))
///     .start();
/// # }
/// ```
#[must_use = "nothing is called before `start`"]
pub struct ChannelCallbacks {
    channel: Channel,
    all: All,
}

#[derive(Default)]
struct All {
    open: Callbacks<Channel>,
    returned: Callbacks<Returned>,
    cancel: Callbacks<ShortStr<'static>>,
    flow: Callbacks<bool>,
    close: Callbacks<Error>,
    lagged: Callbacks<Lagged>,
}

/// What there is to call for.
enum News {
    Event(Result<ChannelEvent, Lagged>),
    Returned(Returned),
}

impl Channel {
    /// Begins to put together callbacks. They do not keep the channel open once they have been started.
    pub fn callbacks(&self) -> ChannelCallbacks {
        ChannelCallbacks {
            channel: self.clone(),
            all: All::default(),
        }
    }
}

impl ChannelCallbacks {
    /// Calls a function with the open channel, before any other. pika: `on_open_callback`
    pub fn on_open(mut self, callback: impl FnMut(&Channel) + Send + 'static) -> Self {
        self.all.open.add(callback);
        self
    }

    /// Calls a function with each message that comes back and belongs to no receipt; it may be
    /// [without its body](Returned::body). pika: `add_on_return_callback`
    pub fn on_return(mut self, callback: impl FnMut(&Returned) + Send + 'static) -> Self {
        self.all.returned.add(callback);
        self
    }

    /// Calls a function with the tag of a consumer that the server cancels. pika: `add_on_cancel_callback`
    pub fn on_cancel(mut self, callback: impl FnMut(&ShortStr<'static>) + Send + 'static) -> Self {
        self.all.cancel.add(callback);
        self
    }

    /// Calls a function when the server stops the flow of content, with `false`, or lets it go on.
    /// pika: `add_on_flow_callback`
    pub fn on_flow(mut self, mut callback: impl FnMut(bool) + Send + 'static) -> Self {
        self.all.flow.add(move |active| callback(*active));
        self
    }

    /// Calls a function when the channel has ended, once, with the reason. Nothing is called behind it.
    /// pika: `add_on_close_callback`
    pub fn on_close(mut self, callback: impl FnMut(&Error) + Send + 'static) -> Self {
        self.all.close.add(callback);
        self
    }

    /// Calls a function when events were missed, because callbacks took too long.
    pub fn on_lagged(mut self, mut callback: impl FnMut(Lagged) + Send + 'static) -> Self {
        self.all.lagged.add(move |lagged| callback(*lagged));
        self
    }

    /// Listens from here on, and calls.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(self) -> CallbackTask {
        let events = self.channel.events();
        let has_returns = !self.all.returned.0.is_empty();
        let returns = has_returns.then(|| self.channel.returns());
        let (channel, all) = (self.channel, Shelf::new(self.all));
        let task = tokio::spawn(run(channel, events, returns, all));
        CallbackTask { task }
    }
}

async fn run(
    channel: Channel,
    mut events: ChannelEvents,
    mut returns: Option<Returns>,
    all: Shelf<All>,
) {
    let mut goes_on = all.call(move |all| all.open.call(&channel)).await;
    while goes_on {
        let news = next(&mut events, &mut returns).await;
        let is_last = matches!(news, News::Event(Ok(ChannelEvent::Closed(_))));
        goes_on = all.call(move |all| all.call(news)).await && !is_last;
    }
}

/// What comes next. Messages that came back go first: that they did was before whatever ended the channel.
async fn next(events: &mut ChannelEvents, returns: &mut Option<Returns>) -> News {
    let event = {
        let mut event = pin!(events.next());
        let mut returned = pin!(async {
            match returns {
                Some(returns) => returns.next().await,
                None => None,
            }
        });
        // A stream that has ended is not asked again.
        let mut is_over = false;
        poll_fn(|cx| {
            if !is_over && let Poll::Ready(returned) = returned.as_mut().poll(cx) {
                match returned {
                    Some(returned) => return Poll::Ready(Err(returned)),
                    None => is_over = true,
                }
            }
            event.as_mut().poll(cx).map(Ok)
        })
        .await
    };
    match event {
        Err(Ok(returned)) => News::Returned(returned),
        Err(Err(lagged)) => News::Event(Err(lagged)),
        Ok(event) => News::Event(event.unwrap_or_else(|| {
            // It had ended before anybody listened.
            let error = events.close_error();
            let unknown = || Error::new(ErrorKind::ChannelClosed, "");
            Ok(ChannelEvent::Closed(error.unwrap_or_else(unknown)))
        })),
    }
}

impl All {
    fn call(&mut self, news: News) {
        match news {
            News::Returned(returned) => self.returned.call(&returned),
            News::Event(Ok(ChannelEvent::Flow { active })) => self.flow.call(&active),
            News::Event(Ok(ChannelEvent::ConsumerCancelled { consumer_tag })) => {
                self.cancel.call(&consumer_tag);
            }
            News::Event(Ok(ChannelEvent::Closed(error))) => self.close.call(&error),
            News::Event(Ok(ChannelEvent::Closing(_))) => {}
            News::Event(Err(lagged)) => self.lagged.call(&lagged),
        }
    }
}

impl fmt::Debug for ChannelCallbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelCallbacks").finish_non_exhaustive()
    }
}
