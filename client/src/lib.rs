//! AMQP 0-9-1 client.

mod parameters;

pub use parameters::{
    ConnectionParameters, Credentials, Heartbeat, ParameterError, ParameterErrorKind,
    UrlParameters,
};
