use self::refusals::REFUSED;
use self::urls::ACCEPTED;
use super::write::encode;
use super::*;
use crate::parameters::Credentials;

mod query;
mod refusals;
mod urls;

fn parse(url: &str) -> ConnectionParameters {
    url.parse::<UrlParameters>()
        .unwrap_or_else(|error| panic!("{url}: {error}"))
        .into()
}

#[test]
fn accepted_urls_mean_what_they_say() {
    for &(url, user, password, host, port, virtual_host) in ACCEPTED {
        let expected = ConnectionParameters::new(host)
            .port(port)
            .virtual_host(virtual_host)
            .credentials(Credentials::plain(user, password));
        assert_eq!(parse(url), expected, "{url}");
    }
}

#[test]
fn refused_urls_name_what_is_wrong() {
    for &(url, kind, parameter) in REFUSED {
        let error = url.parse::<UrlParameters>().expect_err(url);
        assert_eq!(
            (error.kind(), error.parameter()),
            (kind, parameter),
            "{url}"
        );
        let text = error.to_string();
        assert!(
            text.starts_with(parameter) && !text.ends_with('.'),
            "{url}: {text}"
        );
    }
}

#[test]
fn long_urls_are_refused_before_they_are_read() {
    let url = |len: usize| format!("amqp://h/%{}", "x".repeat(len - 10));
    for (len, kind) in [
        (MAX_URL_LEN, (Kind::Syntax, "virtual_host")),
        (MAX_URL_LEN + 1, (Kind::TooLong, "url")),
    ] {
        let error = UrlParameters::try_from(url(len)).unwrap_err();
        assert_eq!((error.kind(), error.parameter()), kind);
    }
    // Three times as long once it is encoded.
    let password = |len: usize| format!("amqp://user:{}@h", "!".repeat(len));
    assert!(UrlParameters::try_from(password(2700)).is_ok());
    let error = UrlParameters::try_from(password(2800)).unwrap_err();
    assert_eq!((error.kind(), error.parameter()), (Kind::TooLong, "url"));
    let virtual_host = |len: usize| format!("amqp://h/{}", "%41".repeat(len));
    assert_eq!(parse(&virtual_host(255)).virtual_host, "A".repeat(255));
    let error = UrlParameters::try_from(virtual_host(256)).unwrap_err();
    assert_eq!(
        (error.kind(), error.parameter()),
        (Kind::TooLong, "virtual_host")
    );
}

#[test]
fn reserved_characters_are_answered_with_their_encoding() {
    for (url, hint) in [
        ("amqp://user:p@ss@host", "%40"),
        ("amqp://user:p/ss@host", "%2F"),
        ("amqp://user:1/ss@host", "%2F"),
        ("amqp://user:p?ss@host", "%3F"),
        ("amqp://user:p#ss@host", "%23"),
        ("amqp://user:1#ss@host", "%23"),
        ("amqp://user:p%ss@host", "%25"),
        ("amqp://host/a/b", "%2F"),
    ] {
        let text = url.parse::<UrlParameters>().unwrap_err().to_string();
        assert!(text.contains(hint), "{url}: {text}");
    }
}

#[test]
fn each_part_is_answered_with_what_people_write_in_it() {
    for (url, hint) in [
        ("amqp://host\n", "line break"),
        (" amqp://host", "blank"),
        ("amqp://my host", "without blanks"),
        ("amqp://hö.example", "xn--"),
        ("amqp://host?client_properties={'a': 1}", "%7B"),
        ("amqp://host?locale=de DE", "%20"),
        ("amqp://host?locale=100%", "%25"),
    ] {
        let text = url.parse::<UrlParameters>().unwrap_err().to_string();
        assert!(text.contains(hint), "{url}: {text}");
    }
}

#[test]
fn no_error_repeats_a_secret() {
    for &(url, ..) in REFUSED {
        let error = url.parse::<UrlParameters>().expect_err(url);
        let text = format!("{error} {error:?} {error:#?}");
        assert!(!text.contains("s3cr3t"), "{url}: {text}");
    }
}

#[test]
fn no_character_of_a_password_makes_an_error_repeat_it() {
    let around = |before: &str, character: char| {
        [
            format!("amqp://user:{before}{character}s3cr3t@host"),
            format!("amqp://user:{before}s3cr3t{character}@host/v?heartbeat=5"),
            format!("amqp://user:{before}{character}s3cr3t{character}{before}@host:1/v"),
            format!("amqp://user:{before}@x{character}s3cr3t@host:1/v"),
        ]
    };
    for character in (0..=127).map(char::from).chain(['ü', '€', '\u{1F407}']) {
        for before in ["", "1", "a", "%", "[", "::1"] {
            for url in around(before, character) {
                let text = match url.parse::<UrlParameters>() {
                    Ok(url) => format!("{url} {url:?} {url:#?} {:?}", url.parameters),
                    Err(error) => format!("{error} {error:?}"),
                };
                assert!(!text.contains("s3cr3t"), "{url}: {text}");
            }
        }
    }
}

