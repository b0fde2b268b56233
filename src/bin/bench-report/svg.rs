//! The few shapes a chart is made of, as SVG.

use std::fmt::Write as _;

/// A picture that is being drawn, from back to front.
pub(crate) struct Svg {
    body: String,
}

/// How a text stands at its place.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    pub(crate) fn new() -> Self {
        Self {
            body: String::new(),
        }
    }

    /// `y` is the base line.
    pub(crate) fn text(&mut self, class: &str, anchor: Anchor, (x, y): (f64, f64), text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escape(text);
        let _ = writeln!(
            self.body,
            r#"<text class="{class}" x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#
        );
    }

    pub(crate) fn bar(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let _ = writeln!(
            self.body,
            r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="2"/>"#
        );
    }

    pub(crate) fn vertical(&mut self, class: &str, x: f64, (from, to): (f64, f64)) {
        let _ = writeln!(
            self.body,
            r#"<line class="{class}" x1="{x:.1}" y1="{from:.1}" x2="{x:.1}" y2="{to:.1}"/>"#
        );
    }

    /// The whole file. Title and description are for those who cannot see it.
    pub(crate) fn finish(
        self,
        (width, height): (f64, f64),
        style: &str,
        title: &str,
        description: &str,
    ) -> String {
        let (title, description) = (escape(title), escape(description));
        let body = self.body;
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0}" height="{height:.0}" viewBox="0 0 {width:.0} {height:.0}" role="img" aria-labelledby="title description">
<title id="title">{title}</title>
<desc id="description">{description}</desc>
<style>
{style}</style>
{body}</svg>
"#
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup() {
        let mut svg = Svg::new();
        svg.text("a", Anchor::End, (1.0, 2.25), "x < y & z");
        let svg = svg.finish((10.0, 20.0), "", "<t>", "");
        assert!(svg.contains(
            r#"<text class="a" x="1.0" y="2.2" text-anchor="end">x &lt; y &amp; z</text>"#
        ));
        assert!(
            svg.contains(r#"<title id="title">&lt;t&gt;</title>"#),
            "{svg}"
        );
    }
}
