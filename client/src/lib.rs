//! AMQP 0-9-1 client.

mod error;
mod message;
mod parameters;
pub mod proto;

pub use amqp_methods;
pub use error::{CloseReason, Error, ErrorKind, Initiator};
pub use message::{Content, Returned};
pub use parameters::{
    ConnectionParameters, Credentials, Heartbeat, ParameterError, ParameterErrorKind,
    UrlParameters,
};
