//! What a connection over TLS has to know, as plain data.

use std::path::{Path, PathBuf};

use super::Secret;

#[cfg(feature = "tls")]
mod client_config;

#[cfg(feature = "tls")]
pub(crate) use client_config::{Config, tls_name};

/// What to trust, what to show, and which name to look for when the connection is encrypted.
///
/// Unless told otherwise, the server's certificate has to be issued by an authority that the system trusts, and for
/// the name of the host; TLS is 1.3 or 1.2. Files are read when connections are opened, so that what is renewed on
/// the disk is in effect with the next one. `Debug` hides the password of the key.
///
/// What the parameters cannot say, a `ClientConfig` of rustls can (`client_config`, feature `tls`).
///
/// ```
/// use leveret::TlsParameters;
///
/// let tls = TlsParameters::default()
///     .ca_file("/etc/ssl/ours.pem")
///     .client_certificate("app.pem", "app.key");
/// assert!(tls.verifies_peer());
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TlsParameters {
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) ca_path: Option<PathBuf>,
    pub(crate) ca_data: Option<String>,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) key_password: Option<Secret>,
    pub(crate) verify_peer: bool,
    pub(crate) depth: Option<u8>,
    pub(crate) server_name: ServerName,
    /// The application's own, instead of all but the name.
    #[cfg(feature = "tls")]
    pub(crate) client_config: Option<Config>,
}

/// Which name TLS tells the server, and looks for in its certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ServerName {
    /// The host that is connected to.
    Host,
    /// Another one.
    Name(String),
    /// The host is looked for, and the server is told nothing (no SNI). Addresses are never told.
    Untold,
}

impl TlsParameters {
    /// Sets the file of certificates, in PEM, of the authorities to trust instead of the system's.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Sets the folder of certificates, in PEM, of the authorities to trust instead of the system's.
    #[must_use]
    pub fn ca_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_path = Some(path.into());
        self
    }

    /// Sets the certificates themselves, in PEM, of the authorities to trust instead of the system's.
    #[must_use]
    pub fn ca_data(mut self, pem: impl Into<String>) -> Self {
        self.ca_data = Some(pem.into());
        self
    }

    /// Sets the files of the client's own certificate and its key, in PEM; it may be the same file.
    ///
    /// PKCS#12 is not read. `openssl pkcs12 -in app.p12 -nodes -out app.pem` writes both into one file in PEM.
    #[must_use]
    pub fn client_certificate(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.certificate = Some(certificate.into());
        self.key = Some(key.into());
        self
    }

    /// Sets the password of the client's key, which is refused: keys that are encrypted are not read.
    ///
    /// It is here because URLs can say it. `openssl pkey -in app.key -out plain.key` decrypts one.
    #[must_use]
    pub fn key_password(mut self, password: impl Into<String>) -> Self {
        self.key_password = Some(Secret::new(password));
        self
    }

    /// Sets whether the server has to prove who it is. Without that, anybody in between can be the server, whatever
    /// authorities are named.
    ///
    /// Default: true.
    #[must_use]
    pub fn verify_peer(mut self, verify: bool) -> Self {
        self.verify_peer = verify;
        self
    }

    /// Sets how many authorities may stand between the server's certificate and one that is trusted, by the certificates
    /// that the server shows in the order of the path.
    ///
    /// Default: six, and there cannot be more.
    #[must_use]
    pub fn depth(mut self, depth: u8) -> Self {
        self.depth = Some(depth);
        self
    }

    /// Sets which name TLS tells the server and looks for.
    ///
    /// Default: the host.
    #[must_use]
    pub fn server_name(mut self, name: ServerName) -> Self {
        self.server_name = name;
        self
    }

    /// Returns whether the server has to prove who it is.
    #[must_use]
    pub fn verifies_peer(&self) -> bool {
        self.verify_peer
    }

    /// Returns the files of the client's certificate and key, if both are set.
    #[must_use]
    pub fn client_files(&self) -> Option<(&Path, &Path)> {
        self.certificate.as_deref().zip(self.key.as_deref())
    }
}

impl Default for TlsParameters {
    /// The system's authorities, the host's name, no certificate of the client's own.
    fn default() -> Self {
        Self {
            ca_file: None,
            ca_path: None,
            ca_data: None,
            certificate: None,
            key: None,
            key_password: None,
            verify_peer: true,
            depth: None,
            server_name: ServerName::Host,
            #[cfg(feature = "tls")]
            client_config: None,
        }
    }
}
