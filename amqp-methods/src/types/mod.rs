//! The elementary and composite types of the wire.

mod building;
mod conversions;
mod decimal;
mod display;
mod entries;
mod field_array;
mod field_table;
mod getters;
mod long_str;
mod octets;
mod short_str;
mod table_builder;
mod table_macro;
mod timestamp;
mod value;
mod value_error;
mod value_types;

pub use decimal::Decimal;
pub use entries::{Entries, ToValue};
pub use field_array::{ArrayIter, FieldArray};
pub use field_table::{FieldTable, TableIter};
pub use long_str::LongStr;
pub use short_str::ShortStr;
pub use table_builder::{ArrayBuilder, TableBuilder};
pub use timestamp::Timestamp;
pub use value::Value;
pub use value_error::{ValueError, ValueErrorKind};

/// How deep tables and arrays may be nested in a table, when reading and when writing: 64.
///
/// The protocol sets no limit. Without one, a frame of a few kilobytes makes whoever walks it
/// recursively run out of stack.
pub const MAX_TABLE_DEPTH: usize = 64;
