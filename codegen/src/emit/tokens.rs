//! Tokens out of lists.
//!
//! The closures are trait objects: what is compiled once for each type of item, and not for each closure, is a
//! third less to compile for everybody whose build script generates.

use proc_macro2::TokenStream;
use quote::ToTokens as _;

/// What `emit` makes of each item, one behind the other.
pub(super) fn each<T>(items: &[T], emit: &mut dyn FnMut(&T) -> TokenStream) -> TokenStream {
    let mut tokens = TokenStream::new();
    for item in items {
        emit(item).to_tokens(&mut tokens);
    }
    tokens
}

/// The terms with `separator` between them.
pub(super) fn joined(terms: &[TokenStream], separator: &TokenStream) -> TokenStream {
    let mut tokens = TokenStream::new();
    for (index, term) in terms.iter().enumerate() {
        if index > 0 {
            separator.to_tokens(&mut tokens);
        }
        term.to_tokens(&mut tokens);
    }
    tokens
}

/// The items that `wanted` lets through.
pub(super) fn filtered<'m, T>(items: &'m [T], wanted: &dyn Fn(&T) -> bool) -> Vec<&'m T> {
    let mut filtered = Vec::new();
    for item in items {
        if wanted(item) {
            filtered.push(item);
        }
    }
    filtered
}
