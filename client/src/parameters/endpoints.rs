//! Where the servers are.

use super::{ParameterError, ParameterErrorKind as Kind};

/// Addresses to be tried in order. Which port those without one have depends on TLS.
#[derive(Clone, Debug)]
pub(crate) struct Endpoints {
    list: Vec<Endpoint>,
    /// For those without a port of their own.
    port: Option<u16>,
    is_tls: bool,
}

#[derive(Clone, Debug)]
struct Endpoint {
    host: String,
    port: Option<u16>,
}

impl Endpoints {
    pub(super) fn new(host: String) -> Self {
        Self {
            list: vec![Endpoint { host, port: None }],
            port: None,
            is_tls: false,
        }
    }

    /// One address instead of all others.
    pub(super) fn replace(&mut self, host: String) {
        self.replace_with(host, None);
    }

    pub(super) fn replace_with(&mut self, host: String, port: Option<u16>) {
        self.list = vec![Endpoint { host, port }];
    }

    pub(super) fn add(&mut self, host: String, port: Option<u16>) {
        self.list.push(Endpoint { host, port });
    }

    pub(super) fn set_port(&mut self, port: u16) {
        self.port = Some(port);
    }

    pub(super) fn set_tls(&mut self) {
        self.is_tls = true;
    }

    /// Hosts and ports, in the order in which they are tried.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, u16)> {
        let default = self.port.unwrap_or(match self.is_tls {
            true => PORT_WITH_TLS,
            false => PORT,
        });
        let endpoints = self.list.iter();
        endpoints.map(move |endpoint| (endpoint.host.as_str(), endpoint.port.unwrap_or(default)))
    }

    pub(super) fn validate(
        &self,
        check_host: impl Fn(&str) -> Result<(), ParameterError>,
    ) -> Result<(), ParameterError> {
        if self.list.len() > MOST {
            let expected = "at most 64 of them";
            return Err(ParameterError::new(Kind::TooLong, "host", expected));
        }
        for (host, port) in self.iter() {
            check_host(host)?;
            if port == 0 {
                let expected = "1 to 65535";
                return Err(ParameterError::new(Kind::OutOfRange, "port", expected));
            }
        }
        Ok(())
    }
}

/// The same addresses, whichever way their ports were said.
impl PartialEq for Endpoints {
    fn eq(&self, other: &Self) -> bool {
        self.is_tls == other.is_tls && self.iter().eq(other.iter())
    }
}

impl Eq for Endpoints {}

/// How many addresses there may be.
pub(super) const MOST: usize = 64;
const PORT: u16 = 5672;
const PORT_WITH_TLS: u16 = 5671;

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(endpoints: &Endpoints) -> Vec<(&str, u16)> {
        endpoints.iter().collect()
    }

    #[test]
    fn ports_are_their_own_or_the_common_one_or_those_of_the_scheme() {
        let mut endpoints = Endpoints::new("a".into());
        endpoints.add("b".into(), Some(1));
        assert_eq!(listed(&endpoints), [("a", 5672), ("b", 1)]);
        endpoints.set_tls();
        assert_eq!(listed(&endpoints), [("a", 5671), ("b", 1)]);
        endpoints.set_port(7);
        assert_eq!(listed(&endpoints), [("a", 7), ("b", 1)]);
    }

    #[test]
    fn addresses_are_equal_however_their_ports_were_said() {
        let one = Endpoints::new("a".into());
        let mut other = Endpoints::new("x".into());
        other.replace("a".into());
        assert_eq!(one, other);
        other.set_port(5672);
        assert_eq!(one, other);
        other.set_port(5673);
        assert_ne!(one, other);
    }

    #[test]
    fn there_is_an_end_to_addresses() {
        let mut endpoints = Endpoints::new("a".into());
        for _ in 1..MOST {
            endpoints.add("a".into(), None);
        }
        assert_eq!(endpoints.validate(|_| Ok(())), Ok(()));
        endpoints.add("a".into(), None);
        let error = endpoints.validate(|_| Ok(())).unwrap_err();
        assert_eq!((error.kind(), error.parameter()), (Kind::TooLong, "host"));
    }
}
