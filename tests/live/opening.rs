//! Opening connections, and being refused.

use std::time::Duration;

use leveret::{Connection, Credentials, ErrorKind};

use crate::broker::{broker, open, own_queue, version};

#[tokio::test]
async fn the_handshake_agrees_on_limits() {
    let Some(parameters) = broker() else { return };
    let parameters = parameters
        .channel_max(100)
        .frame_max(8192)
        .heartbeat(Duration::from_secs(17));
    let connection = Connection::connect(parameters).await.unwrap();
    let tuning = connection.tuning();
    assert_eq!(
        (tuning.channel_max, tuning.frame_max, tuning.heartbeat),
        (100, 8192, 17)
    );
    let properties = connection.server_properties();
    let product = properties.get("product").unwrap().unwrap();
    assert_eq!(product.as_str(), Some("RabbitMQ"));
    let capabilities = properties.get("capabilities").unwrap().unwrap();
    let capabilities = capabilities.as_table().unwrap();
    for name in ["publisher_confirms", "basic.nack", "connection.blocked"] {
        let has = capabilities.get(name).unwrap().unwrap();
        assert_eq!(has.as_bool(), Some(true), "{name}");
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn the_smallest_frames_do() {
    let Some((connection, _)) = open().await else {
        return;
    };
    if version(&connection) >= (4, 1) {
        return;
    }
    let parameters = broker().unwrap().frame_max(4096);
    let connection = Connection::connect(parameters).await.unwrap();
    assert_eq!(connection.tuning().frame_max, 4096);
    let channel = connection.open_channel().await.unwrap();
    let queue = own_queue(&channel).await;
    crate::messages::round_trip(&channel, &queue, 100_000).await;
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let Some(parameters) = broker() else { return };
    let parameters = parameters.credentials(Credentials::plain("guest", "wr0ng"));
    let error = Connection::connect(parameters).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
    assert_eq!(error.reply_code().unwrap().get(), 403);
    let refused = format!(
        "the server at {} refused the credentials: 403 ACCESS_REFUSED",
        error.address().unwrap()
    );
    assert!(error.to_string().starts_with(&refused), "{error}");
    assert!(!format!("{error:?}").contains("wr0ng"));
}

#[tokio::test]
async fn an_unknown_virtual_host_is_refused() {
    let Some(parameters) = broker() else { return };
    let error = Connection::connect(parameters.virtual_host("nowhere"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    assert_eq!(error.reply_code().unwrap().get(), 530);
}
