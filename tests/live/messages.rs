//! Messages come back as they were sent.

use leveret::Channel;
use leveret::amqp_methods::{Decimal, FieldArray, FieldTable, LongStr, Timestamp, Value, basic};

use crate::broker::{get, open, own_queue};

/// Publishes a body of that size and fetches it.
pub(crate) async fn round_trip(channel: &Channel, queue: &str, size: usize) {
    let body: Vec<u8> = (0..size).map(|index| (index * 7) as u8).collect();
    let properties = basic::Properties::default();
    channel
        .basic_publish(basic::Publish::new("", queue), properties, &body)
        .await
        .unwrap();
    let got = get(channel, queue).await.unwrap();
    assert!(got.body() == body, "{size} octets");
    assert_eq!(got.properties(), basic::Properties::default());
}

#[tokio::test]
async fn bodies_of_every_size() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    let frame_max = connection.tuning().frame_max as usize;
    let mebi = 1024 * 1024;
    for size in [0, 1, 4088, 4089, frame_max - 8, frame_max - 7, mebi] {
        round_trip(&channel, &queue, size).await;
    }
}

#[tokio::test]
async fn all_properties_and_all_kinds_of_headers() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    let nested = FieldTable::builder().entry("deep", true).build().unwrap();
    let array = FieldArray::builder()
        .element(1i32)
        .element("two")
        .element(nested.reborrow())
        .build()
        .unwrap();
    let headers = FieldTable::builder()
        .entry("t", true)
        .entry("b", -1i8)
        .entry("B", 255u8)
        .entry("s", i16::MIN)
        .entry("u", u16::MAX)
        .entry("I", i32::MIN)
        .entry("i", u32::MAX)
        .entry("l", i64::MIN)
        .entry("f", 1.5f32)
        .entry("d", -2.25f64)
        .entry(
            "D",
            Decimal {
                scale: 2,
                value: 314,
            },
        )
        .entry("S", "text")
        .entry(
            "octets",
            Value::LongString(LongStr::from(&b"\xff\0\xfe"[..])),
        )
        .entry("x", &b"\0\x01"[..])
        .entry("A", array)
        .entry("T", Timestamp::from_secs(1_700_000_000))
        .entry("F", nested)
        .entry("V", Value::Void)
        .build()
        .unwrap();
    let properties = basic::Properties::default()
        .content_type("application/json")
        .content_encoding("gzip")
        .headers(headers)
        .delivery_mode(2)
        .priority(7)
        .correlation_id("correlation")
        .reply_to("reply")
        .expiration("60000")
        .message_id("message")
        .timestamp(Timestamp::from_secs(1_600_000_000))
        .r#type("kind")
        .user_id("guest")
        .app_id("app");
    channel
        .basic_publish(basic::Publish::new("", &*queue), properties.clone(), "{}")
        .await
        .unwrap();
    let got = get(&channel, &queue).await.unwrap();
    assert_eq!(got.properties(), properties);
    assert_eq!(
        (got.body(), got.routing_key()),
        (&b"{}"[..], queue.as_str().into())
    );
}

#[tokio::test]
async fn fetching_tells_what_is_left() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    assert!(get(&channel, &queue).await.is_none());
    for body in ["a", "b"] {
        crate::broker::publish(&channel, "", &queue, body).await;
    }
    let first = channel.basic_get(basic::Get::new(&*queue)).await.unwrap();
    let first = first.unwrap();
    assert_eq!((first.body(), first.message_count()), (&b"a"[..], Some(1)));
    assert!(!first.redelivered() && first.consumer_tag().is_none());
    first.nack(true).unwrap();
    let again = channel.basic_get(basic::Get::new(&*queue)).await.unwrap();
    let again = again.unwrap();
    assert_eq!((again.body(), again.redelivered()), (&b"a"[..], true));
    again.ack().unwrap();
    let last = get(&channel, &queue).await.unwrap();
    assert_eq!((last.body(), last.message_count()), (&b"b"[..], Some(0)));
}
