//! What lies behind the expectations: takes from the inbox, or says why not.

use amqp_methods::{
    AnyMethod, DynMethod, FrameKind, Method, OwnedContent, ProtocolHeader, Reader, Reply, Writer,
};

use crate::content::{self, Content};
use crate::failure::Mismatch;
use crate::peer::Peer;
use crate::show;

impl Peer {
    pub(crate) fn take_header(&mut self) -> Result<(), Mismatch> {
        match self.inbox.take_header()? {
            Some(ProtocolHeader::AMQP_0_9_1) => {
                self.handshake.note_header();
                Ok(())
            }
            Some(ProtocolHeader(version)) => Err(Mismatch::new(format!(
                "expected the protocol header of AMQP 0-9-1 [0, 0, 9, 1], got {version:?}"
            ))),
            None => {
                let text = "expected a protocol header, got too few octets";
                Err(Mismatch::new(text.to_owned() + &self.inbox.describe()))
            }
        }
    }

    pub(crate) fn take_typed<M: Method + Reply>(&mut self, channel: u16) -> Result<M, Mismatch> {
        let position = self.find_method(channel, M::NAME, |method| {
            (method.id() != M::ID).then(Vec::new)
        })?;
        let method = self.take_at(position, M::NAME)?;
        let args = arguments(&method);
        M::from_method(M::ID, Reader::new(&args)).map_err(|error| Mismatch::new(error.to_string()))
    }

    pub(crate) fn take_exactly(
        &mut self,
        channel: u16,
        expected: &impl DynMethod,
    ) -> Result<(), Mismatch> {
        let shown = show::method(expected);
        let position = self.find_method(channel, &shown, |got| difference(expected, got))?;
        self.take_at(position, &shown).map(drop)
    }

    pub(crate) fn take_method(
        &mut self,
        channel: u16,
        expected: &str,
    ) -> Result<AnyMethod<'static>, Mismatch> {
        let position = self.find_method(channel, expected, |_| None)?;
        self.take_at(position, expected)
    }

    pub(crate) fn take_content(&mut self, channel: u16) -> Result<Content, Mismatch> {
        content::take(&mut self.inbox, channel)
    }

    pub(crate) fn take_content_of<M: Method>(
        &mut self,
        channel: u16,
    ) -> Result<OwnedContent, Mismatch> {
        content::take_of::<M>(&mut self.inbox, channel)
    }

    pub(crate) fn take_heartbeat(&mut self) -> Result<(), Mismatch> {
        let mut frames = self.inbox.frames().iter();
        match frames.position(|frame| frame.kind == FrameKind::Heartbeat) {
            Some(position) => {
                self.inbox.take(position);
                Ok(())
            }
            None => Err(self.nothing("a heartbeat")),
        }
    }

    pub(crate) fn check_nothing(&self) -> Result<(), Mismatch> {
        if self.inbox.is_empty() {
            return Ok(());
        }
        Err(Mismatch::new(format!(
            "expected nothing more{}",
            self.inbox.describe()
        )))
    }

    /// Position of the next frame of a channel, if it is a method that `differs` lets pass; otherwise
    /// `differs` says in which fields it differs.
    fn find_method(
        &self,
        channel: u16,
        expected: &str,
        differs: impl Fn(&AnyMethod<'_>) -> Option<Vec<String>>,
    ) -> Result<usize, Mismatch> {
        let wanted = format!("{expected} on channel {channel}");
        let Some((position, frame)) = self.inbox.on(channel).next() else {
            return Err(self.nothing(&wanted));
        };
        let differences = match frame.is_method().then(|| frame.method()) {
            Some(Ok(method)) => match differs(&method) {
                None => return Ok(position),
                Some(differences) => differences,
            },
            _ => Vec::new(),
        };
        let mut text = format!("expected {wanted}\n     got {frame}");
        for difference in differences {
            text = text + "\n         " + &difference;
        }
        Err(Mismatch::new(text))
    }

    fn take_at(&mut self, position: usize, expected: &str) -> Result<AnyMethod<'static>, Mismatch> {
        let Some(frame) = self.inbox.take(position) else {
            return Err(self.nothing(expected));
        };
        let method = frame.method().map(AnyMethod::into_owned);
        let method = method.map_err(|error| Mismatch::new(error.to_string()))?;
        self.note_taken(frame.channel, &method);
        Ok(method)
    }

    fn nothing(&self, expected: &str) -> Mismatch {
        Mismatch::new(format!(
            "expected {expected}, got nothing{}",
            self.inbox.describe()
        ))
    }
}

