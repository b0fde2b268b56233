//! The marks between which publishing waits.

/// Bounds of what waits to be written.
///
/// From the high mark on, publishing waits until the low one is reached.
#[derive(Debug)]
pub(super) struct Gauge {
    high_water: usize,
    low_water: usize,
    /// Octets that the I/O task has taken and the stream has not.
    writing: usize,
    /// Publishing waits.
    is_full: bool,
}

impl Gauge {
    pub(super) fn new(high_water: usize, low_water: usize) -> Self {
        Self {
            high_water,
            low_water,
            writing: 0,
            is_full: false,
        }
    }

    /// Octets from which on publishing waits.
    pub(super) fn high_water(&self) -> usize {
        self.high_water
    }

    /// Octets that the I/O task has taken and the stream has not.
    pub(super) fn writing(&self) -> usize {
        self.writing
    }

    /// Whether publishing has to wait while so many octets are in the output.
    #[inline]
    pub(super) fn is_full(&mut self, outgoing: usize) -> bool {
        self.is_full = self.would_be_full(outgoing);
        self.is_full
    }

    /// The same, for those who only look.
    #[inline]
    pub(super) fn would_be_full(&self, outgoing: usize) -> bool {
        let waiting = self.writing + outgoing;
        match self.is_full {
            true => waiting > self.low_water,
            false => waiting >= self.high_water,
        }
    }

    /// The stream has taken all but so many of the octets that the I/O task took. True if publishing may go on for
    /// that.
    pub(super) fn written(&mut self, left: usize, outgoing: usize) -> bool {
        let was_full = self.is_full;
        self.writing = left;
        was_full && !self.is_full(outgoing)
    }

    /// The I/O task has taken so many octets.
    pub(super) fn taken(&mut self, octets: usize) {
        self.writing = octets;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishing_waits_from_the_high_mark_to_the_low_one() {
        let mut gauge = Gauge::new(100, 40);
        assert!(!gauge.is_full(99));
        assert!(gauge.is_full(100));
        assert!(gauge.is_full(41));
        assert!(!gauge.is_full(40));
        assert!(!gauge.is_full(99));

        gauge.taken(120);
        assert!(gauge.would_be_full(0));
        assert!(gauge.is_full(0));
        assert!(!gauge.written(30, 11));
        assert!(gauge.written(30, 10));
        assert!(!gauge.written(0, 0));
    }
}
