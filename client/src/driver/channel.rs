//! Channels: calls, consumers, fetching, closing.

use std::sync::Arc;
use std::time::Duration;

use amqp_methods::{
    Decode as _, DynMethod, FieldValue, Method as _, Reader, Reply as _, ReplyCode, Request, basic,
    confirm,
};
use tokio::sync::Notify;

use super::calls::Call;
use super::connection::Handle;
use super::consumer::Consumer;
use super::delivery::Delivery;
use super::refusals::{check_answered, check_handled, typed};
use super::shared::{Shared, State, Undo};
use crate::error::Error;
use crate::proto::{Arrival, ChannelId, RawDelivery, RawReply};

/// A channel.
///
/// Cheap to clone, and usable from any task or thread at once; all clones are the same channel. When the last
/// clone, consumer, delivery and receipt of it are dropped, it is closed in the background.
#[derive(Clone)]
pub struct Channel {
    inner: Arc<Inner>,
    /// What calls through this handle have instead of the connection's `call_timeout`.
    pub(super) call_timeout: Option<Duration>,
}

struct Inner {
    connection: Arc<Handle>,
    id: ChannelId,
    changed: Arc<Notify>,
}

impl Channel {
    pub(super) fn new(connection: Arc<Handle>, id: ChannelId, changed: Arc<Notify>) -> Self {
        Self {
            inner: Arc::new(Inner {
                connection,
                id,
                changed,
            }),
            call_timeout: None,
        }
    }

    /// The number of the channel on the wire.
    pub fn number(&self) -> u16 {
        self.inner.id.number()
    }

    /// Sends a request and awaits its typed reply: any synchronous method, those of extensions included.
    ///
    /// ```no_run
    /// # async fn run(channel: leveret::Channel) -> Result<(), leveret::Error> {
    /// use leveret::amqp_methods::queue;
    ///
    /// let ok = channel.call(queue::Declare::new("jobs").durable(true)).await?;
    /// println!("{} messages wait", ok.message_count);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The channel ended, with its reason; `call_timeout` passed; a value that the wire cannot hold; a request
    /// with `no_wait`, which [`send`](Self::send) is for; `basic.consume`, which
    /// [`basic_consume`](Self::basic_consume) is for; methods with content, which
    /// [`call_content`](Self::call_content) is for, and methods of the connection, which
    /// [`Connection::call`](crate::Connection::call) is for.
    ///
    /// # Cancel safety
    /// The channel stays usable when the future is dropped or times out: the late reply is recognised and dropped.
    /// A message that it would fetch goes back to its queue. So does one fetched by this call, which has no place
    /// for it: [`basic_get`](Self::basic_get) has. Content behind the reply of an extension is dropped:
    /// [`call_for_content`](Self::call_for_content) gives it.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled, as everything that waits for an answer.
    pub async fn call<R: Request>(&self, request: R) -> Result<R::Reply, Error> {
        check_answered(&request)?;
        check_handled(&request)?;
        let reply = self.raw_call(&request).await?;
        if reply.content.is_some() {
            tracing::warn!(id = %reply.id, "content behind a reply has no taker");
            let undo = self.undo(&request);
            self.shared().undo(undo, &reply);
        }
        typed::<R>(self.shared(), &reply)
    }

    /// Sends a method that is not answered: one-way, or with `no_wait`.
    ///
    /// # Errors
    /// The channel ended, with its reason; a value that the wire cannot hold; a method with content, which
    /// [`send_content`](Self::send_content) is for; one that is answered, which [`call`](Self::call) is for; `basic.consume`, which [`basic_consume`](Self::basic_consume)
    /// is for; methods of the connection.
    pub fn send<M: DynMethod>(&self, method: M) -> Result<(), Error> {
        check_handled(&method)?;
        self.with("send a method", |state, id| match state.core.channel(id) {
            Some(mut channel) => channel.send(&method),
            None => Err(ended(state, id)),
        })
    }

    /// Turns on publisher confirms: from here on, the server acknowledges what is published on this channel.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the channel is in confirm mode all the same.
    pub async fn confirm_select(&self) -> Result<(), Error> {
        self.call(confirm::Select::default()).await.map(drop)
    }

