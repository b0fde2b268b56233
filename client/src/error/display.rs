//! How errors are shown.

use core::fmt;

use amqp_methods::ShortStr;

use super::{ConnectStage, Error, ErrorKind, Initiator, Inner, Telling};

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("kind", &self.inner.kind);
        if let Some(channel) = self.inner.channel {
            debug.field("channel", &channel);
        }
        if let Some(close) = &self.inner.close {
            debug.field("close", close);
        }
        if !self.inner.detail.is_empty() {
            debug.field("detail", &self.inner.detail);
        }
        if let Some(source) = &self.inner.source {
            debug.field("source", source);
        }
        if let Some(stage) = &self.inner.stage {
            debug.field("stage", stage);
        }
        if let Some(address) = &self.inner.address {
            debug.field("address", address);
        }
        if let Some(elapsed) = &self.inner.elapsed {
            debug.field("elapsed", elapsed);
        }
        if let Some(failure) = &self.inner.tls {
            debug.field("tls", failure);
        }
        // One alone is the error itself.
        if self.inner.attempts.len() > 1 {
            debug.field("attempts", &self.inner.attempts);
        }
        debug.finish()
    }
}

/// `channel 3 closed by server: 404 no queue 'jobs'`. What the server said is escaped, so that no terminal obeys it.
///
/// The end of a connection names the server, and so does what connecting over TCP came to: `the connection to rabbit-1
/// (10.0.0.1) port 5672 was lost: broken pipe`. What ended with it, and each of the [`attempts`](Error::attempts), has that in
/// [`address`](Error::address).
///
/// This level only; `{:#}` says the causes behind it, as a line of a log should:
/// `input or output failed: cannot connect to rabbit-1 port 5672: Connection refused (os error 111)`.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_level(f)?;
        let mut said = self.inner.detail.clone();
        let mut cause = std::error::Error::source(self).filter(|_| f.alternate());
        while let Some(this) = cause {
            let text = this.to_string();
            // How a connection was lost is in its own text.
            if !said.contains(&text) {
                write!(f, ": {}", ShortStr::new(&text))?;
            }
            (said, cause) = (text, this.source());
        }
        Ok(())
    }
}

impl Error {
    /// What happened, without its causes.
    fn fmt_level(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            kind,
            channel,
            close,
            detail,
            ..
        } = &*self.inner;
        if self.inner.telling == Telling::Several {
            return write!(f, "{}", ShortStr::new(detail));
        }
        let Some(close) = close.as_ref().filter(|_| *kind != ErrorKind::Protocol) else {
            self.fmt_kind(f)?;
            return match detail.as_str() {
                "" => Ok(()),
                detail => write!(f, ": {}", ShortStr::new(detail)),
            };
        };
        match (kind, channel) {
            (ErrorKind::ChannelClosed | ErrorKind::ConnectionClosed, Some(channel)) => {
                write!(f, "channel {channel} closed by {}", close.initiator)?;
            }
            (ErrorKind::ConnectionClosed, None) => {
                let to = Prefixed(" to ", self.named());
                write!(f, "connection{to} closed by {}", close.initiator)?;
            }
            _ => self.fmt_kind(f)?,
        }
        let text = ShortStr::new(&close.reply_text);
        write!(f, ": {} {text}", close.reply_code.get())?;
        match detail.as_str() {
            "" => Ok(()),
            hint => write!(f, "; {hint}"),
        }
    }

    /// The kind, with the server where it is the end of a connection or of connecting.
    fn fmt_kind(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = self.named();
        let (to, at) = (Prefixed(" to ", server), Prefixed(" at ", server));
        match self.kind() {
            ErrorKind::ConnectionClosed => write!(f, "the connection{to} is closed"),
            ErrorKind::ConnectionLost => write!(f, "the connection{to} was lost"),
            ErrorKind::HeartbeatMissed => write!(f, "the server{at} is silent"),
            ErrorKind::BlockedTimeout => {
                write!(f, "the server{at} held back publishers for too long")
            }
            ErrorKind::Protocol => write!(f, "the server{at} broke the protocol"),
            ErrorKind::AuthenticationRefused => write!(f, "the server{at} refused the credentials"),
            ErrorKind::ProtocolVersion => write!(f, "the server{at} does not speak AMQP 0-9-1"),
            ErrorKind::Negotiation => {
                write!(f, "no agreement on limits{}", Prefixed(" with ", server))
            }
            // What takes too long before that says where, and so does the whole.
            ErrorKind::Timeout if self.stage() > Some(ConnectStage::Handshake) => {
                write!(f, "timed out{at}")
            }
            kind => write!(f, "{kind}"),
        }
    }

    /// The server, if it has its place in the text. The log of attempts has it beside each of them.
    fn named(&self) -> Option<&str> {
        match self.stage() {
            Some(_) if self.inner.telling != Telling::Outcome => None,
            _ => self.address(),
        }
    }
}

