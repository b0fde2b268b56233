//! What the client must have said.

use amqp_methods::{AnyMethod, DynMethod, Method, OwnedContent, Reply, basic};
use bytes::Bytes;

use crate::content::{self, Found, Wanted};
use crate::failure::{Mismatch, hold};
use crate::frame::OwnedFrame;
use crate::peer::Peer;

impl Peer {
    /// Takes the protocol header of AMQP 0-9-1.
    ///
    /// # Panics
    /// Other octets, or fewer than eight.
    #[track_caller]
    pub fn expects_protocol_header(&mut self) {
        hold(self.take_header());
    }

    /// Takes the next method of a channel, and returns it if it is an `M`.
    ///
    /// # Panics
    /// The client has sent something else, or nothing.
    #[track_caller]
    pub fn expects<M: Method + Reply>(&mut self, channel: u16) -> M {
        hold(self.take_typed(channel))
    }

    /// Takes the next method of a channel, whatever it is.
    ///
    /// # Panics
    /// The client has sent content or nothing.
    #[track_caller]
    pub fn expects_any(&mut self, channel: u16) -> AnyMethod<'static> {
        hold(self.take_method(channel, "a method"))
    }

    /// Takes the next method of a channel, which must be exactly this one.
    ///
    /// # Panics
    /// The client has sent something else, or nothing.
    #[track_caller]
    pub fn expects_method(&mut self, channel: u16, method: &impl DynMethod) {
        hold(self.take_exactly(channel, method));
    }

    /// Takes the next method of a channel with its properties and its whole body.
    ///
    /// # Panics
    /// The client has sent something else or not all of it, a body of another size than announced, or a
    /// header that does not belong to its method.
    #[track_caller]
    pub fn expects_content(
        &mut self,
        channel: u16,
    ) -> (AnyMethod<'static>, basic::Properties<'static>, Bytes) {
        hold(self.take_content(channel))
    }

    /// Takes the next method of a channel, which must be an `M`, with its properties and its whole body.
    ///
    /// This is for methods of extensions, whose properties are not those of `basic`: the content that is returned
    /// gives both as their own types, `content.method::<M>()` and `content.header().properties::<P>()`.
    ///
    /// # Panics
    /// As [`expects_content`](Self::expects_content).
    #[track_caller]
    pub fn expects_content_of<M: Method>(&mut self, channel: u16) -> OwnedContent {
        hold(self.take_content_of::<M>(channel))
    }

    /// Takes the next heartbeat, wherever among other frames it stands.
    ///
    /// # Panics
    /// The client has sent none.
    #[track_caller]
    pub fn expects_heartbeat(&mut self) {
        hold(self.take_heartbeat());
    }

    /// Insists that the script has looked at everything, heartbeats and unfinished frames included.
    ///
    /// # Panics
    /// The client has sent something more.
    #[track_caller]
    pub fn expects_nothing(&self) {
        hold(self.check_nothing());
    }

    /// Insists that the script has looked at every frame of a channel.
    ///
    /// # Panics
    /// The client has sent something more on it.
    #[track_caller]
    pub fn expects_nothing_on(&self, channel: u16) {
        let checked = match self.inbox.on(channel).next() {
            None => Ok(()),
            Some((_, frame)) => {
                let text = format!("expected nothing on channel {channel}, got {frame}");
                Err(Mismatch::new(text + &self.inbox.describe()))
            }
        };
        hold(checked);
    }

    /// Takes the next frame of any channel and kind, if there is one: for scripts of another form.
    pub fn next_frame(&mut self) -> Option<OwnedFrame> {
        let frame = self.inbox.take(0)?;
        if frame.is_method()
            && let Ok(method) = frame.method()
        {
            self.note_taken(frame.channel, &method.into_owned());
        }
        Some(frame)
    }

    /// The frames that the script has not looked at, in the order of their arrival.
    pub fn pending(&self) -> impl Iterator<Item = &OwnedFrame> {
        self.inbox.frames().iter()
    }

    /// Whether [`expects_content`](Self::expects_content) need wait no longer: all of it is there, or
    /// something that is no content.
    pub fn has_content(&self, channel: u16) -> bool {
        self.has_wanted(channel, Wanted::Message)
    }

    /// The same for [`expects_content_of`](Self::expects_content_of).
    pub fn has_content_of<M: Method>(&self, channel: u16) -> bool {
        self.has_wanted(channel, Wanted::of::<M>())
    }

    fn has_wanted(&self, channel: u16, wanted: Wanted) -> bool {
        let found = content::find(&self.inbox, channel, wanted);
        !matches!(found, Ok(Found::Unfinished(_)))
    }

    /// Whether the next frame of a channel has arrived.
    pub fn has_frame(&self, channel: u16) -> bool {
        self.inbox.on(channel).next().is_some()
    }
}
