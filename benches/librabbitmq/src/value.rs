//! What stands in tables and arrays: a tag and a union.

use std::ffi::c_int;

use crate::values::{Array, Octets, Table};

/// `amqp_decimal_t`
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Decimal {
    /// Digits behind the point.
    pub decimals: u8,
    /// All digits.
    pub value: u32,
}

/// `amqp_field_value_t`: a tag, and the member of a union that it names.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Value<'a> {
    kind: u8,
    pub(crate) member: Member<'a>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) union Member<'a> {
    boolean: c_int,
    i8: i8,
    u8: u8,
    i16: i16,
    u16: u16,
    i32: i32,
    u32: u32,
    i64: i64,
    u64: u64,
    f32: f32,
    f64: f64,
    decimal: Decimal,
    octets: Octets<'a>,
    table: Table<'a>,
    array: Array<'a>,
}

/// What a [`Value`] holds, by its tag.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the names say it")]
pub enum View<'a> {
    Boolean(bool),
    I8(i8),
    U8(u8),
    I16(i16),
    U16(u16),
    I32(i32),
    U32(u32),
    I64(i64),
    U64(u64),
    F32(f32),
    F64(f64),
    Decimal(Decimal),
    Text(Octets<'a>),
    Bytes(Octets<'a>),
    Timestamp(u64),
    Table(Table<'a>),
    Array(Array<'a>),
    Void,
}

impl<'a> Value<'a> {
    /// Nothing.
    pub const VOID: Self = Self::new(b'V', Member { u64: 0 });

    const fn new(kind: u8, member: Member<'a>) -> Self {
        Self { kind, member }
    }

    /// Text: a long string.
    pub fn text(text: &'a str) -> Self {
        Self::new(
            b'S',
            Member {
                octets: text.into(),
            },
        )
    }

    /// Seconds since 1970.
    pub fn timestamp(u64: u64) -> Self {
        Self::new(b'T', Member { u64 })
    }

    /// Reads the member that the tag names.
    #[inline(always)]
    pub fn view(&self) -> View<'a> {
        let member = &self.member;
        // SAFETY: the constructors here and the decoder of the library write the member together with its tag;
        // integers and floats of any bits are valid, and pointers are valid for `'a`.
        unsafe {
            match self.kind {
                b't' => View::Boolean(member.boolean != 0),
                b'b' => View::I8(member.i8),
                b'B' => View::U8(member.u8),
                b's' => View::I16(member.i16),
                b'u' => View::U16(member.u16),
                b'I' => View::I32(member.i32),
                b'i' => View::U32(member.u32),
                b'l' => View::I64(member.i64),
                b'L' => View::U64(member.u64),
                b'f' => View::F32(member.f32),
                b'd' => View::F64(member.f64),
                b'D' => View::Decimal(member.decimal),
                b'S' => View::Text(member.octets),
                b'x' => View::Bytes(member.octets),
                b'T' => View::Timestamp(member.u64),
                b'F' => View::Table(member.table),
                b'A' => View::Array(member.array),
                // The decoder refuses other tags, and nothing else writes them.
                _ => View::Void,
            }
        }
    }
}

macro_rules! values {
    ($($tag:literal $member:ident: $type:ty,)*) => {$(
        impl<'a> From<$type> for Value<'a> {
            fn from($member: $type) -> Self {
                Self::new($tag, Member { $member })
            }
        }
    )*};
}

values! {
    b'I' i32: i32,
    b'l' i64: i64,
    b'd' f64: f64,
    b'F' table: Table<'a>,
    b'A' array: Array<'a>,
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        let boolean = c_int::from(value);
        Self::new(b't', Member { boolean })
    }
}
