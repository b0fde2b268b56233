//! Protocols generated for one side: what each side sends reaches the other, and what it never does is not there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what tests share is test code too"
)]

use amqp_methods::{
    BytesMut, Content, ContentHeader, DecodeContent, DecodeErrorKind, DynMethod, FieldInfo,
    FieldValue, Frame, FrameEncoder, FrameLimits, MethodId, MethodInfo, PROTOCOL, Reader, Reply,
    Request, Timestamp, WireType, Writer, encode_arguments, encode_properties,
};
use leveret_conformance::sides::{
    client, credit_client, credit_server, odd, odd_client, odd_server, server,
};

/// The payload of a frame with the method.
#[track_caller]
fn sent(method: &impl DynMethod) -> Vec<u8> {
    let mut octets = BytesMut::new();
    let encoder = FrameEncoder::new(4096);
    encoder.method(&mut octets, 1, method).unwrap();
    let frame = Frame::decode(&octets, FrameLimits::all(4096)).unwrap();
    frame.unwrap().payload.to_vec()
}

/// The answer that a request of this type waits for.
#[track_caller]
fn answer<R: Request>(_: &R, payload: &[u8]) -> R::Reply {
    let (id, args) = MethodId::split_payload(payload).unwrap();
    R::Reply::from_method(id, args).unwrap()
}

#[test]
fn a_request_goes_out_and_its_answer_comes_back() {
    let declare = client::queue::Declare::new("jobs").durable(true);
    let payload = sent(&declare);
    let server::AnyMethod::QueueDeclare(received) = server::AnyMethod::decode(&payload).unwrap()
    else {
        panic!()
    };
    assert_eq!((&received.queue, received.durable), (&declare.queue, true));

    let declare_ok = server::queue::DeclareOk::new("jobs", 3, 1);
    let answered = answer(&declare, &sent(&declare_ok));
    assert_eq!(
        answered,
        client::queue::DeclareOk {
            queue: "jobs".into(),
            message_count: 3,
            consumer_count: 1,
        }
    );
}

#[test]
fn one_of_several_answers_is_told_apart() {
    let get = client::basic::Get::new("jobs");
    let empty = answer(&get, &sent(&server::basic::GetEmpty));
    assert_eq!(
        empty,
        client::basic::GetReply::GetEmpty(client::basic::GetEmpty)
    );
    let get_ok = server::basic::GetOk::new(7, "events", "order.new", 2).redelivered(true);
    let client::basic::GetReply::GetOk(received) = answer(&get, &sent(&get_ok)) else {
        panic!()
    };
    assert_eq!((received.delivery_tag, received.redelivered), (7, true));
}

#[test]
fn a_server_asks_and_a_client_answers() {
    let start = server::connection::Start::new(0, 9, "PLAIN", "en_US");
    let payload = sent(&start);
    let client::AnyMethod::ConnectionStart(received) = client::AnyMethod::decode(&payload).unwrap()
    else {
        panic!()
    };
    assert_eq!(received.mechanisms, "PLAIN");
    let start_ok = client::connection::StartOk::new("PLAIN", "\0guest\0guest", "en_US");
    assert_eq!(answer(&start, &sent(&start_ok)).mechanism, "PLAIN");
}

#[test]
fn either_side_closes() {
    let close = client::channel::Close::new(200, "bye", 0, 0);
    answer(&close, &sent(&server::channel::CloseOk));
    let close = server::channel::Close::new(404, "no queue", 50, 10);
    answer(&close, &sent(&client::channel::CloseOk));
}

#[test]
fn content_is_published_and_delivered() {
    let mut octets = BytesMut::new();
    let properties = client::basic::Properties::default().content_type("text/plain");
    let publish = client::basic::Publish::new("events", "order.new");
    let encoder = FrameEncoder::new(4096);
    encoder
        .content(&mut octets, 1, &publish, &properties, b"hello")
        .unwrap();
    let limits = FrameLimits::all(4096);
    let method = Frame::decode(&octets, limits).unwrap().unwrap();
    let received = server::AnyMethod::decode(method.payload).unwrap();
    assert_eq!(received.id(), publish.id());
    let header = Frame::decode(&octets[method.encoded_len()..], limits)
        .unwrap()
        .unwrap();
    let header = ContentHeader::decode(header.payload).unwrap();
    let received: server::basic::Properties<'_> = header.properties().unwrap();
    assert_eq!(received.content_type, Some("text/plain".into()));

    let deliver = server::basic::Deliver::new("ctag", 1, "events", "order.new");
    let payload = sent(&deliver);
    let received = client::AnyMethod::decode(&payload).unwrap();
    assert_eq!(received.info().unwrap().name, "basic.deliver");
}

