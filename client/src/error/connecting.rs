//! What errors of connecting know besides.

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "tokio")]
use super::Telling;
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
    /// TLS was under way, or what it needs was read.
    Tls,
    /// The handshake was under way, and how far is not known: it was given up from outside, by `stack_timeout`.
    Handshake,
    /// The protocol header was sent, and `connection.start` was due: does the server speak AMQP 0-9-1?
    Protocol,
    /// The login was under way: from `connection.start-ok` to `connection.tune`.
    Authentication,
    /// The limits were being agreed on.
    Tune,
    /// `connection.open` was sent: is there such a virtual host, and may the user enter it?
    Open,
}

impl Error {
    /// How far connecting had come, if it is connecting that failed.
    pub fn stage(&self) -> Option<ConnectStage> {
        self.inner.stage
    }

    /// The server that this is about, in words for people: the one that was tried, or that the connection is to which
    /// ended, or of which a channel, a consumer or a call did, or that sent what is too large, cannot be read or was missed, or
    /// that takes no more for now.
    ///
    /// `localhost (127.0.0.1) port 5672` is the host of the parameters, what it was found to be, and the port;
    /// `localhost port 5672 over a stream` is what the parameters say of a stream that the application brought. Whoever drives
    /// the [core](crate::proto) says it by [`set_address`](crate::proto::Connection::set_address). None for what is wrong on
    /// this side alone, such as parameters, or a value that does not fit the wire.
    pub fn address(&self) -> Option<&str> {
        self.inner.address.as_deref()
    }

    /// How long it took until this failed, if it is one attempt to connect that failed.
    pub fn elapsed(&self) -> Option<Duration> {
        self.inner.elapsed
    }

    /// What was tried, if connecting over TCP failed: one error for each attempt in the order of time, the last 64 of
    /// them.
    ///
    /// Each has its [`address`](Self::address), [`stage`](Self::stage), [`elapsed`](Self::elapsed) and cause. The same is
    /// told as a text by the first of the causes, [`source`](std::error::Error::source), if there is more than one.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let url = "amqp://localhost:1,[::1]:1?connection_timeout=500";
    /// let error = leveret::Connection::connect(url).await.unwrap_err();
    /// for attempt in error.attempts() {
    ///     println!("{:?} at {:?} after {:?}: {attempt}", attempt.address(), attempt.stage(), attempt.elapsed());
    /// }
    /// # assert!(error.attempts().len() >= 2);
    /// # }
    /// # #[cfg(not(feature = "tokio"))]
    /// # fn main() {}
    /// ```
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

    /// The same error, with the server that it is about, unless it says that already.
    pub(crate) fn about(mut self, address: &Arc<str>) -> Self {
        if self.inner.address.is_none() {
            Arc::make_mut(&mut self.inner).address = Some(Arc::clone(address));
        }
        self
    }

    /// The same error, with something to think of.
    pub(crate) fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut Arc::make_mut(&mut self.inner).detail);
        self
    }

    /// The same error, with what else is known of it.
    pub(crate) fn also(mut self, more: &str) -> Self {
        Arc::make_mut(&mut self.inner).detail.push_str(more);
        self
    }

    /// The same error, with which of several sets of parameters it is about.
    #[cfg(feature = "tokio")]
    pub(crate) fn in_set(mut self, number: usize) -> Self {
        let inner = Arc::make_mut(&mut self.inner);
        inner.detail = format!("set {number}: {}", inner.detail);
        self
    }

    /// The same error, with how long it took, unless it says that already.
    #[cfg(feature = "tokio")]
    pub(crate) fn after(mut self, elapsed: Duration) -> Self {
        if self.inner.elapsed.is_none() {
            Arc::make_mut(&mut self.inner).elapsed = Some(elapsed);
        }
        self
    }

    /// What attempts came to: the kind of the last, and all of them. Where there was hope to the end, it is the last that
    /// gives any: that a login was refused says nothing of a server with another login, which may be back soon.
    #[cfg(feature = "tokio")]
    pub(crate) fn of_attempts(attempts: Vec<Self>, count: u64, is_hopeless: bool) -> Option<Self> {
        let last = attempts.len().checked_sub(1)?;
        let hopeful = attempts
            .iter()
            .rposition(|attempt| !is_hopeless && !attempt.is_final());
        let position = hopeful.unwrap_or(last);
        let told = attempts.get(position)?.clone().told();
        let mut inner = (*told.inner).clone();
        if count > 1 {
            // An end that no other server would change speaks for itself.
            if !told.is_final() {
                let which = match position == last {
                    true => "the last of which",
                    false => "one of which",
                };
                inner.detail =
                    format!("no server was reached in {count} attempts, {which}: {told}");
                // What one server said is not what all of them said.
                inner.close = None;
                inner.telling = Telling::Several;
            }
            inner.source = Some(Arc::new(super::attempt_log::AttemptLog::new(
                attempts.clone(),
                count,
            )));
        }
        inner.attempts = attempts;
        Some(Self {
            inner: Arc::new(inner),
        })
    }

    /// What attempts came to that took more time than there was.
    #[cfg(feature = "tokio")]
    pub(crate) fn of_attempts_in_time(attempts: Vec<Self>, count: u64, total: Duration) -> Self {
        let attempts_made = match count {
            1 => "1 attempt".to_owned(),
            _ => format!("{count} attempts"),
        };
        let mut detail = format!("no server was reached within {total:?}, in {attempts_made}");
        let Some(last) = attempts.last().cloned().map(Self::told) else {
            return Self::new(ErrorKind::Timeout, detail);
        };
        detail.push_str(&format!(", the last of which: {last}"));
        let mut inner = (*last.inner).clone();
        inner.kind = ErrorKind::Timeout;
        inner.detail = detail;
        inner.close = None;
        inner.tls = None;
        inner.telling = Telling::Several;
        let log = super::attempt_log::AttemptLog::new(attempts.clone(), count);
        inner.source = Some(Arc::new(log));
        inner.attempts = attempts;
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The same error, with the server in its text.
    #[cfg(feature = "tokio")]
    fn told(mut self) -> Self {
        Arc::make_mut(&mut self.inner).telling = Telling::Outcome;
        self
    }

    /// Whether another server, or another moment, would not change anything.
    #[cfg(feature = "tokio")]
    pub(crate) fn is_final(&self) -> bool {
        let is_ours = matches!(
            self.kind(),
            ErrorKind::Parameters | ErrorKind::Credentials | ErrorKind::Encode
        );
        is_ours && self.stage() != Some(ConnectStage::Token) || self.is_refusal()
    }

    /// Whether the server does not let this user in, or not to this virtual host.
    #[cfg(feature = "tokio")]
    pub(crate) fn is_refusal(&self) -> bool {
        use amqp_methods::ReplyCode;

        let refusal = [
            ReplyCode::ACCESS_REFUSED,
            ReplyCode::NOT_ALLOWED,
            ReplyCode::INVALID_PATH,
        ];
        match self.kind() {
            ErrorKind::AuthenticationRefused => true,
            ErrorKind::ConnectionClosed => {
                let code = self.reply_code();
                code.is_some_and(|code| refusal.contains(&code)) && !self.is_connection_limit()
            }
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
            Self::Tls => "TLS",
            Self::Handshake => "the handshake",
            Self::Protocol => "the protocol header",
            Self::Authentication => "the login",
            Self::Tune => "the limits",
            Self::Open => "the virtual host",
        })
    }
}
