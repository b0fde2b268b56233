//! Connecting with whichever of several sets of parameters will do.

use std::time::Duration;

use amqp_test_broker::{Listener, Stage, listen};
use leveret::amqp_methods::connection;
use leveret::{
    Connection, ConnectionParameters, Credentials, ErrorKind, ParameterError, ParameterErrorKind,
    UrlParameters,
};

/// Takes one client after the other, and lets in whoever knows the password of `app`. Gives what those wanted who came.
async fn serve(listener: Listener, clients: usize) -> Vec<(Vec<u8>, Option<String>)> {
    let mut came = Vec::new();
    let mut open = Vec::new();
    for _ in 0..clients {
        let mut server = listener.accept().await.unwrap();
        server.handshake_until(Stage::StartOk).await;
        let response = server.peer().start_ok().unwrap().response.as_bytes();
        let response = response.to_vec();
        if response == b"\0app\0s3cr3t" {
            server.handshake().await;
            let opened = server.peer().opened().unwrap();
            came.push((response, Some(opened.virtual_host.to_string())));
            open.push(server);
            continue;
        }
        let close = connection::Close::new(403, "ACCESS_REFUSED", 0, 0);
        server.send(0, close).await;
        server.serve_auto().await;
        came.push((response, None));
    }
    for mut server in open {
        server.serve_auto().await;
    }
    came
}

#[tokio::test]
async fn each_set_comes_with_its_own_login_and_virtual_host() {
    let listener = listen().await.unwrap();
    let address = listener.address();
    let script = tokio::spawn(serve(listener, 2));
    let refused = format!("amqp://app:0ld@{address}/first?connection_attempts=9");
    let accepted = format!("amqp://app:s3cr3t@{address}/second");
    let connection = Connection::connect_any([refused, accepted]).await.unwrap();
    assert_eq!(
        connection.address(),
        format!("127.0.0.1 port {}", address.port())
    );
    connection.close().await.unwrap();
    let came = script.await.unwrap();
    let second = Some("second".to_owned());
    assert_eq!(
        came,
        [
            (b"\0app\x000ld".to_vec(), None),
            (b"\0app\0s3cr3t".to_vec(), second)
        ]
    );
}

#[tokio::test]
async fn sets_are_whatever_becomes_parameters() {
    let listener = listen().await.unwrap();
    let url = format!("amqp://app:s3cr3t@{}", listener.address());
    let script = tokio::spawn(serve(listener, 2));
    let parsed: UrlParameters = url.parse().unwrap();
    let connection = Connection::connect_any(Some(parsed)).await.unwrap();
    connection.close().await.unwrap();
    let built = vec![ConnectionParameters::try_from(url).unwrap()];
    let connection = Connection::connect_any(built).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(script.await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_error_has_the_attempts_of_all_sets() {
    let listener = listen().await.unwrap();
    let address = listener.address();
    let script = tokio::spawn(serve(listener, 2));
    let nobody = listen().await.unwrap().address();
    let set = |user: &str, port| {
        ConnectionParameters::new("127.0.0.1")
            .port(port)
            .credentials(Credentials::plain(user, "wr0ng"))
            .connection_attempts(2)
            .retry_delay(Duration::ZERO)
    };
    let sets = [
        set("app", address.port()),
        set("app", nobody.port()),
        set("standby", address.port()),
    ];
    let error = Connection::connect_any(sets).await.unwrap_err();
    // Those that were refused are out in the second round.
    let place = |port| format!("127.0.0.1 port {port}");
    let refused = ErrorKind::AuthenticationRefused;
    let expected = [
        (refused, place(address.port())),
        (ErrorKind::Io, place(nobody.port())),
        (refused, place(address.port())),
        (ErrorKind::Io, place(nobody.port())),
    ];
    let attempts = error.attempts().iter();
    let attempts: Vec<_> = attempts
        .map(|attempt| (attempt.kind(), attempt.address().unwrap().to_owned()))
        .collect();
    assert_eq!(attempts, expected);
    assert_eq!(error.kind(), ErrorKind::Io);
    let log = std::error::Error::source(&error).unwrap().to_string();
    assert!(log.contains("(4) 127.0.0.1 port "), "{log}");
    let told = format!("{error} {error:?} {log}");
    assert!(!told.contains("wr0ng"), "{told}");
    script.await.unwrap();
}

#[tokio::test]
async fn all_sets_are_checked_before_any_is_tried() {
    let none = Connection::connect_any::<[&str; 0]>([]).await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Parameters);
    let cause = std::error::Error::source(&none).unwrap();
    let cause: &ParameterError = cause.downcast_ref().unwrap();
    assert_eq!(cause.kind(), ParameterErrorKind::Missing);

    let sets = ["amqp://127.0.0.1:1", "amqp://rabbit?heartbeat=soon"];
    let error = Connection::connect_any(sets).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parameters);
    let text = error.to_string();
    assert!(text.contains("set 2: heartbeat"), "{text}");
    // The first would have left one.
    assert!(error.attempts().is_empty());
}

#[tokio::test]
async fn a_future_over_sets_may_go_to_another_thread() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let sets = ["amqp://127.0.0.1:1?connection_timeout=500"];
    let error = is_send(Connection::connect_any(sets)).await.unwrap_err();
    assert_eq!(error.attempts().len(), 1);
}
