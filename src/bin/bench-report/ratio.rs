//! Numbers as people read them.

/// A time of so many nanoseconds, with three digits.
pub(crate) fn time(nanoseconds: f64) -> String {
    let units = [("ns", 1.0), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)];
    // 999.5 would be printed as 1000.
    let fits = |(_, size): &&(&str, f64)| nanoseconds < 999.5 * size;
    let (unit, size) = units.iter().find(fits).unwrap_or(&("s", 1e9));
    format!("{} {unit}", digits(nanoseconds / size))
}

/// How many times as much, with two digits behind the point as long as they mean something.
pub(crate) fn ratio(theirs: f64, ours: f64) -> String {
    match theirs / ours {
        few if few < 9.995 => format!("{few:.2}"),
        some if some < 99.95 => format!("{some:.1}"),
        many => format!("{many:.0}"),
    }
}

/// Billions of octets in a second: octets in a nanosecond.
pub(crate) fn rate(octets: u64, nanoseconds: f64) -> String {
    digits(octets as f64 / nanoseconds)
}

fn digits(number: f64) -> String {
    match number {
        few if few < 9.995 => format!("{few:.2}"),
        some if some < 99.95 => format!("{some:.1}"),
        many => format!("{many:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        let times = [7.0, 12.345, 999.4, 999.6, 1_180.0, 25_000_000.0, 3e9].map(time);
        assert_eq!(
            times,
            [
                "7.00 ns", "12.3 ns", "999 ns", "1.00 µs", "1.18 µs", "25.0 ms", "3.00 s"
            ]
        );
    }

    #[test]
    fn ratios_are_theirs_over_ours() {
        let ratios = [
            (50.0, 100.0),
            (100.0, 100.0),
            (3_120.0, 100.0),
            (50_000.0, 100.0),
        ];
        let ratios = ratios.map(|(theirs, ours)| ratio(theirs, ours));
        assert_eq!(ratios, ["0.50", "1.00", "31.2", "500"]);
        assert_eq!(rate(105_000_000, 25_000_000.0), "4.20");
    }
}
