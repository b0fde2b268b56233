//! Tokens out of lists.
//!
//! The closures are trait objects: what is compiled once for each type of item, and not for each closure, is a
//! third less to compile for everybody whose build script generates.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

/// What `emit` makes of each item, one behind the other.
pub(super) fn each<T>(items: &[T], emit: &mut dyn FnMut(&T) -> TokenStream) -> TokenStream {
    let mut tokens = TokenStream::new();
    for item in items {
        emit(item).to_tokens(&mut tokens);
    }
    tokens
}

/// The terms with an operator between them.
///
/// Whoever reads code goes one level deeper for each operator, and has a stack that ends: so groups of many are summed up
/// first.
pub(super) fn joined(terms: &[TokenStream], operator: &TokenStream) -> TokenStream {
    if terms.len() <= OPERATORS_AT_MOST {
        return separated(terms, operator);
    }
    let mut groups = Vec::with_capacity(terms.len() / OPERATORS_AT_MOST + 1);
    for group in terms.chunks(OPERATORS_AT_MOST) {
        let group = separated(group, operator);
        groups.push(quote!((#group)));
    }
    joined(&groups, operator)
}

/// More than any published document needs, and few enough for every stack.
const OPERATORS_AT_MOST: usize = 256;

/// The terms with `separator` between them.
pub(super) fn separated(terms: &[TokenStream], separator: &TokenStream) -> TokenStream {
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
