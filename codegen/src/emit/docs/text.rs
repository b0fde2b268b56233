//! Paragraphs → doc comments.

use proc_macro2::TokenStream;
use quote::quote;

/// Columns of text in a doc comment: with `/// ` and the indentation of a field in a module, 100.
const WIDTH: usize = 88;

/// Characters that turn the direction of text: the compiler refuses them, lest code look like what it is not.
const DIRECTIONS: [char; 9] = [
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}',
];

/// A doc comment as it grows: paragraphs with an empty line between them.
#[derive(Default)]
pub(super) struct Comment {
    lines: Vec<String>,
}

impl Comment {
    /// A comment that begins with this paragraph.
    pub(super) fn new(paragraph: &str) -> Self {
        let mut comment = Self::default();
        comment.add(paragraph);
        comment
    }

    /// Adds a paragraph, lines folded. An empty one adds nothing.
    pub(super) fn add(&mut self, paragraph: &str) {
        if !paragraph.is_empty() {
            self.part();
            fold(paragraph, "", &mut self.lines);
        }
    }

    /// Adds the item of a list.
    pub(super) fn add_item(&mut self, item: &str) {
        if !self.lines.last().is_some_and(|line| is_in_list(line)) {
            self.part();
        }
        fold(&format!("- {item}"), "  ", &mut self.lines);
    }

    /// Adds a paragraph that keeps its lines: a heading, a table.
    pub(super) fn add_block(&mut self, block: &str) {
        self.part();
        for line in block.lines() {
            self.lines.push(line.to_owned());
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn part(&mut self) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
    }

    /// The comment as attributes.
    pub(super) fn tokens(&self) -> TokenStream {
        let mut tokens = TokenStream::new();
        for line in &self.lines {
            let line = match line.as_str() {
                "" => String::new(),
                line => format!(" {}", line.replace(DIRECTIONS, "")),
            };
            tokens.extend(quote!(#[doc = #line]));
        }
        tokens
    }
}

fn is_in_list(line: &str) -> bool {
    line.starts_with("- ") || line.starts_with("  ")
}

/// Breaks a paragraph at spaces, and indents its lines from the second on.
fn fold(text: &str, indent: &str, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut columns = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if columns > 0 && columns + 1 + width > WIDTH {
            lines.push(core::mem::replace(&mut line, indent.to_owned()));
            line.push_str(&first_word(word));
            columns = indent.len() + width;
            continue;
        }
        if columns > 0 {
            line.push(' ');
            columns += 1;
        }
        line.push_str(word);
        columns += width;
    }
    lines.push(line);
}

/// A word at the beginning of a line, where it must open no list, heading, quotation or table.
fn first_word(word: &str) -> String {
    match word.chars().next() {
        Some('-' | '+' | '#' | '=' | ':') => format!("\\{word}"),
        Some('0'..='9') => {
            let end = word.trim_start_matches(|letter: char| letter.is_ascii_digit());
            if matches!(end, "." | ")") {
                let number = word.trim_end_matches(['.', ')']);
                return format!("{number}\\{end}");
            }
            word.to_owned()
        }
        _ => word.to_owned(),
    }
}

/// Prose of a document as Markdown that says the same: code in backticks is kept, and whatever else Markdown or
/// rustdoc would take for more than words is escaped. `code` says what becomes of the code.
pub(super) fn prose(text: &str, code: &dyn Fn(&str) -> Option<String>) -> String {
    let mut markdown = String::with_capacity(text.len() + text.len() / 8);
    // Without its other half, a backtick is a letter.
    let has_code = text.matches('`').count().is_multiple_of(2) && !text.contains("``");
    for (index, part) in text.split('`').enumerate() {
        if has_code && index % 2 == 1 {
            match code(part) {
                Some(link) => markdown.push_str(&link),
                None => markdown.push_str(&format!("`{part}`")),
            }
            continue;
        }
        if index > 0 && !has_code {
            markdown.push_str("\\`");
        }
        escape(part, &mut markdown);
    }
    match markdown.split_once(' ') {
        Some((first, rest)) => format!("{} {rest}", first_word(first)),
        None => first_word(&markdown),
    }
}

fn escape(text: &str, markdown: &mut String) {
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            markdown.push(' ');
        }
        let mut rest = word;
        while let Some((before, link, behind)) = link(rest) {
            escape_word(before, markdown);
            markdown.push_str(&format!("<{link}>"));
            rest = behind;
        }
        escape_word(rest, markdown);
    }
}

