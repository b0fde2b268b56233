//! Why TLS did not come about, in words that say what to do.

use std::fmt::Write as _;
use std::io;

use tokio_rustls::rustls::{AlertDescription as Alert, CertificateError, Error as Rustls};

use super::asked::{Asked, Shown};
use crate::error::{Error, ErrorKind, TlsFailure as Failure};

/// What is known of a handshake, for whoever has to explain how it ended.
pub(crate) struct Outcome {
    /// What the certificate was to be for.
    pub(super) name: String,
    pub(super) place: String,
    pub(super) depth: Option<u8>,
    /// Whether those are trusted whom the system trusts.
    pub(super) trusts_system: bool,
    pub(super) asked: Asked,
}

impl Outcome {
    /// The handshake failed, after the server had begun like that.
    pub(super) fn failed(&self, error: io::Error, begun: &[u8]) -> Error {
        let place = &self.place;
        if let Some(spoken) = spoken(begun) {
            let detail = format!("{place} does not speak TLS: {spoken}");
            return failure(Failure::NotTls, detail, error);
        }
        match rustls(&error) {
            Some(cause) => {
                let (kind, detail) = self.describe(cause);
                failure(kind, detail, error)
            }
            None => {
                let detail = format!("{place} hung up during the handshake of TLS");
                failure(Failure::HungUp, detail, error)
            }
        }
    }

    /// What the error means with which the handshake of AMQP ended: with TLS 1.3, the server looks at the client's
    /// certificate when the client is done already.
    pub(crate) fn explain(&self, error: Error) -> Error {
        let Some(cause) = cause_of(&error) else {
            return error;
        };
        let (kind, detail) = self.describe(cause);
        error.into_tls(kind, detail)
    }

    fn describe(&self, cause: &Rustls) -> (Failure, String) {
        let place = &self.place;
        let shown = self.asked.shown();
        match cause {
            Rustls::InvalidCertificate(error) => self.certificate(error),
            Rustls::AlertReceived(alert) => match (alert, shown) {
                (
                    Alert::CertificateRequired
                    | Alert::HandshakeFailure
                    | Alert::BadCertificate
                    | Alert::CertificateUnknown
                    | Alert::AccessDenied,
                    Shown::Nothing,
                ) => {
                    let detail = format!(
                        "{place} wants a certificate of the client, and none was shown ({alert:?})"
                    );
                    (Failure::ClientCertificateMissing, detail)
                }
                (
                    Alert::CertificateRequired
                    | Alert::HandshakeFailure
                    | Alert::BadCertificate
                    | Alert::UnsupportedCertificate
                    | Alert::CertificateRevoked
                    | Alert::CertificateExpired
                    | Alert::CertificateUnknown
                    | Alert::UnknownCA
                    | Alert::AccessDenied
                    | Alert::DecryptError,
                    Shown::Certificate,
                ) => {
                    let detail = format!("{place} refused the client's certificate ({alert:?})");
                    (Failure::ClientCertificateRefused, detail)
                }
                (
                    Alert::HandshakeFailure | Alert::ProtocolVersion | Alert::InsufficientSecurity,
                    _,
                ) => (Failure::NothingInCommon, nothing_in_common(place, alert)),
                (Alert::UnrecognisedName, _) => {
                    let detail = format!("{place} knows nobody by the name {}", self.name);
                    (Failure::NameRefused, detail)
                }
                _ => (Failure::Refused, format!("{place} refused: {alert:?}")),
            },
            Rustls::PeerIncompatible(why) => {
                (Failure::NothingInCommon, nothing_in_common(place, why))
            }
            _ => {
                let detail = format!("{place} does something that TLS does not allow: {cause}");
                (Failure::Broken, detail)
            }
        }
    }

