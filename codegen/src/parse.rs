//! XML → [`Spec`], in one pass, with the place of everything that is kept.
//!
//! The order of children is free, comments and white space go anywhere, attributes nobody knows are
//! warnings. Elements nobody knows are errors: what they meant would be lost silently.

mod attributes;
mod cursor;
mod node;

use quick_xml::{
    Reader,
    escape::resolve_xml_entity,
    events::{BytesRef, BytesStart, Event},
};

use crate::{
    error::{Error, ErrorKind},
    spec::{Position, Spec, Warning},
};
use attributes::Attributes;
use cursor::Cursor;
use node::{Element, Node};

/// Reads one document; `file` is its name in diagnostics.
///
/// # Errors
///
/// At the first place that is not well-formed, not of the vocabulary, or lacks what the vocabulary
/// requires. Whether names exist and numbers are free is asked later, by [`resolve`](crate::resolve()).
pub fn parse(file: &str, source: &str) -> Result<Spec, Error> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    Parser {
        reader: Reader::from_str(source),
        cursor: Cursor::new(file, source),
        open: Vec::new(),
        root: None,
        warnings: Vec::new(),
    }
    .run()
}

struct Parser<'a> {
    reader: Reader<&'a [u8]>,
    cursor: Cursor<'a>,
    /// The elements around the place that is read. Never deeper than the vocabulary nests, because
    /// each was admitted by the one below it.
    open: Vec<Open>,
    root: Option<Spec>,
    warnings: Vec<Warning>,
}

struct Open {
    element: Element,
    node: Node,
    position: Position,
}

impl Parser<'_> {
    fn run(mut self) -> Result<Spec, Error> {
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.malformed(&error)),
            };
            let end = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
            match event {
                // `<…>` and `<…/>` stand around what the event holds.
                Event::Start(start) => self.open(&start, end.saturating_sub(start.len() + 2))?,
                Event::Empty(start) => {
                    self.open(&start, end.saturating_sub(start.len() + 3))?;
                    self.close();
                }
                Event::End(_) => self.close(),
                Event::Text(text) => self.text(&text, end.saturating_sub(text.len()))?,
                Event::CData(text) => self.text(&text, end.saturating_sub(text.len() + 12))?,
                Event::GeneralRef(reference) => {
                    let at = end.saturating_sub(reference.len() + 2);
                    let text = self.dereference(&reference, at)?;
                    self.text(&text, at)?;
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
                Event::Eof => return self.finish(end),
            }
        }
    }

    fn open(&mut self, start: &BytesStart<'_>, at: usize) -> Result<(), Error> {
        let position = self.cursor.position(at);
        let name = start.name();
        let Some(element) = Element::from_name(name.0) else {
            let message = format!("unknown element `{}`", name.0);
            return Err(Error::at(ErrorKind::Element, &position, message));
        };
        let parent = self.open.last().map(|open| open.element);
        if self.root.is_some() || !Element::may_hold(parent, element) {
            let place = parent.map_or_else(
                || "at the top of a document".to_owned(),
                |parent| format!("below `{}`", parent.name()),
            );
            let message = format!("`{}` has no place {place}", element.name());
            return Err(Error::at(ErrorKind::Element, &position, message));
        }
        let mut attributes = Attributes::read(start, at, &mut self.cursor)?;
        let node = Node::new(element, &mut attributes)?;
        self.warnings.extend(attributes.unknown());
        self.open.push(Open {
            element,
            node,
            position,
        });
        Ok(())
    }

    /// The reader has already checked that the end tag is that of the innermost element.
    fn close(&mut self) {
        let Some(closed) = self.open.pop() else {
            return;
        };
        match (self.open.last_mut(), closed.node) {
            (Some(parent), node) => parent.node.attach(node),
            (None, Node::Amqp(spec)) => self.root = Some(*spec),
            (None, _) => {}
        }
    }

    fn text(&mut self, text: &str, at: usize) -> Result<(), Error> {
        if let Some(Open {
            node: Node::Doc(doc),
            ..
        }) = self.open.last_mut()
        {
            doc.text.push_str(text);
            return Ok(());
        }
        match text.find(|c: char| !c.is_whitespace()) {
            None => Ok(()),
            Some(offset) => Err(Error::at(
                ErrorKind::Element,
                &self.cursor.position(at + offset),
                "text stands only inside of `doc`",
            )),
        }
    }

    /// The text a reference stands for. Entities of a document type are not known.
    fn dereference(&mut self, reference: &BytesRef<'_>, at: usize) -> Result<String, Error> {
        match reference.resolve_char_ref() {
            Ok(Some(character)) => return Ok(character.to_string()),
            Ok(None) => {}
            Err(error) => {
                let position = self.cursor.position(at);
                return Err(Error::at(ErrorKind::Syntax, &position, error.to_string()));
            }
        }
        match resolve_xml_entity(reference) {
            Some(text) => Ok(text.to_owned()),
            None => {
                let message = format!("unknown entity `&{};`", &**reference);
                Err(Error::at(
                    ErrorKind::Syntax,
                    &self.cursor.position(at),
                    message,
                ))
            }
        }
    }

    fn malformed(&mut self, error: &quick_xml::Error) -> Error {
        let at = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
        let message = match error {
            quick_xml::Error::Syntax(error) => error.to_string(),
            quick_xml::Error::IllFormed(error) => error.to_string(),
            error => error.to_string(),
        };
        Error::at(ErrorKind::Syntax, &self.cursor.position(at), message)
    }

    fn finish(mut self, end: usize) -> Result<Spec, Error> {
        if let Some(open) = self.open.last() {
            let message = format!("`{}` is never closed", open.element.name());
            return Err(Error::at(ErrorKind::Syntax, &open.position, message));
        }
        match self.root {
            Some(mut spec) => {
                spec.warnings = self.warnings;
                Ok(spec)
            }
            None => Err(Error::at(
                ErrorKind::Element,
                &self.cursor.position(end),
                "the document has no `amqp` element",
            )),
        }
    }
}

#[cfg(test)]
mod tests;
