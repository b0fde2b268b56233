//! How much waits to be written, and whether that is too much.

use crate::proto::Outbox;

/// How much waits to be written: [`Connection::write_pressure`](crate::Connection::write_pressure).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct WritePressure {
    /// Octets that wait, from what was just published to what the socket has not taken yet.
    pub octets: usize,
    /// Octets of the average frame so far, if the connection watches for back-pressure.
    pub average_frame: Option<u64>,
    /// Whether that is much: by pika's rule if the connection watches for back-pressure, otherwise whether
    /// publishing waits.
    pub is_high: bool,
}

/// Bounds of what waits to be written, and what is known of it.
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
    watch: Option<Watch>,
}

/// What pika's rule needs to know.
#[derive(Debug)]
struct Watch {
    multiplier: u32,
    octets: u64,
    frames: u64,
    /// Of the output that was not taken yet: octets that were looked at, and the frames in them.
    seen: (usize, u64),
    is_high: bool,
}

impl Gauge {
    /// With marks, and with the multiplier of the average frame if that is to be watched.
    pub(super) fn new(high_water: usize, low_water: usize, multiplier: Option<u32>) -> Self {
        Self {
            high_water,
            low_water,
            writing: 0,
            is_full: false,
            watch: multiplier.map(|multiplier| Watch {
                multiplier,
                octets: 0,
                frames: 0,
                seen: (0, 0),
                is_high: false,
            }),
        }
    }

    /// Whether publishing has to wait while so many octets are in the output.
    #[inline]
    pub(super) fn is_full(&mut self, outgoing: usize) -> bool {
        let waiting = self.writing + outgoing;
        self.is_full = match self.is_full {
            true => waiting > self.low_water,
            false => waiting >= self.high_water,
        };
        self.is_full
    }

    /// The I/O task has taken the output.
    pub(super) fn taken(&mut self, output: &Outbox) {
        self.writing = output.len();
        if let Some(watch) = &mut self.watch {
            watch.octets += output.len() as u64;
            watch.frames += count(output, 0).1;
            watch.seen = (0, 0);
        }
    }

    /// The stream has taken some of it. True if publishing may go on for that.
    pub(super) fn written(&mut self, left: usize, outgoing: usize) -> bool {
        let was_full = self.is_full;
        self.writing = left;
        was_full && !self.is_full(outgoing)
    }

    /// Whether the connection watches for back-pressure.
    pub(super) fn is_watched(&self) -> bool {
        self.watch.is_some()
    }

    /// What waits now.
    pub(super) fn pressure(&mut self, outgoing: &Outbox) -> WritePressure {
        let octets = self.writing + outgoing.len();
        let Some(watch) = &mut self.watch else {
            let is_high = match self.is_full {
                true => octets > self.low_water,
                false => octets >= self.high_water,
            };
            return WritePressure {
                octets,
                average_frame: None,
                is_high,
            };
        };
        let total = watch.octets + outgoing.len() as u64;
        let frames = watch.frames + watch.look(outgoing);
        // Multiplied instead of divided: nothing is rounded.
        let waiting = octets as u128 * u128::from(frames);
        WritePressure {
            octets,
            average_frame: Some(total.checked_div(frames).unwrap_or_default()),
            is_high: waiting > u128::from(watch.multiplier) * u128::from(total),
        }
    }

    /// Looks at the pressure; tells it when it has become high.
    pub(super) fn rises(&mut self, outgoing: &Outbox) -> Option<WritePressure> {
        let pressure = self.pressure(outgoing);
        let watch = self.watch.as_mut()?;
        let rises = pressure.is_high && !watch.is_high;
        watch.is_high = pressure.is_high;
        rises.then_some(pressure)
    }
}

impl Watch {
    /// Frames in the output that was not taken yet. Only what is new is looked at.
    fn look(&mut self, outgoing: &Outbox) -> u64 {
        if outgoing.len() < self.seen.0 {
            // Frames of a channel that ended were taken out.
            self.seen = (0, 0);
        }
        let (end, frames) = count(outgoing, self.seen.0);
        self.seen = (end, self.seen.1 + frames);
        self.seen.1
    }
}

/// Where the frames of an output end, which holds whole ones, and how many there are from `start` on. The protocol
/// header counts as one.
fn count(output: &Outbox, start: usize) -> (usize, u64) {
    let (mut end, mut frames) = (start, 0);
    let mut skip = start;
    for mut octets in output.slices() {
        loop {
            let Some((_, rest)) = octets.split_at_checked(skip) else {
                skip -= octets.len();
                break;
            };
            (octets, skip) = (rest, 0);
            let Some([kind, _, _, s0, s1, s2, s3]) = octets.first_chunk() else {
                break;
            };
            skip = match kind {
                b'A' => PROTOCOL_HEADER,
                _ => FRAME_OVERHEAD + u32::from_be_bytes([*s0, *s1, *s2, *s3]) as usize,
            };
            end += skip;
            frames += 1;
        }
    }
    (end, frames)
}

