//! The wire types as generated code says them.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::names::{Names, ident};
use crate::model::WireType;

impl WireType {
    /// Octets it always takes; none where that depends on the value.
    pub(super) fn fixed_len(self) -> Option<usize> {
        match self {
            Self::Bit | Self::Octet => Some(1),
            Self::Short => Some(2),
            Self::Long => Some(4),
            Self::LongLong | Self::Timestamp => Some(8),
            Self::ShortStr | Self::LongStr | Self::Table => None,
        }
    }

    /// Whether a value borrows its octets.
    pub(super) fn borrows(self) -> bool {
        self.fixed_len().is_none()
    }

    /// The runtime type behind it, for the types that are not Rust's own.
    pub(super) fn runtime_name(self) -> Option<&'static str> {
        match self {
            Self::ShortStr => Some("ShortStr"),
            Self::LongStr => Some("LongStr"),
            Self::Table => Some("FieldTable"),
            Self::Timestamp => Some("Timestamp"),
            _ => None,
        }
    }

    /// The type of a struct field.
    pub(super) fn rust_type(self, names: &Names<'_, '_>) -> TokenStream {
        if let Some(name) = self.runtime_name() {
            let name = names.runtime(name);
            return if self.borrows() {
                quote!(#name<'a>)
            } else {
                quote!(#name)
            };
        }
        match self {
            Self::Bit => quote!(bool),
            Self::Octet => quote!(u8),
            Self::Short => quote!(u16),
            Self::Long => quote!(u32),
            _ => quote!(u64),
        }
    }

    /// The method of `Reader` and of `Writer` for it.
    pub(super) fn verb(self) -> Ident {
        ident(match self {
            Self::Bit | Self::Octet => "octet",
            Self::Short => "short",
            Self::Long => "long",
            Self::LongLong => "longlong",
            Self::Timestamp => "timestamp",
            Self::ShortStr => "short_str",
            Self::LongStr => "long_str",
            Self::Table => "table",
        })
    }

    /// The variant of `WireType` and of `FieldValue` for it.
    pub(super) fn variant(self) -> Ident {
        ident(match self {
            Self::Bit => "Bit",
            Self::Octet => "Octet",
            Self::Short => "Short",
            Self::Long => "Long",
            Self::LongLong => "LongLong",
            Self::Timestamp => "Timestamp",
            Self::ShortStr => "ShortStr",
            Self::LongStr => "LongStr",
            Self::Table => "Table",
        })
    }
}
