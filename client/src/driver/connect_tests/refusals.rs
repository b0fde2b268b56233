//! Refusals of a server, where the application says that they may pass.

use super::*;

#[tokio::test(start_paused = true)]
async fn refusals_that_may_pass_end_nothing() {
    for port in [
        WRONG_PASSWORD,
        WRONG_PASSWORD_WITHOUT_A_WORD,
        NO_VIRTUAL_HOST,
    ] {
        let village = Village::new();
        let parameters = parameters("one", port)
            .endpoint("one", GOOD)
            .retry_refusals(true);
        connect(&village, &parameters).await.unwrap();
        let refused = format!("0 10.0.0.1:{port}");
        assert_eq!(village.tried(), [refused.as_str(), "0 10.0.0.1:1"]);
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_that_do_not_pass_use_up_the_attempts_and_are_told_as_what_they_are() {
    for (port, kind) in [
        (WRONG_PASSWORD, ErrorKind::AuthenticationRefused),
        (NO_VIRTUAL_HOST, ErrorKind::ConnectionClosed),
    ] {
        let parameters = parameters("one", port)
            .connection_attempts(3)
            .retry_refusals(true);
        let (error, tried) = fails(&parameters).await;
        assert_eq!((error.kind(), tried.len()), (kind, 3));
        assert_eq!(error.attempts().len(), 3);
        assert!(error.reply_code().is_some() && !error.is_retryable());
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_connections_is_no_refusal() {
    let village = Village::new();
    let next = parameters("one", FULL).endpoint("one", GOOD);
    connect(&village, &next).await.unwrap();
    assert_eq!(village.tried(), ["0 10.0.0.1:14", "0 10.0.0.1:1"]);

    let (error, tried) = fails(&parameters("one", FULL).connection_attempts(3)).await;
    assert_eq!(tried.len(), 3);
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    assert!(error.is_retryable() && error.to_string().ends_with(LIMIT));
    let (error, _) = fails(&parameters("one", FULL)).await;
    assert!(error.is_retryable());
    assert_eq!(error.reply_code().unwrap().get(), 530);
}

/// Whoever asks whether to try again means all of them.
#[tokio::test(start_paused = true)]
async fn several_attempts_are_retryable_if_one_of_them_is() {
    let (error, _) = fails(&parameters("one", GOING_DOWN).connection_attempts(2)).await;
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    assert!(error.is_retryable(), "{error}");
    let refused = parameters("one", REFUSES).endpoint("one", NO_VIRTUAL_HOST);
    let (error, _) = fails(&refused).await;
    assert!(!error.is_retryable(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_on_this_side_is_no_refusal() {
    let erased = Credentials::plain("u", "p").erase_on_connect(true);
    let parameters = parameters("one", GOOD)
        .credentials(erased)
        .connection_attempts(5)
        .retry_refusals(true);
    connect(&Village::new(), &parameters).await.unwrap();
    let (error, tried) = fails(&parameters).await;
    assert_eq!((error.kind(), tried.len()), (ErrorKind::Credentials, 1));
}
