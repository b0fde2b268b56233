use core::fmt;

/// A decimal number: `value` divided by ten to the power of `scale`.
///
/// RabbitMQ and librabbitmq read the value as unsigned, most others as signed; between 0 and 2^31 - 1
/// all agree.
///
/// Spec: 4.2.5.5 and its errata
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Decimal {
    /// How many decimal places.
    pub scale: u8,
    /// The number without its point.
    pub value: i32,
}

impl Decimal {
    /// `value` with `scale` decimal places.
    #[inline]
    pub const fn new(scale: u8, value: i32) -> Self {
        Self { scale, value }
    }
}

/// Prints the number with its point where it has at most ten decimal places: `19.99`, else `1999e-20`.
impl fmt::Display for Decimal {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        if scale == 0 {
            return write!(f, "{}", self.value);
        }
        let Some(unit) = (scale <= 10).then(|| 10_u64.pow(u32::from(self.scale))) else {
            return write!(f, "{}e-{scale}", self.value);
        };
        let sign = if self.value < 0 { "-" } else { "" };
        let magnitude = u64::from(self.value.unsigned_abs());
        write!(f, "{sign}{}.{:0scale$}", magnitude / unit, magnitude % unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_its_point() {
        assert_eq!(Decimal::new(2, 1999).to_string(), "19.99");
        assert_eq!(Decimal::new(3, -5).to_string(), "-0.005");
        assert_eq!(Decimal::new(0, -5).to_string(), "-5");
        assert_eq!(Decimal::new(255, i32::MIN).to_string(), "-2147483648e-255");
    }
}
