//! What keys do to parameters.

use std::time::Duration;

use amqp_methods::FieldTable;

use super::{parse, read};
use crate::parameters::{
    ConnectionParameters, Credentials, Heartbeat, ParameterErrorKind as Kind, ServerName,
    TcpOptions, TlsParameters, UrlParameters,
};

fn base() -> ConnectionParameters {
    ConnectionParameters::new("h")
}

#[test]
fn query_keys_set_their_parameters() {
    let seconds = Duration::from_secs;
    let millis = Duration::from_millis;
    for (query, expected) in [
        ("heartbeat=0", base().heartbeat(Heartbeat::Off)),
        ("heartbeat=65535", base().heartbeat(seconds(65_535))),
        ("heartbeat=007", base().heartbeat(seconds(7))),
        ("heart%62eat=%35", base().heartbeat(seconds(5))),
        ("heartbeat_interval=5", base().heartbeat(seconds(5))),
        ("frame_max=0", base().frame_max(0)),
        ("frame_max=4294967295", base().frame_max(u32::MAX)),
        ("channel_max=0", base().channel_max(0)),
        ("channel_max=65535", base().channel_max(u16::MAX)),
        // The same parameter in the unit of RabbitMQ and in that of pika.
        ("connection_timeout=1", base().connection_timeout(millis(1))),
        (
            "connection_timeout=31536000000",
            base().connection_timeout(seconds(31_536_000)),
        ),
        ("socket_timeout=1", base().connection_timeout(seconds(1))),
        (
            "socket_timeout=0.25",
            base().connection_timeout(millis(250)),
        ),
        ("stack_timeout=20", base().stack_timeout(seconds(20))),
        ("connection_attempts=3", base().connection_attempts(3)),
        ("retry_delay=0", base().retry_delay(Duration::ZERO)),
        ("retry_delay=2.5", base().retry_delay(millis(2500))),
        (
            "blocked_connection_timeout=300",
            base().blocked_connection_timeout(seconds(300)),
        ),
        (
            "backpressure_detection=t",
            base().backpressure_detection(true),
        ),
        ("backpressure_detection=f", base()),
        ("locale=de_DE", base().locale("de_DE")),
        ("client_properties=None", base()),
        ("tcp_options=None", base()),
        ("tcp_options=%7B%7D", base()),
        ("ssl_options=None", base()),
        ("auth_mechanism=plain", base()),
        (
            "auth_mechanism=AMQPLAIN",
            base().credentials(Credentials::amqplain("guest", "guest")),
        ),
        (
            "auth_mechanism=External",
            base().credentials(Credentials::external()),
        ),
        (
            "auth_mechanism=anonymous",
            base().credentials(Credentials::anonymous()),
        ),
        (
            "auth_mechanism=external&heartbeat=5&auth_mechanism=plain",
            base()
                .heartbeat(seconds(5))
                .credentials(Credentials::external().or(Credentials::plain("guest", "guest"))),
        ),
        (
            "heartbeat=30&frame_max=4096&channel_max=8&connection_timeout=1500",
            base()
                .heartbeat(seconds(30))
                .frame_max(4096)
                .channel_max(8)
                .connection_timeout(millis(1500)),
        ),
        (
            "tcp_options=%7B'TCP_KEEPIDLE':60,'TCP_KEEPINTVL':10,%22TCP_KEEPCNT%22:3,'TCP_USER_TIMEOUT':1500%7D",
            base().tcp_options(
                TcpOptions::default()
                    .keepalive_idle(seconds(60))
                    .keepalive_interval(seconds(10))
                    .keepalive_count(3)
                    .user_timeout(millis(1500)),
            ),
        ),
    ] {
        assert_eq!(parse(&format!("amqp://h?{query}")), expected, "{query}");
    }
}

#[test]
fn the_url_of_pika_0_13_works_and_means_it() {
    let url = "amqp://guest:guest@rabbit-server1:5672/%2F?backpressure_detection=t";
    let expected = ConnectionParameters::new("rabbit-server1").backpressure_detection(true);
    assert_eq!(parse(url), expected);
    assert_eq!(expected.backpressure_multiplier, 10);
}

