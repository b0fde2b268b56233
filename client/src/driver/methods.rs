//! Methods that the server sends of its own accord, as a stream.

use core::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::channel::Channel;
use super::connection::Connection;
use super::listeners::ToldMethod;
use super::listening::Listening;
use crate::error::Error;
use crate::message::OwnedMethod;

/// Methods of extensions that the server sends of its own accord: a stream, from [`Channel::methods`] or
/// [`Connection::methods`].
///
/// It begins when it is made: what came before is not in it. Every stream gets every method. What nobody looks at
/// waits up to 1024 methods and 16 MiB; then the oldest are dropped, and the stream says so by an item that is an
/// error and [tells](Error::lagged) how many. The stream ends with its channel or connection;
/// [`close_error`](Self::close_error) says why.
///
/// A method whose content is larger than [`max_message_size`](crate::ConnectionParameters::max_message_size) is an item
/// that is an error too: [`Error::method_too_large`] has everything but the body, which was passed over.
///
/// It keeps neither channel nor connection open.
pub struct Methods {
    listening: Listening<ToldMethod>,
}

impl Channel {
    /// Listens to methods of extensions that the server sends on this channel, and that answer no call.
    pub fn methods(&self) -> Methods {
        Methods {
            listening: Listening::begin(self.shared(), Some(self.id())),
        }
    }
}

impl Connection {
    /// Listens to methods of extensions that the server sends on channel 0, and that answer no call.
    pub fn methods(&self) -> Methods {
        Methods {
            listening: Listening::begin(self.shared(), None),
        }
    }
}

impl Methods {
    /// The next method; none when the channel or connection has ended.
    ///
    /// # Errors
    /// Methods were [missed](Error::lagged); the content of one was [too large](Error::method_too_large). The stream
    /// goes on behind them.
    ///
    /// # Cancel safety
    /// No method is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<OwnedMethod, Error>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Result<OwnedMethod, Error>>> {
        self.listening.poll(cx).map(|next| {
            next.map(|news| match news {
                Ok(method) => method.map_err(|too_large| self.listening.about_server(too_large)),
                Err(lagged) => Err(self.listening.about_server(lagged)),
            })
        })
    }

    /// Why the channel or connection ended, if it has. There may be methods from before.
    pub fn close_error(&self) -> Option<Error> {
        self.listening.close_error()
    }
}

impl Stream for Methods {
    type Item = Result<OwnedMethod, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Methods")
            .field("channel", &self.listening.channel_number())
            .finish_non_exhaustive()
    }
}
