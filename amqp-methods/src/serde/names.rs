//! The few names that mean something.

/// Name of the newtype under which all types go through formats for machines, as octets. The serializer and deserializer
/// of tables know it and pass values through as they are.
pub(super) const VALUE: &str = "$amqp_methods::Value";

pub(super) const FLOAT: &str = "$float";
pub(super) const STRING: &str = "$string";
pub(super) const BYTES: &str = "$bytes";
pub(super) const DECIMAL: &str = "$decimal";
pub(super) const TIMESTAMP: &str = "$timestamp";
