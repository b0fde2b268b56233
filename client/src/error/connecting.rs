//! What errors of connecting know besides.

use core::fmt;
use std::sync::Arc;

use super::{Error, ErrorKind, Source};

/// How far connecting to a server had come when it failed.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ConnectStage {
    /// A token was fetched for the credentials.
    Token,
    /// The name of the host was looked up.
    NameLookup,
    /// The TCP connection was under way.
    Tcp,
    /// The handshake was under way: from the protocol header to `connection.open-ok`.
    Handshake,
}

impl Error {
    /// How far connecting had come, if it is connecting that failed.
    pub fn stage(&self) -> Option<ConnectStage> {
        self.inner.stage
    }

    /// Host, address and port of the server, if connecting to one over TCP failed.
    pub fn address(&self) -> Option<&str> {
        self.inner.address.as_deref()
    }

    /// What was tried, one error for each address in the order of time, if connecting failed after more than one
    /// attempt: the last 64 of them.
    pub fn attempts(&self) -> &[Error] {
        &self.inner.attempts
    }

    /// The mechanism of the credentials, or whoever provides them, cannot go on.
    pub(crate) fn credentials(
        detail: String,
        source: Box<dyn std::error::Error + Send + Sync>,
    ) -> Self {
        Self::build(
            ErrorKind::Credentials,
            None,
            None,
            detail,
            Some(Source::from(source)),
        )
    }

    /// The same error, with how far connecting had come, unless it says that already.
    pub(crate) fn at(mut self, stage: ConnectStage) -> Self {
        if self.inner.stage.is_none() {
            Arc::make_mut(&mut self.inner).stage = Some(stage);
        }
        self
    }

    /// The same error, with the server that it is about.
    #[cfg(feature = "tokio")]
    pub(crate) fn with_address(mut self, address: &str) -> Self {
        Arc::make_mut(&mut self.inner).address = Some(address.to_owned());
        self
    }

    /// The same error, with something to think of.
    pub(crate) fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut Arc::make_mut(&mut self.inner).detail);
        self
    }

    /// What several attempts came to: the kind of the last, and all of them.
    #[cfg(feature = "tokio")]
    pub(crate) fn of_attempts(attempts: Vec<Self>, count: u64) -> Option<Self> {
        let last = attempts.last()?.clone();
        if count == 1 {
            return Some(last);
        }
        let mut inner = super::Inner {
            detail: format!("no server was reached in {count} attempts, the last of which: {last}"),
            source: Some(Arc::new(last.clone())),
            attempts,
            ..(*last.inner).clone()
        };
        // What one server said is not what all of them said.
        inner.close = None;
        Some(Self {
            inner: Arc::new(inner),
        })
    }

    /// Whether another server, or another moment, would not change anything.
    #[cfg(feature = "tokio")]
    pub(crate) fn is_final(&self) -> bool {
        use amqp_methods::ReplyCode;

        let refusal = [
            ReplyCode::ACCESS_REFUSED,
            ReplyCode::NOT_ALLOWED,
            ReplyCode::INVALID_PATH,
        ];
        match self.kind() {
            ErrorKind::Parameters
            | ErrorKind::AuthenticationRefused
            | ErrorKind::Credentials
            | ErrorKind::Encode => self.stage() != Some(ConnectStage::Token),
            ErrorKind::ConnectionClosed => self
                .reply_code()
                .is_some_and(|code| refusal.contains(&code)),
            _ => false,
        }
    }
}

impl fmt::Display for ConnectStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "the token",
            Self::NameLookup => "the name lookup",
            Self::Tcp => "TCP",
            Self::Handshake => "the handshake",
        })
    }
}
