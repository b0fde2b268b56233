//! What a connection needs to know before it exists: where, as whom, and within which limits.
//!
//! [`ConnectionParameters`] is built in code, [`UrlParameters`] is read from an AMQP URL and becomes the
//! former. Whatever can be wrong with either is a [`ParameterError`], which never repeats a secret.

mod address;
mod connection;
mod credentials;
mod error;
mod extensions;
mod heartbeat;
mod url;

pub use connection::ConnectionParameters;
pub use credentials::Credentials;
pub use error::{ParameterError, ParameterErrorKind};
pub(crate) use extensions::Extensions;
pub use heartbeat::Heartbeat;
pub use url::UrlParameters;
