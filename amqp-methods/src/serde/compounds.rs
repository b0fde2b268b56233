//! Arrays and tables, element by element and entry by entry.

use serde_core::ser::{self, Serialize};

use crate::{ArrayBuilder, FieldArray, FieldTable, LongStr, ShortStr, TableBuilder, Value};

use super::error::Error;
use super::serializer::{Made, ToValue, built, in_variant};

/// An array that is being written, or a table of one entry around it.
pub(super) struct ToArray {
    inner: ToValue,
    variant: Option<&'static str>,
    index: usize,
    builder: ArrayBuilder,
}

impl ToArray {
    pub(super) fn new(inner: ToValue, variant: Option<&'static str>) -> Self {
        Self {
            inner,
            variant,
            index: 0,
            builder: FieldArray::builder(),
        }
    }

    fn push<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), Error> {
        let element = element.serialize(self.inner);
        let element = element.map_err(|error| error.in_element(self.index))?;
        self.index += 1;
        self.builder.extend([element]);
        Ok(())
    }

    fn finish(self) -> Made {
        in_variant(self.variant, built(self.builder.build())?)
    }
}

/// A table that is being written, or one of one entry around it.
pub(super) struct ToTable {
    inner: ToValue,
    variant: Option<&'static str>,
    /// The name to which the next value of a map belongs.
    name: ShortStr<'static>,
    builder: TableBuilder,
}

impl ToTable {
    pub(super) fn new(inner: ToValue, variant: Option<&'static str>) -> Self {
        Self {
            inner,
            variant,
            name: ShortStr::default(),
            builder: FieldTable::builder(),
        }
    }

    fn push<T: Serialize + ?Sized>(&mut self, name: &ShortStr<'_>, value: &T) -> Result<(), Error> {
        if name.len() > ShortStr::MAX {
            return Err(Error::new("a name has more than 255 octets").in_entry(name));
        }
        let value = value.serialize(self.inner);
        let value = value.map_err(|error| error.in_entry(name))?;
        self.builder.extend([(name, value)]);
        Ok(())
    }

    fn finish(self) -> Made {
        in_variant(self.variant, built(self.builder.build())?)
    }
}

/// What a key is called: text and octets are taken as they are, integers and booleans as they read.
fn name_of(key: Value<'static>) -> Result<ShortStr<'static>, Error> {
    match &key {
        Value::Boolean(value) => return Ok(value.to_string().into()),
        key => {
            if let Some(number) = key.as_i64() {
                return Ok(number.to_string().into());
            }
        }
    }
    let octets = LongStr::try_from(key).map_err(Error::new)?;
    Ok(ShortStr::from(octets.as_bytes()).into_owned())
}

macro_rules! elements {
    ($($trait:ident :: $method:ident),*) => {$(
        impl ser::$trait for ToArray {
            type Ok = Value<'static>;
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), Error> {
                self.push(element)
            }

            fn end(self) -> Made {
                self.finish()
            }
        }
    )*};
}

elements! {
    SerializeSeq::serialize_element, SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field, SerializeTupleVariant::serialize_field
}

macro_rules! fields {
    ($($trait:ident),*) => {$(
        impl ser::$trait for ToTable {
            type Ok = Value<'static>;
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Error> {
                self.push(&name.into(), value)
            }

            fn end(self) -> Made {
                self.finish()
            }
        }
    )*};
}

fields!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for ToTable {
    type Ok = Value<'static>;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.name = name_of(key.serialize(self.inner)?)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let name = core::mem::take(&mut self.name);
        self.push(&name, value)
    }

    fn end(self) -> Made {
        self.finish()
    }
}
