//! Properties of a content of class `basic`: to be encoded, and as they were decoded.

use std::ffi::c_void;

use crate::values::{Octets, Table};
use crate::{Error, ffi};

/// `amqp_basic_properties_t`, to be encoded: a field counts where its flag is set.
#[repr(C)]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub struct Properties<'a> {
    pub flags: u32,
    pub content_type: Octets<'a>,
    pub content_encoding: Octets<'a>,
    pub headers: Table<'a>,
    pub delivery_mode: u8,
    pub priority: u8,
    pub correlation_id: Octets<'a>,
    pub reply_to: Octets<'a>,
    pub expiration: Octets<'a>,
    pub message_id: Octets<'a>,
    pub timestamp: u64,
    pub r#type: Octets<'a>,
    pub user_id: Octets<'a>,
    pub app_id: Octets<'a>,
    pub cluster_id: Octets<'a>,
}

/// Which properties there are.
#[expect(missing_docs, reason = "the names are those of the standard")]
impl Properties<'_> {
    pub const CLASS: u16 = 60;

    pub const CONTENT_TYPE: u32 = 1 << 15;
    pub const CONTENT_ENCODING: u32 = 1 << 14;
    pub const HEADERS: u32 = 1 << 13;
    pub const DELIVERY_MODE: u32 = 1 << 12;
    pub const PRIORITY: u32 = 1 << 11;
    pub const CORRELATION_ID: u32 = 1 << 10;
    pub const REPLY_TO: u32 = 1 << 9;
    pub const EXPIRATION: u32 = 1 << 8;
    pub const MESSAGE_ID: u32 = 1 << 7;
    pub const TIMESTAMP: u32 = 1 << 6;
    pub const TYPE: u32 = 1 << 5;
    pub const USER_ID: u32 = 1 << 4;
    pub const APP_ID: u32 = 1 << 3;
    pub const CLUSTER_ID: u32 = 1 << 2;

    /// Nothing is there.
    pub const EMPTY: Self = Self {
        flags: 0,
        content_type: Octets::NONE,
        content_encoding: Octets::NONE,
        headers: Table::EMPTY,
        delivery_mode: 0,
        priority: 0,
        correlation_id: Octets::NONE,
        reply_to: Octets::NONE,
        expiration: Octets::NONE,
        message_id: Octets::NONE,
        timestamp: 0,
        r#type: Octets::NONE,
        user_id: Octets::NONE,
        app_id: Octets::NONE,
        cluster_id: Octets::NONE,
    };
}

/// `amqp_basic_properties_t` as the library decoded it.
///
/// It writes no field whose flag is not set, and what stands there may point anywhere. Hence all questions ask for
/// the flag first, as a caller in C has to.
#[derive(Clone, Copy)]
pub struct Decoded<'a>(&'a Properties<'a>);

macro_rules! fields {
    ($($field:ident: $type:ty = $flag:ident,)*) => {$(
        #[inline]
        pub fn $field(self) -> Option<$type> {
            (self.0.flags & Properties::$flag != 0).then(|| self.0.$field)
        }
    )*};
}

#[expect(missing_docs, reason = "the names are those of the standard")]
impl<'a> Decoded<'a> {
    fields! {
        content_type: Octets<'a> = CONTENT_TYPE,
        content_encoding: Octets<'a> = CONTENT_ENCODING,
        headers: Table<'a> = HEADERS,
        delivery_mode: u8 = DELIVERY_MODE,
        priority: u8 = PRIORITY,
        correlation_id: Octets<'a> = CORRELATION_ID,
        reply_to: Octets<'a> = REPLY_TO,
        expiration: Octets<'a> = EXPIRATION,
        message_id: Octets<'a> = MESSAGE_ID,
        timestamp: u64 = TIMESTAMP,
        r#type: Octets<'a> = TYPE,
        user_id: Octets<'a> = USER_ID,
        app_id: Octets<'a> = APP_ID,
        cluster_id: Octets<'a> = CLUSTER_ID,
    }

    /// # Safety
    /// The library decoded properties of class `basic` to there, and they stay for `'a`.
    pub(crate) unsafe fn at(decoded: *mut c_void) -> Self {
        // SAFETY: what this function asks for. The library takes its memory with `calloc`, so that fields which it
        // does not write are zeros or remains, and never uninitialised.
        Self(unsafe { &*decoded.cast::<Properties<'a>>() })
    }
}

/// Writes presence flags and properties; returns how many octets they take.
///
/// # Errors
/// No room in `out`.
#[inline]
pub fn encode_properties(properties: &Properties<'_>, out: &mut [u8]) -> Result<usize, Error> {
    let class = Properties::CLASS;
    let properties: *const Properties<'_> = properties;
    // SAFETY: as in `encode_method`.
    let status = unsafe {
        ffi::amqp_encode_properties(class, properties.cast::<c_void>(), Octets::output(out))
    };
    Error::check(status)
}