    fn certificate(&self, error: &CertificateError) -> (Failure, String) {
        use CertificateError as Bad;

        let (failure, what) = match error {
            Bad::Expired | Bad::ExpiredContext { .. } => {
                (Failure::CertificateExpired, "has expired".to_owned())
            }
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => (
                Failure::CertificateNotYetValid,
                "is not valid yet".to_owned(),
            ),
            Bad::NotValidForName => (
                Failure::CertificateForAnotherName,
                format!("is not for {}", self.name),
            ),
            Bad::NotValidForNameContext { presented, .. } => {
                let mut what = format!("is not for {}", self.name);
                list(&mut what, presented);
                (Failure::CertificateForAnotherName, what)
            }
            Bad::UnknownIssuer => (Failure::UnknownIssuer, self.unknown_issuer()),
            Bad::Revoked => (Failure::CertificateRevoked, "was revoked".to_owned()),
            // rustls has no name for it but this. Without the text it would be told like all that is rare, and it is what
            // everybody meets who signs a certificate by itself.
            Bad::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
                (Failure::CertificateUnfit, OF_AN_AUTHORITY.to_owned())
            }
            _ => (
                Failure::CertificateUnfit,
                "cannot be used for this".to_owned(),
            ),
        };
        (failure, format!("the certificate of {} {what}", self.place))
    }

    fn unknown_issuer(&self) -> String {
        let what = "was issued by somebody who is not trusted";
        match self.depth {
            Some(depth) => format!("{what}, or over more than {depth} others"),
            None if self.trusts_system => format!("{what}; {WHOM_ELSE}"),
            None => what.to_owned(),
        }
    }
}

const OF_AN_AUTHORITY: &str = "is that of an authority, which no server can show; a self-signed one is made without by \
    `openssl req -x509 -addext basicConstraints=CA:FALSE`";

const WHOM_ELSE: &str = "trusted are those whom the system trusts, unless `TlsParameters::ca_file`, or `cacertfile` in a \
    URL, names others";

/// The names that a certificate is for, the first few of them.
fn list(what: &mut String, names: &[String]) {
    const MOST: usize = 4;
    for (index, name) in names.iter().take(MOST).enumerate() {
        let begin = if index == 0 { "; it is for" } else { "," };
        // A string takes whatever is written.
        let _ = write!(what, "{begin} {name}");
    }
    if names.len() > MOST {
        let _ = write!(what, " and {} more", names.len() - MOST);
    }
}

fn nothing_in_common(place: &str, why: &impl std::fmt::Debug) -> String {
    format!("no version or cipher of TLS is in common with {place} ({why:?})")
}

/// What a server speaks that does not begin with a record of TLS, RFC 8446, 5.1; none if it does, or said nothing.
fn spoken(begun: &[u8]) -> Option<&'static str> {
    match begun {
        [] | [0x14..=0x18, ..] => None,
        [b'A', b'M', b'Q', b'P', ..] => Some("it is AMQP without TLS"),
        [b'H', b'T', b'T', b'P', ..] => Some("it answers in HTTP"),
        _ => Some("its answer is something else"),
    }
}

fn failure(failure: Failure, detail: String, error: io::Error) -> Error {
    Error::with_source(ErrorKind::Tls, detail, error).with_tls(failure)
}

fn rustls(error: &io::Error) -> Option<&Rustls> {
    error.get_ref()?.downcast_ref()
}

/// What TLS has to do with an error of the connection.
fn cause_of(error: &Error) -> Option<&Rustls> {
    let source = std::error::Error::source(error)?;
    rustls(source.downcast_ref()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_an_authority_of_their_own_is_told_how_to_name_it() {
        let text = |trusts_system| {
            let outcome = Outcome {
                name: "h".to_owned(),
                place: "h port 5671".to_owned(),
                depth: None,
                trusts_system,
                asked: Asked::default(),
            };
            let cause = Rustls::InvalidCertificate(CertificateError::UnknownIssuer);
            outcome.failed(io::Error::other(cause), b"").to_string()
        };
        let what =
            "TLS failed: the certificate of h port 5671 was issued by somebody who is not trusted";
        assert_eq!(text(true), format!("{what}; {WHOM_ELSE}"));
        assert_eq!(text(false), what);
    }
}
