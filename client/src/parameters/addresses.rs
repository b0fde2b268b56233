//! Where to connect, for those who do that themselves.

use std::net::IpAddr;

use super::ConnectionParameters;

impl ConnectionParameters {
    /// Hosts and ports in the order in which they are tried, each as `std::net::TcpStream::connect` takes it: for those who
    /// drive the [core](crate::proto) themselves.
    pub fn addresses(&self) -> impl Iterator<Item = (&str, u16)> {
        self.endpoints.iter()
    }

    /// Whether the client says that it is `guest`, and no host looks like this machine.
    pub(crate) fn is_guest_from_afar(&self) -> bool {
        let is_near = |host: &str| {
            let address = host.parse::<IpAddr>();
            host.eq_ignore_ascii_case("localhost")
                || address.is_ok_and(|address| address.is_loopback())
        };
        self.credentials.names("guest") && !self.endpoints.iter().any(|(host, _)| is_near(host))
    }
}
