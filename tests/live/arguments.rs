//! Typed arguments: what they say is what this server takes them for.

use std::time::Duration;

use leveret::amqp_methods::arguments::{
    AnyType, BindingArguments, Classic, ConsumerArguments, DeadLetterStrategy, ExchangeArguments,
    ExchangeType, HeadersMatch, LeaderLocator, Overflow, QueueArguments, Quorum, Stream,
    StreamOffset,
};
use leveret::amqp_methods::{FieldTable, ReplyCode, Timestamp, basic, exchange, queue, table};
use leveret::{Channel, Connection};

use crate::broker::{get, open, own_queue, publish, unique};

fn any() -> QueueArguments<AnyType> {
    QueueArguments::new()
        .expires(Duration::from_secs(60))
        .message_ttl(Duration::from_millis(1500))
        .dead_letter_exchange("")
        .dead_letter_routing_key("dead")
        .max_length(10)
        .max_length_bytes(1 << 40)
        .overflow(Overflow::DropHead)
        .single_active_consumer(true)
        .consumer_timeout(Duration::from_secs(3600))
}

fn classic() -> QueueArguments<Classic> {
    QueueArguments::classic()
        .expires(Duration::from_secs(60))
        .max_priority(10)
        .queue_version(2)
        .overflow(Overflow::RejectPublishDlx)
}

/// With arguments for later servers, which earlier ones ignore.
fn quorum() -> QueueArguments<Quorum> {
    QueueArguments::quorum()
        .expires(Duration::from_secs(60))
        .message_ttl(Duration::ZERO)
        .dead_letter_exchange("amq.fanout")
        .dead_letter_strategy(DeadLetterStrategy::AtLeastOnce)
        .overflow(Overflow::RejectPublish)
        .max_length(1000)
        .single_active_consumer(false)
        .delivery_limit(5)
        .leader_locator(LeaderLocator::Balanced)
        .initial_group_size(1)
        .target_group_size(1)
}

fn stream() -> QueueArguments<Stream> {
    QueueArguments::stream()
        .max_length_bytes(5_000_000_000)
        .max_age(Duration::from_secs(7 * 86_400))
        .max_segment_size_bytes(100_000_000)
        .filter_size_bytes(32)
        .leader_locator(LeaderLocator::ClientLocal)
        .initial_cluster_size(1)
}

/// Declares, declares again alike, and deletes.
async fn declares(channel: &Channel, arguments: impl Into<FieldTable<'static>>) {
    let name = unique("arguments");
    let arguments = arguments.into();
    for _ in 0..2 {
        let declare = queue::Declare::new(&name)
            .durable(true)
            .arguments(arguments.reborrow());
        let declared = channel.call(declare).await;
        assert!(declared.is_ok(), "{arguments}: {declared:?}");
    }
    channel.call(queue::Delete::new(&name)).await.unwrap();
}

#[tokio::test]
async fn queues_of_all_types_are_declared() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    declares(&channel, any()).await;
    declares(&channel, classic()).await;
    declares(&channel, quorum()).await;
    declares(&channel, stream()).await;
}

#[tokio::test]
async fn integers_of_another_width_are_the_same_argument() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let name = unique("widths");
    let ours = QueueArguments::new()
        .max_length(10)
        .expires(Duration::from_secs(60));
    let declare = queue::Declare::new(&name).durable(true);
    channel.call(declare.clone().arguments(ours)).await.unwrap();
    let others = table! { "x-max-length" => 10_u8, "x-expires" => 60_000_u32 };
    channel.call(declare.arguments(others)).await.unwrap();
    channel.call(queue::Delete::new(&name)).await.unwrap();
}

/// The code of the channel error that a declaration costs; the queue is deleted if there is none.
async fn refusal(connection: &Connection, arguments: FieldTable<'_>) -> Option<u16> {
    let channel = connection.open_channel().await.unwrap();
    let name = unique("refused");
    let declare = queue::Declare::new(&name)
        .durable(true)
        .arguments(arguments);
    match channel.call(declare).await {
        Ok(_) => {
            channel.call(queue::Delete::new(&name)).await.unwrap();
            None
        }
        Err(error) => {
            assert!(error.is_channel(), "{error}");
            error.reply_code().map(ReplyCode::get)
        }
    }
}

/// What the builders keep from happening: the compiler refuses the first group, building the second.
#[tokio::test]
async fn what_the_builders_refuse_the_server_refuses() {
    let Some((connection, _channel)) = open().await else {
        return;
    };
    for arguments in [
        table! { "x-queue-type" => "classic", "x-delivery-limit" => 5 },
        table! { "x-queue-type" => "quorum", "x-max-priority" => 5 },
        table! { "x-queue-type" => "stream", "x-message-ttl" => 5 },
        table! { "x-queue-type" => "stream", "x-max-length" => 5 },
        table! { "x-queue-type" => "quorum", "x-max-age" => "7D" },
        table! { "x-queue-type" => "qorum" },
        table! { "x-max-length" => "10" },
        table! { "x-overflow" => "drop-tail" },
        table! { "x-expires" => 0 },
        table! { "x-expires" => 315_360_000_001_i64 },
        table! { "x-queue-type" => "stream", "x-max-age" => "0s" },
        table! { "x-queue-type" => "stream", "x-stream-max-segment-size-bytes" => 3_000_000_001_i64 },
        table! { "x-queue-type" => "quorum", "x-quorum-initial-group-size" => 0 },
        table! { "x-dead-letter-routing-key" => "without an exchange" },
    ] {
        let shown = arguments.to_string();
        assert_eq!(refusal(&connection, arguments).await, Some(406), "{shown}");
    }
    let misspelt = table! { "x-mesage-ttl" => 5 };
    assert_eq!(refusal(&connection, misspelt).await, None, "it is ignored");
}

