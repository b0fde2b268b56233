//! XML → [`Spec`], in one pass, with the place of everything that is kept.
//!
//! The order of children is free, comments and white space go anywhere, attributes nobody knows are
//! warnings. Elements nobody knows are errors: what they meant would be lost silently.

mod attributes;
mod node;
mod once;

use std::sync::Arc;

use quick_xml::{
    Reader,
    errors::IllFormedError,
    escape::resolve_xml_entity,
    events::{BytesRef, BytesStart, Event},
};

use crate::{
    diagnostic::{Diagnostic, Findings},
    error::{Error, ErrorKind},
    source::{Position, Source},
    spec::Spec,
    suggest::did_you_mean,
};
use attributes::Attributes;
use node::{Element, Node};

/// Reads one document; `file` is its name in diagnostics.
///
/// # Errors
///
/// Everything that is not of the vocabulary or lacks what the vocabulary requires, up to the first place that is not
/// well-formed; and every name that the document gives twice. Whether names exist and numbers are free is asked later, by
/// [`resolve`](crate::resolve()).
pub fn parse(file: &str, source: &str) -> Result<Spec, Error> {
    let text = source.strip_prefix('\u{feff}').unwrap_or(source);
    Parser {
        reader: Reader::from_str(text),
        source: Arc::new(Source::new(file, text)),
        open: Vec::new(),
        skipped: 0,
        root: None,
        findings: Findings::default(),
    }
    .run()
}

struct Parser<'a> {
    reader: Reader<&'a [u8]>,
    source: Arc<Source>,
    /// The elements around the place that is read. Never deeper than the vocabulary nests, because
    /// each was admitted by the one below it.
    open: Vec<Open>,
    /// How deep the place is inside of an element that was not admitted.
    skipped: usize,
    root: Option<Spec>,
    findings: Findings,
}

struct Open {
    element: Element,
    node: Node,
    position: Position,
}