/// The name of a server behind a word, or nothing. It is escaped like everything that somebody else may have said.
#[derive(Clone, Copy)]
struct Prefixed<'n>(&'static str, Option<&'n str>);

impl fmt::Display for Prefixed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(name) => write!(f, "{}{}", self.0, ShortStr::new(name)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Initiator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Server => "server",
        })
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parameters => "bad parameters",
            Self::Io => "input or output failed",
            Self::Timeout => "timed out",
            Self::Tls => "TLS failed",
            Self::ProtocolVersion => "the server does not speak AMQP 0-9-1",
            Self::AuthenticationRefused => "the server refused the credentials",
            Self::Credentials => "the credentials cannot be used",
            Self::Negotiation => "no agreement on limits",
            Self::ConnectionClosed => "the connection is closed",
            Self::ConnectionLost => "the connection was lost",
            Self::HeartbeatMissed => "the server is silent",
            Self::BlockedTimeout => "the server held back publishers for too long",
            Self::ChannelClosed => "the channel is closed",
            Self::ConsumerCancelled => "the server cancelled the consumer",
            Self::Protocol => "the server broke the protocol",
            Self::Encode => "a value does not fit the wire",
            Self::Decode => "a method is not what its type says",
            Self::MessageTooLarge => "a message is too large",
            Self::Lagged => "something was missed",
            Self::Held(_) => "publishing is held back",
            Self::State => "not possible in this state",
            Self::NoFreeChannel => "no channel is free",
            Self::StaleDelivery => "the delivery cannot be settled any more",
        })
    }
}

#[cfg(test)]
mod tests {
    use amqp_methods::ReplyCode;

    use super::*;
    use crate::CloseReason;

    #[test]
    fn causes_are_said_when_asked_for_and_none_of_them_twice() {
        let cause = std::io::Error::other("reset by peer");
        let lost = Error::connection_lost(cause);
        let expected = "the connection was lost: reset by peer";
        assert_eq!(
            (lost.to_string().as_str(), format!("{lost:#}").as_str()),
            (expected, expected)
        );
        let outer = Error::message_too_large("of the queue".to_owned(), lost);
        assert_eq!(outer.to_string(), "a message is too large: of the queue");
        assert_eq!(format!("{outer:#}"), format!("{outer}: {expected}"));
    }

    #[test]
    fn what_a_server_says_cannot_clear_a_terminal_or_forge_a_line() {
        let reason = CloseReason {
            initiator: Initiator::Server,
            reply_code: ReplyCode::new(404),
            reply_text: "no queue '\u{1b}[2J\nINFO all is well'".into(),
            method: None,
        };
        let error = Error::channel_closed(ErrorKind::ChannelClosed, 3, reason);
        let expected = r"channel 3 closed by server: 404 no queue '\u{1b}[2J\nINFO all is well'";
        assert_eq!(error.to_string(), expected);
        let error = Error::new(ErrorKind::Protocol, "\u{9b}2J");
        assert!(error.to_string().ends_with(r"\u{9b}2J"), "{error}");
    }
}
