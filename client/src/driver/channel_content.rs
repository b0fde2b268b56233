//! Methods of extensions that carry content, and replies that do.

use amqp_methods::{DynMethod, Method as _, Reply as _, Request, basic};
use tokio::time::{Instant, timeout_at};

use super::calls::{Call, later};
use super::channel::{Channel, ended};
use super::refusals::{check_answered, check_handled, typed};
use super::shared::{State, Undo};
use crate::error::{Error, ErrorKind};
use crate::message::Content;
use crate::proto::{self, Body};

impl Channel {
    /// Sends a method with its content, and returns when it is in the output buffer.
    ///
    /// For methods of extensions: messages are published by [`basic_publish`](Self::basic_publish). What holds that
    /// back holds this back too. No confirm is counted for it. The properties are those of the method's class.
    ///
    /// # Errors
    /// The channel ended, with its reason; a value that the wire cannot hold; a method without content; one that is
    /// answered, which [`call_content`](Self::call_content) is for; `basic.publish`; properties of another class.
    /// Nothing was sent.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is ready, nothing was sent.
    pub async fn send_content<'b, M: DynMethod, P: amqp_methods::Content>(
        &self,
        method: M,
        properties: P,
        body: impl Into<Body<'b>>,
    ) -> Result<(), Error> {
        let body = body.into();
        self.when_room(|| {
            self.try_content(
                |channel| channel.check_content::<_, P>(&method, false),
                |state, channel| match state.core.channel(channel) {
                    Some(mut channel) => channel.send_content(&method, &properties, &body),
                    None => Err(ended(state, channel)),
                },
            )
        })
        .await
    }

    /// Sends a request with its content, and awaits its typed reply, with the content behind that if it has any.
    ///
    /// What holds back publishing holds this back too, within the same `call_timeout`.
    ///
    /// # Errors
    /// As [`send_content`](Self::send_content), for a request that is not answered; `call_timeout` passed; a reply whose
    /// content is [too large](Error::method_too_large).
    ///
    /// # Cancel safety
    /// The channel stays usable when the future is dropped or times out: the request may have been sent, and a late
    /// reply is recognised and dropped, its content too.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled.
    pub async fn call_content<'b, R: Request, P: amqp_methods::Content>(
        &self,
        request: R,
        properties: P,
        body: impl Into<Body<'b>>,
    ) -> Result<(R::Reply, Option<Content>), Error> {
        check_answered(&request)?;
        let body = body.into();
        let timeout = self.call_timeout.unwrap_or(self.shared().call_timeout);
        let deadline = later(Instant::now(), timeout);
        let sending = self.when_room(|| {
            self.try_content(
                |channel| channel.check_content::<_, P>(&request, true),
                |state, id| {
                    let Some(mut channel) = state.core.channel(id) else {
                        return Err(ended(state, id));
                    };
                    let ids = R::Reply::IDS;
                    let call = channel.call_content(&request, ids, &properties, &body)?;
                    let undo = Undo {
                        channel: Some(id),
                        no_ack: true,
                    };
                    Ok(Call::new(self.shared(), state, call, undo).limit(self.call_timeout))
                },
            )
        });
        let Ok(call) = timeout_at(deadline, sending).await else {
            let detail = format!(
                "content was held back for {timeout:?}: {} was not sent",
                R::NAME
            );
            let error = Error::new(ErrorKind::Timeout, detail);
            return Err(self.shared().about_server(error));
        };
        let reply = call?.until(deadline, R::NAME).await?;
        Ok((typed::<R>(self.shared(), &reply)?, reply.content))
    }

    /// Sends a request without content, and awaits its typed reply with the content behind that, if it has any.
    ///
    /// That content is known by the description of its extension:
    /// [`ConnectionParameters::extension`](crate::ConnectionParameters::extension).
    ///
    /// # Errors
    /// As [`call`](Self::call); `basic.get`, which [`basic_get`](Self::basic_get) is for; a reply whose content is
    /// [too large](Error::method_too_large).
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the content of a late reply is dropped with it.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled.
    pub async fn call_for_content<R: Request>(
        &self,
        request: R,
    ) -> Result<(R::Reply, Option<Content>), Error> {
        check_answered(&request)?;
        check_handled(&request)?;
        if R::ID == basic::Get::ID {
            let refusal = "a message is fetched by `basic_get`, which can settle it";
            return Err(Error::new(ErrorKind::State, refusal));
        }
        let reply = self.raw_call(&request).await?;
        Ok((typed::<R>(self.shared(), &reply)?, reply.content))
    }

    /// Puts content into the output if nothing holds it back; what `check` refuses is refused even then.
    fn try_content<T>(
        &self,
        check: impl FnOnce(&proto::Channel<'_>) -> Result<(), Error>,
        put: impl FnOnce(&mut State, proto::ChannelId) -> Result<T, Error>,
    ) -> Option<Result<T, Error>> {
        let attempt = |state: &mut State, id| {
            let is_held = self.is_output_held(state);
            let Some(mut channel) = state.core.channel(id) else {
                return Err(ended(state, id));
            };
            check(&channel)?;
            if is_held || !channel.takes_content() {
                return Ok(None);
            }
            put(state, id).map(Some)
        };
        self.with("send content", attempt).transpose()
    }
}
