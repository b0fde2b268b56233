use super::*;
use crate::settings::Tuning;

const HEADER: &[u8] = b"AMQP\x00\x00\x09\x01";
/// No client properties, PLAIN, user and password `u`, `en_US`.
const START_OK: &[u8] = b"\x01\x00\x00\x00\x00\x00\x1c\x00\x0a\x00\x0b\0\0\0\0\
    \x05PLAIN\0\0\0\x04\0u\0u\x05en_US\xce";
/// 2047 channels, 131072 octets, 60 seconds.
const TUNE_OK: &[u8] =
    b"\x01\x00\x00\x00\x00\x00\x0c\x00\x0a\x00\x1f\x07\xff\x00\x02\x00\x00\x00\x3c\xce";
/// Virtual host `/`.
const OPEN: &[u8] = b"\x01\x00\x00\x00\x00\x00\x08\x00\x0a\x00\x28\x01/\0\0\xce";
const CLOSE: &[u8] = b"\x01\x00\x00\x00\x00\x00\x0b\x00\x0a\x00\x32\x00\xc8\x00\0\0\0\0\xce";

/// The class and method ids of the frames that a peer sends.
fn sent(peer: &mut Peer) -> Vec<(u16, u16)> {
    let octets = peer.transmit();
    let mut rest = &octets[..];
    let mut sent = Vec::new();
    while let Some(frame) =
        amqp_methods::Frame::decode(rest, amqp_methods::FrameLimits::NONE).unwrap()
    {
        let (id, _) = frame.method().unwrap();
        sent.push((id.class_id(), id.method_id()));
        rest = &rest[frame.encoded_len()..];
    }
    sent
}

#[test]
fn each_step_answers_the_one_before() {
    let mut peer = Peer::new();
    assert!(!peer.answer_handshake());
    peer.receive(HEADER);
    assert!(!peer.answer_handshake());
    assert_eq!(sent(&mut peer), [(10, 10)]);
    peer.receive(START_OK);
    assert!(!peer.answer_handshake());
    assert_eq!(sent(&mut peer), [(10, 30)]);
    peer.receive(TUNE_OK);
    assert!(!peer.answer_handshake());
    assert_eq!(sent(&mut peer), []);
    peer.receive(OPEN);
    assert!(peer.answer_handshake());
    assert_eq!(sent(&mut peer), [(10, 41)]);

    assert!(peer.is_open());
    assert_eq!(peer.start_ok().unwrap().mechanism, "PLAIN");
    assert_eq!(peer.opened().unwrap().virtual_host, "/");
    peer.expects_nothing();
}

#[test]
fn a_client_may_send_everything_at_once_or_octet_by_octet() {
    let all = [HEADER, START_OK, TUNE_OK, OPEN].concat();
    let mut peer = Peer::new();
    peer.receive(&all);
    assert!(peer.answer_handshake());

    let mut peer = Peer::new();
    for octet in &all {
        assert!(!peer.answer_handshake());
        peer.receive(&[*octet]);
    }
    assert!(peer.answer_handshake());
    assert_eq!(sent(&mut peer), [(10, 10), (10, 30), (10, 41)]);
}

#[test]
fn a_client_is_driven_until_open() {
    let mut says = [HEADER, START_OK, &[TUNE_OK, OPEN].concat(), b"", b""]
        .map(Vec::from)
        .into_iter();
    let mut peer = Peer::new();
    peer.opens(|_| says.next().unwrap());
    assert!(peer.is_open() && !peer.has_output());
    assert_eq!(says.len(), 1);
}

#[test]
fn a_stage_in_between_leaves_the_rest_to_the_script() {
    let mut says = [HEADER, START_OK].map(Vec::from).into_iter();
    let mut peer = Peer::new();
    peer.reaches(Stage::Start, |_| says.next().unwrap_or_default());
    assert_eq!(peer.stage(), Stage::Start);
    let start_ok: connection::StartOk<'_> = peer.expects(0);
    assert_eq!(start_ok.response.as_bytes(), b"\0u\0u");
    assert_eq!(peer.stage(), Stage::StartOk);
}

#[test]
#[should_panic(
    expected = "the handshake stops at Start, on the way to OpenOk: nobody says anything"
)]
fn a_silent_client_is_told_of() {
    let mut says = [HEADER].into_iter();
    Peer::new().opens(|_| says.next().unwrap_or_default());
}

#[test]
fn limits_may_not_be_raised() {
    let mut peer = Peer::after_start_ok().tuning(Tuning {
        frame_max: 8192,
        ..Tuning::default()
    });
    peer.receive(TUNE_OK);
    assert!(peer.take_step().unwrap());
    let mismatch = peer.take_step().unwrap_err().to_string();
    assert_eq!(
        mismatch,
        "connection.tune-ok raises frame_max from 8192 to 131072"
    );
}

#[test]
fn the_mechanism_must_be_on_offer() {
    let mut peer = Peer::after_header().mechanisms("EXTERNAL");
    peer.receive(START_OK);
    assert!(peer.take_step().unwrap());
    let mismatch = peer.take_step().unwrap_err().to_string();
    assert!(
        mismatch.contains("\"PLAIN\" where \"EXTERNAL\""),
        "{mismatch}"
    );
}

#[test]
fn a_client_may_close_instead() {
    let mut peer = Peer::after_header();
    peer.answer();
    peer.receive(CLOSE);
    assert_eq!(peer.answer().len(), 1);
    assert_eq!(sent(&mut peer), [(10, 10), (10, 51)]);
    assert_eq!(peer.stage(), Stage::Closed);
}
