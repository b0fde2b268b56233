//! Values of keys, once decoded.

use std::str::FromStr;
use std::time::Duration;

use crate::parameters::{ParameterError, ParameterErrorKind as Kind};

/// Reads decimal digits and nothing else: `FromStr` alone would let a plus sign pass.
pub(super) fn number<T: FromStr>(
    parameter: &'static str,
    text: &str,
    expected: &'static str,
) -> Result<T, ParameterError> {
    let error = |kind| ParameterError::new(kind, parameter, expected);
    if !is_digits(text) {
        return Err(error(Kind::NotANumber));
    }
    text.parse().map_err(|_| error(Kind::OutOfRange))
}

/// Reads seconds with or without a fraction of up to nine digits.
pub(super) fn seconds(
    parameter: &'static str,
    text: &str,
    expected: &'static str,
) -> Result<Duration, ParameterError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !is_digits(fraction) || fraction.len() > 9 {
        return Err(ParameterError::new(Kind::NotANumber, parameter, expected));
    }
    let whole = number(parameter, whole, expected)?;
    let nanos = number(parameter, &format!("{fraction:0<9}"), expected)?;
    Ok(Duration::new(whole, nanos))
}

/// Reads one of a few words.
pub(super) fn word<T: Copy>(
    parameter: &'static str,
    text: &str,
    words: &[(&str, T)],
    expected: &'static str,
) -> Result<T, ParameterError> {
    let known = words.iter().find(|(word, _)| *word == text);
    let known = known.map(|(_, value)| *value);
    known.ok_or_else(|| ParameterError::new(Kind::Unsupported, parameter, expected))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_fractions_and_nothing_else() {
        let read = |text| seconds("s", text, "seconds").ok();
        for (text, millis) in [
            ("0", 0),
            ("1", 1000),
            ("1.5", 1500),
            ("0.025", 25),
            ("007.0", 7000),
        ] {
            assert_eq!(read(text), Some(Duration::from_millis(millis)), "{text}");
        }
        assert_eq!(read("0.000000001"), Some(Duration::from_nanos(1)));
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "+1",
            "-1",
            "1e3",
            "inf",
            "nan",
            "1.0000000001",
            "1.5.5",
            " 1",
            "1_0",
            "0x1",
            "18446744073709551616",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
