//! Standard output and standard error.

use std::{
    env,
    io::{self, IsTerminal, Write},
};

use super::{Failure, arguments::When};

/// Where text goes, and whether it may be coloured there.
pub(super) struct Console {
    colours_stdout: bool,
    colours_stderr: bool,
}

impl Console {
    pub(super) fn new(when: When) -> Self {
        let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        let coloured = |is_terminal: bool| match when {
            When::Always => true,
            When::Never => false,
            When::Auto => is_terminal && !dumb && !set("NO_COLOR"),
        };
        Self {
            colours_stdout: coloured(io::stdout().is_terminal()),
            colours_stderr: coloured(io::stderr().is_terminal()),
        }
    }

    /// Whether what goes to standard error is coloured.
    pub(super) fn colours_stderr(&self) -> bool {
        self.colours_stderr
    }

    /// Text for standard output, coloured if that is wanted there.
    pub(super) fn paint(&self, colour: Colour, text: &str) -> String {
        paint(self.colours_stdout, colour, text)
    }

    /// Text for standard error, coloured if that is wanted there.
    pub(super) fn paint_error(&self, colour: Colour, text: &str) -> String {
        paint(self.colours_stderr, colour, text)
    }

    /// Prints to standard output. A reader that has seen enough and closed the pipe is no failure.
    pub(super) fn print(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::Output("standard output".to_owned(), error))
            }
            _ => Ok(()),
        }
    }

    /// Prints a line to standard error, where perhaps nobody listens.
    pub(super) fn complain(&self, line: &str) {
        let _unheard = writeln!(io::stderr(), "{line}");
    }

    /// Prints a line to standard error for somebody who sits there and watches.
    pub(super) fn mention(&self, line: &str) {
        if io::stderr().is_terminal() {
            self.complain(line);
        }
    }
}

/// The colours there are.
#[derive(Clone, Copy)]
pub(super) enum Colour {
    Red,
    Green,
    Faint,
    Bold,
}

fn paint(coloured: bool, colour: Colour, text: &str) -> String {
    if !coloured {
        return text.to_owned();
    }
    let code = match colour {
        Colour::Red => "1;31",
        Colour::Green => "32",
        Colour::Faint => "2",
        Colour::Bold => "1",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

/// Text of a document without characters that command a terminal.
pub(super) fn harmless(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && c != '\n' && c != '\t' {
            harmless.extend(c.escape_default());
        } else {
            harmless.push(c);
        }
    }
    harmless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_are_not_commanded_by_documents() {
        assert_eq!(harmless("a\u{1b}[31m\tb\r\nc"), "a\\u{1b}[31m\tb\\r\nc");
        assert_eq!(harmless("é兔"), "é兔");
    }

    #[test]
    fn colour_is_put_around_text_and_ends_with_it() {
        assert_eq!(paint(true, Colour::Green, "x"), "\x1b[32mx\x1b[0m");
        assert_eq!(paint(false, Colour::Green, "x"), "x");
    }
}
