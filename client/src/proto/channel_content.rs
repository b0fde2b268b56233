//! Methods of extensions that carry content.

use amqp_methods::{Content, DynMethod, MethodId};

use super::calls::Effect;
use super::checks::{Way, check, check_class};
use super::{Body, CallId, Channel};
use crate::error::Error;

impl Channel<'_> {
    /// Sends a method with its content, in as many frames as it needs.
    ///
    /// It counts for no confirm. Whether the server wants content now is the caller's to ask, as for
    /// [`publish`](Self::publish).
    ///
    /// # Errors
    /// A value that the wire cannot hold; a method that has no content, is answered, or is not for a channel;
    /// `basic.publish`, which has a function of its own; properties of another class; a channel that is not open.
    /// Nothing was sent.
    pub fn send_content<M: DynMethod + ?Sized, P: Content>(
        &mut self,
        method: &M,
        properties: &P,
        body: &Body<'_>,
    ) -> Result<(), Error> {
        self.check_content::<M, P>(method, false)?;
        self.write_content(method, properties, body)
    }

    /// Sends a request with its content; its answer comes as an [`Event::Reply`](super::Event::Reply).
    ///
    /// # Errors
    /// As [`send_content`](Self::send_content), for a method that is not answered.
    pub fn call_content<M: DynMethod + ?Sized, P: Content>(
        &mut self,
        request: &M,
        replies: &'static [MethodId],
        properties: &P,
        body: &Body<'_>,
    ) -> Result<CallId, Error> {
        self.check_content::<M, P>(request, true)?;
        self.write_content(request, properties, body)?;
        self.await_reply(replies, Effect::of_other(request.id()))
    }

    /// Whether that method may be sent with content of that class, and is answered as its sender thinks.
    pub(crate) fn check_content<M: DynMethod + ?Sized, P: Content>(
        &self,
        method: &M,
        is_call: bool,
    ) -> Result<(), Error> {
        let way = match is_call {
            true => Way::CALL_WITH_CONTENT,
            false => Way::SEND_WITH_CONTENT,
        };
        check(method, &self.connection.extensions, way)?;
        check_class::<P>(method.id())
    }

    fn write_content<M: DynMethod + ?Sized, P: Content>(
        &mut self,
        method: &M,
        properties: &P,
        body: &Body<'_>,
    ) -> Result<(), Error> {
        if self.connection.channels.open(self.id).is_none() {
            return self.behind_commit(|channel| channel.write_content(method, properties, body));
        }
        self.flush_acks();
        let connection = &mut *self.connection;
        let encoder = connection.encoder;
        let number = self.id.number();
        connection
            .outbox
            .content(encoder, number, method, properties, body)?;
        Ok(())
    }
}
