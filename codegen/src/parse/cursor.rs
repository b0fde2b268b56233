//! Octet offsets → lines and columns.

use std::sync::Arc;

use crate::spec::Position;

/// Walks along with the reader, so that a document on one long line is not counted again from its start
/// for every element.
pub(super) struct Cursor<'a> {
    file: Arc<str>,
    source: &'a str,
    offset: usize,
    line: usize,
    column: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(file: &str, source: &'a str) -> Self {
        Self {
            file: file.into(),
            source,
            offset: 0,
            line: 1,
            column: 1,
        }
    }

    /// The place of an offset; that of the end for anything beyond.
    pub(super) fn position(&mut self, offset: usize) -> Position {
        if offset < self.offset {
            (self.offset, self.line, self.column) = (0, 1, 1);
        }
        for c in self.source.get(self.offset..).unwrap_or("").chars() {
            if self.offset >= offset {
                break;
            }
            self.offset += c.len_utf8();
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        Position::new(Arc::clone(&self.file), self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut cursor = Cursor::new("x", "äb\r\nc");
        let mut place = |offset| {
            let position = cursor.position(offset);
            (position.line, position.column)
        };
        assert_eq!(place(0), (1, 1));
        assert_eq!(place(2), (1, 2));
        assert_eq!(place(5), (2, 1));
        assert_eq!(place(99), (2, 2));
        assert_eq!(place(2), (1, 2), "going back is possible");
    }
}
