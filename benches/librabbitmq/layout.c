/* What the C compiler knows of the structs and functions that src/ declares by hand.
 *
 * `leveret_layout` lists sizes and offsets in the order of src/layout.rs, which refuses to work with a library
 * that differs. Functions are compared by the compiler, here. */

#include <stddef.h>
#include <stdint.h>

#include <amqp.h>
#include <amqp_framing.h>

#define FIELD(type, field) offsetof(type, field)

const size_t leveret_layout[] = {
    sizeof(amqp_bytes_t), FIELD(amqp_bytes_t, bytes),
    sizeof(amqp_table_t), FIELD(amqp_table_t, entries),
    sizeof(amqp_array_t), FIELD(amqp_array_t, entries),
    sizeof(amqp_decimal_t), FIELD(amqp_decimal_t, value),
    sizeof(amqp_field_value_t), FIELD(amqp_field_value_t, value),
    sizeof(amqp_table_entry_t), FIELD(amqp_table_entry_t, value),

    sizeof(amqp_pool_t),
    FIELD(amqp_pool_t, pages),
    FIELD(amqp_pool_t, large_blocks),
    FIELD(amqp_pool_t, next_page),
    FIELD(amqp_pool_t, alloc_block),
    FIELD(amqp_pool_t, alloc_used),

    sizeof(amqp_basic_deliver_t),
    FIELD(amqp_basic_deliver_t, delivery_tag),
    FIELD(amqp_basic_deliver_t, redelivered),
    FIELD(amqp_basic_deliver_t, exchange),
    FIELD(amqp_basic_deliver_t, routing_key),

    sizeof(amqp_basic_publish_t),
    FIELD(amqp_basic_publish_t, exchange),
    FIELD(amqp_basic_publish_t, routing_key),
    FIELD(amqp_basic_publish_t, mandatory),
    FIELD(amqp_basic_publish_t, immediate),

    sizeof(amqp_basic_ack_t), FIELD(amqp_basic_ack_t, multiple),

    sizeof(amqp_queue_declare_t),
    FIELD(amqp_queue_declare_t, queue),
    FIELD(amqp_queue_declare_t, passive),
    FIELD(amqp_queue_declare_t, durable),
    FIELD(amqp_queue_declare_t, exclusive),
    FIELD(amqp_queue_declare_t, auto_delete),
    FIELD(amqp_queue_declare_t, nowait),
    FIELD(amqp_queue_declare_t, arguments),

    sizeof(amqp_basic_properties_t),
    FIELD(amqp_basic_properties_t, content_type),
    FIELD(amqp_basic_properties_t, content_encoding),
    FIELD(amqp_basic_properties_t, headers),
    FIELD(amqp_basic_properties_t, delivery_mode),
    FIELD(amqp_basic_properties_t, priority),
    FIELD(amqp_basic_properties_t, correlation_id),
    FIELD(amqp_basic_properties_t, reply_to),
    FIELD(amqp_basic_properties_t, expiration),
    FIELD(amqp_basic_properties_t, message_id),
    FIELD(amqp_basic_properties_t, timestamp),
    FIELD(amqp_basic_properties_t, type),
    FIELD(amqp_basic_properties_t, user_id),
    FIELD(amqp_basic_properties_t, app_id),
    FIELD(amqp_basic_properties_t, cluster_id),

    sizeof(amqp_frame_t),
    FIELD(amqp_frame_t, channel),
    FIELD(amqp_frame_t, payload),
    FIELD(amqp_frame_t, payload.method.decoded),
    FIELD(amqp_frame_t, payload.properties.body_size),
    FIELD(amqp_frame_t, payload.properties.decoded),
    FIELD(amqp_frame_t, payload.properties.raw),
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