/// What is before an address, the address, and what is behind. rustdoc wants those in angle brackets that it would
/// not make links of by itself.
fn link(word: &str) -> Option<(&str, &str, &str)> {
    let schemes = ["http://", "https://"];
    let begin = schemes
        .iter()
        .filter_map(|scheme| word.find(scheme))
        .min()?;
    let (before, rest) = word.split_at(begin);
    let end = rest.find(['<', '>', '\\', '"', '|']).unwrap_or(rest.len());
    let link = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', ']']);
    // A bracket that was opened before the address is closed behind it.
    let link = match link.find(')') {
        Some(end) if !link[..end].contains('(') => &link[..end],
        _ => link,
    };
    Some((before, link, &rest[link.len()..]))
}

fn escape_word(word: &str, markdown: &mut String) {
    for letter in word.chars() {
        if matches!(
            letter,
            '[' | ']' | '<' | '>' | '*' | '_' | '~' | '\\' | '&' | '|'
        ) {
            markdown.push('\\');
        }
        markdown.push(letter);
    }
}

/// Code as Markdown says it, whatever backticks it holds.
pub(super) fn code(text: &str) -> String {
    let fence = "`".repeat(1 + longest_run(text));
    if text.starts_with('`') || text.ends_with('`') {
        return format!("{fence} {text} {fence}");
    }
    format!("{fence}{text}{fence}")
}

fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for letter in text.chars() {
        run = if letter == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String], conjunction: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} {conjunction} {last}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        prose(text, &|_| None)
    }

    #[test]
    fn prose_keeps_its_code_and_escapes_the_rest() {
        assert_eq!(plain("a `x_<y>` of [b]_*"), "a `x_<y>` of \\[b\\]\\_\\*");
        assert_eq!(plain("half a ` is a letter"), "half a \\` is a letter");
        assert_eq!(plain("```rust panic!()"), "\\`\\`\\`rust panic!()");
        assert_eq!(plain("- no list"), "\\- no list");
        assert_eq!(plain("530. no list"), "530\\. no list");
        assert_eq!(plain("see http://a.b/c_d."), "see <http://a.b/c_d>.");
    }

    #[test]
    fn addresses_are_links_wherever_they_stand() {
        assert_eq!(plain("(https://a.b/c_d)."), "(<https://a.b/c_d>).");
        assert_eq!(plain("[see:http://a.b]"), "\\[see:<http://a.b>\\]");
        assert_eq!(plain("\"http://a.b\""), "\"<http://a.b>\"");
        assert_eq!(plain("http://a.b/c_(d),"), "<http://a.b/c_(d)>,");
        assert_eq!(
            plain("<http://a.b>|https://c.d"),
            "\\<<http://a.b>\\>\\|<https://c.d>"
        );
    }

    #[test]
    fn a_comment_does_not_turn_the_direction_of_text() {
        let tokens = Comment::new("a\u{202e}b\u{2066} c").tokens();
        assert_eq!(tokens.to_string(), quote!(#[doc = " ab c"]).to_string());
    }

    #[test]
    fn code_can_become_a_link() {
        let link = |code: &str| (code == "basic.ack").then(|| "LINK".to_owned());
        assert_eq!(prose("send `basic.ack` or `x`", &link), "send LINK or `x`");
    }

    #[test]
    fn code_has_a_longer_fence_than_it_holds() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`"), "`` ` ``");
    }

    #[test]
    fn a_folded_line_opens_no_block() {
        let mut lines = Vec::new();
        let text = format!("{}abc - and # then", "word ".repeat(17));
        fold(&text, "", &mut lines);
        assert_eq!(lines[1], "\\- and # then");
    }

    #[test]
    fn lists_are_set_apart_and_hang() {
        let mut comment = Comment::new("One.");
        comment.add_item("a");
        comment.add_item(&"long ".repeat(20));
        comment.add_block("# Two");
        assert_eq!(
            comment.lines[..4],
            ["One.", "", "- a", comment.lines[3].as_str()]
        );
        assert!(comment.lines[4].starts_with("  long"));
        assert_eq!(comment.lines[5..], ["", "# Two"]);
    }
}
