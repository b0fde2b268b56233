//! Methods of extensions that carry content, and replies that do.

use amqp_methods::{DynMethod, Request};

use super::Channel;
use crate::error::Error;
use crate::message::Content;
use crate::proto::Body;

impl Channel {
    /// Sends a method with its content, and returns when it is in the output buffer. As
    /// [`Channel::send_content`](crate::Channel::send_content).
    ///
    /// # Errors
    /// As there.
    pub fn send_content<'b, M: DynMethod, P: amqp_methods::Content>(
        &self,
        method: M,
        properties: P,
        body: impl Into<Body<'b>>,
    ) -> Result<(), Error> {
        self.thread
            .wait(self.inner.send_content(method, properties, body))
    }

    /// Sends a request with its content, and waits for its typed reply, with the content behind that if it has any. As
    /// [`Channel::call_content`](crate::Channel::call_content).
    ///
    /// # Errors
    /// As there.
    pub fn call_content<'b, R: Request, P: amqp_methods::Content>(
        &self,
        request: R,
        properties: P,
        body: impl Into<Body<'b>>,
    ) -> Result<(R::Reply, Option<Content>), Error> {
        self.thread
            .wait(self.inner.call_content(request, properties, body))
    }

    /// Sends a request without content, and waits for its typed reply with the content behind that, if it has any. As
    /// [`Channel::call_for_content`](crate::Channel::call_for_content).
    ///
    /// # Errors
    /// As there.
    pub fn call_for_content<R: Request>(
        &self,
        request: R,
    ) -> Result<(R::Reply, Option<Content>), Error> {
        self.thread.wait(self.inner.call_for_content(request))
    }
}
