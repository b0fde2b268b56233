//! Messages that reach no queue come back to their own receipt.

use leveret::amqp_methods::{FieldArray, FieldTable, basic};
use leveret::proto::Outcome;

use crate::broker::{get, open, own_queue};

#[tokio::test]
async fn returns_find_their_publish() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    channel.confirm_select().await.unwrap();
    let with = |name: &str, key: &str| {
        let keys = FieldArray::builder().element(key).build().unwrap();
        let headers = FieldTable::builder().entry(name, keys).build().unwrap();
        basic::Properties::default().headers(headers)
    };
    let plain = basic::Properties::default;
    // Key, properties, body; and whether it comes back. Twins are told apart by their order alone. RabbitMQ
    // strips BCC, so that messages which differ in nothing else and are routed differently are not twins.
    let cases = [
        ("nowhere", plain(), "twin", true),
        (&*queue, plain(), "twin", false),
        ("nowhere", plain(), "twin", true),
        ("nowhere", plain().priority(1), "twin", true),
        ("nowhere", with("CC", "elsewhere"), "copies", true),
        ("nowhere", with("BCC", "elsewhere"), "blind", true),
        ("nowhere", with("CC", &queue), "copies", false),
        ("nowhere", with("BCC", &queue), "blind copies", false),
        (&*queue, plain(), "last", false),
    ];
    let mut receipts = Vec::new();
    for round in 0..20 {
        for (key, properties, body, comes_back) in &cases {
            let publish = basic::Publish::new("", *key).mandatory(true);
            let receipt = channel
                .basic_publish_confirmed(publish, properties.clone(), *body)
                .await
                .unwrap();
            receipts.push((round, *body, *comes_back, receipt));
        }
    }
    for (round, body, comes_back, receipt) in receipts {
        let number = receipt.number();
        match (receipt.await, comes_back) {
            (Outcome::Confirmed, false) => {}
            (Outcome::Returned(returned), true) => {
                assert_eq!(returned.reply_code().get(), 312);
                assert_eq!(returned.body(), Some(body.as_bytes()));
                assert_eq!(returned.routing_key(), *"nowhere");
            }
            (other, _) => panic!("round {round}, publish {number} {body:?}: {other:?}"),
        }
    }
    for _ in 0..20 * 4 {
        assert!(get(&channel, &queue).await.is_some());
    }
    assert!(get(&channel, &queue).await.is_none());
}

#[tokio::test]
async fn returns_without_a_receipt_are_kept() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    for body in ["one", "two"] {
        let publish = basic::Publish::new("", "nowhere").mandatory(true);
        let properties = basic::Properties::default().message_id(body);
        channel
            .basic_publish(publish, properties, body)
            .await
            .unwrap();
    }
    for body in ["one", "two"] {
        let returned = channel.returned().await.unwrap();
        assert_eq!(returned.body(), Some(body.as_bytes()));
        assert_eq!(returned.properties().message_id.unwrap(), *body);
        assert_eq!(returned.reply_text(), *"NO_ROUTE");
    }
}
