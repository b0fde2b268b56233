//! Tokens → text that reads as if it were written by hand.
//!
//! Every item is printed alone, also those inside of modules, and one empty line stands between them.

use std::mem;

use proc_macro2::TokenStream;
use syn::{AttrStyle, Attribute, File, Item, ItemMod};

use crate::error::{Error, ErrorKind};

/// Formats a whole file.
pub(crate) fn format(tokens: TokenStream) -> Result<String, Error> {
    let file: File = syn::parse2(tokens).map_err(|error| {
        let message =
            format!("the generated code is not Rust, which is a fault of the generator: {error}");
        Error::new(ErrorKind::Format, message)
    })?;
    Ok(body(file.attrs, file.items))
}

/// The inside of a file or module: its own attributes, then its items.
fn body(attrs: Vec<Attribute>, items: Vec<Item>) -> String {
    let mut blocks = Vec::with_capacity(items.len() + 1);
    if !attrs.is_empty() {
        blocks.push(print(attrs, Vec::new()));
    }
    let mut uses = String::new();
    for item in items {
        match item {
            // Imports stay together.
            Item::Use(_) => uses.push_str(&print(Vec::new(), vec![item])),
            item => {
                if !uses.is_empty() {
                    blocks.push(mem::take(&mut uses));
                }
                blocks.push(print_item(item));
            }
        }
    }
    if !uses.is_empty() {
        blocks.push(uses);
    }
    blocks.join("\n")
}

fn print_item(item: Item) -> String {
    match item {
        Item::Mod(module) => print_module(module),
        Item::Impl(_) | Item::Trait(_) => part_functions(&print(Vec::new(), vec![item])),
        item => print(Vec::new(), vec![item]),
    }
}

fn print_module(mut module: ItemMod) -> String {
    let Some((_, items)) = module.content.take() else {
        return print(Vec::new(), vec![Item::Mod(module)]);
    };
    let is_inner = |attr: &Attribute| matches!(attr.style, AttrStyle::Inner(_));
    let (inner, outer) = mem::take(&mut module.attrs).into_iter().partition(is_inner);
    module.attrs = outer;
    module.semi = Some(Default::default());

    let head = print(Vec::new(), vec![Item::Mod(module)]);
    let head = head.trim_end().trim_end_matches(';');
    format!("{head} {{\n{}}}\n", indent(&body(inner, items)))
}

fn print(attrs: Vec<Attribute>, items: Vec<Item>) -> String {
    prettyplease::unparse(&File {
        shebang: None,
        frontmatter: None,
        attrs,
        items,
    })
}

/// Generated literals are escaped and stand on one line each, so that indenting touches code only.
fn indent(text: &str) -> String {
    let mut indented = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines() {
        if !line.is_empty() {
            indented.push_str("    ");
            indented.push_str(line);
        }
        indented.push('\n');
    }
    indented
}

/// Puts empty lines between the functions of an `impl` or `trait`, and between its constants and types and
/// the first function. At the first level of indentation there are nothing but the associated items.
fn part_functions(text: &str) -> String {
    let mut parted = String::with_capacity(text.len() + 64);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        parted.push_str(line);
        parted.push('\n');
        let Some(next) = lines.peek().and_then(|next| next.strip_prefix("    ")) else {
            continue;
        };
        let ends_item = line.strip_prefix("    ").is_some_and(|line| {
            let is_statement = line.ends_with(';') && !line.starts_with([' ', '/']);
            line == "}" || (is_statement && !is_short_item(next))
        });
        if ends_item {
            parted.push('\n');
        }
    }
    parted
}

/// Constants and types without a comment stay together.
fn is_short_item(line: &str) -> bool {
    let line = line.strip_prefix("pub ").unwrap_or(line);
    line.starts_with("type ") || (line.starts_with("const ") && !line.starts_with("const fn "))
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn items_are_parted_by_one_empty_line_at_every_level() {
        let tokens = quote! {
            #![doc = " `basic`, class 60."]
            use a::B;
            use c::D;
            #[doc = " One."]
            pub struct One;
            #[doc = " Inside."]
            pub mod inside {
                #![doc = " Inner."]
                pub struct Two { #[doc = " Field."] pub field: u8 }
                impl Two {
                    const A: u8 = 1;
                    const B: &[u8] = &[];
                    fn f() { if x { y() } }
                    fn g() {}
                }
            }
            mod elsewhere;
        };
        let expected = "\
//! `basic`, class 60.

use a::B;
use c::D;

/// One.
pub struct One;

/// Inside.
pub mod inside {
    //! Inner.

    pub struct Two {
        /// Field.
        pub field: u8,
    }

    impl Two {
        const A: u8 = 1;
        const B: &[u8] = &[];

        fn f() {
            if x {
                y()
            }
        }

        fn g() {}
    }
}

mod elsewhere;
";
        assert_eq!(format(tokens).unwrap(), expected);
    }

    #[test]
    fn what_is_not_rust_is_an_error() {
        let error = format(quote!(struct)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Format);
    }
}
