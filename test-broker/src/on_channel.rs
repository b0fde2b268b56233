//! The script of one channel.

use amqp_methods::{AnyMethod, Content, DynMethod, Method, OwnedContent, Reply, basic};
use bytes::Bytes;

use crate::peer::Peer;

/// A [`Peer`] that speaks on one channel, from [`Peer::on`].
#[derive(Debug)]
pub struct OnChannel<'p> {
    peer: &'p mut Peer,
    channel: u16,
}

impl<'p> OnChannel<'p> {
    pub(crate) fn new(peer: &'p mut Peer, channel: u16) -> Self {
        Self { peer, channel }
    }

    /// As [`Peer::sends_on`].
    ///
    /// # Panics
    /// A value that the wire cannot hold.
    #[track_caller]
    pub fn sends(&mut self, method: impl DynMethod) -> &mut Self {
        self.peer.sends_on(self.channel, method);
        self
    }

    /// As [`Peer::sends_content`].
    ///
    /// # Panics
    /// A value that the wire cannot hold; channel 0.
    #[track_caller]
    pub fn sends_content(
        &mut self,
        method: impl DynMethod,
        properties: &impl Content,
        body: &[u8],
    ) -> &mut Self {
        self.peer
            .sends_content(self.channel, method, properties, body);
        self
    }

    /// As [`Peer::expects`].
    ///
    /// # Panics
    /// The client has sent something else, or nothing.
    #[track_caller]
    pub fn expects<M: Method + Reply>(&mut self) -> M {
        self.peer.expects(self.channel)
    }

    /// As [`Peer::expects_method`].
    ///
    /// # Panics
    /// The client has sent something else, or nothing.
    #[track_caller]
    pub fn expects_method(&mut self, method: &impl DynMethod) -> &mut Self {
        self.peer.expects_method(self.channel, method);
        self
    }

    /// As [`Peer::expects_content`].
    ///
    /// # Panics
    /// The client has sent something else, or not all of it.
    #[track_caller]
    pub fn expects_content(&mut self) -> (AnyMethod<'static>, basic::Properties<'static>, Bytes) {
        self.peer.expects_content(self.channel)
    }

    /// As [`Peer::expects_content_of`].
    ///
    /// # Panics
    /// The client has sent something else, or not all of it.
    #[track_caller]
    pub fn expects_content_of<M: Method>(&mut self) -> OwnedContent {
        self.peer.expects_content_of::<M>(self.channel)
    }

    /// As [`Peer::expects_nothing_on`].
    ///
    /// # Panics
    /// The client has sent something.
    #[track_caller]
    pub fn expects_nothing(&mut self) -> &mut Self {
        self.peer.expects_nothing_on(self.channel);
        self
    }
}