    /// Limits how many unsettled deliveries each consumer that is started from now on may have.
    ///
    /// Zero is no limit.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn basic_qos(&self, prefetch_count: u16) -> Result<(), Error> {
        self.call(basic::Qos::default().prefetch_count(prefetch_count))
            .await
            .map(drop)
    }

    /// Starts a consumer.
    ///
    /// An empty `consumer_tag` lets the server choose one. [`consumer`](Self::consumer) has more to choose from:
    /// prefetch, no acknowledgements, bodies that are streamed, what becomes of messages that are too large.
    ///
    /// # Errors
    /// As [`call`](Self::call); a request with `no_wait` or `no_ack`.
    ///
    /// # Cancel safety
    /// If the future is dropped, the consumer is cancelled as soon as it has begun.
    pub async fn basic_consume(&self, consume: basic::Consume<'_>) -> Result<Consumer, Error> {
        self.consumer(consume).start().await
    }

    /// Fetches one message, if the queue has any.
    ///
    /// # Errors
    /// As [`call`](Self::call); a message that is [too large](Error::too_large), which goes back to its queue.
    ///
    /// # Cancel safety
    /// If the future is dropped, the message goes back to its queue, unless it was fetched with `no_ack`.
    pub async fn basic_get(&self, get: basic::Get<'_>) -> Result<Option<Delivery>, Error> {
        let reply = self.raw_call(&get).await?;
        let Some(content) = reply.content else {
            return Ok(None);
        };
        let ok = basic::GetOk::from_args(Reader::new(&reply.arguments))?;
        let tag = self.with("name a delivery", |state, id| {
            Ok(state.core.delivery_tag(id, ok.delivery_tag))
        })?;
        Ok(Some(Delivery::new(
            self.clone(),
            RawDelivery {
                tag,
                content,
                arrival: Arrival::Whole,
            },
            get.no_ack,
        )))
    }

    /// Closes the channel in order.
    ///
    /// # Errors
    /// The channel had ended already, by an earlier `close` too, or the server does not answer in time.
    ///
    /// # Cancel safety
    /// Once polled, the channel closes even if the future is dropped.
    pub async fn close(&self) -> Result<(), Error> {
        let call = self.with("close a channel", |state, id| {
            let Some(mut channel) = state.core.channel(id) else {
                return Err(ended(state, id));
            };
            let call = channel.close(ReplyCode::REPLY_SUCCESS, "closed by the application")?;
            let undo = Undo {
                channel: Some(id),
                no_ack: true,
            };
            Ok(Call::new(self.shared(), state, call, undo).limit(self.call_timeout))
        })?;
        self.shared().tell_channel_closing(self.inner.id);
        call.within_timeout("channel.close").await.map(drop)
    }

    /// Why the channel ended, if it has.
    pub fn close_error(&self) -> Option<Error> {
        self.shared()
            .lock("look at the end")
            .channel_error(self.inner.id)
    }

    pub(super) async fn raw_call<R: Request>(&self, request: &R) -> Result<RawReply, Error> {
        self.begin_call(request)?.within_timeout(R::NAME).await
    }

    /// Sends a request. If that fails, it was not sent.
    pub(super) fn begin_call<R: Request>(&self, request: &R) -> Result<Call, Error> {
        let undo = self.undo(request);
        self.with("call", |state, id| {
            let Some(mut channel) = state.core.channel(id) else {
                return Err(ended(state, id));
            };
            let call = channel.call(request, R::Reply::IDS)?;
            Ok(Call::new(self.shared(), state, call, undo).limit(self.call_timeout))
        })
    }

    /// How to undo the reply to a request.
    fn undo<R: Request>(&self, request: &R) -> Undo {
        let no_ack = R::ID == basic::Get::ID
            && request
                .fields()
                .any(|(name, value)| name == "no-ack" && value == FieldValue::Bit(true));
        Undo {
            channel: Some(self.inner.id),
            no_ack,
        }
    }

    /// Waits until `ready` finds what it looks for, or the channel has ended.
    pub(super) async fn until<T>(
        &self,
        why: &'static str,
        mut ready: impl FnMut(&mut State, ChannelId) -> Option<T>,
    ) -> Result<T, Error> {
        let id = self.inner.id;
        loop {
            let notified = self.inner.changed.notified();
            let mut notified = std::pin::pin!(notified);
            // Before looking, so that a change in between is not missed.
            notified.as_mut().enable();
            {
                let mut state = self.shared().lock(why);
                if let Some(found) = ready(&mut state, id) {
                    return Ok(found);
                }
                if state.core.channel(id).is_none() {
                    return Err(ended(&state, id));
                }
            }
            notified.await;
        }
    }

    pub(super) fn id(&self) -> ChannelId {
        self.inner.id
    }

    /// Publishes were settled, messages came back, or the channel ended.
    pub(super) fn changes(&self) -> &Notify {
        &self.inner.changed
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.inner.connection.shared
    }

    /// Does something under the lock, and tells who has to know.
    #[inline]
    pub(super) fn with<T>(
        &self,
        why: &'static str,
        act: impl FnOnce(&mut State, ChannelId) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut state = self.shared().lock(why);
        let result = act(&mut state, self.inner.id);
        self.shared().release(state);
        result
    }
}

/// Why a channel cannot be used any more.
#[cold]
pub(super) fn ended(state: &State, channel: ChannelId) -> Error {
    let error = state
        .channel_error(channel)
        .or_else(|| state.core.closed().cloned());
    error.unwrap_or_else(|| state.core.forgotten(channel))
}

impl Drop for Inner {
    fn drop(&mut self) {
        let shared = &self.connection.shared;
        let mut state = shared.lock("drop a channel");
        state.forget_channel(self.id);
        let closed = state.core.channel(self.id).map(|mut channel| {
            channel.close(ReplyCode::REPLY_SUCCESS, "dropped by the application")
        });
        shared.release(state);
        if let Some(Err(error)) = closed {
            tracing::debug!(%error, "a dropped channel closes by itself");
        }
    }
}
