//! From parameters to an open connection: which address is tried when, and what is told if none will do.

use std::fmt;
use std::net::SocketAddr;

use tokio::time::{Instant, timeout, timeout_at};

use super::connection::Connection;
use super::socket::Network;
use super::tokens;
use crate::error::{ConnectStage, Error, ErrorKind};
use crate::parameters::ConnectionParameters;

/// Tries every address of every host in turn, `connection_attempts` times, until one of them will do.
pub(super) async fn connect(
    network: &impl Network,
    parameters: &ConnectionParameters,
) -> Result<Connection, Error> {
    let mut failures = Failures::default();
    for attempt in 0..parameters.connection_attempts {
        if attempt > 0 {
            tokio::time::sleep(parameters.retry_delay).await;
        }
        match round(network, parameters, &mut failures).await {
            Some(connected) => return connected,
            None => tracing::debug!(attempt, "no server was reached"),
        }
    }
    Err(failures.into_error())
}

/// Tries all addresses once. None if all of them failed, and another time may be better.
async fn round(
    network: &impl Network,
    parameters: &ConnectionParameters,
    failures: &mut Failures,
) -> Option<Result<Connection, Error>> {
    let login = match tokens::login(parameters).await {
        Ok(login) => login,
        Err(error) => {
            failures.add(error);
            return None;
        }
    };
    for (host, port) in parameters.endpoints() {
        let addresses = match look_up(network, parameters, host, port).await {
            Ok(addresses) => addresses,
            Err(error) => {
                failures.add(error);
                continue;
            }
        };
        for address in addresses {
            let place = Place { host, address };
            match place.open(network, parameters, &login).await {
                Err(error) if !error.is_final() => failures.add(error),
                done => return Some(done),
            }
        }
    }
    None
}

async fn look_up(
    network: &impl Network,
    parameters: &ConnectionParameters,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, Error> {
    let limit = parameters.connection_timeout;
    let error = match timeout(limit, network.look_up(host, port)).await {
        Ok(Ok(addresses)) if !addresses.is_empty() => return Ok(addresses),
        Ok(Ok(_)) => Error::new(ErrorKind::Io, format!("{host} has no address")),
        Ok(Err(error)) => {
            let detail = format!("cannot find the address of {host}");
            Error::with_source(ErrorKind::Io, detail, error)
        }
        Err(_) => {
            let detail = format!("no address of {host} within {limit:?}");
            Error::new(ErrorKind::Timeout, detail)
        }
    };
    let address = format!("{host} port {port}");
    Err(error.at(ConnectStage::NameLookup).with_address(&address))
}

/// A server that may be there.
struct Place<'h> {
    host: &'h str,
    address: SocketAddr,
}

impl Place<'_> {
    async fn open(
        &self,
        network: &impl Network,
        parameters: &ConnectionParameters,
        login: &tokens::Login,
    ) -> Result<Connection, Error> {
        let opened = self.try_to_open(network, parameters, login).await;
        opened.map_err(|error| error.with_address(&self.to_string()))
    }

    async fn try_to_open(
        &self,
        network: &impl Network,
        parameters: &ConnectionParameters,
        login: &tokens::Login,
    ) -> Result<Connection, Error> {
        let deadline = Instant::now() + parameters.stack_timeout;
        let limit = parameters.connection_timeout.min(parameters.stack_timeout);
        let connecting = network.connect(self.address, &parameters.tcp_options);
        let stream = match timeout(limit, connecting).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                let detail = format!("cannot connect to {self}");
                let error = Error::with_source(ErrorKind::Io, detail, error);
                return Err(error.at(ConnectStage::Tcp));
            }
            Err(_) => {
                let detail = format!("no connection to {self} within {limit:?}");
                return Err(Error::new(ErrorKind::Timeout, detail).at(ConnectStage::Tcp));
            }
        };
        match timeout_at(deadline, Connection::open(stream, parameters, login)).await {
            Ok(opened) => opened,
            Err(_) => {
                let limit = parameters.stack_timeout;
                let detail = format!("{self} took more than {limit:?}, and is at the handshake");
                Err(Error::new(ErrorKind::Timeout, detail).at(ConnectStage::Handshake))
            }
        }
    }
}

/// `localhost (127.0.0.1) port 5672`
impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, ip, port) = (self.host, self.address.ip(), self.address.port());
        match ip.to_string() == host {
            true => write!(f, "{host} port {port}"),
            false => write!(f, "{host} ({ip}) port {port}"),
        }
    }
}

/// What came of all attempts.
#[derive(Default)]
struct Failures {
    last: Vec<Error>,
    count: u64,
}

impl Failures {
    fn add(&mut self, error: Error) {
        tracing::debug!(%error, "an attempt to connect failed");
        self.count += 1;
        if self.last.len() == KEPT {
            self.last.remove(0);
        }
        self.last.push(error);
    }

    fn into_error(self) -> Error {
        let error = Error::of_attempts(self.last, self.count);
        // Parameters have at least one host and one attempt, so that something was tried.
        error.unwrap_or_else(|| Error::new(ErrorKind::Io, "there was nothing to try"))
    }
}

/// How many failures are told.
const KEPT: usize = 64;

#[cfg(test)]
#[path = "connect_tests.rs"]
mod tests;
