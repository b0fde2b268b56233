//! Where to connect, for those who do that themselves.

use super::ConnectionParameters;

impl ConnectionParameters {
    /// Hosts and ports in the order in which they are tried, each as `std::net::TcpStream::connect` takes it: for those who
    /// drive the [core](crate::proto) themselves.
    pub fn addresses(&self) -> impl Iterator<Item = (&str, u16)> {
        self.endpoints.iter()
    }
}
