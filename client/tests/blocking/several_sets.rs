//! Connecting with whichever of several sets of parameters will do.

use amqp_test_broker::Stage;
use leveret::amqp_methods::connection;
use leveret::blocking::Connection;
use leveret::{Credentials, ErrorKind};

use super::meet::Script;

#[test]
fn a_login_that_is_refused_leaves_the_next_set_to_be_tried() {
    let refuses = Script::new(async |mut server| {
        server.handshake_until(Stage::StartOk).await;
        let close = connection::Close::new(403, "ACCESS_REFUSED", 0, 0);
        server.send(0, close).await;
        server.serve_auto().await;
    });
    let accepts = Script::open(async |mut server| {
        let response = &server.peer().start_ok().unwrap().response;
        assert_eq!(response.as_bytes(), b"\0app\0s3cr3t");
        server.serve_auto().await;
    });
    let sets = [
        refuses.parameters(),
        accepts
            .parameters()
            .credentials(Credentials::plain("app", "s3cr3t")),
    ];
    let connection = Connection::connect_any(sets).unwrap();
    let address = format!("127.0.0.1 port {}", accepts.address().port());
    assert_eq!(connection.address(), address);
    connection.close().unwrap();
    refuses.end();
    accepts.end();
}

#[test]
fn no_set_is_an_error_and_so_is_one_that_is_not_sound() {
    let none = Connection::connect_any(Vec::<String>::new()).unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Parameters);
    let sets = ["amqp://rabbit", "amqp://rabbit?frame_max=5"];
    let error = Connection::connect_any(sets).unwrap_err();
    assert!(error.to_string().contains("set 2: frame_max"), "{error}");
}
