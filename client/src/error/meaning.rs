//! What an error means for whoever has to go on.

use amqp_methods::{MethodId, ReplyCode, ShortStr};

use super::{CloseReason, ConnectStage, Error, ErrorKind, Initiator, TlsFailure};

impl Error {
    /// Whether only a channel ended, so that the connection can still be used.
    pub fn is_channel(&self) -> bool {
        self.inner.channel.is_some() || self.kind() == ErrorKind::ChannelClosed
    }

    /// The number of the channel that ended, if it was one and not the connection.
    pub fn channel(&self) -> Option<u16> {
        self.inner.channel
    }

    /// Whether the connection has ended, or was not reached.
    pub fn is_connection(&self) -> bool {
        match self.kind() {
            ErrorKind::Tls
            | ErrorKind::ProtocolVersion
            | ErrorKind::AuthenticationRefused
            | ErrorKind::Credentials
            | ErrorKind::Negotiation
            | ErrorKind::ConnectionClosed
            | ErrorKind::ConnectionLost
            | ErrorKind::HeartbeatMissed
            | ErrorKind::BlockedTimeout
            | ErrorKind::Protocol => !self.is_channel(),
            _ => self.stage().is_some(),
        }
    }

    /// What was said when the channel or connection was closed, in words. Those of the server are not to be matched on,
    /// and escaped when they are displayed.
    pub fn reply_text(&self) -> Option<ShortStr<'_>> {
        let reason = self.close_reason()?;
        Some(ShortStr::new(&reason.reply_text))
    }

    /// The method for which the channel or connection was closed, if whoever closed it names one.
    pub fn method(&self) -> Option<MethodId> {
        self.close_reason()?.method
    }

    /// Whether the same may succeed at another moment, or with another server: on a new connection if this one has ended,
    /// on a new channel if only that has.
    ///
    /// It says nothing of whether what failed was done: a call that timed out may have been. No error of this client's
    /// own making is retryable, nor is one for which the same has to fail again, such as a wrong password, a queue that
    /// does not exist, or a declaration that does not fit what is there.
    ///
    /// | reply code | |
    /// |---|---|
    /// | 320 connection-forced, 405 resource-locked, 506 resource-error, 541 internal-error | retryable |
    /// | 530 not-allowed while connecting, for a limit on the number of connections | retryable |
    /// | any other | not retryable |
    ///
    /// Of several attempts to connect, one that is retryable is enough, unless a refusal has ended them.
    ///
    /// RabbitMQ: says 320 when it shuts down and when an operator closes the connection, and 405 for a queue that is
    /// exclusive to another connection, which it is until that has ended. Limits on the connections of a node, a virtual
    /// host or a user have the reply code of a virtual host that does not exist, and are told from it by their words.
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            ErrorKind::Io
            | ErrorKind::Timeout
            | ErrorKind::ConnectionLost
            | ErrorKind::HeartbeatMissed
            | ErrorKind::BlockedTimeout
            | ErrorKind::ConsumerCancelled
            | ErrorKind::Lagged
            | ErrorKind::Held(_)
            | ErrorKind::NoFreeChannel => true,
            ErrorKind::Tls => {
                self.tls_failure() == Some(TlsFailure::HungUp) || self.is_any_attempt_retryable()
            }
            ErrorKind::ProtocolVersion | ErrorKind::Negotiation | ErrorKind::Protocol => {
                self.is_any_attempt_retryable()
            }
            // Whoever issues tokens may be back soon.
            ErrorKind::Credentials => self.stage() == Some(ConnectStage::Token),
            ErrorKind::ConnectionClosed | ErrorKind::ChannelClosed => match self.close_reason() {
                Some(reason) => {
                    let is_of_the_moment =
                        RETRYABLE.contains(&reason.reply_code) || self.is_connection_limit();
                    reason.initiator == Initiator::Server && is_of_the_moment
                }
                None => self.is_any_attempt_retryable(),
            },
            _ => false,
        }
    }

    /// Whether the server let nobody in for now, because there are as many connections as there may be.
    ///
    /// The one thing that is read from a server's words. Nothing else tells it from what is wrong for good, and names of
    /// users and virtual hosts, which are in there too, cannot imitate it, because it stands behind them.
    pub(crate) fn is_connection_limit(&self) -> bool {
        let is_limit = |reason: &CloseReason| {
            let number = reason.reply_text.strip_suffix(") is reached");
            let number = number.and_then(|text| text.rsplit_once("connection limit ("));
            reason.reply_code == ReplyCode::NOT_ALLOWED
                && number
                    .is_some_and(|(_, number)| number.bytes().all(|digit| digit.is_ascii_digit()))
        };
        self.stage() == Some(ConnectStage::Open) && self.close_reason().is_some_and(is_limit)
    }

    /// Whether one of the servers that were tried may let the client in at another moment.
    fn is_any_attempt_retryable(&self) -> bool {
        self.attempts().iter().any(Self::is_retryable)
    }
}

