use core::time::Duration;

use super::*;
use crate::{EncodeErrorKind, FieldTable, Timestamp, Value, array, queue, table};

fn shown(arguments: impl Into<FieldTable<'static>>) -> String {
    arguments.into().to_string()
}

#[test]
fn every_type_of_queue_says_what_it_is() {
    assert_eq!(shown(QueueArguments::new()), "{}");
    assert_eq!(
        shown(QueueArguments::classic()),
        r#"{x-queue-type: "classic"}"#
    );
    assert_eq!(
        shown(QueueArguments::quorum()),
        r#"{x-queue-type: "quorum"}"#
    );
    assert_eq!(
        shown(QueueArguments::stream()),
        r#"{x-queue-type: "stream"}"#
    );
}

#[test]
fn arguments_have_the_types_that_the_server_wants() {
    let arguments = QueueArguments::quorum()
        .expires(Duration::from_secs(1))
        .message_ttl(Duration::ZERO)
        .dead_letter_exchange("")
        .dead_letter_routing_key("dead")
        .single_active_consumer(true)
        .no_delivery_limit();
    let expected = table! {
        "x-queue-type" => "quorum", "x-expires" => 1000_i64, "x-message-ttl" => 0_i64,
        "x-dead-letter-exchange" => "", "x-dead-letter-routing-key" => "dead",
        "x-single-active-consumer" => true, "x-delivery-limit" => -1_i64,
    };
    assert_eq!(arguments.build(), Ok(expected));
    let consumer = ConsumerArguments::new().stream_filter(["a", "b"]);
    assert_eq!(
        FieldTable::from(consumer),
        table! { "x-stream-filter" => array!["a", "b"] }
    );
}

#[test]
fn setting_again_replaces_in_place() {
    let arguments = QueueArguments::new()
        .max_length(1)
        .with("x-vendor", "acme")
        .max_length(2);
    assert_eq!(shown(arguments), r#"{x-max-length: 2, x-vendor: "acme"}"#);
    // Also what was out of range.
    let mended = QueueArguments::stream()
        .filter_size_bytes(1)
        .filter_size_bytes(16);
    assert!(mended.build().is_ok());
}

#[track_caller]
fn refused(built: Result<FieldTable<'static>, crate::EncodeError>, name: &str) {
    let error = built.unwrap_err();
    assert_eq!(error.kind(), EncodeErrorKind::OutOfRange);
    assert_eq!(error.field(), name);
}

#[test]
fn what_is_out_of_range_is_refused_by_name() {
    let ten_years = Duration::from_millis(315_360_000_000);
    let more = ten_years + Duration::from_millis(1);
    let any = QueueArguments::new;
    assert!(any().expires(ten_years).build().is_ok());
    refused(any().expires(more).build(), "x-expires");
    refused(any().expires(Duration::ZERO).build(), "x-expires");
    refused(
        any().message_ttl(Duration::from_nanos(1)).build(),
        "x-message-ttl",
    );
    refused(any().message_ttl(Duration::MAX).build(), "x-message-ttl");
    refused(any().max_length(1 << 63).build(), "x-max-length");
    let quorum = QueueArguments::quorum;
    refused(
        quorum().initial_group_size(0).build(),
        "x-quorum-initial-group-size",
    );
    refused(
        quorum().overflow(Overflow::RejectPublishDlx).build(),
        "x-overflow",
    );
    let stream = QueueArguments::stream;
    refused(
        stream().max_segment_size_bytes(3_000_000_001).build(),
        "x-stream-max-segment-size-bytes",
    );
    refused(
        stream().filter_size_bytes(15).build(),
        "x-stream-filter-size-bytes",
    );
    refused(stream().max_age(Duration::ZERO).build(), "x-max-age");
    refused(
        stream().max_age(Duration::from_millis(1500)).build(),
        "x-max-age",
    );
    let classic = QueueArguments::classic;
    refused(classic().queue_version(3).build(), "x-queue-version");
    refused(
        classic().name_prefix(&"n".repeat(65)).build(),
        "x-name-prefix",
    );
}

#[test]
fn a_refused_argument_keeps_its_method_off_the_wire() {
    let arguments = QueueArguments::new().expires(Duration::ZERO);
    let declare = queue::Declare::new("jobs").arguments(arguments);
    let mut buf = crate::BytesMut::new();
    let error = crate::FrameEncoder::new(0).method(&mut buf, 1, &declare);
    let error = error.unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (EncodeErrorKind::OutOfRange, "x-expires")
    );
    assert!(buf.is_empty());
}

#[test]
fn names_are_measured() {
    let error = QueueArguments::new().dead_letter_exchange(&"x".repeat(256));
    let error = error.build().unwrap_err();
    assert_eq!(error.kind(), EncodeErrorKind::ShortStrTooLong);
    assert_eq!(error.field(), "x-dead-letter-exchange");
}

#[test]
fn ages_are_written_in_the_largest_unit_that_fits() {
    let age = |seconds| {
        let age = Duration::from_secs(seconds);
        shown(QueueArguments::stream().max_age(age))
    };
    for (seconds, expected) in [
        (604_800, "7D"),
        (7200, "2h"),
        (5400, "90m"),
        (61, "61s"),
        (86_401, "86401s"),
    ] {
        let expected = format!(r#"{{x-queue-type: "stream", x-max-age: "{expected}"}}"#);
        assert_eq!(age(seconds), expected);
    }
}

#[test]
fn offsets_have_their_types() {
    let offset = |offset| {
        let table = FieldTable::from(ConsumerArguments::new().stream_offset(offset));
        table
            .get("x-stream-offset")
            .unwrap()
            .map(Value::into_owned)
            .unwrap()
    };
    assert_eq!(offset(StreamOffset::First), Value::from("first"));
    assert_eq!(offset(StreamOffset::Last), Value::from("last"));
    assert_eq!(offset(StreamOffset::Next), Value::from("next"));
    assert_eq!(offset(StreamOffset::Offset(7)), Value::LongLongInt(7));
    let time = Timestamp::from_secs(1_700_000_000);
    assert_eq!(
        offset(StreamOffset::Timestamp(time)),
        Value::Timestamp(time)
    );
    let ago = StreamOffset::Ago(Duration::from_secs(3600));
    assert_eq!(offset(ago), Value::from("1h"));
}

#[test]
fn bindings_match_headers() {
    let binding = BindingArguments::new(HeadersMatch::AnyWithX).with("x-format", "pdf");
    assert_eq!(
        shown(binding),
        r#"{x-match: "any-with-x", x-format: "pdf"}"#
    );
    assert_eq!(ExchangeType::LocalRandom.to_string(), "x-local-random");
}
