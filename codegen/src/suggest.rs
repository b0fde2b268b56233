//! What was probably meant. Without the feature `diagnostics`, nobody knows.

#[cfg(feature = "diagnostics")]
use crate::resolve::hyphenate;

/// `did you mean …?` with the one of `names` that is most like `name`, if one is like it at all.
pub(crate) fn did_you_mean(name: &str, names: &[&str]) -> Option<String> {
    let nearest = nearest(name, names)?;
    Some(format!("did you mean `{nearest}`?"))
}

/// The one of `names` that is most like `name`: the same but for separators, few letters away, or one that begins
/// with it.
#[cfg(feature = "diagnostics")]
pub(crate) fn nearest<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    let letters = |name: &str| hyphenate(name).replace('-', "").to_ascii_lowercase();
    let wanted = letters(name);
    // Comparing takes time in proportion to both lengths.
    if wanted.len() > LETTERS_AT_MOST {
        return None;
    }
    let mut nearest = None;
    for candidate in names {
        let letters = letters(candidate);
        if letters.len() > LETTERS_AT_MOST {
            continue;
        }
        let distance = strsim::osa_distance(&wanted, &letters);
        let allowed = wanted.chars().count().max(letters.chars().count()) / 3;
        let begins = wanted.len() >= BEGINNING && letters.starts_with(&wanted);
        let distance = match distance <= allowed {
            true => distance,
            false if begins => usize::MAX,
            false => continue,
        };
        if nearest.is_none_or(|(least, _)| distance < least) {
            nearest = Some((distance, *candidate));
        }
    }
    nearest.map(|(_, candidate)| candidate)
}

#[cfg(not(feature = "diagnostics"))]
pub(crate) fn nearest<'n>(_name: &str, _names: &[&'n str]) -> Option<&'n str> {
    None
}

#[cfg(feature = "diagnostics")]
const LETTERS_AT_MOST: usize = 64;
/// From how many letters on a name is taken for the beginning of another.
#[cfg(feature = "diagnostics")]
const BEGINNING: usize = 4;

#[cfg(all(test, feature = "diagnostics"))]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["no-wait", "queue-name", "exchange-name", "bit"];

    #[test]
    fn separators_do_not_matter() {
        assert_eq!(nearest("nowait", &NAMES), Some("no-wait"));
        assert_eq!(nearest("Queue_Name", &NAMES), Some("queue-name"));
    }

    #[test]
    fn few_letters_are_forgiven() {
        assert_eq!(nearest("que-name", &NAMES), Some("queue-name"));
        assert_eq!(nearest("exchnage-name", &NAMES), Some("exchange-name"));
        assert_eq!(nearest("bti", &NAMES), Some("bit"));
    }

    #[test]
    fn a_beginning_is_enough() {
        assert_eq!(nearest("queue", &NAMES), Some("queue-name"));
        assert_eq!(nearest("que", &NAMES), None);
    }

    #[test]
    fn something_else_is_not_meant() {
        assert_eq!(nearest("delivery-tag", &NAMES), None);
        assert_eq!(nearest("x", &NAMES), None);
        assert_eq!(nearest("", &NAMES), None);
        assert_eq!(nearest(&"x".repeat(100_000), &NAMES), None);
        assert_eq!(did_you_mean("x", &[]), None);
    }
}
