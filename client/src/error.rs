//! What can go wrong, and what the peer said when it did.

use std::sync::Arc;

use amqp_methods::{DecodeError, EncodeError, FrameError, MethodId, ReplyCode};

use crate::message::{MethodTooLarge, TooLarge};
use crate::{Hold, ParameterError};

#[cfg(feature = "tokio")]
mod attempt_log;
mod connecting;
mod display;
mod meaning;
mod tls_failure;

pub use connecting::ConnectStage;
pub use tls_failure::TlsFailure;

type Source = Arc<dyn std::error::Error + Send + Sync>;

/// Why something failed.
///
/// One word wide and cheap to clone: the reason for which a connection or channel ended is stored once,
/// and every later error carries it. `Display` says this level only, and with `{:#}` the causes too, which are behind
/// [`source`](std::error::Error::source). What the server said is quoted, with everything escaped that a terminal would
/// obey; secrets are in no error.
///
/// ```
/// use leveret::Error;
///
/// /// What to do about it.
/// fn advice(error: &Error) -> &'static str {
///     match error.reply_code().map(|code| code.get()) {
///         Some(404) if error.is_channel() => "declare it, on a new channel",
///         _ if error.is_channel() => "go on with a new channel",
///         _ if error.is_connection() && error.is_retryable() => "connect again, in a while",
///         _ => "ask somebody",
///     }
/// }
/// ```
///
#[doc = include_str!("error/pika.md")]
#[derive(Clone)]
pub struct Error {
    inner: Arc<Inner>,
}

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    /// Number of the channel that ended; none where it was the connection.
    channel: Option<u16>,
    close: Option<CloseReason>,
    detail: String,
    source: Option<Source>,
    /// How far connecting had come.
    stage: Option<ConnectStage>,
    /// The server that was tried, or that the connection was to.
    address: Option<Arc<str>>,
    /// How long the attempt took.
    elapsed: Option<std::time::Duration>,
    /// What was wrong with TLS.
    tls: Option<TlsFailure>,
    /// What its text says beside what is said of any error of its kind.
    telling: Telling,
    /// What was tried, where this is what they came to.
    attempts: Vec<Error>,
}

/// What the text of an error of connecting is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Telling {
    /// A failure that is told where it is known which server it was, such as in a log.
    Itself,
    /// What connecting came to: it says which server it was.
    Outcome,
    /// Several attempts: its detail is the whole of the text.
    Several,
}

/// What kind of failure an [`Error`] is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The parameters of a connection are not sound.
    Parameters,
    /// The operating system or the network failed.
    Io,
    /// Something took longer than it was given.
    Timeout,
    /// TLS did not come about: [`Error::tls_failure`] says what was wrong.
    Tls,
    /// What answers at that address speaks something else, or another version.
    ProtocolVersion,
    /// The server refused the credentials, or seems to have.
    AuthenticationRefused,
    /// The credentials cannot be used, for a reason on this side: they were erased, or their mechanism or the provider of
    /// tokens failed.
    Credentials,
    /// The two sides cannot agree on limits.
    Negotiation,
    /// The connection was closed: by either side, in order.
    ConnectionClosed,
    /// The server vanished without closing the connection.
    ConnectionLost,
    /// Nothing came from the server for two heartbeat intervals.
    HeartbeatMissed,
    /// The server held back publishers for longer than `blocked_connection_timeout`.
    BlockedTimeout,
    /// The channel was closed: by either side, in order. The connection lives.
    ChannelClosed,
    /// The server cancelled a consumer: its queue is gone or not available. The channel lives.
    ConsumerCancelled,
    /// The server broke the protocol; the connection was closed for it.
    Protocol,
    /// A value does not fit the wire; nothing was sent.
    Encode,
    /// A method of an extension has other arguments than its type. Nothing was closed for it.
    Decode,
    /// A message, or the content of a method of an extension, was larger than the connection takes. Channel and consumer
    /// go on.
    MessageTooLarge,
    /// Methods of the server, messages that came back, or events, were not told, because nobody took those before them.
    Lagged,
    /// Publishing is held back, by what, and the publisher does not wait, or no longer; nothing was sent.
    Held(Hold),
    /// The call cannot be made in this state; nothing was sent.
    State,
    /// All channels that the connection may have are in use.
    NoFreeChannel,
    /// A delivery cannot be settled any more: its channel is gone or was opened anew since, it was settled together with a
    /// later one (`multiple`), or the server was asked to deliver it again (`basic.recover`). Nothing was sent.
    StaleDelivery,
}

