//! AMQP 0-9-1 client.

#[cfg(feature = "tokio")]
mod driver;
mod error;
mod message;
mod parameters;
pub mod proto;

pub use amqp_methods;
#[cfg(feature = "tokio")]
pub use driver::{Channel, Connection, Consumer, Delivery, Receipt};
pub use error::{CloseReason, Error, ErrorKind, Initiator};
pub use message::{Content, Returned};
pub use parameters::{
    ConnectionParameters, Credentials, Heartbeat, ParameterError, ParameterErrorKind, UrlParameters,
};
