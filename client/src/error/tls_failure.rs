//! Why TLS did not come about.

#[cfg(feature = "tls")]
use std::sync::Arc;

use super::Error;

/// What was wrong when TLS did not come about, for programs. The text of the [`Error`] says it to people.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum TlsFailure {
    /// What answers does not speak TLS: it may be the port for `amqp`, or no AMQP server at all.
    NotTls,
    /// The server hung up during the handshake.
    HungUp,
    /// The two have no version, cipher or the like in common.
    NothingInCommon,
    /// The server's certificate has expired.
    CertificateExpired,
    /// The server's certificate is not valid yet.
    CertificateNotYetValid,
    /// The server's certificate is for another name than the one that is looked for.
    CertificateForAnotherName,
    /// The server's certificate was issued by somebody who is not trusted.
    UnknownIssuer,
    /// The server's certificate was revoked.
    CertificateRevoked,
    /// The server's certificate cannot be used for another reason, such as its signature or its purpose.
    CertificateUnfit,
    /// The server wants a certificate of the client, and none was shown.
    ClientCertificateMissing,
    /// The server does not take the client's certificate.
    ClientCertificateRefused,
    /// The server does not go by the name that it was told.
    NameRefused,
    /// The server refused for another reason.
    Refused,
    /// The server does something that TLS does not allow.
    Broken,
}

impl Error {
    /// What was wrong with TLS, if that is what failed.
    pub fn tls_failure(&self) -> Option<TlsFailure> {
        self.inner.tls
    }

    /// The same error, with what was wrong.
    #[cfg(feature = "tls")]
    pub(crate) fn with_tls(mut self, failure: TlsFailure) -> Self {
        Arc::make_mut(&mut self.inner).tls = Some(failure);
        self
    }

    /// A failure of TLS that came to light later: it was not the handshake of AMQP that failed.
    #[cfg(feature = "tls")]
    pub(crate) fn into_tls(mut self, failure: TlsFailure, detail: String) -> Self {
        let inner = Arc::make_mut(&mut self.inner);
        inner.kind = super::ErrorKind::Tls;
        inner.stage = Some(super::ConnectStage::Tls);
        inner.tls = Some(failure);
        inner.detail = detail;
        self
    }
}
