//! AMQP 0-9-1 methods, content properties and frames: values and octets, no IO.
//!
//! The methods are generated from the specification while this crate is built, one module per class:
//! [`basic`], [`queue`], [`exchange`], … Each method is a struct with public fields that borrow what they
//! were decoded from, or what they are to encode:
//!
//! ```
//! use amqp_methods::{basic, BytesMut, Frame, FrameEncoder, FrameLimits, AnyMethod};
//!
//! let publish = basic::Publish::new("events", "order.new").mandatory(true);
//! let properties = basic::Properties::default().content_type("text/plain").delivery_mode(2);
//! let mut buf = BytesMut::new();
//! FrameEncoder::new(131_072).content(&mut buf, 1, &publish, &properties, b"hello")?;
//!
//! let frame = Frame::decode(&buf, FrameLimits::all(131_072))?.expect("it is complete");
//! let AnyMethod::BasicPublish(decoded) = AnyMethod::decode(frame.payload)? else { panic!() };
//! assert_eq!(decoded, publish);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Encoding from `&str` and decoding from a buffer cost no allocation. Everything that a peer sends is
//! checked before it is believed: limits hold before memory is taken, damage is an error that names
//! method, field and octet, and what nobody knows ([`AnyMethod::Unknown`]) is a value, not an error.
//!
//! [`PROTOCOL`] describes all classes, methods, fields and rules as data.
//!
//! `Debug` of methods hides secrets, such as the `response` of [`connection::StartOk`].
//!
//! Fields are those of AMQP 0-9-1 with RabbitMQ's extensions.

pub mod arguments;
mod content;
mod describe;
mod encoder;
mod error;
mod frame;
mod hidden;
mod method;
mod method_id;
mod output;
mod owned_content;
mod protocol_header;
mod reader;
#[cfg(feature = "serde")]
pub mod serde;
mod types;
mod unknown;
mod writer;

pub use bytes::{Bytes, BytesMut};
pub use content::ContentHeader;
pub use describe::{
    ClassInfo, ConstantInfo, FieldInfo, FieldValue, Fields, MethodInfo, ProtocolInfo, RuleInfo,
    WireType, encode_arguments, encode_properties,
};
pub use encoder::FrameEncoder;
pub use error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
pub use frame::{
    FRAME_END, FRAME_OVERHEAD, Frame, FrameError, FrameKind, FrameLimits, missing_octets,
};
pub use hidden::Hidden;
pub use method::{Content, Decode, DecodeContent, DynMethod, Method, Reply, Request};
pub use method_id::MethodId;
pub use output::{FrameBuf, Output};
pub use owned_content::{ContentBlock, OwnedContent};
pub use protocol_header::{NoProtocolHeader, ProtocolHeader};
pub use reader::Reader;
pub use types::{
    ArrayBuilder, ArrayIter, Decimal, Entries, FieldArray, FieldTable, LongStr, MAX_TABLE_DEPTH,
    ShortStr, TableBuilder, TableIter, Timestamp, ToValue, Value, ValueError, ValueErrorKind,
};
pub use unknown::UnknownMethod;
pub use writer::Writer;

include!(concat!(env!("OUT_DIR"), "/protocol.rs"));

/// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
