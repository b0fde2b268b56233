//! One stream of items → a root, and the insides of its modules.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

/// A crate's worth of items, part by part.
pub(super) struct Split {
    /// The items, with `mod name;` in the place of each module.
    pub(super) root: TokenStream,
    /// What was inside of the modules, by the names of their files.
    pub(super) modules: Vec<(String, TokenStream)>,
}

/// Takes the modules out of a stream of items; what is nested in them stays there.
pub(super) fn modules(items: TokenStream) -> Split {
    let mut root = TokenStream::new();
    let mut modules = Vec::new();
    let mut item: Vec<TokenTree> = Vec::new();
    for token in items {
        match (module_name(&item), token) {
            (Some(name), TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let file = file_name(&name);
                // A class called `mod` cannot have the file that is the root's.
                if file != format!("{}.rs", bare(&name)) {
                    root.extend(quote!(#[path = #file]));
                }
                root.extend(item.drain(..));
                root.extend(quote!(;));
                modules.push((file, group.stream()));
            }
            (_, token) => {
                let ends = match &token {
                    TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                    TokenTree::Punct(punct) => punct.as_char() == ';',
                    _ => false,
                };
                item.push(token);
                if ends {
                    root.extend(item.drain(..));
                }
            }
        }
    }
    root.extend(item);
    Split { root, modules }
}

/// The name of the module that these tokens begin: they end with `mod name`.
fn module_name(item: &[TokenTree]) -> Option<String> {
    let [.., TokenTree::Ident(keyword), TokenTree::Ident(name)] = item else {
        return None;
    };
    (keyword == "mod").then(|| name.to_string())
}

fn file_name(module: &str) -> String {
    match bare(module) {
        "mod" => "mod_.rs".to_owned(),
        name => format!("{name}.rs"),
    }
}

/// The name without the mark of a raw identifier, which rustc leaves out of file names too.
fn bare(module: &str) -> &str {
    module.strip_prefix("r#").unwrap_or(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(items: &str) -> (String, Vec<(String, String)>) {
        let split = modules(items.parse().unwrap());
        let modules = split.modules.into_iter();
        let modules = modules.map(|(name, tokens)| (name, tokens.to_string()));
        (split.root.to_string(), modules.collect())
    }

    fn spaced(items: &str) -> String {
        items.parse::<TokenStream>().unwrap().to_string()
    }

    #[test]
    fn modules_leave_their_declaration_behind() {
        let (root, modules) = split(
            "#[doc = \"A.\"] pub mod a { fn f() { mod inner {} } } pub use a::f; \
             struct S; impl S { fn g() {} } mod b {} mod c;",
        );
        let expected =
            "#[doc = \"A.\"] pub mod a; pub use a::f; struct S; impl S { fn g() {} } mod b; mod c;";
        assert_eq!(root, spaced(expected));
        let expected = [
            ("a.rs".to_owned(), spaced("fn f() { mod inner {} }")),
            ("b.rs".to_owned(), String::new()),
        ];
        assert_eq!(modules, expected);
    }

    #[test]
    fn raw_names_have_plain_files_and_mod_is_not_the_root() {
        let (root, modules) = split("pub mod r#match {} pub mod r#mod {}");
        assert_eq!(
            root,
            spaced("pub mod r#match; #[path = \"mod_.rs\"] pub mod r#mod;")
        );
        let names: Vec<_> = modules.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["match.rs", "mod_.rs"]);
    }
}
