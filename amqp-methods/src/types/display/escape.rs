//! Octets of a peer as text that is safe to print.

use core::fmt::{self, Write};
use std::borrow::Cow;

/// Counts what is written, so that a table of a million entries does not become a line of a million entries.
pub(super) struct Budget<'f, 'b> {
    out: &'f mut fmt::Formatter<'b>,
    left: usize,
}

impl<'f, 'b> Budget<'f, 'b> {
    #[inline]
    pub(super) fn new(out: &'f mut fmt::Formatter<'b>, left: usize) -> Self {
        Self { out, left }
    }

    /// Whether nothing more should be begun. What has begun may still end.
    #[inline]
    pub(super) fn is_spent(&self) -> bool {
        self.left == 0
    }
}

impl Write for Budget<'_, '_> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.left = self.left.saturating_sub(text.len());
        self.out.write_str(text)
    }
}

/// Whether a terminal, or whoever reads lines, would take the character for anything but itself: controls, ends of
/// lines, what cannot be seen, and what turns the direction of text around.
#[inline]
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// `\n`, `\u{1b}`, …
#[inline]
fn write_escape(out: &mut impl Write, c: char) -> fmt::Result {
    match c {
        '\n' | '\r' | '\t' => write!(out, "{}", c.escape_default()),
        c => write!(out, "{}", c.escape_unicode()),
    }
}

/// Text without quotes, as it is unless something in it has to be escaped.
#[inline]
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe(c) {
            // A string has room for everything.
            let _ = write_escape(&mut safe, c);
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// Up to `limit` octets as text without quotes; what is not UTF-8 shows as U+FFFD.
#[inline]
pub(super) fn write_text(out: &mut impl Write, octets: &[u8], limit: usize) -> fmt::Result {
    let shown = head(octets, limit);
    out.write_str(&escaped(&String::from_utf8_lossy(shown)))?;
    write_cut(out, octets, shown)
}

/// Up to `limit` octets as text in quotes, or `b"..."` where they are not UTF-8.
#[inline]
pub(super) fn write_quoted(out: &mut impl Write, octets: &[u8], limit: usize) -> fmt::Result {
    let shown = head(octets, limit);
    let Ok(text) = str::from_utf8(shown) else {
        write!(out, "b\"{}\"", shown.escape_ascii())?;
        return write_cut(out, octets, shown);
    };
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(out, "\\{c}")?,
            c if is_unsafe(c) => write_escape(out, c)?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')?;
    write_cut(out, octets, shown)
}

/// Up to `limit` octets in hexadecimal.
#[inline]
pub(super) fn write_octets(out: &mut impl Write, octets: &[u8], limit: usize) -> fmt::Result {
    let shown = head(octets, limit);
    out.write_str("0x")?;
    for octet in shown {
        write!(out, "{octet:02x}")?;
    }
    write_cut(out, octets, shown)
}

/// Says how many octets there are, if not all are shown.
#[inline]
fn write_cut(out: &mut impl Write, octets: &[u8], shown: &[u8]) -> fmt::Result {
    if shown.len() == octets.len() {
        return Ok(());
    }
    write!(out, "… ({} octets)", octets.len())
}

/// The first octets, `limit` at most, not ending inside of a character.
#[inline]
fn head(octets: &[u8], limit: usize) -> &[u8] {
    let Some((head, _)) = octets
        .split_at_checked(limit)
        .filter(|_| octets.len() > limit)
    else {
        return octets;
    };
    match str::from_utf8(head) {
        // Cut short, and text so far.
        Err(error) if error.error_len().is_none() => {
            head.get(..error.valid_up_to()).unwrap_or(head)
        }
        _ => head,
    }
}

/// Whether a name needs no quotes to stand before a colon.
#[inline]
pub(super) fn is_plain_name(name: &[u8]) -> bool {
    !name.is_empty()
        && name
            .iter()
            .all(|octet| octet.is_ascii_alphanumeric() || b"-_./$@#".contains(octet))
}
