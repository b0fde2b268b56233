//! Several sets of parameters, each with a login of its own.

use super::super::connect;
use super::*;

/// A set of its own for each port.
fn sets<const N: usize>(ports: [u16; N]) -> [ConnectionParameters; N] {
    ports.map(|port| parameters("one", port))
}

async fn connects(sets: &[ConnectionParameters]) -> Vec<String> {
    let village = Village::new();
    let connection = connect(&village, sets).await.unwrap();
    assert!(connection.close_error().is_none());
    village.tried()
}

async fn fails(sets: &[ConnectionParameters]) -> (Error, Vec<String>) {
    let village = Village::new();
    let error = connect(&village, sets).await.unwrap_err();
    (error, village.tried())
}

fn kinds(error: &Error) -> Vec<ErrorKind> {
    error.attempts().iter().map(Error::kind).collect()
}

#[tokio::test(start_paused = true)]
async fn a_set_that_is_refused_does_not_speak_for_the_next() {
    for port in [
        WRONG_PASSWORD,
        WRONG_PASSWORD_WITHOUT_A_WORD,
        NO_VIRTUAL_HOST,
        REFUSES,
        GOING_DOWN,
    ] {
        let tried = connects(&sets([port, GOOD])).await;
        let expected = [format!("0 10.0.0.1:{port}"), "0 10.0.0.1:1".into()];
        assert_eq!(tried, expected);
    }
    // Nothing was asked of a server: this side cannot do it.
    let [erased, good] = sets([GOOD, GOOD]);
    let credentials = Credentials::plain("u", "p").erase_on_connect(true);
    let erased = erased.credentials(credentials);
    connects(core::slice::from_ref(&erased)).await;
    assert_eq!(connects(&[erased, good]).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_first_that_will_do_is_taken_and_no_other_tried() {
    assert_eq!(
        connects(&sets([GOOD, WRONG_PASSWORD])).await,
        ["0 10.0.0.1:1"]
    );
}

#[tokio::test(start_paused = true)]
async fn every_host_of_a_set_comes_before_the_next_set() {
    let first = parameters("two", REFUSES).endpoint("one", REFUSES);
    let second = parameters("nowhere", GOOD).endpoint("one", GOOD);
    assert_eq!(
        connects(&[first, second]).await,
        [
            "0 10.0.0.1:2",
            "0 10.0.0.2:2",
            "0 10.0.0.1:2",
            "0 look up nowhere",
            "0 10.0.0.1:1"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_set_that_is_refused_is_out_and_the_others_are_tried_again() {
    let sets = sets([WRONG_PASSWORD, REFUSES])
        .map(|set| set.connection_attempts(3).retry_delay(7 * SECOND));
    let (error, tried) = fails(&sets).await;
    assert_eq!(
        tried,
        [
            "0 10.0.0.1:5",
            "0 10.0.0.1:2",
            "7 10.0.0.1:2",
            "14 10.0.0.1:2"
        ]
    );
    let (refused, io) = (ErrorKind::AuthenticationRefused, ErrorKind::Io);
    assert_eq!(kinds(&error), [refused, io, io, io]);
    assert_eq!(error.kind(), io);
}

#[tokio::test(start_paused = true)]
async fn when_every_set_is_refused_that_is_the_end_however_many_attempts_are_left() {
    let sets = sets([NO_VIRTUAL_HOST, WRONG_PASSWORD])
        .map(|set| set.connection_attempts(5).retry_delay(7 * SECOND));
    let (error, tried) = fails(&sets).await;
    assert_eq!(tried, ["0 10.0.0.1:7", "0 10.0.0.1:5"]);
    assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
    assert_eq!(
        error.to_string(),
        "the server at one (10.0.0.1) port 5 refused the credentials: 403 because"
    );
    assert_eq!(error.address(), Some("one (10.0.0.1) port 5"));
    assert!(!error.is_retryable());
    let (closed, refused) = (
        ErrorKind::ConnectionClosed,
        ErrorKind::AuthenticationRefused,
    );
    assert_eq!(kinds(&error), [closed, refused]);
}

/// Another time may be better, whatever the last of the sets was told.
#[tokio::test(start_paused = true)]
async fn a_refusal_at_the_end_does_not_hide_that_another_set_may_be_reached_later() {
    let (error, tried) = fails(&sets([REFUSES, WRONG_PASSWORD])).await;
    assert_eq!(tried, ["0 10.0.0.1:2", "0 10.0.0.1:5"]);
    assert_eq!(
        kinds(&error),
        [ErrorKind::Io, ErrorKind::AuthenticationRefused]
    );
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.is_retryable());
    assert_eq!(
        error.to_string(),
        "no server was reached in 2 attempts, one of which: input or output failed: cannot \
         connect to one (10.0.0.1) port 2"
    );
    let log = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        log.contains("(2) one (10.0.0.1) port 5, the login, "),
        "{log}"
    );
    assert!(
        log.contains("the server refused the credentials: 403 because"),
        "{log}"
    );
}

/// And none sooner than it wants to be.
#[tokio::test(start_paused = true)]
async fn each_set_is_tried_as_often_as_it_says() {
    let [first, second] = sets([REFUSES, GOING_DOWN]);
    let sets = [
        first.connection_attempts(3).retry_delay(SECOND),
        second.connection_attempts(2).retry_delay(5 * SECOND),
    ];
    let (error, tried) = fails(&sets).await;
    assert_eq!(
        tried,
        [
            "0 10.0.0.1:2",
            "0 10.0.0.1:9",
            "5 10.0.0.1:2",
            "5 10.0.0.1:9",
            "6 10.0.0.1:2"
        ]
    );
    assert_eq!(error.attempts().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn the_shortest_time_for_everything_counts() {
    let [first, second, third] = sets([SILENT_SERVER, SILENT_SOCKET, GOOD]);
    let sets = [
        first.total_timeout(60 * SECOND),
        second.total_timeout(14 * SECOND),
        third,
    ];
    let begun = Instant::now();
    let (error, tried) = fails(&sets).await;
    assert_eq!(begun.elapsed(), 14 * SECOND);
    assert_eq!(tried, ["0 10.0.0.1:4", "10 10.0.0.1:3"]);
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let text = error.to_string();
    assert!(
        text.starts_with("no server was reached within 14s, in 2 attempts, the last"),
        "{text}"
    );
    assert_eq!(kinds(&error), [ErrorKind::Timeout; 2]);
}

#[tokio::test(start_paused = true)]
async fn each_set_has_its_own_token() {
    let [first, second] = sets([GOOD, GOOD]);
    let without = first.token_provider(|| async { Err("the issuer is down".into()) });
    let with = second.token_provider(|| async { Ok(Token::new("s3cr3t")) });
    assert_eq!(connects(&[without, with]).await, ["0 10.0.0.1:1"]);
}
