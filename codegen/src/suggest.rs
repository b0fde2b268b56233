//! What was probably meant.

use crate::resolve::hyphenate;

/// `did you mean …?` with the one of `names` that is most like `name`, if one is like it at all.
pub(crate) fn did_you_mean<'n>(
    name: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<String> {
    let nearest = nearest(name, names)?;
    Some(format!("did you mean `{nearest}`?"))
}

/// The one of `names` that is most like `name`: the same but for separators, few letters away, or one that begins
/// with it.
pub(crate) fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let letters = |name: &str| hyphenate(name).replace('-', "").to_ascii_lowercase();
    let wanted = letters(name);
    // Comparing takes time in proportion to both lengths.
    if wanted.len() > LETTERS_AT_MOST {
        return None;
    }
    let distances = names.into_iter().filter_map(|candidate| {
        let letters = letters(candidate);
        let allowed = wanted.chars().count().max(letters.chars().count()) / 3;
        let near = distance(&wanted, &letters).filter(|distance| *distance <= allowed);
        let begins = wanted.len() >= BEGINNING && letters.starts_with(&wanted);
        let distance = near.or(begins.then_some(usize::MAX))?;
        Some((distance, candidate))
    });
    let (_, nearest) = distances.min_by_key(|(distance, _)| *distance)?;
    Some(nearest)
}

const LETTERS_AT_MOST: usize = 64;
/// From how many letters on a name is taken for the beginning of another.
const BEGINNING: usize = 4;

/// How many letters have to be changed; none if that is more than anybody's mistake.
fn distance(a: &str, b: &str) -> Option<usize> {
    if a == b {
        return Some(0);
    }
    #[cfg(feature = "diagnostics")]
    if b.len() <= LETTERS_AT_MOST {
        return Some(strsim::osa_distance(a, b));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["no-wait", "queue-name", "exchange-name", "bit"];

    #[test]
    fn separators_do_not_matter() {
        assert_eq!(nearest("nowait", NAMES), Some("no-wait"));
        assert_eq!(nearest("Queue_Name", NAMES), Some("queue-name"));
    }

    #[test]
    #[cfg(feature = "diagnostics")]
    fn few_letters_are_forgiven() {
        assert_eq!(nearest("que-name", NAMES), Some("queue-name"));
        assert_eq!(nearest("exchnage-name", NAMES), Some("exchange-name"));
        assert_eq!(nearest("bti", NAMES), Some("bit"));
    }

    #[test]
    fn a_beginning_is_enough() {
        assert_eq!(nearest("queue", NAMES), Some("queue-name"));
        assert_eq!(nearest("que", NAMES), None);
    }

    #[test]
    fn something_else_is_not_meant() {
        assert_eq!(nearest("delivery-tag", NAMES), None);
        assert_eq!(nearest("x", NAMES), None);
        assert_eq!(nearest("", NAMES), None);
        assert_eq!(nearest(&"x".repeat(100_000), NAMES), None);
        assert_eq!(did_you_mean("x", []), None);
    }
}