/// The arguments of a method, all zero or empty, behind its id.
fn zeroes(method: &'static MethodInfo) -> Vec<u8> {
    let mut payload = method.id.to_be_bytes().to_vec();
    payload.extend(encode_arguments(method, |_| None).unwrap());
    payload
}

#[test]
fn each_side_knows_what_it_receives_and_nothing_else() {
    for method in PROTOCOL.classes.iter().flat_map(|class| class.methods) {
        let payload = zeroes(method);
        let known = client::AnyMethod::decode(&payload).unwrap();
        assert_eq!(
            known.info().is_some(),
            method.client_receives,
            "{}",
            method.name
        );
        let known = server::AnyMethod::decode(&payload).unwrap();
        assert_eq!(
            known.info().is_some(),
            method.server_receives,
            "{}",
            method.name
        );
    }
}

#[test]
fn both_sides_describe_the_whole_protocol() {
    for sided in [&client::PROTOCOL, &server::PROTOCOL] {
        assert_eq!(format!("{sided:?}"), format!("{PROTOCOL:?}"));
    }
}

#[test]
fn an_extension_has_a_side_too() {
    let credit = credit_client::basic::Credit::new("ctag", 50);
    let payload = sent(&credit);
    let received = credit_server::AnyMethod::decode(&payload).unwrap();
    assert!(matches!(
        received,
        credit_server::AnyMethod::BasicCredit(ref received) if received.credit == 50
    ));
    assert_eq!(
        credit_client::AnyMethod::decode(&payload)
            .unwrap()
            .info()
            .map(|info| info.name),
        None
    );
    let credit_ok = credit_server::basic::CreditOk::new(9);
    assert_eq!(answer(&credit, &sent(&credit_ok)).available, 9);
}

