//! What all builders of arguments keep.

use core::ops::RangeInclusive;
use core::time::Duration;
use std::borrow::Cow;

use crate::{EncodeError, EncodeErrorKind, FieldTable, TableBuilder, Value};

/// Names and values, or what is wrong with them, in the order in which they were first set.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Entries(Vec<(Cow<'static, str>, Result<Value<'static>, EncodeError>)>);

/// Ten years in milliseconds, the longest time to live that RabbitMQ takes.
pub(super) const TEN_YEARS: u64 = 315_360_000_000;

/// Whatever fits the signed 64 bits of the wire.
pub(super) const ANY: RangeInclusive<u64> = 0..=i64::MAX as u64;

impl Entries {
    #[inline]
    pub(super) fn set(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Value<'static>>,
    ) {
        self.put(name.into(), Ok(value.into()));
    }

    /// A number, in 64 bits: servers compare integers of all widths alike.
    #[inline]
    pub(super) fn number(&mut self, name: &'static str, number: u64, range: RangeInclusive<u64>) {
        let signed = i64::try_from(number);
        let value = match signed {
            Ok(value) if range.contains(&number) => Ok(Value::LongLongInt(value)),
            _ => Err(out_of_range(name)),
        };
        self.put(name.into(), value);
    }

    /// A length of time in milliseconds.
    #[inline]
    pub(super) fn millis(
        &mut self,
        name: &'static str,
        time: Duration,
        range: RangeInclusive<u64>,
    ) {
        match u64::try_from(time.as_millis()) {
            Ok(millis) if time.subsec_nanos().is_multiple_of(1_000_000) => {
                self.number(name, millis, range);
            }
            _ => self.refuse(name),
        }
    }

    /// A length of time as `7D`: a number and a unit, the largest of day, hour, minute and second that goes into it.
    #[inline]
    pub(super) fn age(&mut self, name: &'static str, time: Duration) {
        match age(time) {
            Some(age) => self.set(name, age),
            None => self.refuse(name),
        }
    }

    /// The name of a queue or exchange, which has at most 255 octets.
    #[inline]
    pub(super) fn name(&mut self, name: &'static str, value: &str) {
        if value.len() > crate::ShortStr::MAX {
            let error = EncodeError::new(EncodeErrorKind::ShortStrTooLong, name);
            return self.put(name.into(), Err(error));
        }
        self.set(name, value.to_owned());
    }

    #[inline]
    pub(super) fn refuse(&mut self, name: &'static str) {
        self.put(name.into(), Err(out_of_range(name)));
    }

    #[inline]
    fn put(&mut self, name: Cow<'static, str>, value: Result<Value<'static>, EncodeError>) {
        match self.0.iter_mut().find(|(found, _)| *found == name) {
            Some(entry) => entry.1 = value,
            None => self.0.push((name, value)),
        }
    }

    #[inline]
    pub(super) fn build(&self) -> Result<FieldTable<'static>, EncodeError> {
        self.to_builder().build()
    }

    #[inline]
    pub(super) fn to_builder(&self) -> TableBuilder {
        let mut builder = FieldTable::builder();
        for (name, value) in &self.0 {
            match value {
                Ok(value) => builder = builder.entry(&**name, value),
                Err(error) => builder.refuse(*error),
            }
        }
        builder
    }
}

#[inline]
const fn out_of_range(name: &'static str) -> EncodeError {
    EncodeError::new(EncodeErrorKind::OutOfRange, name)
}

/// Months and years are left out: RabbitMQ counts 30 and 365 days, others might not.
#[inline]
fn age(time: Duration) -> Option<String> {
    let seconds = time.as_secs();
    if seconds == 0 || time.subsec_nanos() != 0 {
        return None;
    }
    let units = [(86_400, 'D'), (3600, 'h'), (60, 'm'), (1, 's')];
    let (length, unit) = units
        .into_iter()
        .find(|(length, _)| seconds.is_multiple_of(*length))?;
    Some(format!("{}{unit}", seconds / length))
}

/// `with`, `build` and the conversion into a table, which all builders have.
macro_rules! builder {
    ([$($generics:tt)*] $builder:ty) => {
        impl $($generics)* $builder {
            /// Sets an argument that has no setter here.
            #[inline]
            #[must_use]
            pub fn with<'v>(
                mut self,
                name: impl Into<std::borrow::Cow<'static, str>>,
                value: impl Into<crate::Value<'v>>,
            ) -> Self {
                self.entries.set(name, value.into().into_owned());
                self
            }

            /// The table of arguments, for whoever wants to know at once that it can be encoded.
            ///
            /// # Errors
            /// The first argument that is out of range.
            #[inline]
            pub fn build(&self) -> Result<crate::FieldTable<'static>, crate::EncodeError> {
                self.entries.build()
            }
        }
    };
}

pub(super) use builder;
