//! Whether the structs declared here are those of the installed library.

use std::mem::{offset_of, size_of};
use std::slice;

use crate::{
    Ack, Array, Decimal, Declare, Deliver, Entry, Octets, Properties, Publish, Table, Value, ffi,
};

/// Compares them.
///
/// # Panics
/// They differ: going on would read one field for another.
pub(crate) fn check() {
    // SAFETY: constants of layout.c, which is linked in.
    let (start, count) = unsafe { (&raw const ffi::leveret_layout, ffi::leveret_layout_count) };
    // SAFETY: that many numbers stand there, as layout.c counts them itself.
    let theirs = unsafe { slice::from_raw_parts(start.cast::<usize>(), count) };
    assert_eq!(
        theirs, OURS,
        "librabbitmq has other structs than src/ declares"
    );
}

/// Sizes and offsets in the order of layout.c.
const OURS: &[usize] = &[
    size_of::<Octets<'_>>(),
    offset_of!(Octets<'_>, start),
    size_of::<Table<'_>>(),
    offset_of!(Table<'_>, entries),
    size_of::<Array<'_>>(),
    offset_of!(Array<'_>, elements),
    size_of::<Decimal>(),
    offset_of!(Decimal, value),
    size_of::<Value<'_>>(),
    offset_of!(Value<'_>, member),
    size_of::<Entry<'_>>(),
    offset_of!(Entry<'_>, value),
    // amqp_pool_t
    size_of::<ffi::Pool>(),
    offset_of!(ffi::Pool, pages),
    offset_of!(ffi::Pool, large_blocks),
    offset_of!(ffi::Pool, next_page),
    offset_of!(ffi::Pool, alloc_block),
    offset_of!(ffi::Pool, alloc_used),
    // methods
    size_of::<Deliver<'_>>(),
    offset_of!(Deliver<'_>, delivery_tag),
    offset_of!(Deliver<'_>, redelivered),
    offset_of!(Deliver<'_>, exchange),
    offset_of!(Deliver<'_>, routing_key),
    size_of::<Publish<'_>>(),
    offset_of!(Publish<'_>, exchange),
    offset_of!(Publish<'_>, routing_key),
    offset_of!(Publish<'_>, mandatory),
    offset_of!(Publish<'_>, immediate),
    size_of::<Ack>(),
    offset_of!(Ack, multiple),
    size_of::<Declare<'_>>(),
    offset_of!(Declare<'_>, queue),
    offset_of!(Declare<'_>, passive),
    offset_of!(Declare<'_>, durable),
    offset_of!(Declare<'_>, exclusive),
    offset_of!(Declare<'_>, auto_delete),
    offset_of!(Declare<'_>, no_wait),
    offset_of!(Declare<'_>, arguments),
    size_of::<Properties<'_>>(),
    offset_of!(Properties<'_>, content_type),
    offset_of!(Properties<'_>, content_encoding),
    offset_of!(Properties<'_>, headers),
    offset_of!(Properties<'_>, delivery_mode),
    offset_of!(Properties<'_>, priority),
    offset_of!(Properties<'_>, correlation_id),
    offset_of!(Properties<'_>, reply_to),
    offset_of!(Properties<'_>, expiration),
    offset_of!(Properties<'_>, message_id),
    offset_of!(Properties<'_>, timestamp),
    offset_of!(Properties<'_>, r#type),
    offset_of!(Properties<'_>, user_id),
    offset_of!(Properties<'_>, app_id),
    offset_of!(Properties<'_>, cluster_id),
    // amqp_frame_t
    size_of::<ffi::Frame<'_>>(),
    offset_of!(ffi::Frame<'_>, channel),
    offset_of!(ffi::Frame<'_>, payload),
    PAYLOAD + offset_of!(ffi::MethodPayload, decoded),
    PAYLOAD + offset_of!(ffi::PropertiesPayload<'_>, body_size),
    PAYLOAD + offset_of!(ffi::PropertiesPayload<'_>, decoded),
    PAYLOAD + offset_of!(ffi::PropertiesPayload<'_>, raw),
];

const PAYLOAD: usize = offset_of!(ffi::Frame<'_>, payload);
