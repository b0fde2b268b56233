//! The attributes of one element, read once and asked for by name.
//!
//! What is wrong with one is reported, and the rest of the document is read nevertheless.

use quick_xml::{
    XmlVersion,
    events::{BytesStart, attributes::AttrError},
};

use crate::{
    diagnostic::{Diagnostic, Findings},
    error::ErrorKind,
    source::{Position, offset_in},
    suggest::{did_you_mean, nearest},
};

pub(super) struct Attributes<'f> {
    element: String,
    /// The tag.
    position: Position,
    unread: Vec<Attribute>,
    asked: Vec<&'static str>,
    findings: &'f mut Findings,
    /// Whether something is wrong with the element itself, so that it cannot be used.
    is_broken: bool,
}

struct Attribute {
    name: String,
    value: String,
    /// Where its name stands.
    position: Position,
}

impl<'f> Attributes<'f> {
    /// Reads the attributes of the tag at `position`.
    pub(super) fn read(
        start: &BytesStart<'_>,
        position: Position,
        findings: &'f mut Findings,
    ) -> Self {
        let mut attributes = Self {
            element: start.name().0.to_owned(),
            position,
            unread: Vec::new(),
            asked: Vec::new(),
            findings,
            is_broken: false,
        };
        for attribute in start.attributes() {
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(error) => {
                    attributes.malformed(&error);
                    continue;
                }
            };
            let name = attribute.key.0;
            match attribute.normalized_value(XmlVersion::Implicit1_0) {
                Ok(value) => attributes.unread.push(Attribute {
                    name: name.to_owned(),
                    value: value.into_owned(),
                    position: attributes.word_at(offset_in(start, name).unwrap_or(0)),
                }),
                Err(error) => {
                    attributes.wrong(name, format!("value of `{name}`: {error}"), None);
                }
            }
        }
        attributes
    }

    /// Where the element stands.
    pub(super) fn position(&self) -> Position {
        self.position.clone()
    }

    /// Whether the element lacks what it needs, or has it wrong. That was reported.
    pub(super) fn are_broken(&self) -> bool {
        self.is_broken
    }

    /// The value of an attribute, if it is there.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.asked.push(name);
        let index = self.unread.iter().position(|known| known.name == name)?;
        Some(self.unread.remove(index).value)
    }

    /// The value of an attribute that has to be there; something else if it is not.
    pub(super) fn required(&mut self, name: &'static str) -> String {
        self.text(name).unwrap_or_else(|| {
            self.missing(name);
            String::new()
        })
    }

    /// A decimal number, if it is there.
    pub(super) fn number<T: TryFrom<u32>>(&mut self, name: &'static str) -> Option<T> {
        let bits = 8 * size_of::<T>();
        T::try_from(self.number_of(name, bits)?).ok()
    }

    fn number_of(&mut self, name: &'static str, bits: usize) -> Option<u32> {
        let value = self.text(name)?;
        match value.parse::<u32>() {
            // `parse` alone would take a sign.
            Ok(number) if is_decimal(&value) && u64::from(number) < 1 << bits => Some(number),
            _ => {
                let message = format!(
                    "`{name}` of `{}` is {value:?}, not a decimal number of {bits} bits",
                    self.element
                );
                self.wrong(name, message, in_decimal(&value));
                None
            }
        }
    }

    /// A decimal number that has to be there; something else if it is not.
    pub(super) fn required_number<T: TryFrom<u32> + Default>(&mut self, name: &'static str) -> T {
        if !self.unread.iter().any(|known| known.name == name) {
            self.missing(name);
        }
        self.number(name).unwrap_or_default()
    }

    /// `1`, `0` or nothing.
    pub(super) fn flag(&mut self, name: &'static str) -> Option<bool> {
        match self.text(name)?.as_str() {
            "1" => Some(true),
            "0" => Some(false),
            other => {
                let message = format!("`{name}` of `{}` is {other:?}, not 1 or 0", self.element);
                let digit = match other {
                    "true" | "yes" | "on" => Some(1),
                    "false" | "no" | "off" => Some(0),
                    _ => None,
                };
                let help = digit.map(|digit| format!("write {name}=\"{digit}\""));
                self.wrong(name, message, help);
                None
            }
        }
    }

    /// Something is wrong with an attribute, and so with the element.
    pub(super) fn wrong(&mut self, name: &str, message: String, help: Option<String>) {
        let at = self.position.attribute(name);
        self.fail(Diagnostic::error(ErrorKind::Attribute, &at, message).help_with(help));
    }

    /// Warns of whatever nobody asked for; gives the place of the element.
    pub(super) fn finish(self) -> Position {
        for Attribute { name, position, .. } in &self.unread {
            let message = format!("unknown attribute `{name}` of `{}`", self.element);
            let help = match name.as_str() {
                // So other descriptions of the protocol call it.
                "id" if self.asked.contains(&"index") => Some("a number is an `index`".to_owned()),
                name => did_you_mean(name, &self.asked),
            };
            let warning = Diagnostic::warning(ErrorKind::Attribute, position, message);
            self.findings.warning(warning.help_with(help));
        }
        self.position
    }

    /// What cannot be read is missing too, and is complained of once.
    fn missing(&mut self, name: &str) {
        if self.is_broken {
            return;
        }
        let message = format!("`{}` has no `{name}`", self.element);
        let unread = self.unread.iter().map(|known| known.name.as_str());
        let help = nearest(name, &unread.collect::<Vec<_>>())
            .map(|found| format!("`{found}` is probably meant to be `{name}`"));
        let error = Diagnostic::error(ErrorKind::Attribute, &self.position, message);
        self.fail(error.help_with(help));
    }

    fn malformed(&mut self, error: &AttrError) {
        let (offset, message) = match *error {
            AttrError::ExpectedEq(at) => (at, "an attribute needs `=`"),
            AttrError::ExpectedValue(at) => (at, "an attribute needs a value after `=`"),
            AttrError::UnquotedValue(at) => (at, "the value of an attribute needs quotes"),
            AttrError::ExpectedQuote(at, _) => (at, "the closing quote is missing"),
            AttrError::Duplicated(at, earlier) => {
                let error = Diagnostic::error(
                    ErrorKind::Attribute,
                    &self.word_at(at),
                    "the attribute is given twice",
                );
                self.fail(error.first_defined_at(&self.word_at(earlier)));
                return;
            }
        };
        let at = self.word_at(offset);
        self.fail(Diagnostic::error(ErrorKind::Syntax, &at, message));
    }

    fn fail(&mut self, error: Diagnostic) {
        self.is_broken = true;
        self.findings.error(error);
    }

    /// What stands at an offset behind the `<` of the tag, as far as a name goes.
    fn word_at(&self, offset: usize) -> Position {
        let tag = self.position.range();
        let begin = (tag.start + 1 + offset).min(tag.end);
        let text = self.position.source().text();
        let rest = text.get(begin..tag.end).unwrap_or_default();
        let word = rest.find(|c: char| !c.is_alphanumeric() && !"-_:.".contains(c));
        self.position
            .with_range(begin..begin + word.unwrap_or(rest.len()))
    }
}

fn is_decimal(value: &str) -> bool {
    value.bytes().all(|octet| octet.is_ascii_digit())
}

/// What to write for a number that is written in hexadecimal.
fn in_decimal(value: &str) -> Option<String> {
    let digits = value
        .strip_prefix("0x")
        .or_else(|| value.strip_prefix("0X"))?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    Some(format!("in decimal that is {number}"))
}
