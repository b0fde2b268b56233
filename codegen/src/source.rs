//! Documents as texts, and places in them.

use std::{
    fmt,
    hash::{Hash, Hasher},
    ops::Range,
    sync::Arc,
};

use quick_xml::{Reader, events::Event};

/// A document: its text, and the name that diagnostics give it.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Source {
    name: String,
    text: String,
}

impl Source {
    /// Puts a document together.
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Its name, usually the path of a file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The name alone: a text is no line of a log.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A place in a document: the tag that opens an element, or a part of it.
///
/// Two are equal if the names of their documents are, and where in it they stand.
#[derive(Clone, Default)]
pub struct Position {
    source: Arc<Source>,
    range: Range<usize>,
}

impl Position {
    /// The octets of a document from `range.start` on, before `range.end`.
    pub(crate) fn new(source: &Arc<Source>, range: Range<usize>) -> Self {
        Self {
            source: Arc::clone(source),
            range,
        }
    }

    /// The document.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Name of the document, as it was given.
    pub fn file(&self) -> &str {
        self.source.name()
    }

    /// The octets of the document that are meant.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Line, from 1.
    ///
    /// Counted anew by each call: it is asked for where something is shown, which is rare.
    pub fn line(&self) -> usize {
        1 + self.before().matches('\n').count()
    }

    /// Column in characters, from 1.
    pub fn column(&self) -> usize {
        let before = self.before();
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        1 + before.get(line..).unwrap_or_default().chars().count()
    }

    /// Line and column of what follows the place, both from 1.
    pub fn end(&self) -> (usize, usize) {
        let end = self.with_range(self.range.end..self.range.end);
        (end.line(), end.column())
    }

    /// The attribute of that name with its value, if the place is a tag that has it; the place as it is otherwise.
    pub(crate) fn attribute(&self, name: &str) -> Self {
        self.find_attribute(name).unwrap_or_else(|| self.clone())
    }

    /// Reads the tag again. It was read without complaint before, so that whatever goes wrong here is a place that is
    /// no tag.
    fn find_attribute(&self, name: &str) -> Option<Self> {
        let tag = self.source.text.get(self.range.clone())?;
        let mut reader = Reader::from_str(tag);
        let Ok(Event::Start(start) | Event::Empty(start)) = reader.read_event() else {
            return None;
        };
        let mut attributes = start.attributes().flatten();
        let attribute = attributes.find(|attribute| attribute.key.0 == name)?;
        // `<` stands before what the attributes are parts of.
        let at = |part: &str| Some(1 + offset_in(&start, part)?);
        let value = &*attribute.value;
        let begin = at(attribute.key.0)?;
        let end = match &attribute.value {
            // The quote that closes it follows.
            std::borrow::Cow::Borrowed(value) => at(value)? + value.len() + 1,
            std::borrow::Cow::Owned(_) => begin + name.len() + value.len(),
        };
        let base = self.range.start;
        Some(self.with_range(base + begin..(base + end).min(self.range.end)))
    }

    /// Another part of the same document.
    pub(crate) fn with_range(&self, range: Range<usize>) -> Self {
        Self::new(&self.source, range)
    }

    fn before(&self) -> &str {
        self.source.text.get(..self.range.start).unwrap_or_default()
    }
}

impl PartialEq for Position {
    fn eq(&self, other: &Self) -> bool {
        self.range == other.range && self.source.name == other.source.name
    }
}

impl Eq for Position {}

impl Hash for Position {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.source.name.hash(state);
        self.range.hash(state);
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file(), self.line(), self.column())
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Offset of a part within the text that it was cut from.
pub(crate) fn offset_in(whole: &str, part: &str) -> Option<usize> {
    let offset = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (offset <= whole.len()).then_some(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, range: Range<usize>) -> Position {
        Position::new(&Arc::new(Source::new("x", text)), range)
    }

    #[test]
    fn columns_count_characters() {
        let at = |offset| {
            let position = place("äb\r\nc", offset..offset);
            (position.line(), position.column())
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(2), (1, 2));
        assert_eq!(at(5), (2, 1));
        assert_eq!(at(6), (2, 2));
    }

    #[test]
    fn an_attribute_of_a_tag_is_found() {
        let text = " <field name = 'ä' domain=\"a > b\"/>";
        let tag = place(text, 1..text.len());
        let part = |name: &str| text[tag.attribute(name).range()].to_owned();
        assert_eq!(part("name"), "name = 'ä'");
        assert_eq!(part("domain"), "domain=\"a > b\"");
        assert_eq!(tag.attribute("type"), tag);
    }

    #[test]
    fn a_place_that_is_no_tag_has_no_attributes() {
        for text in ["", "text", "<", "<a", "</a>", "<!-- a='1' -->"] {
            let place = place(text, 0..text.len());
            assert_eq!(place.attribute("a"), place, "{text}");
        }
        assert_eq!(Position::default().attribute("a"), Position::default());
    }

    #[test]
    fn places_are_equal_by_the_name_of_the_document() {
        assert_eq!(place("<a/>", 0..4), place("<b/>", 0..4));
        assert_ne!(place("<a/>", 0..4), place("<a/>", 1..4));
        assert_eq!(format!("{:?}", place("<a/>", 0..4)), "x:1:1");
    }
}
