//! What is told of attempts, and when there is no time for more of them.

use super::*;

/// What whoever prints an error with its causes gets to read.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push('\n');
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_in_the_log() {
    let parameters = parameters("two", REFUSES)
        .endpoint("nowhere", None)
        .endpoint("one", SILENT_SERVER);
    let (error, _) = fails(&parameters).await;
    let refused = "input or output failed: cannot connect to two";
    assert_eq!(
        chain(&error),
        format!(
            "no server was reached in 4 attempts, the last of which: timed out at one (10.0.0.1) port 4: no connection.start from the \
             server; is it a TLS port?\n\
             all attempts: \
             (1) two (10.0.0.1) port 2, TCP, 0.000 s: {refused} (10.0.0.1) port 2: connection refused; \
             (2) two (10.0.0.2) port 2, TCP, 0.000 s: {refused} (10.0.0.2) port 2: connection refused; \
             (3) nowhere port 2, the name lookup, 0.000 s: input or output failed: cannot find the address of nowhere: \
             no such host; \
             (4) one (10.0.0.1) port 4, the protocol header, 10.000 s: timed out: no connection.start from the \
             server; is it a TLS port?\n\
             timed out: no connection.start from the server; is it a TLS port?"
        )
    );
}

#[tokio::test(start_paused = true)]
async fn what_ends_connecting_at_once_speaks_for_itself_and_keeps_the_log() {
    let parameters = parameters("one", REFUSES).endpoint("one", WRONG_PASSWORD);
    let (error, _) = fails(&parameters).await;
    assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
    assert_eq!(
        error.to_string(),
        "the server at one (10.0.0.1) port 5 refused the credentials: 403 because"
    );
    assert_eq!(error.address(), Some("one (10.0.0.1) port 5"));
    let kinds: Vec<_> = error.attempts().iter().map(Error::kind).collect();
    assert_eq!(kinds, [ErrorKind::Io, ErrorKind::AuthenticationRefused]);
    assert!(chain(&error).contains("all attempts: (1) one (10.0.0.1) port 2, TCP,"));
}

#[tokio::test(start_paused = true)]
async fn only_the_last_attempts_are_numbered() {
    let parameters = parameters("one", REFUSES)
        .connection_attempts(70)
        .retry_delay(Duration::ZERO);
    let (error, _) = fails(&parameters).await;
    let text = chain(&error);
    assert!(
        text.contains("the last 64 of 70 attempts: (7) one"),
        "{text}"
    );
    assert!(text.contains("; (70) one"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn the_time_for_everything_ends_whatever_is_under_way() {
    for (host, port, stage, text) in [
        (
            "slow",
            GOOD,
            ConnectStage::NameLookup,
            "no address of slow within 4s, the time for everything",
        ),
        (
            "one",
            SILENT_SOCKET,
            ConnectStage::Tcp,
            "no connection to one (10.0.0.1) port 3 within 4s, the time for everything",
        ),
        (
            "one",
            SILENT_SERVER,
            ConnectStage::Handshake,
            "one (10.0.0.1) port 4 has not opened the connection within 4s, the time for everything",
        ),
    ] {
        let parameters = parameters(host, port)
            .endpoint("one", GOOD)
            .total_timeout(4 * SECOND);
        let begun = Instant::now();
        let (error, _) = fails(&parameters).await;
        assert_eq!(begun.elapsed(), 4 * SECOND);
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(error.stage(), Some(stage));
        assert_eq!(
            error.to_string(),
            format!(
                "no server was reached within 4s, in 1 attempt, the last of which: timed out: {text}"
            )
        );
    }
}

#[tokio::test(start_paused = true)]
async fn there_is_no_delay_before_a_round_for_which_there_is_no_time() {
    let parameters = parameters("one", REFUSES)
        .connection_attempts(100)
        .retry_delay(3 * SECOND)
        .total_timeout(8 * SECOND);
    let begun = Instant::now();
    let (error, tried) = fails(&parameters).await;
    assert_eq!(tried, ["0 10.0.0.1:2", "3 10.0.0.1:2", "6 10.0.0.1:2"]);
    assert_eq!(begun.elapsed(), 6 * SECOND);
    assert_eq!(
        (error.kind(), error.attempts().len()),
        (ErrorKind::Timeout, 3)
    );

    // Whoever has no attempt left has not run out of time.
    let (error, tried) = fails(&parameters.connection_attempts(3)).await;
    assert_eq!((error.kind(), tried.len()), (ErrorKind::Io, 3));
}

#[tokio::test(start_paused = true)]
async fn a_token_has_its_share_of_the_time_for_everything() {
    let parameters = parameters("one", GOOD)
        .total_timeout(4 * SECOND)
        .token_provider(std::future::pending);
    let begun = Instant::now();
    let (error, tried) = fails(&parameters).await;
    assert!(tried.is_empty());
    assert_eq!(begun.elapsed(), 4 * SECOND);
    assert_eq!(error.stage(), Some(ConnectStage::Token));
    assert_eq!(error.kind(), ErrorKind::Timeout);
}
