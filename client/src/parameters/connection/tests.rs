use std::time::Duration;

use super::checks::MAX_TIMEOUT;
use super::*;
use crate::parameters::ParameterErrorKind;

#[test]
fn defaults_are_as_documented() {
    let parameters = ConnectionParameters::default();
    assert_eq!(parameters, ConnectionParameters::new("localhost"));
    assert!(parameters.endpoints().eq([("localhost", 5672)]));
    assert_eq!(parameters.tcp_options, TcpOptions::default());
    assert_eq!(parameters.tls, None);
    assert_eq!(parameters.virtual_host, "/");
    assert_eq!(parameters.credentials, Credentials::plain("guest", "guest"));
    assert_eq!(
        parameters.heartbeat,
        Heartbeat::Every(Duration::from_secs(60))
    );
    assert_eq!(parameters.frame_max, 131_072);
    assert_eq!(parameters.initial_frame_max, 4096);
    assert_eq!(parameters.channel_max, 2047);
    assert_eq!(parameters.connection_attempts, 1);
    assert_eq!(parameters.retry_delay, Duration::from_secs(2));
    assert!(!parameters.retry_refusals);
    assert!(!parameters.shuffle_endpoints);
    assert_eq!(parameters.happy_eyeballs_delay, Duration::from_millis(250));
    assert_eq!(parameters.total_timeout, None);
    assert_eq!(parameters.tls_handshake_timeout, Duration::from_secs(10));
    assert_eq!(parameters.connection_timeout, Duration::from_secs(10));
    assert_eq!(parameters.handshake_timeout, Duration::from_secs(10));
    assert_eq!(parameters.stack_timeout, Duration::from_secs(15));
    assert_eq!(parameters.blocked_connection_timeout, None);
    assert!(parameters.client_properties.is_empty());
    assert!(!parameters.backpressure_detection);
    assert_eq!(parameters.backpressure_multiplier, 10);
    assert_eq!(parameters.call_timeout, Duration::from_secs(30));
    assert_eq!(parameters.close_timeout, Duration::from_secs(5));
    assert_eq!(parameters.locale, "en_US");
    assert_eq!(parameters.connection_name, None);
    assert_eq!(parameters.max_message_size, 134_217_728);
    assert_eq!(parameters.max_header_size, 1_048_576);
    assert_eq!(parameters.write_buffer_high_water, 1_048_576);
    assert_eq!(parameters.write_buffer_low_water, None);
    assert_eq!(parameters.validate(), Ok(()));
}

#[test]
fn each_setter_sets_its_own_field_and_no_other() {
    let second = Duration::from_secs(1);
    let properties = FieldTable::builder().entry("a", 1).build().unwrap();
    let mut endpoints = Endpoints::new("broker".to_owned());
    endpoints.set_port(1);
    let set = ConnectionParameters::new("x")
        .host("broker")
        .port(1)
        .virtual_host("v")
        .credentials(Credentials::plain("u", "p"))
        .heartbeat(2 * second)
        .frame_max(4096)
        .initial_frame_max(5000)
        .channel_max(3)
        .connection_attempts(13)
        .retry_delay(14 * second)
        .retry_refusals(true)
        .shuffle_endpoints(true)
        .happy_eyeballs_delay(second / 10)
        .total_timeout(60 * second)
        .tls_handshake_timeout(13 * second)
        .connection_timeout(4 * second)
        .handshake_timeout(10 * second)
        .stack_timeout(11 * second)
        .blocked_connection_timeout(12 * second)
        .client_properties(properties.clone())
        .tcp_options(TcpOptions::default().nodelay(false))
        .backpressure_detection(true)
        .backpressure_multiplier(15)
        .call_timeout(5 * second)
        .close_timeout(6 * second)
        .locale("de_DE")
        .connection_name("n")
        .max_message_size(7)
        .max_header_size(8192)
        .write_buffer_high_water(9)
        .write_buffer_low_water(8);
    let expected = ConnectionParameters {
        endpoints,
        tcp_options: TcpOptions::default().nodelay(false),
        tls: None,
        virtual_host: "v".to_owned(),
        credentials: Credentials::plain("u", "p"),
        #[cfg(feature = "tokio")]
        token_provider: None,
        heartbeat: Heartbeat::Every(2 * second),
        frame_max: 4096,
        initial_frame_max: 5000,
        channel_max: 3,
        connection_attempts: 13,
        retry_delay: 14 * second,
        retry_refusals: true,
        shuffle_endpoints: true,
        happy_eyeballs_delay: second / 10,
        total_timeout: Some(60 * second),
        tls_handshake_timeout: 13 * second,
        connection_timeout: 4 * second,
        handshake_timeout: 10 * second,
        stack_timeout: 11 * second,
        blocked_connection_timeout: Some(12 * second),
        client_properties: properties,
        backpressure_detection: true,
        backpressure_multiplier: 15,
        call_timeout: 5 * second,
        close_timeout: 6 * second,
        locale: "de_DE".to_owned(),
        connection_name: Some("n".to_owned()),
        max_message_size: 7,
        max_header_size: 8192,
        write_buffer_high_water: 9,
        write_buffer_low_water: Some(8),
        extensions: Extensions::default(),
    };
    assert_eq!(set, expected);
    assert_eq!(set.validate(), Ok(()));
}