/// What was said when a channel or connection was closed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct CloseReason {
    /// Who began.
    pub initiator: Initiator,
    /// Why.
    pub reply_code: ReplyCode,
    /// Why, in words; those of the server are quoted, and not to be matched on.
    pub reply_text: String,
    /// The method that caused it, if the closing side names one.
    pub method: Option<MethodId>,
}

/// Who began to close.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Initiator {
    /// This client: the application, or the library for the server's breach of the protocol.
    Client,
    /// The server.
    Server,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self::build(kind, None, None, detail.into(), None)
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn with_source(
        kind: ErrorKind,
        detail: impl Into<String>,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self::build(kind, None, None, detail.into(), Some(Arc::new(source)))
    }

    pub(crate) fn connection_closed(kind: ErrorKind, reason: CloseReason) -> Self {
        Self::build(kind, None, Some(reason), String::new(), None)
    }

    pub(crate) fn channel_closed(kind: ErrorKind, channel: u16, reason: CloseReason) -> Self {
        Self::build(kind, Some(channel), Some(reason), String::new(), None)
    }

    pub(crate) fn message_too_large(
        detail: String,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        let source = Some(Arc::new(source) as Source);
        Self::build(ErrorKind::MessageTooLarge, None, None, detail, source)
    }

    /// The server broke the protocol: with what, and with which code the connection is closed for it.
    pub(crate) fn protocol(
        code: ReplyCode,
        detail: impl Into<String>,
        source: Option<Source>,
    ) -> Self {
        let detail = detail.into();
        let reason = CloseReason {
            initiator: Initiator::Client,
            reply_code: code,
            reply_text: detail.clone(),
            method: None,
        };
        Self::build(ErrorKind::Protocol, None, Some(reason), detail, source)
    }

    fn build(
        kind: ErrorKind,
        channel: Option<u16>,
        close: Option<CloseReason>,
        detail: String,
        source: Option<Source>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                kind,
                channel,
                close,
                detail,
                source,
                stage: None,
                address: None,
                elapsed: None,
                tls: None,
                telling: Telling::Itself,
                attempts: Vec::new(),
            }),
        }
    }

    /// The transport broke, and how: for those who drive the [core](crate::proto) themselves, to tell it by
    /// [`handle_failure`](crate::proto::Connection::handle_failure).
    pub fn connection_lost(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        let detail = source.to_string();
        let source = Some(Arc::new(source) as Source);
        Self::build(ErrorKind::ConnectionLost, None, None, detail, source)
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// What was said when the channel or connection was closed, if it was closed in order.
    pub fn close_reason(&self) -> Option<&CloseReason> {
        self.inner.close.as_ref()
    }

    /// The reply code with which the channel or connection was closed.
    pub fn reply_code(&self) -> Option<ReplyCode> {
        self.close_reason().map(|reason| reason.reply_code)
    }

    /// The message that was larger than the connection takes, for an error of the kind
    /// [`MessageTooLarge`](ErrorKind::MessageTooLarge) from a consumer or from `basic_get`.
    pub fn too_large(&self) -> Option<&TooLarge> {
        self.inner.source.as_ref()?.downcast_ref()
    }

    /// The method of an extension whose content was larger than the connection takes, for an error of the kind
    /// [`MessageTooLarge`](ErrorKind::MessageTooLarge) from a call or from a stream of methods.
    pub fn method_too_large(&self) -> Option<&MethodTooLarge> {
        self.inner.source.as_ref()?.downcast_ref()
    }

    /// Whether the deadline of a wait passed.
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Timeout | ErrorKind::HeartbeatMissed | ErrorKind::BlockedTimeout
        )
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.inner.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}

impl From<EncodeError> for Error {
    fn from(error: EncodeError) -> Self {
        Self::build(
            ErrorKind::Encode,
            None,
            None,
            error.to_string(),
            Some(Arc::new(error)),
        )
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        let code = ReplyCode::new(error.reply_code());
        Self::protocol(code, error.to_string(), Some(Arc::new(error)))
    }
}

impl From<FrameError> for Error {
    fn from(error: FrameError) -> Self {
        let code = ReplyCode::new(error.reply_code());
        Self::protocol(code, error.to_string(), Some(Arc::new(error)))
    }
}

impl From<ParameterError> for Error {
    fn from(error: ParameterError) -> Self {
        Self::build(
            ErrorKind::Parameters,
            None,
            None,
            error.to_string(),
            Some(Arc::new(error)),
        )
    }
}

/// For parameters that need no conversion.
impl From<core::convert::Infallible> for Error {
    fn from(never: core::convert::Infallible) -> Self {
        match never {}
    }
}
