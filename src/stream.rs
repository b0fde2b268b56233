//! The streaming decoder that everything here is fed through: octets in, protocol headers and frames out.

use amqp_methods::{
    BytesMut, Content, EncodeError, Frame, FrameEncoder, FrameError, FrameLimits, ProtocolHeader,
    basic, missing_octets,
};

/// Something complete, and where it stood.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Item<'a> {
    /// Octets of the stream before it.
    pub offset: usize,
    /// Octets it takes.
    pub length: usize,
    /// What it is.
    pub what: What<'a>,
}

/// What a stream is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum What<'a> {
    /// The octets that open a connection.
    ProtocolHeader(ProtocolHeader),
    /// Anything after them.
    Frame(Frame<'a>),
}

/// One direction of a connection. Keeps what is not complete yet, and nothing else.
#[derive(Clone, Debug)]
pub struct Stream {
    buffer: BytesMut,
    limits: FrameLimits,
    taken: usize,
    opening: bool,
}

impl Stream {
    /// A stream of frames.
    pub fn new(limits: FrameLimits) -> Self {
        Self {
            buffer: BytesMut::new(),
            limits,
            taken: 0,
            opening: false,
        }
    }

    /// A stream from its very beginning, where a protocol header may stand.
    pub fn opening(limits: FrameLimits) -> Self {
        Self {
            opening: true,
            ..Self::new(limits)
        }
    }

    /// Takes octets as they arrive, and hands on what they complete.
    ///
    /// # Errors
    /// Octets that can become no frame, or what `take` fails with.
    pub fn feed<E: From<FrameError>>(
        &mut self,
        octets: &[u8],
        mut take: impl FnMut(Item<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.buffer.extend_from_slice(octets);
        while let Some(item) = self.item()? {
            let length = item.length;
            take(item)?;
            let _consumed = self.buffer.split_to(length);
            self.taken += length;
            self.opening = false;
        }
        Ok(())
    }

    fn item(&self) -> Result<Option<Item<'_>>, FrameError> {
        let item = |length, what| Item {
            offset: self.taken,
            length,
            what,
        };
        if self.opening
            && let Ok(header) = ProtocolHeader::decode(&self.buffer)
        {
            let what = header.map(What::ProtocolHeader);
            return Ok(what.map(|what| item(ProtocolHeader::LENGTH, what)));
        }
        let frame = Frame::decode(&self.buffer, self.limits)?;
        Ok(frame.map(|frame| item(frame.encoded_len(), What::Frame(frame))))
    }

    /// The octets that are not complete yet.
    pub fn pending(&self) -> &[u8] {
        &self.buffer
    }

    /// At least how many octets are missing until something is complete.
    ///
    /// # Errors
    /// What is pending can become no frame.
    pub fn missing(&self) -> Result<usize, FrameError> {
        missing_octets(&self.buffer, self.limits)
    }
}

/// A header frame, as the encoder writes it behind a method.
///
/// # Errors
/// Properties that the wire cannot hold.
pub fn header_frame<P: Content>(
    channel: u16,
    properties: &P,
    body_size: u64,
) -> Result<BytesMut, EncodeError> {
    let encoder = FrameEncoder::new(0);
    let method = basic::Publish::default();
    let mut alone = BytesMut::new();
    encoder.method(&mut alone, channel, &method)?;
    let mut both = BytesMut::new();
    encoder.content_start(&mut both, channel, &method, properties, body_size, 0)?;
    Ok(both.split_off(alone.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_one_by_one_make_the_same_items() {
        let octets = b"AMQP\x00\x00\x09\x01\x08\x00\x00\x00\x00\x00\x00\xce\x08\x00";
        let mut stream = Stream::opening(FrameLimits::NONE);
        let mut items = Vec::new();
        for octet in octets.chunks(1) {
            let taken = stream.feed(octet, |item| {
                items.push((item.offset, item.length));
                Ok::<_, FrameError>(())
            });
            assert_eq!(taken, Ok(()));
        }
        assert_eq!(items, [(0, 8), (8, 8)]);
        assert_eq!((stream.pending(), stream.missing()), (&octets[16..], Ok(5)));
    }
}
