//! What lies between the stream and the protocol: nothing, or TLS.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};

use super::budget::{Budget, Limit};
use super::connection::Connection;
#[cfg(feature = "tls")]
use super::tls;
use super::tokens::Login;
use crate::error::{ConnectStage, Error, ErrorKind};
use crate::parameters::ConnectionParameters;

/// How connections are secured, ready for use.
pub(super) enum Security {
    /// Not at all, because nobody asked for it.
    Plain,
    #[cfg(feature = "tls")]
    Tls(tls::Client),
}

/// The server that is connected to.
pub(super) struct Whom<'w> {
    /// Name or address, as the parameters have it.
    #[cfg_attr(
        not(feature = "tls"),
        expect(dead_code, reason = "what certificates are for")
    )]
    pub(super) host: &'w str,
    /// The same and more, for people.
    pub(super) place: &'w Arc<str>,
}

impl Security {
    /// Reads what the parameters name.
    ///
    /// Whoever asks for TLS gets TLS or an error, and nothing else.
    pub(super) async fn prepare(
        parameters: &ConnectionParameters,
        budget: &Budget,
    ) -> Result<Self, Error> {
        match &parameters.tls {
            None => Ok(Self::Plain),
            #[cfg(feature = "tls")]
            Some(tls) => {
                let limit = budget.limit(parameters.tls_handshake_timeout);
                let client = limit.hold(tls::Client::prepare(tls)).await;
                let client = client.unwrap_or_else(|| {
                    let detail = format!("certificates were not read {limit}");
                    Err(Error::new(ErrorKind::Timeout, detail))
                });
                let client = client.map_err(|error| error.at(ConnectStage::Tls))?;
                Ok(Self::Tls(client))
            }
            #[cfg(not(feature = "tls"))]
            Some(_) => {
                let _ = budget;
                let detail = "this build has no TLS: it lacks the feature `tls`";
                Err(Error::new(ErrorKind::Parameters, detail))
            }
        }
    }

    /// Opens a connection over a stream, within a limit and those of each stage. An error says whom it is about.
    pub(super) async fn open<S>(
        &self,
        stream: S,
        whom: &Whom<'_>,
        parameters: &ConnectionParameters,
        login: &Login,
        limit: Limit,
    ) -> Result<Connection, Error>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let opened = self.open_within(stream, whom, parameters, login, limit);
        opened.await.map_err(|error| error.about(whom.place))
    }

    async fn open_within<S>(
        &self,
        stream: S,
        whom: &Whom<'_>,
        parameters: &ConnectionParameters,
        login: &Login,
        limit: Limit,
    ) -> Result<Connection, Error>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        match self {
            Self::Plain => {
                let opening = Connection::open(stream, whom, parameters, login);
                let opened = limit.hold(opening).await;
                opened.unwrap_or_else(|| Err(too_long(whom, limit)))
            }
            #[cfg(feature = "tls")]
            Self::Tls(client) => {
                let session = client.connect(stream, whom, parameters, limit).await;
                let session = session.map_err(|error| error.at(ConnectStage::Tls))?;
                let opening = Connection::open(session.stream, whom, parameters, login);
                match limit.hold(opening).await {
                    Some(opened) => opened.map_err(|error| session.outcome.explain(error)),
                    None => Err(too_long(whom, limit)),
                }
            }
        }
    }
}

fn too_long(whom: &Whom<'_>, limit: Limit) -> Error {
    let detail = format!("{} has not opened the connection {limit}", whom.place);
    Error::new(ErrorKind::Timeout, detail).at(ConnectStage::Handshake)
}
