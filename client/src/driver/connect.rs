//! From parameters to an open connection: which set of them and which address is tried when, and what is told if none will
//! do.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::time::Instant;

use super::attempts::Log;
use super::budget::{Budget, LONG};
use super::connection::Connection;
use super::order::shuffle;
use super::race::{interleaved, race};
use super::security::{Security, Whom};
use super::socket::Network;
use super::tokens;
use crate::error::{ConnectStage, Error, ErrorKind};
use crate::parameters::ConnectionParameters;

/// Tries every address of every host of every set, `connection_attempts` times, until one of them will do. A set for which
/// no server can do anything is left out from then on.
pub(super) async fn connect(
    network: &impl Network,
    sets: &[ConnectionParameters],
) -> Result<Connection, Error> {
    // Whoever was promised an end sooner than others is not let down.
    let budget = Budget::new(sets.iter().filter_map(|set| set.total_timeout).min());
    let mut log = Log::default();
    let mut left: Vec<_> = (1..).zip(sets).collect();
    for attempt in 0..u32::MAX {
        let mut trying = left.clone();
        trying.retain(|(_, set)| set.connection_attempts > attempt);
        // Nobody is asked again sooner than wanted.
        let Some(delay) = trying.iter().map(|(_, set)| set.retry_delay).max() else {
            break;
        };
        if attempt > 0 && !budget.sleep(delay).await {
            return Err(log.into_timeout(&budget));
        }
        for (number, parameters) in trying {
            let round = Round {
                network,
                parameters,
                budget: &budget,
            };
            match round.run(&mut log).await {
                Some(Ok(connection)) => return Ok(connection),
                Some(Err(error)) => {
                    left.retain(|(other, _)| *other != number);
                    if left.is_empty() {
                        log.add(error);
                        return Err(log.into_error(true));
                    }
                    let address = error.address();
                    tracing::warn!(%error, address, set = number, "parameters that are not tried again");
                    log.add(error);
                }
                None => tracing::debug!(attempt, set = number, "no server was reached"),
            }
            if budget.is_spent() {
                return Err(log.into_timeout(&budget));
            }
        }
    }
    Err(log.into_error(false))
}

/// One time through all hosts of a set.
struct Round<'c, N> {
    network: &'c N,
    parameters: &'c ConnectionParameters,
    budget: &'c Budget,
}

