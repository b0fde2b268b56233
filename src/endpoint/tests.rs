use amqp_methods::{BytesMut, FrameEncoder, FrameLimits, basic, channel};

use super::*;

fn receive(endpoint: &mut Endpoint, octets: &[u8]) -> Option<u16> {
    let frame = Frame::decode(octets, FrameLimits::NONE).unwrap().unwrap();
    endpoint
        .receive(frame)
        .err()
        .and_then(|refusal| refusal.reply_code)
}

fn frame(channel: u16, method: &impl DynMethod) -> BytesMut {
    let mut octets = BytesMut::new();
    FrameEncoder::new(0)
        .method(&mut octets, channel, method)
        .unwrap();
    octets
}

#[test]
fn channels_are_opened_once_and_closed() {
    let mut server = Endpoint::new(Role::Server).conversing();
    let (open, close) = (frame(3, &channel::Open), frame(3, &channel::CloseOk));
    assert_eq!(receive(&mut server, &close), Some(504));
    assert_eq!(receive(&mut server, &open), None);
    assert_eq!(receive(&mut server, &open), Some(504));
    assert_eq!(receive(&mut server, &close), None);
    assert_eq!(receive(&mut server, &open), None);
}

#[test]
fn a_delivery_is_for_clients() {
    let deliver = frame(1, &basic::Deliver::default());
    let mut server = Endpoint::new(Role::Server).conversing().with_channel(1);
    assert_eq!(receive(&mut server, &deliver), Some(503));
    let mut client = Endpoint::new(Role::Client).conversing().with_channel(1);
    assert_eq!(receive(&mut client, &deliver), None);
    assert_eq!(receive(&mut client, &deliver), Some(505));
}
