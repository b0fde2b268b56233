use core::fmt;

use crate::{FieldTable, ShortStr, Value};

use super::entries::{Entries, builder};
use super::words::words;

/// Arguments of `queue.bind` and `exchange.bind` to an exchange that routes by headers.
///
/// ```
/// use amqp_methods::arguments::{BindingArguments, HeadersMatch};
/// use amqp_methods::queue;
///
/// let arguments = BindingArguments::new(HeadersMatch::All).with("format", "pdf").with("pages", 2);
/// let bind = queue::Bind::new("reports", "documents", "").arguments(arguments);
/// ```
///
/// [`with`](Self::with) names the headers to match; [`Value::Void`] matches any value.
///
/// Spec: queue.bind, 3.1.3.4
#[derive(Clone, Debug, PartialEq)]
pub struct BindingArguments {
    entries: Entries,
}

words! {
    /// `x-match`: how many of the headers have to match.
    pub enum HeadersMatch {
        /// All of them; headers whose names begin with `x-` do not count.
        All = "all",
        /// One of them; headers whose names begin with `x-` do not count.
        Any = "any",
        /// All of them, whatever their names. RabbitMQ: since 3.10
        AllWithX = "all-with-x",
        /// One of them, whatever their names. RabbitMQ: since 3.10
        AnyWithX = "any-with-x",
    }
}

impl BindingArguments {
    /// So many of the headers that follow have to match.
    #[inline]
    pub fn new(headers: HeadersMatch) -> Self {
        let mut entries = Entries::default();
        entries.set("x-match", headers);
        Self { entries }
    }
}

builder!([] BindingArguments);

/// What cannot be encoded is reported when the table is.
impl From<BindingArguments> for FieldTable<'_> {
    #[inline]
    fn from(arguments: BindingArguments) -> Self {
        arguments.entries.to_builder().into()
    }
}