const RETRYABLE: [ReplyCode; 4] = [
    ReplyCode::CONNECTION_FORCED,
    ReplyCode::RESOURCE_LOCKED,
    ReplyCode::RESOURCE_ERROR,
    ReplyCode::INTERNAL_ERROR,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(kind: ErrorKind, initiator: Initiator, code: u16) -> Error {
        let reason = CloseReason {
            initiator,
            reply_code: ReplyCode::new(code),
            reply_text: "a reason".into(),
            method: Some(MethodId::new(50, 10)),
        };
        match kind {
            ErrorKind::ChannelClosed => Error::channel_closed(kind, 3, reason),
            _ => Error::connection_closed(kind, reason),
        }
    }

    #[test]
    fn what_the_server_says_of_the_moment_is_retryable_and_what_it_says_of_the_request_is_not() {
        use Initiator::{Client, Server};
        for (code, expected) in [
            (320, true),
            (405, true),
            (506, true),
            (541, true),
            (403, false),
            (404, false),
            (406, false),
            (504, false),
            (530, false),
            (540, false),
        ] {
            for kind in [ErrorKind::ConnectionClosed, ErrorKind::ChannelClosed] {
                assert_eq!(
                    closed(kind, Server, code).is_retryable(),
                    expected,
                    "{code}"
                );
                assert!(!closed(kind, Client, code).is_retryable());
            }
        }
    }

    #[test]
    fn an_error_is_of_a_channel_or_of_the_connection_and_never_of_both() {
        let channel = closed(ErrorKind::ChannelClosed, Initiator::Server, 404);
        assert!(channel.is_channel() && !channel.is_connection());
        assert_eq!(channel.channel(), Some(3));
        assert_eq!(channel.method(), Some(MethodId::new(50, 10)));
        assert_eq!(channel.reply_text(), Some(ShortStr::new("a reason")));
        let connection = closed(ErrorKind::ConnectionClosed, Initiator::Server, 320);
        assert!(connection.is_connection() && !connection.is_channel());
        assert_eq!(connection.channel(), None);
        // Where it is not known any more why.
        let forgotten = Error::new(ErrorKind::ChannelClosed, "channel 3");
        assert!(forgotten.is_channel() && !forgotten.is_connection());
        // A call that failed ends neither.
        let timeout = Error::new(ErrorKind::Timeout, "no answer");
        assert!(!timeout.is_channel() && !timeout.is_connection());
        assert!(timeout.at(ConnectStage::Tcp).is_connection());
    }

    /// As RabbitMQ 3.10 and 4.3 say it; 3.10 has no limit of a node.
    #[test]
    fn a_limit_of_connections_is_retryable_and_a_virtual_host_that_is_not_there_is_not() {
        let refused = |text: &str| {
            let reason = CloseReason {
                initiator: Initiator::Server,
                reply_code: ReplyCode::NOT_ALLOWED,
                reply_text: text.into(),
                method: Some(MethodId::new(10, 40)),
            };
            Error::connection_closed(ErrorKind::ConnectionClosed, reason)
        };
        for (text, expected) in [
            (
                "NOT_ALLOWED - connection refused: node connection limit (10) is reached",
                true,
            ),
            (
                "NOT_ALLOWED - access to vhost '/' refused for user 'app': connection limit (0) is reached",
                true,
            ),
            (
                "NOT_ALLOWED - access to vhost '/' refused for user 'app': vhost connection limit (5) is reached",
                true,
            ),
            (
                "NOT_ALLOWED - connection refused for user 'app': user connection limit (3) is reached",
                true,
            ),
            ("NOT_ALLOWED - vhost orders not found", false),
            (
                "NOT_ALLOWED - access to vhost 'orders' refused for user 'app'",
                false,
            ),
            // Names of somebody's choice.
            (
                "NOT_ALLOWED - vhost connection limit (3) is reached not found",
                false,
            ),
            (
                "NOT_ALLOWED - access to vhost 'v' refused for user 'connection limit (3) is reached'",
                false,
            ),
            // Of another kind.
            (
                "NOT_ALLOWED - negotiated channel_max = 0 (no limit) is reached",
                false,
            ),
        ] {
            let error = refused(text).at(ConnectStage::Open);
            assert_eq!(error.is_retryable(), expected, "{text}");
        }
        let later = refused("connection limit (3) is reached");
        assert!(!later.is_retryable(), "it was open");
    }

    #[test]
    fn a_token_that_is_late_is_retryable_and_an_erased_password_is_not() {
        let late = Error::credentials("no token".into(), "busy".into());
        assert!(late.at(ConnectStage::Token).is_retryable());
        let erased = Error::new(ErrorKind::Credentials, "erased");
        assert!(!erased.at(ConnectStage::Authentication).is_retryable());
    }
}