const PROTOCOL_HEADER: usize = amqp_methods::ProtocolHeader::LENGTH;
const FRAME_OVERHEAD: usize = amqp_methods::FRAME_OVERHEAD;

#[cfg(test)]
mod tests {
    use amqp_methods::basic;
    use std::time::Instant;

    use super::*;
    use crate::proto::{Body, Connection};
    use crate::{ConnectionParameters, Heartbeat};

    /// What a connection has to say after so many publishes of that size, its handshake aside.
    fn output(publishes: usize, size: usize) -> Outbox {
        let parameters = ConnectionParameters::default().heartbeat(Heartbeat::Off);
        let mut core = Connection::new(&parameters, Instant::now());
        let mut peer = amqp_test_broker::Peer::new();
        let say = |core: &mut Connection, peer: &mut amqp_test_broker::Peer| {
            let mut out = Outbox::default();
            core.poll_transmit(&mut out);
            peer.receive(&out.slices().collect::<Vec<_>>().concat());
            let mut input = peer.transmit()[..].into();
            core.handle_input(Instant::now(), &mut input);
        };
        while !peer.answer_handshake() {
            say(&mut core, &mut peer);
        }
        say(&mut core, &mut peer);
        let (channel, _) = core.open_channel().unwrap();
        say(&mut core, &mut peer);
        peer.answer();
        say(&mut core, &mut peer);
        for _ in 0..publishes {
            let publish = basic::Publish::new("", "q");
            let body = Body::from(vec![7; size]);
            let mut channel = core.channel(channel).unwrap();
            channel
                .publish(&publish, &basic::Properties::default(), &body, false)
                .unwrap();
        }
        let mut out = Outbox::default();
        core.poll_transmit(&mut out);
        out
    }

    #[test]
    fn frames_are_counted_whatever_lies_beside_the_buffer() {
        for (publishes, size, expected) in [
            (0, 0, 0),
            (1, 0, 2),
            (1, 5, 3),
            (7, 5, 21),
            // Bodies that are queued without a copy, in one frame and in two.
            (3, 20_000, 9),
            (2, 131_072, 8),
        ] {
            let output = output(publishes, size);
            assert_eq!(
                count(&output, 0),
                (output.len(), expected),
                "{publishes} of {size}"
            );
        }
        let mut header = Outbox::default();
        Connection::new(&ConnectionParameters::default(), Instant::now())
            .poll_transmit(&mut header);
        assert_eq!(count(&header, 0), (8, 1));
    }

    #[test]
    fn pressure_is_more_than_the_multiplier_of_average_frames() {
        // pika: equal frames, none of them written, make it high from the eleventh on.
        let mut gauge = Gauge::new(1 << 20, 1 << 19, Some(10));
        for publishes in 1..=8 {
            let waiting = output(publishes, 5);
            let pressure = gauge.pressure(&waiting);
            assert_eq!(pressure.is_high, 3 * publishes > 10, "{publishes}");
            assert_eq!(pressure.octets, waiting.len());
            let average = waiting.len() / (3 * publishes);
            assert_eq!(pressure.average_frame, Some(average as u64));
        }
        // Taken and not written is the same; written is forgotten, but for the average.
        let (four, none) = (output(4, 5), Outbox::default());
        gauge.taken(&four);
        assert!(gauge.rises(&none).is_some());
        assert!(gauge.rises(&none).is_none());
        gauge.written(10, 0);
        assert!(gauge.rises(&none).is_none());
        assert!(!gauge.pressure(&none).is_high);
        assert_eq!(gauge.pressure(&none).octets, 10);
        gauge.taken(&four);
        assert!(gauge.rises(&none).is_some());
    }

    #[test]
    fn only_what_is_new_is_looked_at() {
        for size in [5, 20_000] {
            let mut gauge = Gauge::new(1 << 20, 1 << 19, Some(10));
            for publishes in [1, 2, 2, 9, 4, 5] {
                let waiting = output(publishes, size);
                let frames = 3 * publishes as u64;
                let average = waiting.len() as u64 / frames;
                let pressure = gauge.pressure(&waiting);
                assert_eq!(pressure.average_frame, Some(average), "{publishes}");
            }
        }
    }

    #[test]
    fn nothing_is_no_pressure() {
        let mut gauge = Gauge::new(1, 1, Some(1));
        assert!(!gauge.pressure(&Outbox::default()).is_high);
    }

    #[test]
    fn publishing_waits_from_the_high_mark_to_the_low_one() {
        let mut gauge = Gauge::new(100, 40, None);
        assert!(!gauge.is_full(99));
        assert!(gauge.is_full(100));
        assert!(gauge.is_full(41));
        assert!(!gauge.is_full(40));
        assert!(!gauge.is_full(99));

        let waiting = output(4, 5);
        assert!(waiting.len() > 100);
        gauge.taken(&waiting);
        assert!(gauge.is_full(0));
        assert!(!gauge.written(30, 11));
        assert!(gauge.written(30, 10));
        assert!(!gauge.written(0, 0));
    }
}