#[test]
fn bounds_are_accepted() {
    let base = ConnectionParameters::default;
    for (name, parameters) in [
        ("port", base().port(u16::MAX)),
        ("empty virtual host", base().virtual_host("")),
        ("long virtual host", base().virtual_host("v".repeat(255))),
        ("heartbeat off", base().heartbeat(Duration::ZERO)),
        ("heartbeat accepted", base().heartbeat(Heartbeat::Accept)),
        ("frame_max unlimited", base().frame_max(0)),
        ("frame_max smallest", base().frame_max(4096)),
        ("frame_max largest", base().frame_max(u32::MAX)),
        (
            "initial_frame_max largest",
            base().initial_frame_max(u32::MAX),
        ),
        ("channel_max unlimited", base().channel_max(0)),
        ("channel_max largest", base().channel_max(u16::MAX)),
        (
            "shortest timeout",
            base().connection_timeout(Duration::from_nanos(1)),
        ),
        ("longest timeout", base().call_timeout(MAX_TIMEOUT)),
        ("no wait for close", base().close_timeout(Duration::ZERO)),
        ("max_message_size", base().max_message_size(u64::MAX)),
        (
            "write_buffer_high_water",
            base().write_buffer_high_water(usize::MAX),
        ),
        ("IPv4", base().host("127.0.0.1")),
        ("IPv6", base().host("::1")),
        ("IPv6 with IPv4", base().host("::ffff:127.0.0.1")),
        ("IPv6 with zone", base().host("fe80::1%eth0")),
        ("underscore", base().host("my_broker")),
    ] {
        assert_eq!(parameters.validate(), Ok(()), "{name}");
    }
}

