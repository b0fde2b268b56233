//! Callbacks of a channel.

use core::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use amqp_methods::ShortStr;
use futures_core::Stream;

use super::super::channel::Channel;
use super::super::events::{ChannelEvent, ChannelEvents};
use super::super::listening::Lagged;
use super::super::returns::Returns;
use super::{CallbackTask, Callbacks, Occasions};
use crate::error::{Error, ErrorKind};
use crate::message::Returned;

/// Functions that are called when something happens to a channel: from [`Channel::callbacks`], or from that of
/// [`blocking`](crate#blocking).
///
/// New code does better with [`Channel::events`] and [`Channel::returns`], which they are made of. How they are called is
/// the same as with [`ConnectionCallbacks`](super::ConnectionCallbacks).
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
pub struct ChannelCallbacks<C = Channel> {
    pub(crate) channel: C,
    all: All<C>,
}

/// The callbacks of a channel.
pub(crate) struct All<C> {
    open: Callbacks<C>,
    returned: Callbacks<Returned>,
    cancel: Callbacks<ShortStr<'static>>,
    flow: Callbacks<bool>,
    close: Callbacks<Error>,
    lagged: Callbacks<Lagged>,
}

/// What they are called for.
pub(crate) struct OfChannel<C> {
    opened: Option<C>,
    /// None if nobody is called for them, and behind their end.
    returns: Option<Returns>,
    /// None behind the end.
    events: Option<ChannelEvents>,
}

pub(crate) enum Occasion<C> {
    Opened(C),
    Returned(Returned),
    Event(Result<ChannelEvent, Lagged>),
}

impl Channel {
    /// Begins to put together callbacks. They do not keep the channel open once they have been started.
    pub fn callbacks(&self) -> ChannelCallbacks {
        ChannelCallbacks::new(self.clone())
    }
}

impl ChannelCallbacks {
    /// Listens from here on, and calls.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(self) -> CallbackTask {
        let channel = self.channel.clone();
        CallbackTask::start(self.over(&channel))
    }
}

impl<C> ChannelCallbacks<C> {
    pub(crate) fn new(channel: C) -> Self {
        let all = All {
            open: Callbacks::default(),
            returned: Callbacks::default(),
            cancel: Callbacks::default(),
            flow: Callbacks::default(),
            close: Callbacks::default(),
            lagged: Callbacks::default(),
        };
        Self { channel, all }
    }

    /// Callbacks, and what they are called for when that happens to the channel.
    pub(crate) fn over(self, channel: &Channel) -> (OfChannel<C>, All<C>) {
        let has_returns = !self.all.returned.0.is_empty();
        let occasions = OfChannel {
            opened: Some(self.channel),
            // Else they are left to whoever asks for them.
            returns: has_returns.then(|| channel.returns()),
            events: Some(channel.events()),
        };
        (occasions, self.all)
    }

    /// Calls a function with the open channel, before any other. pika: `on_open_callback`
    pub fn on_open(mut self, callback: impl FnMut(&C) + Send + 'static) -> Self {
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
}

impl<C: Send + 'static> Occasions for OfChannel<C> {
    type Callbacks = All<C>;
    type Occasion = Occasion<C>;

    async fn next(&mut self) -> Option<Occasion<C>> {
        if let Some(opened) = self.opened.take() {
            return Some(Occasion::Opened(opened));
        }
        let events = self.events.as_mut()?;
        let occasion = either(events, &mut self.returns).await;
        if matches!(occasion, Occasion::Event(Ok(ChannelEvent::Closed(_)))) {
            self.events = None;
        }
        Some(occasion)
    }

    fn call(all: &mut All<C>, occasion: Occasion<C>) {
        match occasion {
            Occasion::Opened(channel) => all.open.call(&channel),
            Occasion::Returned(returned) => all.returned.call(&returned),
            Occasion::Event(Ok(event)) => match event {
                ChannelEvent::Flow { active } => all.flow.call(&active),
                ChannelEvent::ConsumerCancelled { consumer_tag } => all.cancel.call(&consumer_tag),
                ChannelEvent::Closed(error) => all.close.call(&error),
                ChannelEvent::Closing(_) => {}
            },
            Occasion::Event(Err(lagged)) => all.lagged.call(&lagged),
        }
    }
}

/// What comes next. Messages that came back go first: that they did was before whatever ended the channel.
async fn either<C>(events: &mut ChannelEvents, returns: &mut Option<Returns>) -> Occasion<C> {
    let event = {
        let mut event = pin!(events.next());
        poll_fn(|cx| {
            if let Some(stream) = returns {
                match Pin::new(stream).poll_next(cx) {
                    Poll::Ready(Some(returned)) => return Poll::Ready(Err(returned)),
                    // A stream that has ended is not asked again.
                    Poll::Ready(None) => *returns = None,
                    Poll::Pending => {}
                }
            }
            event.as_mut().poll(cx).map(Ok)
        })
        .await
    };
    match event {
        Err(Ok(returned)) => Occasion::Returned(returned),
        Err(Err(lagged)) => Occasion::Event(Err(lagged)),
        Ok(Some(event)) => Occasion::Event(event),
        Ok(None) => {
            // It had ended before anybody listened.
            let unknown = || Error::new(ErrorKind::ChannelClosed, "");
            let error = events.close_error().unwrap_or_else(unknown);
            Occasion::Event(Ok(ChannelEvent::Closed(error)))
        }
    }
}

impl<C> fmt::Debug for ChannelCallbacks<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelCallbacks").finish_non_exhaustive()
    }
}
