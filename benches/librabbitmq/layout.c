/* What the C compiler knows of the structs and functions that src/ declares by hand.
 *
 * `leveret_layout` lists sizes and offsets in the order of src/layout.rs, which refuses to work with a library
 * that differs. Functions are compared by the compiler, here. */

#include <stddef.h>
#include <stdint.h>

#include <amqp.h>
#include <amqp_framing.h>

const size_t leveret_layout[] = {
    sizeof(amqp_bytes_t), offsetof(amqp_bytes_t, bytes),
    sizeof(amqp_table_t), offsetof(amqp_table_t, entries),
    sizeof(amqp_array_t), offsetof(amqp_array_t, entries),
    sizeof(amqp_decimal_t), offsetof(amqp_decimal_t, value),
    sizeof(amqp_field_value_t), offsetof(amqp_field_value_t, value),
    sizeof(amqp_table_entry_t), offsetof(amqp_table_entry_t, value),

    sizeof(amqp_pool_t),
    offsetof(amqp_pool_t, pages),
    offsetof(amqp_pool_t, large_blocks),
    offsetof(amqp_pool_t, next_page),
    offsetof(amqp_pool_t, alloc_block),
    offsetof(amqp_pool_t, alloc_used),

    sizeof(amqp_basic_deliver_t),
    offsetof(amqp_basic_deliver_t, delivery_tag),
    offsetof(amqp_basic_deliver_t, redelivered),
    offsetof(amqp_basic_deliver_t, exchange),
    offsetof(amqp_basic_deliver_t, routing_key),

    sizeof(amqp_basic_publish_t),
    offsetof(amqp_basic_publish_t, exchange),
    offsetof(amqp_basic_publish_t, routing_key),
    offsetof(amqp_basic_publish_t, mandatory),
    offsetof(amqp_basic_publish_t, immediate),

    sizeof(amqp_basic_ack_t), offsetof(amqp_basic_ack_t, multiple),

    sizeof(amqp_queue_declare_t),
    offsetof(amqp_queue_declare_t, queue),
    offsetof(amqp_queue_declare_t, passive),
    offsetof(amqp_queue_declare_t, durable),
    offsetof(amqp_queue_declare_t, exclusive),
    offsetof(amqp_queue_declare_t, auto_delete),
    offsetof(amqp_queue_declare_t, nowait),
    offsetof(amqp_queue_declare_t, arguments),

    sizeof(amqp_basic_properties_t),
    offsetof(amqp_basic_properties_t, content_type),
    offsetof(amqp_basic_properties_t, content_encoding),
    offsetof(amqp_basic_properties_t, headers),
    offsetof(amqp_basic_properties_t, delivery_mode),
    offsetof(amqp_basic_properties_t, priority),
    offsetof(amqp_basic_properties_t, correlation_id),
    offsetof(amqp_basic_properties_t, reply_to),
    offsetof(amqp_basic_properties_t, expiration),
    offsetof(amqp_basic_properties_t, message_id),
    offsetof(amqp_basic_properties_t, timestamp),
    offsetof(amqp_basic_properties_t, type),
    offsetof(amqp_basic_properties_t, user_id),
    offsetof(amqp_basic_properties_t, app_id),
    offsetof(amqp_basic_properties_t, cluster_id),

    sizeof(amqp_frame_t),
    offsetof(amqp_frame_t, channel),
    offsetof(amqp_frame_t, payload),
    offsetof(amqp_frame_t, payload.method.decoded),
    offsetof(amqp_frame_t, payload.properties.body_size),
    offsetof(amqp_frame_t, payload.properties.decoded),
    offsetof(amqp_frame_t, payload.properties.raw),
};

const size_t leveret_layout_count = sizeof(leveret_layout) / sizeof(leveret_layout[0]);

/* Each of these is an error where the header has another type for the function. */
void leveret_signatures(void) {
    char const *(*version)(void) = amqp_version;
    char const *(*error_string)(int) = amqp_error_string2;
    void (*init_pool)(amqp_pool_t *, size_t) = init_amqp_pool;
    void (*recycle_pool)(amqp_pool_t *) = recycle_amqp_pool;
    void (*empty_pool)(amqp_pool_t *) = empty_amqp_pool;
    int (*decode_method)(uint32_t, amqp_pool_t *, amqp_bytes_t, void **) = amqp_decode_method;
    int (*decode_properties)(uint16_t, amqp_pool_t *, amqp_bytes_t, void **) = amqp_decode_properties;
    int (*encode_method)(uint32_t, void *, amqp_bytes_t) = amqp_encode_method;
    int (*encode_properties)(uint16_t, void *, amqp_bytes_t) = amqp_encode_properties;
    int (*decode_table)(amqp_bytes_t, amqp_pool_t *, amqp_table_t *, size_t *) = amqp_decode_table;
    int (*encode_table)(amqp_bytes_t, amqp_table_t *, size_t *) = amqp_encode_table;
    amqp_connection_state_t (*new_connection)(void) = amqp_new_connection;
    int (*tune)(amqp_connection_state_t, int, int, int) = amqp_tune_connection;
    int (*destroy)(amqp_connection_state_t) = amqp_destroy_connection;
    int (*handle_input)(amqp_connection_state_t, amqp_bytes_t, amqp_frame_t *) = amqp_handle_input;
    void (*release)(amqp_connection_state_t, uint16_t) = amqp_maybe_release_buffers_on_channel;
    (void)version, (void)error_string, (void)init_pool, (void)recycle_pool, (void)empty_pool;
    (void)decode_method, (void)decode_properties, (void)encode_method, (void)encode_properties;
    (void)decode_table, (void)encode_table, (void)new_connection, (void)tune, (void)destroy;
    (void)handle_input, (void)release;
}