#[test]
fn out_of_bounds_is_refused_by_name() {
    use ParameterErrorKind::{ForbiddenCharacter, Missing, OutOfRange, TooLong};
    let base = ConnectionParameters::default;
    for (kind, parameter, parameters) in [
        (Missing, "host", base().host("")),
        (TooLong, "host", base().host("h".repeat(256))),
        (ForbiddenCharacter, "host", base().host("[::1]")),
        (ForbiddenCharacter, "host", base().host("broker:5672")),
        (ForbiddenCharacter, "host", base().host("amqp://broker")),
        (ForbiddenCharacter, "host", base().host("user@broker")),
        (ForbiddenCharacter, "host", base().host("bro ker")),
        (ForbiddenCharacter, "host", base().host("broker\n")),
        (ForbiddenCharacter, "host", base().host("bro\0ker")),
        (ForbiddenCharacter, "host", base().host("fe80::1%")),
        (OutOfRange, "port", base().port(0)),
        (
            TooLong,
            "virtual_host",
            base().virtual_host("v".repeat(256)),
        ),
        (
            TooLong,
            "virtual_host",
            base().virtual_host("ü".repeat(128)),
        ),
        (
            ForbiddenCharacter,
            "virtual_host",
            base().virtual_host("a\0b"),
        ),
        (
            ForbiddenCharacter,
            "user",
            base().credentials(Credentials::plain("\0", "")),
        ),
        (
            ForbiddenCharacter,
            "password",
            base().credentials(Credentials::plain("", "\0")),
        ),
        (
            OutOfRange,
            "heartbeat",
            base().heartbeat(Duration::from_millis(1500)),
        ),
        (
            OutOfRange,
            "heartbeat",
            base().heartbeat(Duration::from_secs(65_536)),
        ),
        (
            OutOfRange,
            "heartbeat",
            base().heartbeat(Heartbeat::Every(Duration::ZERO)),
        ),
        (OutOfRange, "frame_max", base().frame_max(1)),
        (OutOfRange, "frame_max", base().frame_max(4095)),
        (
            OutOfRange,
            "initial_frame_max",
            base().initial_frame_max(4095),
        ),
        (
            OutOfRange,
            "connection_timeout",
            base().connection_timeout(Duration::ZERO),
        ),
        (
            OutOfRange,
            "connection_timeout",
            base().connection_timeout(Duration::MAX),
        ),
        (
            OutOfRange,
            "call_timeout",
            base().call_timeout(Duration::ZERO),
        ),
        (
            OutOfRange,
            "call_timeout",
            base().call_timeout(Duration::MAX),
        ),
        (
            OutOfRange,
            "close_timeout",
            base().close_timeout(Duration::MAX),
        ),
        (
            OutOfRange,
            "connection_attempts",
            base().connection_attempts(0),
        ),
        (OutOfRange, "retry_delay", base().retry_delay(Duration::MAX)),
        (
            OutOfRange,
            "handshake_timeout",
            base().handshake_timeout(Duration::ZERO),
        ),
        (
            OutOfRange,
            "stack_timeout",
            base().stack_timeout(Duration::ZERO),
        ),
        (
            OutOfRange,
            "blocked_connection_timeout",
            base().blocked_connection_timeout(Duration::ZERO),
        ),
        (
            OutOfRange,
            "write_buffer_low_water",
            base().write_buffer_high_water(9).write_buffer_low_water(9),
        ),
        (
            OutOfRange,
            "backpressure_multiplier",
            base().backpressure_multiplier(0),
        ),
        (
            OutOfRange,
            "keepalive_count",
            base().tcp_options(TcpOptions::default().keepalive_count(0)),
        ),
        (
            OutOfRange,
            "happy_eyeballs_delay",
            base().happy_eyeballs_delay(Duration::from_millis(9)),
        ),
        (
            OutOfRange,
            "total_timeout",
            base().total_timeout(Duration::ZERO),
        ),
        (
            OutOfRange,
            "tls_handshake_timeout",
            base().tls_handshake_timeout(Duration::ZERO),
        ),
        (
            ParameterErrorKind::Syntax,
            "client_properties",
            base().client_properties(FieldTable::from_wire(&b"\x05a"[..]).into_owned()),
        ),
        (ForbiddenCharacter, "host", base().host("one,two")),
        (Missing, "host", base().endpoint("", None)),
        (OutOfRange, "port", base().endpoint("two", 0)),
        (Missing, "locale", base().locale("")),
        (TooLong, "locale", base().locale("x".repeat(256))),
        (ForbiddenCharacter, "locale", base().locale("en\0US")),
        (OutOfRange, "max_message_size", base().max_message_size(0)),
        (OutOfRange, "max_header_size", base().max_header_size(4095)),
        (
            OutOfRange,
            "write_buffer_high_water",
            base().write_buffer_high_water(0),
        ),
    ] {
        let error = parameters.validate().unwrap_err();
        assert_eq!(
            (error.kind(), error.parameter()),
            (kind, parameter),
            "{parameters:?}"
        );
        let text = error.to_string();
        assert!(
            text.starts_with(parameter) && !text.ends_with('.'),
            "{text}"
        );
    }
}

#[test]
fn parameters_that_differ_in_anything_are_not_equal() {
    let base = ConnectionParameters::default;
    let second = Duration::from_secs(1);
    let team = FieldTable::builder().entry("team", "red").build().unwrap();
    for other in [
        base().host("other"),
        base().port(1),
        base().endpoint("other", None),
        base().virtual_host("other"),
        base().credentials(Credentials::plain("guest", "other")),
        base().heartbeat(Heartbeat::Accept),
        base().frame_max(4096),
        base().locale("de_DE"),
        base().connection_name("other"),
        base().call_timeout(second),
        base().backpressure_detection(true),
        base().tcp_options(TcpOptions::default().nodelay(false)),
        base().tls(TlsParameters::default()),
        base().initial_frame_max(8192),
        base().channel_max(1),
        base().connection_attempts(2),
        base().retry_delay(second),
        base().retry_refusals(true),
        base().shuffle_endpoints(true),
        base().happy_eyeballs_delay(second),
        base().total_timeout(second),
        base().connection_timeout(second),
        base().tls_handshake_timeout(second),
        base().handshake_timeout(second),
        base().stack_timeout(second),
        base().close_timeout(second),
        base().blocked_connection_timeout(second),
        base().client_properties(team),
        base().max_message_size(1),
        base().max_header_size(4096),
        base().write_buffer_high_water(1),
        base().write_buffer_low_water(1),
        base().backpressure_multiplier(2),
    ] {
        assert_ne!(other, base());
        assert_eq!(other, other.clone());
    }
}

#[test]
fn debug_hides_the_password() {
    let parameters =
        ConnectionParameters::new("broker").credentials(Credentials::plain("app", "s3cr3t"));
    for text in [format!("{parameters:?}"), format!("{parameters:#?}")] {
        assert!(text.contains("broker") && text.contains("app"), "{text}");
        assert!(!text.contains("s3cr3t"), "{text}");
    }
}