#[tokio::test]
async fn a_stream_is_read_from_where_the_arguments_say() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let name = unique("stream");
    let declare = queue::Declare::new(&name).durable(true).arguments(stream());
    channel.call(declare).await.unwrap();
    channel.confirm_select().await.unwrap();
    for body in ["0", "1", "2"] {
        publish(&channel, "", &name, body).await;
    }
    channel.wait_for_confirms().await.unwrap();
    channel.basic_qos(10).await.unwrap();
    for (offset, first) in [
        (StreamOffset::First, 0),
        (StreamOffset::Offset(2), 2),
        (StreamOffset::Timestamp(Timestamp::from_secs(0)), 0),
        (StreamOffset::Ago(Duration::from_secs(3600)), 0),
    ] {
        let arguments = ConsumerArguments::new()
            .stream_offset(offset)
            .stream_filter(["a"])
            .stream_match_unfiltered(true);
        let consume = basic::Consume::new(&name, "").arguments(arguments);
        let mut consumer = channel.basic_consume(consume).await.unwrap();
        // Not the last one: streams take nothing back, and what nobody has seen must not be offered to them.
        for number in first..3.min(first + 2) {
            let delivery = consumer.next().await.unwrap().unwrap();
            assert_eq!(delivery.body(), number.to_string().as_bytes(), "{offset:?}");
            let headers = delivery.properties().headers.unwrap_or_default();
            assert_eq!(headers.get_u64("x-stream-offset"), Ok(Some(number)));
            delivery.ack().unwrap();
        }
        consumer.cancel().await.unwrap();
    }
    channel.call(queue::Delete::new(&name)).await.unwrap();
}

#[tokio::test]
async fn what_an_exchange_cannot_route_by_headers_goes_to_the_alternate_one() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let (matched, unmatched) = (own_queue(&channel).await, own_queue(&channel).await);
    let (documents, unrouted) = (unique("documents"), unique("unrouted"));
    let declare = exchange::Declare::new(&unrouted, ExchangeType::Fanout).auto_delete(true);
    channel.call(declare).await.unwrap();
    let arguments = ExchangeArguments::new().alternate_exchange(&unrouted);
    let declare = exchange::Declare::new(&documents, ExchangeType::Headers)
        .auto_delete(true)
        .arguments(arguments);
    channel.call(declare).await.unwrap();
    let bind = queue::Bind::new(&unmatched, &unrouted, "");
    channel.call(bind).await.unwrap();
    let arguments = BindingArguments::new(HeadersMatch::All).with("format", "pdf");
    let bind = queue::Bind::new(&matched, &documents, "").arguments(arguments);
    channel.call(bind).await.unwrap();

    for format in ["pdf", "txt"] {
        let properties = basic::Properties::default().headers(table! { "format" => format });
        channel
            .basic_publish(basic::Publish::new(&documents, ""), properties, format)
            .await
            .unwrap();
    }
    // One channel is served in order, so that both have been routed.
    assert_eq!(get(&channel, &matched).await.unwrap().body(), b"pdf");
    assert_eq!(get(&channel, &unmatched).await.unwrap().body(), b"txt");
}

#[tokio::test]
async fn deaths_are_read_from_the_headers() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let dead = own_queue(&channel).await;
    let jobs = unique("jobs");
    let arguments = QueueArguments::new()
        .message_ttl(Duration::ZERO)
        .expires(Duration::from_secs(60))
        .dead_letter_exchange("")
        .dead_letter_routing_key(&dead);
    let declare = queue::Declare::new(&jobs)
        .exclusive(true)
        .arguments(arguments);
    channel.call(declare).await.unwrap();
    publish(&channel, "", &jobs, "late").await;
    let mut consumer = channel
        .basic_consume(basic::Consume::new(&dead, ""))
        .await
        .unwrap();
    let delivery = consumer.next().await.unwrap().unwrap();
    let headers = delivery.properties().headers.unwrap_or_default();
    assert_eq!(headers.get_str("x-first-death-reason"), Ok(Some("expired")));
    let deaths = headers.get_array("x-death").unwrap().unwrap();
    let deaths = deaths.to_vec::<FieldTable<'_>>().unwrap();
    assert_eq!(deaths[0].get_str("queue"), Ok(Some(&*jobs)));
    assert_eq!(deaths[0].get_u64("count"), Ok(Some(1)));
    assert!(deaths[0].get_timestamp("time").unwrap().is_some());
}