#[test]
fn users_go_to_the_mechanisms_that_want_one() {
    let parameters = parse(
        "amqp://app:s3cr3t@h?auth_mechanism=external&auth_mechanism=amqplain&auth_mechanism=plain",
    );
    let expected = Credentials::external()
        .or(Credentials::amqplain("app", "s3cr3t"))
        .or(Credentials::plain("app", "s3cr3t"));
    assert_eq!(parameters.credentials, expected);
}

#[test]
fn client_properties_are_a_dictionary() {
    let parameters = parse(
        "amqp://h?client_properties={'team':%20'billing','x':%201}"
            .replace('{', "%7B")
            .replace('}', "%7D")
            .as_str(),
    );
    let table = FieldTable::builder().entry("team", "billing").entry("x", 1);
    assert_eq!(parameters.client_properties, table.build().unwrap());
}

#[test]
fn hosts_are_a_list() {
    let listed = |url: &str| {
        let parameters = parse(url);
        let endpoints = parameters.endpoints();
        endpoints
            .map(|(host, port)| format!("{host} {port}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        listed("amqp://user:p,w@h1:5673,h2,[::1]:1,[fe80::1]/v"),
        ["h1 5673", "h2 5672", "::1 1", "fe80::1 5672"]
    );
    assert_eq!(
        listed("amqp://one,two:1,thr%65e"),
        ["one 5672", "two 1", "three 5672"]
    );
    assert_eq!(
        parse("amqp://user:p,w@h1,h2").credentials,
        Credentials::plain("user", "p,w")
    );
    assert_eq!(listed(&format!("amqp://h{}", ",h".repeat(63))).len(), 64);
}

#[test]
fn keys_of_tls_are_data_for_whoever_encrypts() {
    let tls = |query: &str| read(&format!("amqps://h?{query}")).tls.unwrap();
    let base = TlsParameters::default;
    for (query, expected) in [
        ("heartbeat=5", base()),
        ("cacertfile=/ca.pem", base().ca_file("/ca.pem")),
        (
            "certfile=c%2Fa&keyfile=k",
            base().client_certificate("c/a", "k"),
        ),
        (
            "certfile=c&keyfile=k&password=s",
            base().client_certificate("c", "k").key_password("s"),
        ),
        ("verify=verify_none", base().verify_peer(false)),
        ("verify=verify_peer&depth=2", base().depth(2)),
        (
            "server_name_indication=n",
            base().server_name(ServerName::Name("n".into())),
        ),
        (
            "server_name_indication=disable",
            base().server_name(ServerName::Untold),
        ),
        (
            "customize_hostname_check=https&fail_if_no_peer_cert=true",
            base(),
        ),
        (
            "ssl_options=%7B'cafile':'a','capath':'b','cadata':'c','server_hostname':'n','verify_mode':2,'keyfile':None%7D",
            base()
                .ca_file("a")
                .ca_path("b")
                .ca_data("c")
                .server_name(ServerName::Name("n".into())),
        ),
        (
            "ssl_options=%7B'certfile':'c','keyfile':'k','password':'s','verify_mode':0%7D",
            base()
                .client_certificate("c", "k")
                .key_password("s")
                .verify_peer(false),
        ),
    ] {
        assert_eq!(tls(query), expected, "{query}");
    }
    assert!(!format!("{:?}", tls("certfile=c&keyfile=k&password=s3cr3t")).contains("s3cr3t"));
}

#[test]
fn keys_of_tls_that_make_no_sense_are_refused() {
    for (query, kind, parameter) in [
        ("certfile=c", Kind::Missing, "keyfile"),
        ("keyfile=c", Kind::Missing, "certfile"),
        ("password=s3cr3t", Kind::Missing, "keyfile"),
        ("verify=none", Kind::Unsupported, "verify"),
        ("depth=256", Kind::OutOfRange, "depth"),
        ("depth=-1", Kind::NotANumber, "depth"),
        (
            "customize_hostname_check=smtp",
            Kind::Unsupported,
            "customize_hostname_check",
        ),
        (
            "fail_if_no_peer_cert=1",
            Kind::Unsupported,
            "fail_if_no_peer_cert",
        ),
        ("ssl_options=None", Kind::Contradiction, "ssl_options"),
        ("ssl_options=s3cr3t", Kind::Syntax, "ssl_options"),
        (
            "ssl_options=%7B'protocol':5%7D",
            Kind::Unsupported,
            "ssl_options",
        ),
        (
            "ssl_options=%7B'ciphers':'s3cr3t'%7D",
            Kind::Unsupported,
            "ssl_options",
        ),
        ("ssl_options=%7B's3cr3t':5%7D", Kind::Unknown, "ssl_options"),
        ("ssl_options=%7B'cafile':5%7D", Kind::Unknown, "ssl_options"),
        (
            "ssl_options=%7B'verify_mode':1%7D",
            Kind::Unknown,
            "ssl_options",
        ),
        ("ssl_options=%7B'keyfile':'k'%7D", Kind::Missing, "certfile"),
        (
            "ssl_options=%7B%7D&verify=verify_peer",
            Kind::Repeated,
            "verify",
        ),
        (
            "verify=verify_peer&ssl_options=%7B%7D",
            Kind::Repeated,
            "ssl_options",
        ),
    ] {
        let error = UrlParameters::read(&format!("amqps://h?{query}")).unwrap_err();
        assert_eq!(
            (error.kind(), error.parameter()),
            (kind, parameter),
            "{query}"
        );
        assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{query}");
    }
}

#[cfg(not(feature = "tls"))]
#[test]
fn tls_is_refused_in_whatever_way_it_is_asked_for() {
    for url in [
        "amqps://h",
        "AMQPS://h",
        "amqps://user:s3cr3t@h",
        "amqps://h?cacertfile=a",
        "amqps://h?ssl_options=%7B%7D",
    ] {
        let error = url.parse::<UrlParameters>().unwrap_err();
        assert_eq!(
            (error.kind(), error.parameter()),
            (Kind::TlsUnavailable, "scheme")
        );
        assert!(!format!("{error} {error:?}").contains("s3cr3t"));
        let built = ConnectionParameters::new("h").tls(TlsParameters::default());
        assert_eq!(built.validate().unwrap_err(), error);
    }
}

#[test]
fn a_bound_is_told_in_the_unit_and_by_the_name_of_the_key() {
    for (query, text) in [
        (
            "retry_delay=31536001",
            "retry_delay is out of range: expected seconds such as 2 or 0.5, at most 31536000",
        ),
        (
            "tcp_options=%7B'TCP_KEEPIDLE':0%7D",
            "TCP_KEEPIDLE is out of range: expected whole seconds from 1 to 32767",
        ),
    ] {
        let error = format!("amqp://h?{query}").parse::<UrlParameters>();
        assert_eq!(error.unwrap_err().to_string(), text);
    }
    // In code they are what the setters are called.
    let options = TcpOptions::default().keepalive_idle(Duration::ZERO);
    let built = ConnectionParameters::new("h").tcp_options(options);
    assert_eq!(built.validate().unwrap_err().parameter(), "keepalive_idle");
}

#[cfg(feature = "tls")]
#[test]
fn what_cannot_be_done_for_tls_is_refused_and_not_passed_over() {
    for (query, kind, parameter) in [
        (
            "certfile=c&keyfile=k&password=s3cr3t",
            Kind::Unsupported,
            "password",
        ),
        (
            "server_name_indication=not%20a%20name",
            Kind::ForbiddenCharacter,
            "server_name_indication",
        ),
        (
            "ssl_options=%7B'server_hostname':'not%20a%20name'%7D",
            Kind::ForbiddenCharacter,
            "server_hostname",
        ),
        (
            "ssl_options=%7B'certfile':'c','keyfile':'k','key_password':'s3cr3t'%7D",
            Kind::Unsupported,
            "password",
        ),
    ] {
        let error = format!("amqps://h?{query}").parse::<UrlParameters>();
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.parameter()), (kind, parameter));
        assert!(!format!("{error} {error:?}").contains("s3cr3t"));
    }
    let error = "amqps://b%25r".parse::<UrlParameters>().unwrap_err();
    assert_eq!(
        (error.kind(), error.parameter()),
        (Kind::ForbiddenCharacter, "host")
    );
    for url in [
        "AMQPS://h",
        "amqps://[::1],10.0.0.1,rabbit_1.local.",
        "amqps://b%25r?server_name_indication=h",
        "amqps://h?server_name_indication=disable&verify=verify_none&cacertfile=a&depth=0",
    ] {
        assert!(url.parse::<UrlParameters>().is_ok(), "{url}");
    }
    let zone = ConnectionParameters::new("fe80::1%eth0").tls(TlsParameters::default());
    assert!(zone.validate().is_ok());
}
