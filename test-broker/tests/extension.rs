//! Methods that the protocol does not have, in scripts.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use amqp_methods::{
    BytesMut, Decode, DecodeError, EncodeError, FieldValue, FrameEncoder, Method, MethodId,
    MethodInfo, Reader, Reply, Writer, basic,
};
use amqp_test_broker::Peer;

/// `parcel.send`: a method with content, and a number for its only argument.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Send(u32);

impl Method for Send {
    const ID: MethodId = MethodId::new(61_440, 30);
    const NAME: &'static str = "parcel.send";
    const CONTENT: bool = true;
    const INFO: &'static MethodInfo = &MethodInfo {
        name: "parcel.send",
        id: Self::ID,
        synchronous: false,
        content: true,
        deprecated: false,
        client_receives: true,
        server_receives: true,
        replies: &[],
        fields: &[],
    };

    fn encoded_len(&self) -> usize {
        4
    }

    fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
        out.long(self.0);
        Ok(())
    }

    fn field(&self, _: usize) -> Option<FieldValue<'_>> {
        None
    }
}

impl Decode<'_> for Send {
    fn decode(args: &mut Reader<'_>) -> Result<Self, DecodeError> {
        args.long("parcel").map(Self)
    }
}

impl Reply for Send {
    const IDS: &'static [MethodId] = &[Self::ID];

    fn from_method(_: MethodId, args: Reader<'_>) -> Result<Self, DecodeError> {
        Self::from_args(args)
    }
}

const METHOD: &[u8] = b"\x01\x00\x01\x00\x00\x00\x08\xf0\x00\x00\x1e\x00\x00\x00\x07\xce";
/// Five octets of body to come, and the first property of the class, which is empty.
const HEADER: &[u8] =
    b"\x02\x00\x01\x00\x00\x00\x0f\xf0\x00\x00\0\0\0\0\0\0\0\0\x05\x80\x00\x00\xce";
const HEL: &[u8] = b"\x03\x00\x01\x00\x00\x00\x03hel\xce";
const LO: &[u8] = b"\x03\x00\x01\x00\x00\x00\x02lo\xce";

#[test]
fn content_of_an_extension_is_taken_by_its_type() {
    let mut peer = Peer::open();
    let frames = [METHOD, HEADER, HEL, LO, METHOD];
    for frame in &frames[..3] {
        peer.receive(frame);
        assert!(!peer.has_content_of::<Send>(1));
    }
    peer.receive(&frames[3..].concat());
    assert!(peer.has_content_of::<Send>(1));
    let content = peer.on(1).expects_content_of::<Send>();
    assert_eq!(content.method(), Ok(Send(7)));
    assert_eq!(content.header().class_id, 61_440);
    assert_eq!(content.header().properties, b"\x80\x00\x00");
    assert_eq!(content.body(), b"hello");
    assert_eq!(peer.expects::<Send>(1), Send(7));
    peer.expects_nothing();
}

#[test]
#[should_panic(expected = "expected parcel.send on channel 1\n     got basic.publish {")]
fn another_content_fails_the_test() {
    let mut octets = BytesMut::new();
    let publish = basic::Publish::new("", "q");
    let properties = basic::Properties::default();
    FrameEncoder::new(0)
        .content(&mut octets, 1, &publish, &properties, b"x")
        .unwrap();
    let mut peer = Peer::open();
    peer.receive(&octets);
    peer.expects_content_of::<Send>(1);
}

#[test]
#[should_panic(expected = "expected a content header with properties of class 61440 on channel 1")]
fn a_header_of_another_class_fails_the_test() {
    let mut peer = Peer::open();
    let header = b"\x02\x00\x01\x00\x00\x00\x0e\x00\x3c\x00\0\0\0\0\0\0\0\0\x05\x00\x00\xce";
    peer.receive(&[METHOD, header].concat());
    peer.expects_content_of::<Send>(1);
}

#[test]
#[should_panic(expected = "expected a body frame (3 of 5 octets) on channel 1, got nothing")]
fn half_a_content_fails_the_test() {
    let mut peer = Peer::open();
    peer.receive(&[METHOD, HEADER, HEL].concat());
    peer.expects_content_of::<Send>(1);
}

#[test]
fn methods_of_an_extension_are_sent_on_channels_and_on_the_connection() {
    let mut peer = Peer::open();
    peer.sends(Send(7));
    peer.on(1)
        .sends_content(Send(7), &basic::Properties::default(), b"");
    let octets = peer.transmit();
    assert_eq!(octets[..16], [b"\x01\x00\x00", &METHOD[3..]].concat());
    assert_eq!(octets[16..32], *METHOD);
}
