//! Passwords that expire, renewed on the open connection. RabbitMQ: connection.update-secret

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use leveret::amqp_methods::connection;
use leveret::{Connection, ConnectionParameters, Credentials, ErrorKind, MechanismError, Token};
use tokio::time::Instant;

use super::meet::{Server, connect_with, parameters, settle};

/// Parameters whose tokens are `token-1`, `token-2` and so on, and last so many seconds.
fn with_tokens(
    seconds: impl Fn(u64) -> Option<u64> + Send + Sync + 'static,
) -> ConnectionParameters {
    let count = AtomicU64::new(0);
    let seconds = Arc::new(seconds);
    parameters()
        .credentials(Credentials::plain("app", "unused"))
        .token_provider(move || {
            let number = 1 + count.fetch_add(1, Ordering::Relaxed);
            let seconds = seconds(number);
            async move {
                let token = Token::new(format!("token-{number}"));
                match seconds {
                    Some(0) => Err::<_, MechanismError>("no token to be had".into()),
                    Some(seconds) => Ok(token.expires_in(Duration::from_secs(seconds))),
                    None => Ok(token),
                }
            }
        })
}

async fn renewed(server: &mut Server, begun: Instant) -> (String, u64) {
    let update: connection::UpdateSecret<'_> = server.expect(0).await;
    let second = begun.elapsed().as_secs();
    server.send(0, connection::UpdateSecretOk).await;
    (update.new_secret.to_string_lossy().into_owned(), second)
}

async fn met(parameters: &ConnectionParameters) -> (Connection, Server, Instant) {
    let begun = Instant::now();
    let (connection, server) = connect_with(parameters, 4096).await;
    (connection, server, begun)
}

#[tokio::test(start_paused = true)]
async fn the_token_is_the_password_and_is_renewed_before_it_expires() {
    let (connection, mut server, begun) = met(&with_tokens(|_| Some(100))).await;
    let start_ok = server.peer().start_ok().unwrap();
    assert_eq!(start_ok.response.as_bytes(), b"\0app\0token-1");
    assert_eq!(renewed(&mut server, begun).await, ("token-2".into(), 80));
    assert_eq!(renewed(&mut server, begun).await, ("token-3".into(), 160));
    assert!(connection.close_error().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_token_that_does_not_expire_is_not_renewed() {
    let (connection, mut server, begun) =
        met(&with_tokens(|number| (number == 1).then_some(10))).await;
    assert_eq!(renewed(&mut server, begun).await, ("token-2".into(), 8));
    tokio::time::advance(Duration::from_secs(100_000)).await;
    settle().await;
    server.flush().await;
    server.peer().expects_nothing();
    assert!(connection.close_error().is_none());
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_tried_again_in_the_time_that_is_left() {
    // The second to fourth are not to be had: at 80, 85, 88 (a quarter of what is left).
    let seconds = |number| Some(if (2..=4).contains(&number) { 0 } else { 100 });
    let (connection, mut server, begun) = met(&with_tokens(seconds)).await;
    let (token, second) = renewed(&mut server, begun).await;
    assert_eq!(token, "token-5");
    assert!((88..100).contains(&second), "{second}");
    assert!(connection.close_error().is_none());
}

#[tokio::test(start_paused = true)]
async fn tokens_that_have_expired_when_they_come_are_no_reason_to_ask_without_a_pause() {
    let count = Arc::new(AtomicU64::new(0));
    let fetched = Arc::clone(&count);
    let parameters = parameters().token_provider(move || {
        fetched.fetch_add(1, Ordering::Relaxed);
        async { Ok::<_, MechanismError>(Token::new("late").expires_in(Duration::ZERO)) }
    });
    let (_connection, mut server, begun) = met(&parameters).await;
    for second in 1..=3 {
        assert_eq!(renewed(&mut server, begun).await, ("late".into(), second));
        assert_eq!(count.load(Ordering::Relaxed), 1 + second);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_the_end_of_the_connection_and_of_its_renewal() {
    let (connection, mut server, _) = met(&with_tokens(|_| Some(10))).await;
    let _: connection::UpdateSecret<'_> = server.expect(0).await;
    let close = connection::Close::new(530, "NOT_ALLOWED - new secret was refused", 10, 70);
    server.send(0, close).await;
    server.expect::<connection::CloseOk>(0).await;
    server.expect_end().await;
    let error = connection.closed().await;
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    assert_eq!(error.reply_code().unwrap().get(), 530);
}

#[tokio::test(start_paused = true)]
async fn renewal_does_not_keep_a_connection_alive() {
    let (connection, mut server, begun) = met(&with_tokens(|_| Some(1000))).await;
    drop(connection);
    let _: connection::Close<'_> = server.expect(0).await;
    assert_eq!(begun.elapsed().as_secs(), 0);
    server.send(0, connection::CloseOk).await;
    server.expect_end().await;
}
