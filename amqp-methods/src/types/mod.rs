//! The elementary and composite types of the wire.

mod decimal;
mod entries;
mod field_array;
mod field_table;
mod long_str;
mod octets;
mod short_str;
mod table_builder;
mod timestamp;
mod value;

pub use decimal::Decimal;
pub use entries::{Entries, ToValue};
pub use field_array::{ArrayIter, FieldArray};
pub use field_table::{FieldTable, TableIter};
pub use long_str::LongStr;
pub use short_str::ShortStr;
pub use table_builder::{ArrayBuilder, TableBuilder};
pub use timestamp::Timestamp;
pub use value::Value;

/// How deep tables and arrays may be nested in a table, when reading and when writing: 64.
///
/// The protocol sets no limit. Without one, a frame of a few kilobytes makes whoever walks it
/// recursively run out of stack.
pub const MAX_TABLE_DEPTH: usize = 64;
