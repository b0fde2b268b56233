//! TLS: the handshake, and what it means if it does not come about.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName as TlsName;

use self::asked::Asked;
use self::first_octets::FirstOctets;
use self::outcome::Outcome;
use super::budget::Limit;
use super::security::Whom;
use crate::error::{Error, ErrorKind};
use crate::parameters::{ConnectionParameters, ServerName, TlsParameters, tls_name};

mod asked;
mod config;
mod first_octets;
mod outcome;
mod verifiers;

/// Everything that a handshake needs but the server.
pub(super) struct Client {
    config: Arc<ClientConfig>,
    server_name: ServerName,
    /// How many intermediate authorities there may be, if that was said.
    depth: Option<u8>,
    /// Whether those are trusted whom the system trusts.
    trusts_system: bool,
}

/// An encrypted stream, and what is known of how it came about.
pub(super) struct Session<S> {
    pub(super) stream: TlsStream<FirstOctets<S>>,
    pub(super) outcome: Outcome,
}

impl Client {
    /// Reads the files that the parameters name. They are read anew for every round, so that what is renewed on
    /// the disk is in effect with the next connection.
    pub(super) async fn prepare(parameters: &TlsParameters) -> Result<Self, Error> {
        let wanted = parameters.clone();
        let read = tokio::task::spawn_blocking(move || config::build(&wanted)).await;
        let config = read.unwrap_or_else(|error| {
            let detail = "the runtime ended while certificates were read";
            Err(Error::with_source(ErrorKind::Io, detail, error))
        })?;
        Ok(Self {
            config,
            server_name: parameters.server_name.clone(),
            depth: parameters.depth,
            trusts_system: parameters.trusts_system(),
        })
    }

    /// Shakes hands over a stream.
    pub(super) async fn connect<S>(
        &self,
        stream: S,
        whom: &Whom<'_>,
        parameters: &ConnectionParameters,
        limit: Limit,
    ) -> Result<Session<S>, Error>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let name = self.name(whom.host)?;
        let asked = Asked::default();
        let mut config = ClientConfig::clone(&self.config);
        config.client_auth_cert_resolver = asked.listen(config.client_auth_cert_resolver);
        if self.server_name == ServerName::Untold {
            config.enable_sni = false;
        }
        let outcome = Outcome {
            name: name.to_str().into_owned(),
            place: whom.place.to_string(),
            depth: self.depth,
            trusts_system: self.trusts_system,
            asked,
        };
        let connector = TlsConnector::from(Arc::new(config));
        let connecting = connector.connect(name, FirstOctets::of(stream));
        let limit = limit.min(Limit::new(parameters.tls_handshake_timeout));
        match limit.hold(connecting.into_fallible()).await {
            Some(Ok(stream)) => Ok(Session { stream, outcome }),
            Some(Err((error, stream))) => Err(outcome.failed(error, stream.get())),
            None => {
                let detail = format!("no TLS with {} {limit}", whom.place);
                Err(Error::new(ErrorKind::Timeout, detail))
            }
        }
    }

    /// What the certificate has to be for.
    fn name(&self, host: &str) -> Result<TlsName<'static>, Error> {
        let name = match &self.server_name {
            ServerName::Name(name) => name,
            ServerName::Host | ServerName::Untold => host,
        };
        tls_name(name).ok_or_else(|| {
            let detail = format!("no certificate can be for {name}");
            Error::new(ErrorKind::Parameters, detail)
        })
    }
}
