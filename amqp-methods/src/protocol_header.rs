//! The eight octets that open a connection.

/// The octets `AMQP`, then protocol id and version.
///
/// A client sends `0 0 9 1` for AMQP 0-9-1. A server that speaks something else answers with a header of its own
/// and closes, so a client must recognise one.
///
/// Spec: 4.2.2
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ProtocolHeader(pub [u8; 4]);

impl ProtocolHeader {
    /// AMQP 0-9-1.
    pub const AMQP_0_9_1: Self = Self([0, 0, 9, 1]);

    /// How many octets a header takes.
    pub const LENGTH: usize = 8;

    /// The octets of the header.
    #[inline]
    pub const fn to_bytes(self) -> [u8; Self::LENGTH] {
        let [a, b, c, d] = self.0;
        [b'A', b'M', b'Q', b'P', a, b, c, d]
    }

    /// Reads the header at the start of `input`; none until all eight octets are there.
    ///
    /// # Errors
    /// The octets are no header, as far as they have arrived.
    #[inline]
    pub fn decode(input: &[u8]) -> Result<Option<Self>, NoProtocolHeader> {
        const MAGIC: &[u8] = b"AMQP";
        let compared = input.len().min(MAGIC.len());
        if input.get(..compared) != MAGIC.get(..compared) {
            return Err(NoProtocolHeader);
        }
        let header = input.first_chunk::<{ Self::LENGTH }>();
        Ok(header.map(|[_, _, _, _, a, b, c, d]| Self([*a, *b, *c, *d])))
    }
}

/// The octets are no protocol header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NoProtocolHeader;

impl core::fmt::Display for NoProtocolHeader {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("no AMQP protocol header")
    }
}

impl core::error::Error for NoProtocolHeader {}