impl Parser<'_> {
    fn run(mut self) -> Result<Spec, Error> {
        match self.read() {
            Ok(end) => self.finish(end),
            // Behind a place that is not well-formed, nothing is what it looks like.
            Err(malformed) => {
                self.findings.error(malformed);
                self.findings.finish(Vec::new()).map(|_| Spec::default())
            }
        }
    }

    /// Reads to the end of the document, and gives the offset of that.
    fn read(&mut self) -> Result<usize, Diagnostic> {
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.malformed(&error)),
            };
            let end = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
            match event {
                // `<…>` and `<…/>` stand around what the event holds.
                Event::Start(start) => self.open(&start, end.saturating_sub(start.len() + 2)),
                Event::Empty(start) => {
                    self.open(&start, end.saturating_sub(start.len() + 3));
                    self.close();
                }
                Event::End(_) => self.close(),
                Event::Text(text) => self.text(&text, end.saturating_sub(text.len())),
                Event::CData(text) => self.text(&text, end.saturating_sub(text.len() + 12)),
                Event::GeneralRef(reference) => {
                    let at = end.saturating_sub(reference.len() + 2);
                    let text = self.dereference(&reference, at)?;
                    self.text(&text, at);
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
                Event::Eof => return Ok(end),
            }
        }
    }

    /// The tag from `at` to where the reader is.
    fn tag(&self, at: usize) -> Position {
        let end = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        Position::new(&self.source, at..end)
    }

    fn open(&mut self, start: &BytesStart<'_>, at: usize) {
        if self.skipped > 0 {
            self.skipped += 1;
            return;
        }
        let position = self.tag(at);
        let parent = self.open.last().map(|open| open.element);
        let Some(element) = self.admit(start.name().0, parent, &position) else {
            self.skipped = 1;
            return;
        };
        let mut attributes = Attributes::read(start, position, &mut self.findings);
        let node = Node::new(element, &mut attributes);
        let position = attributes.finish();
        self.open.push(Open {
            element,
            node,
            position,
        });
    }

    /// The element of that name, if it may stand here.
    fn admit(&mut self, name: &str, parent: Option<Element>, at: &Position) -> Option<Element> {
        let Some(element) = Element::from_name(name) else {
            let message = format!("unknown element `{name}`");
            let help = match (name, parent) {
                // What follows is no name, so that it was to be no tag.
                ("", _) => Some("in text, `<` is written `&lt;`".to_owned()),
                (_, Some(Element::Doc)) => Some("prose has no markup".to_owned()),
                // So other descriptions of the protocol call them.
                ("argument" | "property", Some(Element::Class | Element::Method)) => {
                    Some("arguments and content properties are a `field` each".to_owned())
                }
                ("reply" | "answer", Some(Element::Method)) => {
                    Some("what answers a method is a `response`".to_owned())
                }
                (name, Some(_)) => did_you_mean(name, &Element::names_below(parent)),
                (_, None) => Some("the root of a document is `amqp`".to_owned()),
            };
            let error = Diagnostic::error(ErrorKind::Element, at, message).help_with(help);
            self.findings.error(error);
            return None;
        };
        if self.root.is_none() && Element::may_hold(parent, element) {
            return Some(element);
        }
        let place = match parent {
            Some(parent) => format!("below `{}`", parent.name()),
            None => "at the top of a document".to_owned(),
        };
        let message = format!("`{}` has no place {place}", element.name());
        self.findings
            .error(Diagnostic::error(ErrorKind::Element, at, message));
        None
    }

    /// The reader has already checked that the end tag is that of the innermost element.
    fn close(&mut self) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        let Some(closed) = self.open.pop() else {
            return;
        };
        match (self.open.last_mut(), closed.node) {
            (Some(parent), node) => parent.node.attach(node),
            (None, Node::Amqp(spec)) => self.root = Some(*spec),
            (None, _) => {}
        }
    }

    fn text(&mut self, text: &str, at: usize) {
        if self.skipped > 0 {
            return;
        }
        if let Some(Open {
            node: Node::Doc(doc),
            ..
        }) = self.open.last_mut()
        {
            doc.text.push_str(text);
            return;
        }
        let words = text.trim();
        if let Some(offset) = text.find(|c: char| !c.is_whitespace()) {
            let begin = at + offset;
            let position = Position::new(&self.source, begin..begin + words.len());
            let message = "text stands only inside of `doc`";
            self.findings
                .error(Diagnostic::error(ErrorKind::Element, &position, message));
        }
    }

    /// The text a reference stands for. Entities of a document type are not known.
    fn dereference(&self, reference: &BytesRef<'_>, at: usize) -> Result<String, Diagnostic> {
        let fail = |message: String| Diagnostic::error(ErrorKind::Syntax, &self.tag(at), message);
        match reference.resolve_char_ref() {
            Ok(Some(character)) => return Ok(character.to_string()),
            Ok(None) => {}
            Err(error) => return Err(fail(error.to_string())),
        }
        match resolve_xml_entity(reference) {
            Some(text) => Ok(text.to_owned()),
            None => Err(
                fail(format!("unknown entity `&{};`", &**reference)).help_with(Some(
                    "write the character itself, or its number as in `&#160;`".to_owned(),
                )),
            ),
        }
    }

    fn malformed(&self, error: &quick_xml::Error) -> Diagnostic {
        let at = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
        let at = at.min(self.source.text().len());
        let message = match error {
            quick_xml::Error::Syntax(error) => error.to_string(),
            quick_xml::Error::IllFormed(error) => error.to_string(),
            error => error.to_string(),
        };
        let help = match error {
            quick_xml::Error::IllFormed(IllFormedError::UnclosedReference) => {
                Some("in text, `&` is written `&amp;`".to_owned())
            }
            _ => None,
        };
        let position = Position::new(&self.source, at..at);
        Diagnostic::error(ErrorKind::Syntax, &position, message).help_with(help)
    }

    fn finish(mut self, end: usize) -> Result<Spec, Error> {
        if let Some(open) = self.open.last() {
            let message = format!("`{}` is never closed", open.element.name());
            self.findings.error(Diagnostic::error(
                ErrorKind::Syntax,
                &open.position,
                message,
            ));
        }
        let root = self.root.take();
        if root.is_none() && !self.findings.has_errors() {
            let position = Position::new(&self.source, end..end);
            let message = "the document has no `amqp` element";
            self.findings
                .error(Diagnostic::error(ErrorKind::Element, &position, message));
        }
        if let Some(root) = &root {
            once::check(root, &mut self.findings);
        }
        Ok(Spec {
            warnings: self.findings.finish(Vec::new())?,
            ..root.unwrap_or_default()
        })
    }
}

#[cfg(test)]
mod tests;
