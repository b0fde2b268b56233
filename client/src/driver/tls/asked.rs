//! Whether the server asked for a certificate of the client's: an alert alone does not say what it is about.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio_rustls::rustls::SignatureScheme;
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::sign::CertifiedKey;

/// What the server of one connection asked for, and got.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked(Arc<AtomicU8>);

/// What became of a certificate of the client's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shown {
    /// The server did not ask for it.
    NotAsked,
    /// The server asked for it, and there was none that it would take.
    Nothing,
    /// The server asked for it and got it.
    Certificate,
}

impl Asked {
    /// Listens to what a resolver is asked.
    pub(super) fn listen(
        &self,
        resolver: Arc<dyn ResolvesClientCert>,
    ) -> Arc<dyn ResolvesClientCert> {
        let asked = self.clone();
        Arc::new(Listener { resolver, asked })
    }

    pub(super) fn shown(&self) -> Shown {
        match self.0.load(Ordering::Acquire) {
            NOT_ASKED => Shown::NotAsked,
            NOTHING => Shown::Nothing,
            _ => Shown::Certificate,
        }
    }
}

#[derive(Debug)]
struct Listener {
    resolver: Arc<dyn ResolvesClientCert>,
    asked: Asked,
}

impl ResolvesClientCert for Listener {
    fn resolve(&self, issuers: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let found = self.resolver.resolve(issuers, schemes);
        let shown = match found {
            Some(_) => CERTIFICATE,
            None => NOTHING,
        };
        self.asked.0.store(shown, Ordering::Release);
        found
    }

    fn only_raw_public_keys(&self) -> bool {
        self.resolver.only_raw_public_keys()
    }

    fn has_certs(&self) -> bool {
        self.resolver.has_certs()
    }
}

const NOT_ASKED: u8 = 0;
const NOTHING: u8 = 1;
const CERTIFICATE: u8 = 2;
