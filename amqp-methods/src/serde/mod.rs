//! Tables as structs of your own, and the types of this crate in any format of serde. With the feature `serde`.
//!
//! [`from_table`] reads a struct from a table, [`to_table`] writes one:
//!
//! ```
//! use amqp_methods::serde::{from_table, to_table};
//! use amqp_methods::table;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, Deserialize, PartialEq, Serialize)]
//! struct Headers {
//!     tenant: String,
//!     #[serde(rename = "x-delivery-count", default)]
//!     delivery_count: u32,
//! }
//!
//! let headers: Headers = from_table(&table! { "tenant" => "acme", "x-delivery-count" => 2_u8 })?;
//! assert_eq!(headers.delivery_count, 2);
//! assert_eq!(to_table(&headers)?.get_i64("x-delivery-count")?, Some(2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # JSON and other formats for people
//!
//! | value | JSON |
//! |---|---|
//! | table, array | object, array |
//! | boolean, void | `true`, `null` |
//! | integer of any width | number |
//! | floating-point number | number; `{"$float": "NaN"}`, `"inf"`, `"-inf"` |
//! | long string | string; `{"$string": "63616665e9"}`, in hexadecimal, if it is not UTF-8 |
//! | byte array | `{"$bytes": "00ff"}` |
//! | decimal number | `{"$decimal": "19.99"}` |
//! | time stamp | `{"$timestamp": 1700000000}` |
//!
//! A name that begins with `$` gets one more. Read back, this is the same table, names that occur twice included, except
//! for widths: an integer becomes the narrower of `I` and `l`, a float becomes a double. RabbitMQ compares integers of all
//! widths alike. Names that are not UTF-8 get U+FFFD in place of what is not. By themselves, [`Timestamp`] is a number,
//! [`Decimal`] and the strings are strings.
//!
//! # Formats for machines
//!
//! All types are octets, exactly those of a value within a table, and nothing is lost.
//!
//! [`Timestamp`]: crate::Timestamp
//! [`Decimal`]: crate::Decimal

mod compounds;
mod deserialize;
mod deserializer;
mod error;
mod hex;
mod names;
mod serialize;
mod serializer;
mod wire;

pub use deserializer::from_table;
pub use error::Error;
pub use serializer::to_table;
