//! From parameters to what rustls has to know: files are read here.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use rustls_native_certs::{load_certs_from_paths, load_native_certs};
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use zeroize::Zeroizing;

use super::verifiers::{Anybody, Depth};
use crate::error::{Error, ErrorKind};
use crate::parameters::TlsParameters;

/// Builds it, unless the application has done so itself.
pub(super) fn build(parameters: &TlsParameters) -> Result<Arc<ClientConfig>, Error> {
    if let Some(config) = &parameters.client_config {
        return Ok(Arc::clone(&config.0));
    }
    let provider = provider()?;
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            let detail = "the crypto provider has nothing for TLS 1.2 or 1.3";
            Error::with_source(ErrorKind::Parameters, detail, error)
        })?;
    let builder = if parameters.verify_peer {
        let roots = Arc::new(roots(parameters)?);
        let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider)
            .build()
            .map_err(|error| {
                let detail = "nobody is trusted";
                Error::with_source(ErrorKind::Parameters, detail, error)
            })?;
        match parameters.depth {
            None => builder.with_webpki_verifier(verifier),
            Some(most) => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Depth { verifier, most })),
        }
    } else {
        tracing::warn!("the certificate of the server is not verified, as the parameters ask");
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
    };
    let config = match parameters.client_files() {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = chain(certificate)?;
            let config = builder.with_client_auth_cert(chain, private_key(key)?);
            config.map_err(|error| {
                let (certificate, key) = (certificate.display(), key.display());
                let detail =
                    format!("the certificate in {certificate} does not go with the key in {key}");
                Error::with_source(ErrorKind::Parameters, detail, error)
            })?
        }
    };
    Ok(Arc::new(config))
}

/// What the process has installed, or else what this build brings along.
fn provider() -> Result<Arc<CryptoProvider>, Error> {
    CryptoProvider::get_default()
        .cloned()
        .or_else(own_provider)
        .ok_or_else(|| {
            let detail = "TLS has no crypto provider: install one with `CryptoProvider::install_default`, set a \
                          `ClientConfig`, or build with the feature `tls-ring` or `tls-aws-lc`";
            Error::new(ErrorKind::Parameters, detail)
        })
}

#[cfg(feature = "tls-aws-lc")]
fn own_provider() -> Option<Arc<CryptoProvider>> {
    use tokio_rustls::rustls::crypto::aws_lc_rs;

    Some(Arc::new(aws_lc_rs::default_provider()))
}

#[cfg(all(feature = "tls-ring", not(feature = "tls-aws-lc")))]
fn own_provider() -> Option<Arc<CryptoProvider>> {
    use tokio_rustls::rustls::crypto::ring;

    Some(Arc::new(ring::default_provider()))
}

#[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc")))]
fn own_provider() -> Option<Arc<CryptoProvider>> {
    None
}

/// Whom to trust: those that the parameters name and nobody else, or those that the system trusts.
fn roots(parameters: &TlsParameters) -> Result<RootCertStore, Error> {
    let TlsParameters {
        ca_file,
        ca_path,
        ca_data,
        ..
    } = parameters;
    let mut roots = RootCertStore::empty();
    if parameters.trusts_system() {
        let found = load_native_certs();
        let (added, ignored) = roots.add_parsable_certificates(found.certs);
        tracing::debug!(added, ignored, errors = ?found.errors, "authorities of the system");
        return match added {
            0 => Err(unusable(
                "the authorities that this system trusts",
                found.errors.into_iter().next(),
            )),
            _ => Ok(roots),
        };
    }
    if let Some(file) = ca_file {
        add(&mut roots, &place(file), from_paths(Some(file), None))?;
    }
    if let Some(folder) = ca_path {
        add(&mut roots, &place(folder), from_paths(None, Some(folder)))?;
    }
    if let Some(data) = ca_data {
        let certificates = CertificateDer::pem_slice_iter(data.as_bytes()).collect();
        let certificates: Result<Vec<_>, pem::Error> = certificates;
        add(&mut roots, "`ca_data`", certificates.map_err(Some))?;
    }
    Ok(roots)
}

type NativeError = rustls_native_certs::Error;

fn from_paths(
    file: Option<&Path>,
    folder: Option<&Path>,
) -> Result<Vec<CertificateDer<'static>>, Option<NativeError>> {
    let found = load_certs_from_paths(file, folder);
    match found.errors.into_iter().next() {
        None => Ok(found.certs),
        error => Err(error),
    }
}

fn add<E: std::error::Error + Send + Sync + 'static>(
    roots: &mut RootCertStore,
    place: &str,
    certificates: Result<Vec<CertificateDer<'static>>, Option<E>>,
) -> Result<(), Error> {
    let what = format!("the certificates of authorities in {place}");
    let certificates = certificates.map_err(|error| unusable(&what, error))?;
    if certificates.is_empty() {
        return Err(unusable::<E>(&what, None));
    }
    for certificate in certificates {
        let added = roots.add(certificate);
        added.map_err(|error| unusable(&what, Some(error)))?;
    }
    Ok(())
}

fn chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let what = format!("the client's certificate in {}", place(file));
    let chain = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let chain: Vec<_> = chain.map_err(|error: pem::Error| unusable(&what, Some(error)))?;
    match chain.is_empty() {
        true => Err(unusable::<pem::Error>(&what, None)),
        false => Ok(chain),
    }
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    let what = format!("the client's key in {}", place(file));
    let text = std::fs::read(file).map_err(|error| unusable(&what, Some(error)))?;
    let text = Zeroizing::new(text);
    let is_encrypted = |mark: &[u8]| text.windows(mark.len()).any(|window| window == mark);
    if is_encrypted(b"ENCRYPTED PRIVATE KEY") || is_encrypted(b"Proc-Type: 4,ENCRYPTED") {
        let detail = format!(
            "{what} is encrypted, and such keys are not read: decrypt it, or set a `ClientConfig`"
        );
        return Err(Error::new(ErrorKind::Parameters, detail));
    }
    match PrivateKeyDer::from_pem_slice(&text) {
        Ok(key) => Ok(key),
        Err(pem::Error::NoItemsFound) => Err(unusable::<pem::Error>(&what, None)),
        Err(error) => Err(unusable(&what, Some(error))),
    }
}

fn place(path: &Path) -> String {
    path.display().to_string()
}

/// Something cannot be read, or nothing is there.
fn unusable<E>(what: &(impl Display + ?Sized), error: Option<E>) -> Error
where
    E: std::error::Error + Send + Sync + 'static,
{
    match error {
        Some(error) => {
            let detail = format!("cannot read {what}");
            Error::with_source(ErrorKind::Parameters, detail, error)
        }
        None => {
            let detail = format!("cannot find {what}: there is no such thing in PEM");
            Error::new(ErrorKind::Parameters, detail)
        }
    }
}
