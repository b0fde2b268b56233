//! A finding as a compiler shows it: the lines of the documents, with markers.

use std::ops::Range;

use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Padding, Renderer, Snippet,
    normalize_untrusted_str,
};

use crate::{
    diagnostic::{Diagnostic, Severity},
    source::Position,
};

/// A line that is longer is not shown: nobody would find the marker on it.
const LINE_AT_MOST: usize = 1000;

impl Diagnostic {
    /// The finding with the lines that it is about, over several lines, without an end of line behind the last.
    ///
    /// `colour` adds what makes terminals show colours.
    pub fn render(&self, colour: bool) -> String {
        let level = match self.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(self.message()));
        if let Some(position) = self.position() {
            group = group.element(excerpt(position, AnnotationKind::Primary, None));
        }
        if let Some((position, what)) = self.related() {
            let label = format!("{what} here");
            group = group.element(excerpt(position, AnnotationKind::Context, Some(label)));
        }
        if let Some(help) = self.help() {
            if self.position().is_some() {
                group = group.element(Padding);
            }
            group = group.element(Level::HELP.message(help));
        }
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&[group]).trim_end().to_owned()
    }
}

/// The first line of a place with a marker below it.
fn excerpt<'a>(position: &'a Position, kind: AnnotationKind, label: Option<String>) -> Element<'a> {
    let Some((line, marked)) = line(position) else {
        return Origin::path(normalize_untrusted_str(position.file()))
            .line(position.line())
            .char_column(position.column())
            .into();
    };
    let mark = kind.span(marked).label(label);
    Snippet::<Annotation<'_>>::source(line)
        .path(normalize_untrusted_str(position.file()))
        .line_start(position.line())
        .annotation(mark)
        .into()
}

/// The line that a place begins on, and what of it is meant; none if it cannot be shown.
fn line(position: &Position) -> Option<(&str, Range<usize>)> {
    let text = position.source().text();
    let Range { start, end } = position.range();
    let begin = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(begin..)?.lines().next().unwrap_or_default();
    let marked = (start - begin).min(line.len())..(end - begin).min(line.len());
    (line.len() <= LINE_AT_MOST).then_some((line, marked))
}
