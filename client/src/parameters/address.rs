//! Where to connect, for those who do that themselves.

use super::ConnectionParameters;

impl ConnectionParameters {
    /// Host and port, as `std::net::TcpStream::connect` takes them: for those who drive the [core](crate::proto)
    /// themselves.
    #[must_use]
    pub fn address(&self) -> (&str, u16) {
        (&self.host, self.port)
    }
}
