//! The attributes of one element, read once and asked for by name.

use std::str::FromStr;

use quick_xml::{
    XmlVersion,
    events::{BytesStart, attributes::AttrError},
};

use super::cursor::Cursor;
use crate::{
    error::{Error, ErrorKind},
    spec::{Position, Warning},
};

pub(super) struct Attributes {
    element: String,
    position: Position,
    unread: Vec<Attribute>,
}

struct Attribute {
    name: String,
    value: String,
    position: Position,
}

impl Attributes {
    /// Reads the attributes of the element whose `<` stands at `at`.
    pub(super) fn read(
        start: &BytesStart<'_>,
        at: usize,
        cursor: &mut Cursor<'_>,
    ) -> Result<Self, Error> {
        let position = cursor.position(at);
        let mut unread = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute
                .map_err(|error| malformed(error, |offset| cursor.position(at + 1 + offset)))?;
            let name = attribute.key.0;
            let position = cursor.position(at + 1 + offset_in(start, name));
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| {
                    let message = format!("value of `{name}`: {error}");
                    Error::at(ErrorKind::Attribute, &position, message)
                })?
                .into_owned();
            unread.push(Attribute {
                name: name.to_owned(),
                value,
                position,
            });
        }
        Ok(Self {
            element: start.name().0.to_owned(),
            position,
            unread,
        })
    }

    /// Where the element stands.
    pub(super) fn position(&self) -> Position {
        self.position.clone()
    }

    /// The value of an attribute, if it is there.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.take(name).map(|attribute| attribute.value)
    }

    /// The value of an attribute that has to be there.
    pub(super) fn required(&mut self, name: &str) -> Result<String, Error> {
        self.text(name).ok_or_else(|| self.missing(name))
    }

    /// A decimal number, if it is there.
    pub(super) fn number<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, Error> {
        let Some(attribute) = self.take(name) else {
            return Ok(None);
        };
        let digits = attribute.value.bytes().all(|octet| octet.is_ascii_digit());
        match attribute.value.parse() {
            // `parse` alone would take a sign.
            Ok(number) if digits => Ok(Some(number)),
            _ => {
                let bits = 8 * size_of::<T>();
                let message = format!(
                    "`{name}` of `{}` is {:?}, not a decimal number of {bits} bits",
                    self.element, attribute.value
                );
                Err(Error::at(
                    ErrorKind::Attribute,
                    &attribute.position,
                    message,
                ))
            }
        }
    }

    /// A decimal number that has to be there.
    pub(super) fn required_number<T: FromStr>(&mut self, name: &str) -> Result<T, Error> {
        self.number(name)?.ok_or_else(|| self.missing(name))
    }

    /// `1`, `0` or nothing.
    pub(super) fn flag(&mut self, name: &str) -> Result<Option<bool>, Error> {
        let Some(attribute) = self.take(name) else {
            return Ok(None);
        };
        match attribute.value.as_str() {
            "1" => Ok(Some(true)),
            "0" => Ok(Some(false)),
            other => {
                let message = format!("`{name}` of `{}` is {other:?}, not 1 or 0", self.element);
                Err(Error::at(
                    ErrorKind::Attribute,
                    &attribute.position,
                    message,
                ))
            }
        }
    }

    /// Warnings about whatever nobody asked for.
    pub(super) fn unknown(self) -> impl Iterator<Item = Warning> {
        let element = self.element;
        self.unread.into_iter().map(move |attribute| Warning {
            message: format!("unknown attribute `{}` of `{element}`", attribute.name),
            position: attribute.position,
        })
    }

    fn take(&mut self, name: &str) -> Option<Attribute> {
        let index = self.unread.iter().position(|known| known.name == name)?;
        Some(self.unread.remove(index))
    }

    fn missing(&self, name: &str) -> Error {
        let message = format!("`{}` has no `{name}`", self.element);
        Error::at(ErrorKind::Attribute, &self.position, message)
    }
}

/// Offset of a part within the text it was cut from.
fn offset_in(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize)
        .checked_sub(whole.as_ptr() as usize)
        .filter(|offset| *offset <= whole.len())
        .unwrap_or(0)
}

fn malformed(error: AttrError, mut position: impl FnMut(usize) -> Position) -> Error {
    let (offset, message) = match error {
        AttrError::ExpectedEq(at) => (at, "an attribute needs `=`"),
        AttrError::ExpectedValue(at) => (at, "an attribute needs a value after `=`"),
        AttrError::UnquotedValue(at) => (at, "the value of an attribute needs quotes"),
        AttrError::ExpectedQuote(at, _) => (at, "the closing quote is missing"),
        AttrError::Duplicated(at, earlier) => {
            let message = "the attribute is given twice";
            let first = position(earlier);
            return Error::at(ErrorKind::Attribute, &position(at), message)
                .first_defined_at(&first);
        }
    };
    Error::at(ErrorKind::Syntax, &position(offset), message)
}
