//! The place in a paper that is written anew.

const START: &str = "<!-- times -->";
const END: &str = "<!-- /times -->";

/// `paper` with something else between its marks.
pub(crate) fn replace(paper: &str, between: &str) -> Result<String, String> {
    let missing = || format!("has no {START} before a {END}");
    let (before, rest) = paper.split_once(START).ok_or_else(missing)?;
    let (_, behind) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!(
        "{before}{START}\n\n{}\n\n{END}{behind}",
        between.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let paper = "# A\n\n<!-- times -->\nold\n<!-- /times -->\n\nB\n";
        let new = "# A\n\n<!-- times -->\n\nnew\n\n<!-- /times -->\n\nB\n";
        assert_eq!(replace(paper, "new\n").as_deref(), Ok(new));
        assert_eq!(replace(new, "new").as_deref(), Ok(new));
        assert!(replace("<!-- /times --> <!-- times -->", "new").is_err());
    }
}
