//! What a connection needs to know before it exists: where, as whom, and within which limits.
//!
//! [`ConnectionParameters`] is built in code, [`UrlParameters`] is read from an AMQP URL and becomes the
//! former. Whatever can be wrong with either is a [`ParameterError`], which never repeats a secret.

mod addresses;
mod client_properties;
mod connection;
mod credentials;
mod endpoints;
mod error;
mod extensions;
mod heartbeat;
mod mechanism;
mod secret;
#[cfg(feature = "tokio")]
mod sets;
mod tcp;
mod tls;
#[cfg(feature = "tokio")]
mod tokens;
mod url;

pub use connection::ConnectionParameters;
pub(crate) use credentials::Beginning;
pub use credentials::Credentials;
pub(crate) use endpoints::Endpoints;
pub use error::{ParameterError, ParameterErrorKind};
pub(crate) use extensions::Extensions;
pub use heartbeat::{Heartbeat, HeartbeatDecision};
pub use mechanism::{Exchange, Mechanism, MechanismError};
pub(crate) use secret::Secret;
#[cfg(feature = "tokio")]
pub(crate) use sets::gather;
pub use tcp::TcpOptions;
#[cfg(feature = "tls")]
pub(crate) use tls::tls_name;
pub use tls::{ServerName, TlsParameters};
#[cfg(feature = "tokio")]
pub(crate) use tokens::Provider;
#[cfg(feature = "tokio")]
pub use tokens::{Token, TokenProvider};
pub use url::UrlParameters;
