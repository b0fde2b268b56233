//! How long things may take, and how often they are tried.

use std::time::Duration;

use crate::parameters::ConnectionParameters;

impl ConnectionParameters {
    /// Sets how many times all hosts are tried, at least 1, before connecting fails.
    ///
    /// Each time every address of every host is tried. Refused credentials, with or without a word of the server's, a refused
    /// virtual host, unless [`retry_refusals`](Self::retry_refusals) is set, and parameters that no server will take end
    /// connecting at once; among several sets, they end it for theirs. Default: 1.
    #[must_use]
    pub fn connection_attempts(mut self, attempts: u32) -> Self {
        self.connection_attempts = attempts;
        self
    }

    /// Sets how long to wait before all hosts are tried again. Among several sets, the longest counts.
    ///
    /// At most 365 days. Default: 2 s.
    #[must_use]
    pub fn retry_delay(mut self, delay: Duration) -> Self {
        self.retry_delay = delay;
        self
    }

    /// Sets whether refused credentials and a refused virtual host are a reason to try the next address, and to use up
    /// `connection_attempts`, like everything else is.
    ///
    /// For servers that are set up beside the client, where users and virtual hosts are yet to be made; where a service
    /// behind the server decides, which may be out of order. A password that is wrong is only noticed later then, and is
    /// logged by the server each time. Default: false; pika's `BlockingConnection` does so.
    ///
    /// A limit on the number of connections is no refusal, although RabbitMQ has the same reply code for it: it passes.
    #[must_use]
    pub fn retry_refusals(mut self, retry: bool) -> Self {
        self.retry_refusals = retry;
        self
    }

    /// Sets how long an address has, before the next address of the same host is tried beside it.
    ///
    /// From 10 ms, the least that RFC 8305 allows, to 365 days, which is one after the other. Default: 250 ms, as it
    /// recommends.
    ///
    /// RFC 8305, 5
    #[must_use]
    pub fn happy_eyeballs_delay(mut self, delay: Duration) -> Self {
        self.happy_eyeballs_delay = delay;
        self
    }

    /// Sets how long connecting may take over all: hosts, addresses, attempts and the delays between them.
    ///
    /// More than zero and at most 365 days. It ends with [`Timeout`](crate::ErrorKind::Timeout) and the log of all
    /// attempts, as soon as there is no time for another. Among several sets, the shortest counts. Default: none; each
    /// address has its own.
    #[must_use]
    pub fn total_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.total_timeout = timeout.into();
        self
    }

    /// Sets how long one address may take to accept a TCP connection, and a name to become addresses.
    ///
    /// More than zero and at most 365 days. Default: 10 s; more than 15 s need a longer `stack_timeout` as well. pika:
    /// `socket_timeout`, without the name.
    #[must_use]
    pub fn connection_timeout(mut self, timeout: Duration) -> Self {
        self.connection_timeout = timeout;
        self
    }

    /// Sets how long the handshake of TLS may take, and before it reading the certificates.
    ///
    /// More than zero and at most 365 days. Default: 10 s.
    #[must_use]
    pub fn tls_handshake_timeout(mut self, timeout: Duration) -> Self {
        self.tls_handshake_timeout = timeout;
        self
    }

    /// Sets how long the handshake may take: from the protocol header to `connection.open-ok`.
    ///
    /// More than zero and at most 365 days. Default: 10 s, after which RabbitMQ hangs up as well.
    #[must_use]
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.handshake_timeout = timeout;
        self
    }

    /// Sets how long one address may take from TCP to the end of the handshake: whatever `connection_timeout`,
    /// `tls_handshake_timeout` and `handshake_timeout` say, none of them lasts longer than what is left of this. Not for
    /// `Connection::connect_over`, which has `total_timeout`.
    ///
    /// More than zero and at most 365 days. Default: 15 s, as pika has it.
    #[must_use]
    pub fn stack_timeout(mut self, timeout: Duration) -> Self {
        self.stack_timeout = timeout;
        self
    }

    /// Sets how long to wait for the reply to a method.
    ///
    /// More than zero and at most 365 days. Default: 30 s. pika: waits for ever.
    #[must_use]
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// Sets how long closing waits for the server to agree before it drops the socket.
    ///
    /// At most 365 days; zero does not wait. Default: 5 s. pika: waits for ever.
    ///
    /// Spec: connection.close
    #[must_use]
    pub fn close_timeout(mut self, timeout: Duration) -> Self {
        self.close_timeout = timeout;
        self
    }

    /// Sets how long the server may hold publishers back before the connection ends for it.
    ///
    /// Counted from the first `connection.blocked` to `connection.unblocked`; it ends with
    /// [`BlockedTimeout`](crate::ErrorKind::BlockedTimeout). More than zero and at most 365 days. Default: none, for as
    /// long as it likes.
    ///
    /// RabbitMQ: connection.blocked
    #[must_use]
    pub fn blocked_connection_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.blocked_connection_timeout = timeout.into();
        self
    }
}
