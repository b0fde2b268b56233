//! What stands for `tracing` where that is left out.

#[cfg(feature = "tokio")]
use std::future::Future;

#[cfg(feature = "tokio")]
use amqp_methods::basic;

#[cfg(feature = "tokio")]
use super::Detail;
#[cfg(feature = "tokio")]
use crate::{ConnectionParameters, Outgoing, proto::ChannelId};

/// Looks at what an event would hold, in code that never runs, so that names are in use either way.
macro_rules! nothing {
    ($($field:tt)*) => {
        if false {
            $crate::trace::look!($($field)*);
        }
    };
}

macro_rules! look {
    () => {};
    (% $name:ident $(, $($rest:tt)*)?) => { $crate::trace::look!(@ $name $(, $($rest)*)?) };
    (? $name:ident $(, $($rest:tt)*)?) => { $crate::trace::look!(@ $name $(, $($rest)*)?) };
    ($name:ident = % $value:expr $(, $($rest:tt)*)?) => { $crate::trace::look!(@ $value $(, $($rest)*)?) };
    ($name:ident = ? $value:expr $(, $($rest:tt)*)?) => { $crate::trace::look!(@ $value $(, $($rest)*)?) };
    ($name:ident = $value:expr $(, $($rest:tt)*)?) => { $crate::trace::look!(@ $value $(, $($rest)*)?) };
    ($name:ident $(, $($rest:tt)*)?) => { $crate::trace::look!(@ $name $(, $($rest)*)?) };
    ($message:literal $(,)?) => {};
    (@ $value:expr $(, $($rest:tt)*)?) => {
        let _ = &$value;
        $crate::trace::look!($($($rest)*)?)
    };
}

pub(crate) use {look, nothing};

/// No spans.
#[cfg(feature = "tokio")]
#[derive(Debug)]
pub(crate) struct Spans;

#[cfg(feature = "tokio")]
impl Spans {
    pub(crate) fn new(_: &ConnectionParameters) -> Self {
        Self
    }

    pub(crate) fn around<F: Future>(&self, future: F) -> F {
        future
    }

    pub(crate) fn in_connection<T>(&self, act: impl FnOnce() -> T) -> T {
        act()
    }

    pub(crate) fn open_channel(&self, _: ChannelId) {}

    pub(crate) fn in_channel<T>(&self, _: ChannelId, act: impl FnOnce() -> T) -> T {
        act()
    }

    pub(crate) fn close_channel(&self, _: ChannelId) {}
}

#[cfg(feature = "tokio")]
#[inline]
pub(crate) fn is_written(_: Detail) -> bool {
    false
}

#[cfg(feature = "tokio")]
pub(crate) async fn publishing<F: Future>(
    _: &basic::Publish<'_>,
    _: &basic::Properties<'_>,
    _: usize,
    future: F,
) -> F::Output {
    future.await
}

#[cfg(feature = "tokio")]
pub(crate) async fn publishing_batch<F: Future>(_: &[Outgoing<'_>], future: F) -> F::Output {
    future.await
}
