use std::time::Duration;

use amqp_methods::{AnyMethod, basic, queue};
use amqp_test_broker::{Peer, StreamPeer};
use tokio::io::duplex;

use crate::{Connection, ConnectionParameters};

/// Returns and confirms every publish on channel 1, and drops what else is left.
fn serve(peer: &mut Peer, published: &mut u64) {
    loop {
        let first = peer.pending().find(|frame| frame.channel == 1).cloned();
        let Some(frame) = first else { return };
        if !matches!(frame.method(), Ok(AnyMethod::BasicPublish(_))) {
            peer.expects_any(1);
            continue;
        }
        if !peer.has_content(1) {
            return;
        }
        let (_, properties, body) = peer.expects_content(1);
        *published += 1;
        let returned = basic::Return::new(312, "NO_ROUTE", "", "q");
        peer.on(1)
            .sends_content(returned, &properties, &body)
            .sends(basic::Ack::new(*published));
    }
}

/// What handles leave behind in the shared state is gone with them.
#[tokio::test(start_paused = true)]
async fn nothing_is_left_of_what_was_dropped() {
    let (client, server) = duplex(64 * 1024);
    let parameters = ConnectionParameters::default().heartbeat(Duration::ZERO);
    let server = tokio::spawn(async move {
        let mut server = StreamPeer::new(server);
        server.handshake().await;
        let mut published = 0;
        server.serve(|peer| serve(peer, &mut published)).await;
    });
    let connection = Connection::connect_over(client, &parameters).await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    channel.confirm_select().await.unwrap();
    let consume = basic::Consume::new("q", "tag");
    let mut consumer = channel.basic_consume(consume).await.unwrap();
    for wait in [true, false, true] {
        let publish = basic::Publish::new("", "q").mandatory(true);
        let receipt = channel
            .basic_publish_confirmed(publish.clone(), basic::Properties::default(), "x")
            .await
            .unwrap();
        if wait {
            receipt.await;
        }
        let properties = basic::Properties::default();
        channel
            .basic_publish(publish, properties, "y")
            .await
            .unwrap();
        let next = tokio::time::timeout(Duration::ZERO, consumer.next());
        assert!(next.await.is_err());
        let call = channel.call(queue::Declare::new("q"));
        assert!(tokio::time::timeout(Duration::ZERO, call).await.is_err());
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut methods = [channel.methods(), connection.methods()];
    let next = tokio::time::timeout(Duration::ZERO, methods[0].next());
    assert!(next.await.is_err());
    drop((channel, consumer, methods));
    tokio::time::sleep(Duration::from_secs(1)).await;

    let handle = connection.clone();
    let shared = handle.shared();
    {
        let state = shared.lock("look for leaks");
        assert_eq!(
            [
                state.calls.len(),
                state.consumers.len(),
                state.receipts.len(),
                state.channels.len(),
                state.listeners.len()
            ],
            [0; 5]
        );
        assert_eq!(state.core.waiting_octets(), 0);
    }
    connection.close().await.unwrap();
    server.await.unwrap();
    // The task lets go of what it shared, and of its own waker.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(std::sync::Arc::strong_count(shared), 1);
}
