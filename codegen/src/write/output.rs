//! Elements, attributes and text as octets.

use std::{borrow::Cow, fmt::Display};

use quick_xml::{
    Writer,
    escape::partial_escape,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event, attributes::Attribute},
    name::QName,
};

/// An element's name and attributes.
pub(super) struct Tag {
    name: &'static str,
    start: BytesStart<'static>,
}

impl Tag {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            start: BytesStart::new(name),
        }
    }

    pub(super) fn text(mut self, name: &str, value: &str) -> Self {
        self.start.push_attribute(Attribute {
            key: QName(name),
            value: escape_attribute(value),
        });
        self
    }

    pub(super) fn optional(self, name: &str, value: &Option<String>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    pub(super) fn number(self, name: &str, value: Option<impl Display>) -> Self {
        self.optional(name, &value.map(|value| value.to_string()))
    }

    pub(super) fn flag(self, name: &str, value: Option<bool>) -> Self {
        self.number(name, value.map(u8::from))
    }
}

/// A document under construction.
pub(super) struct Output {
    writer: Writer<Vec<u8>>,
    /// A start tag that becomes `<…/>` unless something comes to stand inside.
    pending: Option<BytesStart<'static>>,
}

impl Output {
    pub(super) fn new() -> Self {
        let mut out = Self {
            writer: Writer::new_with_indent(Vec::new(), b' ', 2),
            pending: None,
        };
        out.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        out
    }

    /// Writes an element and, by way of `inside`, what is in it.
    pub(super) fn element(&mut self, tag: Tag, inside: impl FnOnce(&mut Self)) {
        self.open();
        self.pending = Some(tag.start);
        inside(self);
        match self.pending.take() {
            Some(start) => self.event(Event::Empty(start)),
            None => self.event(Event::End(BytesEnd::new(tag.name))),
        }
    }

    /// Writes text; a carriage return survives the line ends of every reader.
    pub(super) fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.open();
            self.event(Event::Text(BytesText::from_escaped(partial_escape(text))));
        }
    }

    /// Leaves a line empty between what an element holds so far and what comes next.
    pub(super) fn empty_line(&mut self) {
        let is_first = self.pending.is_some();
        if !is_first {
            self.writer.get_mut().push(b'\n');
        }
    }

    pub(super) fn finish(self) -> String {
        let mut octets = self.writer.into_inner();
        octets.push(b'\n');
        // Every part was text; this is a conversion without a panic, not a repair.
        String::from_utf8_lossy(&octets).into_owned()
    }

    fn open(&mut self) {
        if let Some(start) = self.pending.take() {
            self.event(Event::Start(start));
        }
    }

    fn event(&mut self, event: Event<'_>) {
        // The one error there is comes from the place written to, and memory has none.
        let _infallible = self.writer.write_event(event);
    }
}

/// Readers turn white space in attributes into spaces, unless it is written as a reference.
fn escape_attribute(value: &str) -> Cow<'_, str> {
    if !value.contains(['&', '<', '"', '\t', '\n', '\r']) {
        return Cow::Borrowed(value);
    }
    let mut escaped = String::with_capacity(value.len() + 16);
    for c in value.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}
