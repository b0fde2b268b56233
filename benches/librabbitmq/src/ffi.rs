//! The functions, and the two structs that callers do not see. `layout.c` compares all of it with the headers.

use std::ffi::{c_char, c_int, c_void};
use std::marker::PhantomData;

use crate::values::{Octets, Table};

/// `amqp_pool_t`
#[repr(C)]
pub(crate) struct Pool {
    pub(crate) pagesize: usize,
    pub(crate) pages: Blocks,
    pub(crate) large_blocks: Blocks,
    pub(crate) next_page: c_int,
    pub(crate) alloc_block: *mut c_char,
    pub(crate) alloc_used: usize,
}

/// `amqp_pool_blocklist_t`
#[repr(C)]
pub(crate) struct Blocks {
    pub(crate) count: c_int,
    pub(crate) list: *mut *mut c_void,
}

/// `amqp_frame_t`
#[repr(C)]
pub(crate) struct Frame<'a> {
    pub(crate) frame_type: u8,
    pub(crate) channel: u16,
    pub(crate) payload: Payload<'a>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) union Payload<'a> {
    pub(crate) method: MethodPayload,
    pub(crate) properties: PropertiesPayload<'a>,
    pub(crate) body: Octets<'a>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct MethodPayload {
    pub(crate) id: u32,
    pub(crate) decoded: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct PropertiesPayload<'a> {
    pub(crate) class: u16,
    pub(crate) body_size: u64,
    pub(crate) decoded: *mut c_void,
    pub(crate) raw: Octets<'a>,
}

/// `struct amqp_connection_state_t_`, which only the library looks into.
#[repr(C)]
pub(crate) struct ConnectionState {
    opaque: [u8; 0],
    /// Neither to be moved to another thread nor to be had by value.
    not_ours: PhantomData<*mut u8>,
}

unsafe extern "C" {
    pub(crate) fn amqp_version() -> *const c_char;
    pub(crate) fn amqp_error_string2(error: c_int) -> *const c_char;

    pub(crate) fn init_amqp_pool(pool: *mut Pool, pagesize: usize);
    pub(crate) fn recycle_amqp_pool(pool: *mut Pool);
    pub(crate) fn empty_amqp_pool(pool: *mut Pool);

    pub(crate) fn amqp_decode_method(
        id: u32,
        pool: *mut Pool,
        encoded: Octets<'_>,
        decoded: *mut *mut c_void,
    ) -> c_int;
    pub(crate) fn amqp_decode_properties(
        class: u16,
        pool: *mut Pool,
        encoded: Octets<'_>,
        decoded: *mut *mut c_void,
    ) -> c_int;
    pub(crate) fn amqp_encode_method(id: u32, decoded: *const c_void, encoded: Octets<'_>)
    -> c_int;
    pub(crate) fn amqp_encode_properties(
        class: u16,
        decoded: *const c_void,
        encoded: Octets<'_>,
    ) -> c_int;
    pub(crate) fn amqp_decode_table(
        encoded: Octets<'_>,
        pool: *mut Pool,
        output: *mut Table<'_>,
        offset: *mut usize,
    ) -> c_int;
    pub(crate) fn amqp_encode_table(
        encoded: Octets<'_>,
        input: *const Table<'_>,
        offset: *mut usize,
    ) -> c_int;

    pub(crate) fn amqp_new_connection() -> *mut ConnectionState;
    pub(crate) fn amqp_tune_connection(
        state: *mut ConnectionState,
        channel_max: c_int,
        frame_max: c_int,
        heartbeat: c_int,
    ) -> c_int;
    pub(crate) fn amqp_destroy_connection(state: *mut ConnectionState) -> c_int;
    pub(crate) fn amqp_handle_input(
        state: *mut ConnectionState,
        received: Octets<'_>,
        frame: *mut Frame<'_>,
    ) -> c_int;
    pub(crate) fn amqp_maybe_release_buffers_on_channel(state: *mut ConnectionState, channel: u16);

    /// Of `layout.c`, as the one below.
    pub(crate) static leveret_layout: [usize; 0];
    pub(crate) static leveret_layout_count: usize;
}
