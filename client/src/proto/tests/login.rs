//! Who the client is, by whichever mechanism. Spec: connection.start to connection.secure-ok

use amqp_methods::connection;
use amqp_test_broker::{Peer, Stage};

use super::Pair;
use crate::error::{Error, ErrorKind};
use crate::{ConnectionParameters, Credentials, Exchange, Heartbeat, Mechanism, MechanismError};

/// RabbitMQ's demonstration of a challenge, and what goes wrong with it.
struct Demo {
    password: &'static str,
    fails: Option<&'static str>,
}

const DEMO: Demo = Demo {
    password: "s3cr3t",
    fails: None,
};
const QUESTION: &str = "Please tell me your password";

impl Mechanism for Demo {
    fn name(&self) -> &str {
        "RABBIT-CR-DEMO"
    }

    fn begin(&self) -> Box<dyn Exchange> {
        let answer = format!("My password is {}", self.password);
        let fails = self.fails;
        Box::new(DemoExchange { answer, fails })
    }
}

struct DemoExchange {
    answer: String,
    fails: Option<&'static str>,
}

impl Exchange for DemoExchange {
    fn start(&mut self) -> Result<Vec<u8>, MechanismError> {
        match self.fails {
            Some(reason) => Err(reason.into()),
            None => Ok(b"app".to_vec()),
        }
    }

    fn challenge(&mut self, challenge: &[u8]) -> Result<Vec<u8>, MechanismError> {
        match challenge == QUESTION.as_bytes() {
            true => Ok(self.answer.clone().into_bytes()),
            false => Err("this is no challenge of RABBIT-CR-DEMO".into()),
        }
    }
}

/// A connection with these credentials, and a server with these mechanisms that has sent its `start`.
fn started(credentials: Credentials, mechanisms: &str) -> Pair {
    let parameters = ConnectionParameters::default().credentials(credentials);
    let mut pair = Pair::with(&parameters, Peer::new().mechanisms(mechanisms));
    while pair.peer.stage() < Stage::Start {
        pair.exchange();
        assert!(pair.peer.handshake_step());
    }
    pair.exchange();
    pair
}

/// The server takes `start-ok` and asks the client something.
fn challenged(credentials: Credentials, mechanisms: &str, challenge: &str) -> Pair {
    let mut pair = started(credentials, mechanisms);
    assert!(pair.peer.handshake_step());
    assert_eq!(pair.peer.stage(), Stage::StartOk);
    pair.peer.sends(connection::Secure::new(challenge));
    pair.exchange();
    pair
}

#[test]
fn a_challenge_is_answered_and_the_connection_opens() {
    let mut pair = challenged(
        Credentials::mechanism(DEMO),
        "PLAIN RABBIT-CR-DEMO",
        QUESTION,
    );
    let start_ok = pair.peer.start_ok().unwrap();
    assert_eq!(start_ok.mechanism, "RABBIT-CR-DEMO");
    assert_eq!(start_ok.response.as_bytes(), b"app");
    for _ in 0..3 {
        let ok = pair.peer.expects::<connection::SecureOk<'_>>(0);
        assert_eq!(ok.response.as_bytes(), b"My password is s3cr3t");
        pair.peer.sends(connection::Secure::new(QUESTION));
        pair.exchange();
    }
    pair.peer.expects::<connection::SecureOk<'_>>(0);
    pair = pair.opened();
    assert!(pair.core.is_open());
}

#[test]
fn the_mechanism_is_the_first_of_ours_that_is_offered() {
    let credentials = || {
        Credentials::external()
            .or(Credentials::amqplain("app", "s3cr3t"))
            .or(Credentials::plain("app", "s3cr3t"))
    };
    for (offered, mechanism, response) in [
        (
            "PLAIN AMQPLAIN",
            "AMQPLAIN",
            &b"\x05LOGINS\0\0\0\x03app\x08PASSWORDS\0\0\0\x06s3cr3t"[..],
        ),
        ("PLAIN", "PLAIN", b"\0app\0s3cr3t"),
        ("  PLAIN   EXTERNAL ", "EXTERNAL", b""),
    ] {
        let mut pair = started(credentials(), offered);
        let start_ok = pair.peer.expects::<connection::StartOk<'_>>(0);
        assert_eq!(start_ok.mechanism, mechanism);
        assert_eq!(start_ok.response.as_bytes(), response);
    }
}

#[test]
fn nothing_is_said_to_a_server_that_offers_none_of_them() {
    for (credentials, offered, ours) in [
        (Credentials::default(), "ANONYMOUS EXTERNAL", "PLAIN"),
        (Credentials::default(), "plain", "PLAIN"),
        (
            Credentials::external().or(Credentials::default()),
            "",
            "EXTERNAL, PLAIN",
        ),
    ] {
        let mut pair = started(credentials, offered);
        let error = pair.closed();
        assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
        let text = format!("the server offers the mechanisms {offered:?}, not {ours}");
        assert!(error.to_string().ends_with(&text), "{error}");
        pair.peer.expects_nothing();
    }
}

#[test]
fn no_list_of_mechanisms_fills_a_log() {
    let offered = "ü€ ".repeat(10_000);
    let error = started(Credentials::default(), &offered).closed();
    let text = error.to_string();
    assert!(text.len() < 1000, "{}", text.len());
    assert!(text.ends_with("…\", not PLAIN"), "{text}");
}