/// None if both are the same method; otherwise the fields in which they differ, as far as those are known.
fn difference(expected: &impl DynMethod, got: &AnyMethod<'_>) -> Option<Vec<String>> {
    if expected.id() != got.id() {
        return Some(Vec::new());
    }
    if got.info().is_none() {
        return (arguments(expected) != arguments(got)).then(Vec::new);
    }
    let differences = show::differences(expected.fields(), got.fields());
    (!differences.is_empty()).then_some(differences)
}

/// The octets of the arguments, to compare methods whose fields only one side knows.
fn arguments(method: &impl DynMethod) -> Vec<u8> {
    let mut octets = vec![0; method.encoded_len()];
    let mut writer = Writer::new(&mut octets);
    if method.encode(&mut writer).is_err() {
        octets.clear();
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;
    use amqp_methods::basic;

    /// `basic.nack {delivery-tag: 2, multiple: true, requeue: false}` on channel 1.
    const NACK: &[u8] = b"\x01\x00\x01\x00\x00\x00\x0d\x00\x3c\x00\x78\0\0\0\0\0\0\0\x02\x01\xce";
    const HEARTBEAT: &[u8] = b"\x08\0\0\0\0\0\0\xce";

    fn peer(octets: &[&[u8]]) -> Peer {
        let mut peer = Peer::open();
        peer.receive(&octets.concat());
        peer
    }

    #[test]
    fn an_equal_method_is_taken() {
        let mut peer = peer(&[NACK]);
        peer.take_exactly(1, &basic::Nack::new(2).multiple(true).requeue(false))
            .unwrap();
        peer.check_nothing().unwrap();
    }

    #[test]
    fn another_method_is_named_with_its_fields() {
        let mismatch = peer(&[NACK])
            .take_exactly(1, &basic::Ack::new(1))
            .unwrap_err();
        assert_eq!(
            mismatch.to_string(),
            "expected basic.ack {delivery-tag: 1, multiple: false} on channel 1\n     \
             got basic.nack {delivery-tag: 2, multiple: true, requeue: false} on channel 1"
        );
    }

    #[test]
    fn other_fields_are_listed() {
        let nack = basic::Nack::new(1).multiple(true).requeue(false);
        let mismatch = peer(&[NACK])
            .take_exactly(1, &nack)
            .unwrap_err()
            .to_string();
        assert!(
            mismatch.ends_with("\n         delivery-tag: expected 1, got 2"),
            "{mismatch}"
        );
    }

    #[test]
    fn another_channel_is_another_matter() {
        let mut peer = peer(&[NACK]);
        let mismatch = peer.take_typed::<basic::Nack>(2).unwrap_err().to_string();
        assert_eq!(
            mismatch,
            "expected basic.nack on channel 2, got nothing\nnot looked at yet:\n  \
             basic.nack {delivery-tag: 2, multiple: true, requeue: false} on channel 1"
        );
        assert_eq!(peer.take_typed::<basic::Nack>(1).unwrap().delivery_tag, 2);
    }

    #[test]
    fn unknown_methods_compare_by_octets() {
        const UNKNOWN: &[u8] = b"\x01\x00\x01\x00\x00\x00\x06\x00\x5a\x00\x63ab\xce";
        let same = AnyMethod::decode(b"\x00\x5a\x00\x63ab").unwrap();
        let other = AnyMethod::decode(b"\x00\x5a\x00\x63ac").unwrap();
        peer(&[UNKNOWN]).take_exactly(1, &same).unwrap();
        let mismatch = peer(&[UNKNOWN]).take_exactly(1, &other).unwrap_err();
        assert!(
            mismatch.to_string().contains("unknown method 90.99"),
            "{mismatch}"
        );
    }

    #[test]
    fn heartbeats_stand_beside_methods() {
        let mut peer = peer(&[HEARTBEAT, NACK]);
        peer.take_typed::<basic::Nack>(1).unwrap();
        assert!(peer.check_nothing().is_err());
        peer.take_heartbeat().unwrap();
        assert!(peer.take_heartbeat().is_err());
        peer.check_nothing().unwrap();
    }

    #[test]
    fn half_a_frame_is_not_nothing() {
        let peer = peer(&[&NACK[..5]]);
        let mismatch = peer.check_nothing().unwrap_err().to_string();
        assert!(
            mismatch.contains("an unfinished frame: input of 5 octets"),
            "{mismatch}"
        );
    }
}
