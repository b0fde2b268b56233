//! Requests and methods that concern the connection: channel 0.

use amqp_methods::connection::UpdateSecret;
use amqp_methods::{DynMethod, Method as _, MethodId};

use super::calls::{Effect, Pending};
use super::checks::{Way, check};
use super::{CallId, Connection};
use crate::error::Error;

impl Connection {
    /// Sends a request on channel 0; its answer comes as an [`Event::Reply`](super::Event::Reply).
    ///
    /// Of the protocol itself that is `connection.update-secret`; extensions may add to the class `connection`, or have
    /// classes of their own that travel here. `replies` are the methods that answer it:
    /// `<M as Request>::Reply::IDS`.
    ///
    /// # Errors
    /// A value that the wire cannot hold; a method that is not answered, has content, belongs to a channel, or is the
    /// core's own to send; a connection that is not open. Nothing was sent.
    pub fn call<M: DynMethod + ?Sized>(
        &mut self,
        request: &M,
        replies: &'static [MethodId],
    ) -> Result<CallId, Error> {
        check(request, &self.extensions, Way::CALL_ON_CONNECTION)?;
        self.write(request)?;
        let call = self.next_call();
        self.calls.push(Pending {
            call,
            replies,
            effect: Effect::of_other(request.id()),
            abandoned: false,
        });
        Ok(call)
    }

    /// Sends a method that is not answered, on channel 0.
    ///
    /// # Errors
    /// As [`call`](Self::call), for a method that is answered.
    pub fn send<M: DynMethod + ?Sized>(&mut self, method: &M) -> Result<(), Error> {
        check(method, &self.extensions, Way::SEND_ON_CONNECTION)?;
        self.write(method)
    }

    /// Nobody waits for the answer to that call of channel 0 any more. It is dropped when it comes.
    pub fn abandon(&mut self, call: CallId) {
        self.calls.abandon(call);
    }

    fn write<M: DynMethod + ?Sized>(&mut self, method: &M) -> Result<(), Error> {
        self.check_open()?;
        self.outbox.method(self.encoder, 0, method)?;
        if method.id() == UpdateSecret::ID {
            self.outbox.keep_secret();
        }
        Ok(())
    }
}