#[test]
fn anonymous_is_used_only_if_it_was_asked_for() {
    let mut pair = started(Credentials::anonymous(), "PLAIN ANONYMOUS");
    let start_ok = pair.peer.expects::<connection::StartOk<'_>>(0);
    assert_eq!(start_ok.mechanism, "ANONYMOUS");
    assert_eq!(start_ok.response.as_bytes(), b"");
}

/// The end, which the mechanism of our own is to blame for.
fn unusable(pair: &mut Pair) -> Error {
    let error = pair.closed();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(!format!("{error:?}").contains("s3cr3t"));
    error
}

#[test]
fn a_mechanism_that_cannot_go_on_ends_it_with_its_reason() {
    let fails = Some("the key is locked");
    let demo = Credentials::mechanism(Demo { fails, ..DEMO });
    let mut pair = started(demo, "RABBIT-CR-DEMO");
    let error = unusable(&mut pair);
    assert_eq!(
        error.to_string(),
        "the credentials cannot be used: mechanism RABBIT-CR-DEMO: the key is locked"
    );
    pair.peer.expects_nothing();

    let demo = Credentials::mechanism(DEMO);
    let mut pair = challenged(demo, "RABBIT-CR-DEMO", "What is the time?");
    let error = unusable(&mut pair);
    assert!(error.to_string().contains("no challenge of"), "{error}");
    pair.peer.expects_nothing();
}

#[test]
fn a_challenge_to_a_mechanism_without_one_is_a_refusal() {
    let mut pair = challenged(Credentials::default(), "PLAIN", QUESTION);
    let error = pair.closed();
    assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
    assert!(error.to_string().contains("PLAIN has nothing to answer"));
}

#[test]
fn refusal_after_a_challenge_is_one_with_and_without_a_word() {
    let demo = || challenged(Credentials::mechanism(DEMO), "RABBIT-CR-DEMO", QUESTION);
    let mut pair = demo();
    pair.peer
        .sends(connection::Close::new(403, "ACCESS_REFUSED", 10, 21));
    pair.exchange();
    let error = pair.closed();
    assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
    assert_eq!(error.reply_code().unwrap().get(), 403);

    let mut pair = demo();
    pair.hang_up();
    let error = pair.closed();
    assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
    assert!(error.to_string().contains("without a word"), "{error}");
}

#[test]
fn an_answer_that_a_server_may_drop_is_not_sent() {
    // Rule: frame-min-size; before tune, no server has to read more.
    let password = String::leak("p".repeat(4096));
    let demo = Credentials::mechanism(Demo { password, ..DEMO });
    let mut pair = challenged(demo, "RABBIT-CR-DEMO", QUESTION);
    assert_eq!(pair.closed().kind(), ErrorKind::Encode);
    pair.peer.expects_nothing();
}

#[test]
fn credentials_are_erased_when_the_connection_is_open_and_not_before() {
    let once = Credentials::plain("app", "s3cr3t").erase_on_connect(true);
    let refused = started(once.clone(), "EXTERNAL").closed();
    assert_eq!(refused.kind(), ErrorKind::AuthenticationRefused);

    let pair = started(once.clone(), "PLAIN").opened();
    let start_ok = pair.peer.start_ok().unwrap();
    assert_eq!(start_ok.response.as_bytes(), b"\0app\0s3cr3t");

    let mut again = started(once, "PLAIN");
    let error = again.closed();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(
        error
            .to_string()
            .ends_with("erased after an earlier connection")
    );
    again.peer.expects_nothing();
}

#[test]
fn while_the_application_thinks_the_server_may_not_speak_but_may_leave() {
    let heartbeat = || Heartbeat::decide(|proposal| proposal);
    let parameters = ConnectionParameters::default().heartbeat(heartbeat());
    let asked = || {
        let mut pair = Pair::with(&parameters, Peer::new());
        while pair.peer.stage() < Stage::Tune {
            pair.exchange();
            assert!(pair.peer.handshake_step());
        }
        pair.input.extend_from_slice(&pair.peer.transmit());
        pair.core.handle_input(pair.now, &mut pair.input);
        let question = pair.core.poll_question().expect("a question");
        assert!(!pair.core.has_question());
        (pair, question)
    };

    let (mut pair, question) = asked();
    pair.core.handle_eof();
    assert_eq!(pair.closed().kind(), ErrorKind::ConnectionLost);
    // Too late: nothing is said any more.
    pair.core.answer(pair.now, question.answer());
    assert_eq!(pair.output(), b"");
    assert!(pair.core.closed().is_some());

    let (mut pair, _) = asked();
    pair.peer.sends(connection::OpenOk);
    pair.listen();
    assert_eq!(pair.closed().kind(), ErrorKind::Protocol);

    // An answer to another question is none.
    let (mut pair, question) = asked();
    let (mut other, _) = asked();
    let mut stranger = Pair::open();
    stranger.core.answer(stranger.now, question.answer());
    assert_eq!(stranger.output(), b"");
    let (_, question) = asked();
    other.core.answer(other.now, question.answer());
    assert_eq!(other.opened().core.tuning().heartbeat, 60);
    pair.pass(10 * super::SECOND);
    let error = pair.closed();
    assert_eq!(
        error.to_string(),
        "timed out: no decision about the heartbeat"
    );
}

#[test]
fn nothing_is_asked_of_those_who_brought_nothing_of_their_own() {
    let mut pair = Pair::new();
    while !pair.peer.answer_handshake() {
        pair.input.extend_from_slice(&pair.peer.transmit());
        pair.core.handle_input(pair.now, &mut pair.input);
        assert!(!pair.core.has_question() && pair.core.poll_question().is_none());
        pair.speak();
    }
}
