use super::*;
use crate::parameters::{Exchange, MechanismError};

/// The response of the first way.
fn response(credentials: &Credentials) -> Option<Vec<u8>> {
    match credentials.ways[0].begin() {
        Beginning::Response(response) => Some(response.to_vec()),
        Beginning::Other(_) => panic!("a mechanism of our own"),
        Beginning::Erased => None,
    }
}

struct Foreign(&'static str);

impl Mechanism for Foreign {
    fn name(&self) -> &str {
        self.0
    }

    fn begin(&self) -> Box<dyn Exchange> {
        Box::new(Self(""))
    }
}

impl Exchange for Foreign {
    fn start(&mut self) -> Result<Vec<u8>, MechanismError> {
        Ok(Vec::new())
    }
}

#[test]
fn plain_response_is_nul_user_nul_password() {
    let plain = |user, password| response(&Credentials::plain(user, password)).unwrap();
    assert_eq!(
        response(&Credentials::default()).unwrap(),
        b"\0guest\0guest"
    );
    assert_eq!(plain("", ""), b"\0\0");
    assert_eq!(plain("ü", "a:b"), "\0ü\0a:b".as_bytes());
}

#[test]
fn amqplain_response_is_a_table_without_its_length() {
    let response = response(&Credentials::amqplain("guest", "s3cr3t")).unwrap();
    assert_eq!(
        response,
        b"\x05LOGINS\0\0\0\x05guest\x08PASSWORDS\0\0\0\x06s3cr3t"
    );
    let table = amqp_methods::FieldTable::from_wire(&response[..]);
    assert_eq!(table.get_str("LOGIN"), Ok(Some("guest")));
    assert_eq!(table.get_str("PASSWORD"), Ok(Some("s3cr3t")));
}

#[test]
fn external_and_anonymous_have_nothing_to_say() {
    assert_eq!(response(&Credentials::external()), Some(Vec::new()));
    assert_eq!(response(&Credentials::anonymous()), Some(Vec::new()));
}

#[test]
fn the_first_mechanism_that_is_offered_is_chosen_and_no_other() {
    let credentials = Credentials::external()
        .or(Credentials::amqplain("u", "p"))
        .or(Credentials::plain("u", "p"));
    let chosen = |offered: &[&str]| {
        let way = credentials.choose(|name| offered.contains(&name));
        way.map(|way| way.name().to_owned())
    };
    assert_eq!(chosen(&["PLAIN", "AMQPLAIN"]).unwrap(), "AMQPLAIN");
    assert_eq!(chosen(&["PLAIN", "EXTERNAL"]).unwrap(), "EXTERNAL");
    assert_eq!(chosen(&["ANONYMOUS", "plain"]), None);
}

#[test]
fn nul_is_refused_without_being_repeated() {
    for (user, password, parameter) in [
        ("a\0s3cr3t", "b", "user"),
        ("a", "s3cr3t\0", "password"),
        ("a", "\0s3cr3t", "password"),
    ] {
        for credentials in [
            Credentials::plain(user, password),
            Credentials::external().or(Credentials::amqplain(user, password)),
        ] {
            let error = credentials.validate().unwrap_err();
            assert_eq!(error.kind(), Kind::ForbiddenCharacter);
            assert_eq!(error.parameter(), parameter);
            assert!(!format!("{error} {error:?}").contains("s3cr3t"));
        }
    }
    assert_eq!(Credentials::plain("", "").validate(), Ok(()));
}

#[test]
fn a_mechanism_without_a_proper_name_is_refused() {
    for name in ["", "A B", "plain", "A\0", "SCRAM+"] {
        let error = Credentials::mechanism(Foreign(name))
            .validate()
            .unwrap_err();
        assert_eq!(error.parameter(), "mechanism", "{name:?}");
    }
    let credentials = Credentials::mechanism(Foreign("SCRAM-SHA-256"));
    assert_eq!(credentials.validate(), Ok(()));
    assert_eq!(credentials, credentials.clone());
    assert_ne!(
        credentials,
        Credentials::mechanism(Foreign("SCRAM-SHA-256"))
    );
    assert_eq!(format!("{credentials:?}"), "[SCRAM-SHA-256]");
}

#[test]
fn credentials_are_erased_on_connect_if_they_are_to_be() {
    let kept = Credentials::plain("u", "s3cr3t");
    kept.connected();
    assert_eq!(response(&kept).unwrap(), b"\0u\0s3cr3t");

    let once = Credentials::plain("u", "s3cr3t").erase_on_connect(true);
    let copy = once.clone();
    once.connected();
    assert_eq!(response(&copy), None);
    assert_eq!(copy.validate(), Ok(()));
}

#[test]
fn debug_hides_the_password() {
    let credentials =
        Credentials::plain("app", "s3cr3t").or(Credentials::amqplain("app", "s3cr3t"));
    for text in [format!("{credentials:?}"), format!("{credentials:#?}")] {
        assert!(text.contains("app") && text.contains("***"), "{text}");
        assert!(!text.contains("s3cr3t"), "{text}");
    }
}