impl<N: Network> Round<'_, N> {
    /// None if all of them failed, and another time may be better.
    async fn run(&self, log: &mut Log) -> Option<Result<Connection, Error>> {
        let begun = Instant::now();
        let login = match self.log_in().await {
            Ok(login) => login,
            Err(error) => {
                log.add(error.after(begun.elapsed()));
                return None;
            }
        };
        let begun = Instant::now();
        let security = match Security::prepare(self.parameters, self.budget).await {
            Ok(security) => security,
            Err(error) if error.is_final() => return Some(Err(error.after(begun.elapsed()))),
            Err(error) => {
                log.add(error.after(begun.elapsed()));
                return None;
            }
        };
        let mut endpoints: Vec<_> = self.parameters.endpoints().collect();
        if self.parameters.shuffle_endpoints {
            shuffle(&mut endpoints, || self.network.random());
        }
        for (host, port) in endpoints {
            if self.budget.is_spent() {
                return None;
            }
            let host = Host { host, port };
            let done = self.try_host(&host, &security, &login, log).await;
            if done.is_some() {
                return done;
            }
        }
        None
    }

    async fn log_in(&self) -> Result<tokens::Login, Error> {
        // The provider has its own time; this is for what is left of everything.
        let limit = self.budget.limit(LONG);
        match limit.hold(tokens::login(self.parameters)).await {
            Some(login) => login,
            None => {
                Err(Error::new(ErrorKind::Timeout, format!("no token {limit}"))
                    .at(ConnectStage::Token))
            }
        }
    }

    async fn look_up(&self, host: &Host<'_>) -> Result<Vec<SocketAddr>, Error> {
        let limit = self.budget.limit(self.parameters.connection_timeout);
        let Host { host: name, port } = host;
        let error = match limit.hold(self.network.look_up(name, *port)).await {
            Some(Ok(addresses)) if !addresses.is_empty() => return Ok(addresses),
            Some(Ok(_)) => Error::new(ErrorKind::Io, format!("{name} has no address")),
            Some(Err(error)) => {
                let detail = format!("cannot find the address of {name}");
                Error::with_source(ErrorKind::Io, detail, error)
            }
            None => Error::new(ErrorKind::Timeout, format!("no address of {name} {limit}")),
        };
        let address = format!("{name} port {port}").into();
        Err(error.at(ConnectStage::NameLookup).about(&address))
    }

    /// Tries the addresses of one host: sockets beside each other, what is said over them one by one.
    async fn try_host(
        &self,
        host: &Host<'_>,
        security: &Security,
        login: &tokens::Login,
        log: &mut Log,
    ) -> Option<Result<Connection, Error>> {
        let begun = Instant::now();
        let mut waiting = match self.look_up(host).await {
            Ok(addresses) => interleaved(addresses),
            Err(error) => {
                log.add(error.after(begun.elapsed()));
                return None;
            }
        };
        while !self.budget.is_spent() {
            let begin = |address| self.connect(Place { host, address });
            let delay = self.parameters.happy_eyeballs_delay;
            let won = race(&mut waiting, delay, begin, |error| log.add(error)).await;
            let (address, socket) = won?;
            let place = Place { host, address };
            match self.open(&place, socket, security, login).await {
                Err(error) if !self.is_end(&error) => log.add(error),
                done => return Some(done),
            }
        }
        None
    }

    /// Whether there is no more to try after what a server said.
    fn is_end(&self, error: &Error) -> bool {
        let goes_on = self.parameters.retry_refusals && error.is_refusal();
        error.is_final() && !goes_on
    }

    async fn connect(&self, place: Place<'_>) -> Result<Socket<N::Stream>, Error> {
        let begun = Instant::now();
        let parameters = self.parameters;
        let within = parameters.connection_timeout.min(parameters.stack_timeout);
        let limit = self.budget.limit(within);
        let options = &parameters.tcp_options;
        let connecting = self.network.connect(place.address, options);
        let error = match limit.hold(connecting).await {
            Some(Ok(stream)) => return Ok(Socket { stream, begun }),
            Some(Err(error)) => {
                let detail = format!("cannot connect to {place}");
                Error::with_source(ErrorKind::Io, detail, error)
            }
            None => {
                let detail = format!("no connection to {place} {limit}");
                Error::new(ErrorKind::Timeout, detail)
            }
        };
        let error = error.at(ConnectStage::Tcp).after(begun.elapsed());
        Err(error.about(&place.to_string().into()))
    }

    async fn open(
        &self,
        place: &Place<'_>,
        socket: Socket<N::Stream>,
        security: &Security,
        login: &tokens::Login,
    ) -> Result<Connection, Error> {
        let Socket { stream, begun } = socket;
        let limit = self.budget.limit_from(begun, self.parameters.stack_timeout);
        let address: Arc<str> = place.to_string().into();
        let whom = Whom {
            host: place.host.host,
            place: &address,
        };
        let opening = security.open(stream, &whom, self.parameters, login, limit);
        let opened = opening.await;
        opened.map_err(|error| error.after(begun.elapsed()))
    }
}

/// A connected socket, and when it began to be one.
struct Socket<S> {
    stream: S,
    begun: Instant,
}

/// Where servers may be.
struct Host<'h> {
    host: &'h str,
    port: u16,
}

/// A server that may be there.
struct Place<'h> {
    host: &'h Host<'h>,
    address: SocketAddr,
}

/// `localhost (127.0.0.1) port 5672`
impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, ip, port) = (self.host.host, self.address.ip(), self.address.port());
        match ip.to_string() == host {
            true => write!(f, "{host} port {port}"),
            false => write!(f, "{host} ({ip}) port {port}"),
        }
    }
}

#[cfg(test)]
#[path = "connect_tests.rs"]
mod tests;