/// Its chassis says that the server receives it, and the client asked for it.
#[test]
fn an_answer_is_understood_whatever_its_chassis_says() {
    let request = odd_client::r#type::Return::new("a", 1);
    let payload = sent(&request);
    assert!(matches!(
        odd_server::AnyMethod::decode(&payload).unwrap(),
        odd_server::AnyMethod::TypeReturn(_)
    ));
    let ok = odd_server::r#type::Ok::new(5);
    let expected = odd_client::r#type::Ok::default().r#type(5);
    assert_eq!(
        answer(&request, &sent(&ok)),
        odd_client::r#type::ReturnReply::Ok(expected)
    );
    // Nor is there anything to say of the other.
    assert_eq!(
        answer(&request, &sent(&odd_server::r#type::Err)),
        odd_client::r#type::ReturnReply::Err(odd_client::r#type::Err)
    );
}

#[test]
fn odd_names_are_sent_and_received() {
    let request = odd::r#type::Return::new("a", 1).no_wait(true);
    assert!(!request.expects_reply());
    let payload = sent(&request);
    let expected = odd::AnyMethod::TypeReturn(request);
    assert_eq!(odd::AnyMethod::decode(&payload).unwrap(), expected);

    let option = odd::constants::Option {
        result: Timestamp::from_secs(7),
    };
    let payload = sent(&option);
    let expected = odd::AnyMethod::ConstantsOption(option);
    assert_eq!(odd::AnyMethod::decode(&payload).unwrap(), expected);

    let properties = odd::r#type::ContentProperties::default()
        .r#type("a")
        .into_owned_(true);

    let mut octets = BytesMut::new();
    FrameEncoder::new(4096)
        .content(&mut octets, 1, &odd::r#type::Properties, &properties, b"")
        .unwrap();
    let limits = FrameLimits::all(4096);
    let method = Frame::decode(&octets, limits).unwrap().unwrap();
    let header = Frame::decode(&octets[method.encoded_len()..], limits)
        .unwrap()
        .unwrap();
    let header = ContentHeader::decode(header.payload).unwrap();
    let received: odd::r#type::ContentProperties<'_> = header.properties().unwrap();
    assert_eq!(received, properties);
}

#[test]
fn a_reply_that_is_called_as_the_choice_of_replies_is_one_of_them() {
    let request = odd_client::full::Get;
    let reply = odd_server::full::GetReply::new(7);
    let expected = odd_client::full::GetReply { rest: 7 };
    assert_eq!(
        answer(&request, &sent(&reply)),
        odd_client::full::GetReply_::GetReply(expected)
    );
    assert_eq!(
        answer(&request, &sent(&odd_server::full::GetEmpty)),
        odd_client::full::GetReply_::GetEmpty(odd_client::full::GetEmpty)
    );
}

#[test]
fn flags_that_fill_two_words_are_sent_and_received() {
    let properties = odd::full::ContentProperties_::default()
        .flag_1(2)
        .flag_15(true)
        .flag_16(3)
        .flag_29("last of the strings")
        .flag_30(true);
    let mut octets = vec![0; properties.encoded_len()];
    let mut out = Writer::new(&mut octets);
    properties.encode(&mut out).unwrap();
    out.finish().unwrap();
    assert_eq!(
        octets[..4],
        [0b1000_0000, 0b0000_0011, 0b1000_0000, 0b0000_0110]
    );
    let mut reader = Reader::new(&octets);
    let received = odd::full::ContentProperties_::decode(&mut reader).unwrap();
    assert_eq!(received, properties);
    assert!(reader.is_empty());
}

/// Reads a list of the properties whose flags take four words, and writes what it read.
#[track_caller]
fn again(list: &[u8]) -> (odd::more::Properties<'_>, Vec<u8>) {
    let mut reader = Reader::new(list);
    let properties = odd::more::Properties::decode(&mut reader).unwrap();
    assert!(reader.is_empty());
    let mut octets = vec![0; properties.encoded_len()];
    let mut out = Writer::new(&mut octets);
    properties.encode(&mut out).unwrap();
    out.finish().unwrap();
    (properties, octets)
}

#[test]
fn flags_take_as_many_words_as_they_need() {
    let infos = odd::more::Properties::PROPERTIES;
    assert_eq!(infos.len(), 46);
    let list = |wanted: &dyn Fn(usize) -> bool| {
        let value = |info: &FieldInfo| {
            let index = infos.iter().position(|other| other.name == info.name)?;
            wanted(index).then(|| match info.wire {
                WireType::Bit => FieldValue::Bit(true),
                wire => wire.zero(),
            })
        };
        encode_properties(infos, value).unwrap()
    };
    // Each alone, each with the last, and all up to each.
    for index in 0..46 {
        for wanted in [&|at| at == index, &|at| at == index || at == 45, &|at| {
            at <= index
        }] as [&dyn Fn(usize) -> bool; 3]
        {
            let list = list(wanted);
            let (properties, octets) = again(&list);
            assert_eq!(octets, list);
            let present = (0..46).filter(|at| properties.property(*at).is_some());
            assert!(present.eq((0..46).filter(|at| wanted(*at))));
        }
        let words = list(&|at| at == index)
            .chunks(2)
            .take_while(|word| word[1] & 1 == 1)
            .count();
        assert_eq!(words, index / 15);
    }
    assert_eq!(again(b"\0\0").1, b"\0\0");
    // A word may follow that has nothing to say.
    assert_eq!(again(b"\0\x01\0\x01\0\x01\0\0").1, b"\0\0");

    let refused = |list: &[u8]| {
        let read = odd::more::Properties::decode(&mut Reader::new(list));
        read.unwrap_err().kind()
    };
    assert_eq!(
        refused(b"\0\x01\0\x01\0\x01\0\x01\0\0"),
        DecodeErrorKind::TooManyFlagWords
    );
    assert_eq!(
        refused(b"\0\x01\0\x01\0\x01\x40\0"),
        DecodeErrorKind::UndefinedPropertyFlag
    );
    assert_eq!(refused(b"\0\x01\0\x01\0\x01"), DecodeErrorKind::Truncated);
}
