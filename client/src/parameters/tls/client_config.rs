//! The parts that rustls has a say in.

use std::fmt;
use std::sync::Arc;

use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName as TlsName;

use super::TlsParameters;
use crate::parameters::{ParameterError, ParameterErrorKind as Kind};

/// A configuration that the application has made. Equal if it is the same one.
#[derive(Clone)]
pub(crate) struct Config(pub(crate) Arc<ClientConfig>);

impl PartialEq for Config {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Config {}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientConfig")
    }
}

impl TlsParameters {
    /// Sets a configuration of the application's own, which says whom to trust, what to show, and who does the
    /// cryptography. Of the other parameters only [`server_name`](Self::server_name) may be set beside it.
    ///
    /// Needs the feature `tls`. [`leveret::rustls`](crate::rustls) is the version that fits.
    ///
    /// ```
    /// use leveret::TlsParameters;
    /// use leveret::rustls::{ClientConfig, RootCertStore, version};
    ///
    /// # #[cfg(feature = "tls-ring")] {
    /// let ring = leveret::rustls::crypto::ring::default_provider();
    /// let config = ClientConfig::builder_with_provider(ring.into())
    ///     .with_protocol_versions(&[&version::TLS13])?
    ///     .with_root_certificates(RootCertStore::empty())
    ///     .with_no_client_auth();
    /// let tls = TlsParameters::default().client_config(config);
    /// # }
    /// # Ok::<(), leveret::rustls::Error>(())
    /// ```
    #[must_use]
    pub fn client_config(mut self, config: impl Into<Arc<ClientConfig>>) -> Self {
        self.client_config = Some(Config(config.into()));
        self
    }

    /// Whether those are trusted whom the system trusts.
    pub(crate) fn trusts_system(&self) -> bool {
        let named = [&self.ca_file, &self.ca_path];
        named.iter().all(|path| path.is_none())
            && self.ca_data.is_none()
            && self.client_config.is_none()
    }

    /// Refuses what cannot be done, because it must not be passed over.
    pub(crate) fn validate(&self) -> Result<(), ParameterError> {
        if self.client_config.is_some() {
            let alone = Self {
                server_name: self.server_name.clone(),
                client_config: self.client_config.clone(),
                ..Self::default()
            };
            if *self != alone {
                let expected = "no other parameter of TLS but server_name beside it";
                let kind = Kind::Contradiction;
                return Err(ParameterError::new(kind, "client_config", expected));
            }
        }
        if self.key_password.is_some() {
            let expected = "a key that is not encrypted, because others are not read";
            return Err(ParameterError::new(
                Kind::Unsupported,
                "key_password",
                expected,
            ));
        }
        Ok(())
    }
}

/// What a certificate has to be for: a name, or an address, from which the zone of IPv6 is taken away.
pub(crate) fn tls_name(host: &str) -> Option<TlsName<'static>> {
    let host = match host.split_once('%') {
        Some((address, _)) if address.contains(':') => address,
        _ => host,
    };
    TlsName::try_from(host.to_owned()).ok()
}