#[test]
fn whoever_keeps_a_url_or_parameters_need_not_give_them_away() {
    fn taken(parameters: impl TryInto<ConnectionParameters>) -> ConnectionParameters {
        parameters.try_into().ok().unwrap()
    }
    let url = String::from("amqp://app:s3cr3t@broker/orders");
    let read = UrlParameters::try_from(&url).unwrap();
    let parameters = parse(&url);
    assert_eq!(taken(&url), parameters);
    assert_eq!(taken(&read), parameters);
    assert_eq!(taken(&parameters), parameters);
    assert_eq!(taken(url.clone()), taken(url.as_str()));
}

#[test]
fn display_and_debug_hide_the_password() {
    for (url, shown) in [
        ("amqp://", "amqp://guest:***@localhost:5672/%2F"),
        ("AMQP://app:s3cr3t@Host/", "amqp://app:***@Host:5672/"),
        ("amqp://app@host", "amqp://app:***@host:5672/%2F"),
        (
            "amqp://a%3ab:s3cr3t@[::1]:1/v%2fw",
            "amqp://a%3Ab:***@[::1]:1/v%2Fw",
        ),
        (
            "amqp://app:s3:s3cr3t@h/v?heartbeat=60",
            "amqp://app:***@h:5672/v?heartbeat=60",
        ),
        (
            "amqp://app:s3cr3t@h,[::1]:1,k:7?client_properties=%7B't':'x'%7D&locale=de_%44E",
            "amqp://app:***@h:5672,[::1]:1,k:7/%2F?client_properties=%7B%27t%27%3A%27x%27%7D&locale=de_DE",
        ),
        (
            "amqp://app:s3cr3t@h/v?connection_timeout=5&heartbeat=0",
            "amqp://app:***@h:5672/v?connection_timeout=5&heartbeat=0",
        ),
    ] {
        let parameters: UrlParameters = url.parse().unwrap();
        assert_eq!(parameters.to_string(), shown);
        assert_eq!(format!("{parameters:?}"), format!("UrlParameters({shown})"));
        assert!(!format!("{:?}", ConnectionParameters::from(parameters)).contains("s3cr3t"));
    }
}

#[test]
fn the_url_with_secrets_reads_back_as_the_same_and_is_its_own_normal_form() {
    let queries = [
        "",
        "?heartbeat=0",
        "?frame_max=0&channel_max=0&heartbeat=1&connection_timeout=1",
        "?auth_mechanism=EXTERNAL&auth_mechanism=amqplain&backpressure_detection=t",
        "?client_properties=%7B'a%26b':%20'%C3%BC%3D'%7D&retry_delay=0.25&tcp_options=None",
    ];
    for &(url, user, password, ..) in ACCEPTED {
        for query in queries {
            let url = format!("{}{query}", url.trim_end_matches('?'));
            let Ok(parameters) = url.parse::<UrlParameters>() else {
                assert!(url.matches('?').count() > 1, "{url}");
                continue;
            };
            let shown = parameters.to_string_with_secrets();
            let again: UrlParameters = shown.parse().unwrap();
            assert_eq!(again, parameters, "{url} -> {}", *shown);
            assert_eq!(again.to_string_with_secrets(), shown);
            if parameters.user.is_some() {
                let start = format!("{}:{}@", encode(user), encode(password));
                assert!(shown.contains(&start), "{url} -> {}", *shown);
            }
        }
    }
}

#[test]
fn display_differs_from_the_url_with_secrets_by_the_secrets() {
    for &(url, _, password, ..) in ACCEPTED {
        let parameters: UrlParameters = url.parse().unwrap();
        let filled =
            parameters
                .to_string()
                .replacen(":***@", &format!(":{}@", encode(password)), 1);
        assert_eq!(filled.parse(), Ok(parameters), "{url}");
    }
}

#[test]
fn every_conversion_is_the_same() {
    let url = "amqp://user:pass@host:1/v";
    let parsed: UrlParameters = url.parse().unwrap();
    assert_eq!(UrlParameters::try_from(url), Ok(parsed.clone()));
    assert_eq!(UrlParameters::try_from(url.to_owned()), Ok(parsed.clone()));
    assert_eq!(*parsed.as_ref(), ConnectionParameters::from(parsed.clone()));
}

/// What a build with TLS would make of it.
fn read(url: &str) -> ConnectionParameters {
    UrlParameters::read(url).unwrap().parameters
}

#[test]
fn display_hides_what_opens_a_key() {
    for query in [
        "certfile=c&keyfile=k&password=s3cr3t",
        "ssl_options=%7B'certfile':'c','keyfile':'k','password':'s3cr3t'%7D",
    ] {
        let url = UrlParameters::read(&format!("amqps://h?{query}")).unwrap();
        let shown = format!("{url} {url:?} {:?}", url.parameters);
        assert!(
            shown.contains("=***") && !shown.contains("s3cr3t"),
            "{shown}"
        );
        let again = UrlParameters::read(&url.to_string_with_secrets()).unwrap();
        assert_eq!(again, url);
    }
}

#[test]
fn default_ports_belong_to_their_schemes() {
    assert!(read("amqp://a,b:1").endpoints().eq([("a", 5672), ("b", 1)]));
    assert!(
        read("amqps://a,b:1")
            .endpoints()
            .eq([("a", 5671), ("b", 1)])
    );
}
