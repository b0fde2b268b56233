//! Whatever a protocol calls its items, no two items of the output have one name in one place.

#![cfg(feature = "format")]

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*, sample::select};
use syn::{Fields, File, ImplItem, Item, UseTree};

use crate::{Config, Document};

/// Words that the generator itself makes names of, and some that it does not.
const WORDS: [&str; 20] = [
    "a",
    "any",
    "base",
    "constants",
    "content",
    "description",
    "empty",
    "get",
    "id",
    "info",
    "into",
    "method",
    "of",
    "owned",
    "properties",
    "protocol",
    "reader",
    "reply",
    "unknown",
    "wire",
];

fn name() -> impl Strategy<Value = String> {
    vec(select(&WORDS[..]), 1..4).prop_map(|words| words.join("-"))
}

fn fields() -> impl Strategy<Value = String> {
    let types = ["bit", "long", "shortstr", "table"];
    let field = (name(), select(types.to_vec()));
    let field = field.prop_map(|(name, wire)| format!("<field name='{name}' type='{wire}'/>"));
    vec(field, 0..4).prop_map(|fields| fields.concat())
}

/// The methods of a class, each answered by up to three of them.
fn methods() -> impl Strategy<Value = String> {
    let method = (
        name(),
        fields(),
        any::<bool>(),
        vec(any::<prop::sample::Index>(), 0..3),
    );
    vec(method, 1..6).prop_map(|methods| {
        let mut text = String::new();
        for (index, (name, fields, content, replies)) in methods.iter().enumerate() {
            let replies = replies.iter().map(|reply| &reply.get(&methods).0);
            let replies = replies.map(|name| format!("<response name='{name}'/>"));
            text.push_str(&format!(
                "<method name='{name}' index='{}' content='{}'>{}{fields}</method>",
                index + 1,
                u8::from(*content),
                replies.collect::<String>(),
            ));
        }
        text
    })
}

fn document() -> impl Strategy<Value = String> {
    let constant = (
        name(),
        select(vec!["", "class='soft-error'", "class='hard-error'"]),
    );
    let class = (name(), fields(), methods());
    (vec(constant, 0..4), vec(class, 1..4)).prop_map(|(constants, classes)| {
        let mut text = "<amqp major='0' minor='9' revision='1' port='5672'>".to_owned();
        for (value, (name, class)) in constants.iter().enumerate() {
            text.push_str(&format!(
                "<constant name='{name}' value='{}' {class}/>",
                600 + value
            ));
        }
        for (index, (name, fields, methods)) in classes.iter().enumerate() {
            text.push_str(&format!(
                "<class name='{name}' handler='channel' index='{}'>{fields}{methods}</class>",
                61440 + index
            ));
        }
        text + "</amqp>"
    })
}

/// The names in one place, and those that are there twice.
#[derive(Default)]
struct Place {
    taken: BTreeSet<(&'static str, String)>,
    twice: Vec<String>,
}

impl Place {
    fn take(&mut self, namespace: &'static str, name: impl ToString) {
        let name = name.to_string();
        // A trait that is imported for its methods.
        if name != "_" && !self.taken.insert((namespace, name.clone())) {
            self.twice.push(name);
        }
    }

    fn imports(&mut self, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => self.imports(&path.tree),
            UseTree::Name(name) => self.take("type", &name.ident),
            UseTree::Rename(rename) => self.take("type", &rename.rename),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.imports(tree)),
            UseTree::Glob(_) => {}
        }
    }
}

/// Whatever has one name twice, below these items.
fn twice(items: &[Item]) -> Vec<String> {
    let mut place = Place::default();
    let mut functions = Place::default();
    let mut below = Vec::new();
    for item in items {
        match item {
            Item::Mod(module) => {
                place.take("type", &module.ident);
                let (_, items) = module.content.as_ref().unwrap();
                below.extend(twice(items));
            }
            Item::Struct(item) => {
                place.take("type", &item.ident);
                if matches!(item.fields, Fields::Unit | Fields::Unnamed(_)) {
                    place.take("value", &item.ident);
                }
                let mut fields = Place::default();
                let named = item.fields.iter().filter_map(|field| field.ident.as_ref());
                named.for_each(|ident| fields.take("field", ident));
                below.extend(fields.twice);
            }
            Item::Enum(item) => {
                place.take("type", &item.ident);
                let mut variants = Place::default();
                item.variants
                    .iter()
                    .for_each(|variant| variants.take("variant", &variant.ident));
                below.extend(variants.twice);
            }
            Item::Impl(item) if item.trait_.is_none() => {
                let syn::Type::Path(owner) = &*item.self_ty else {
                    panic!("an impl of no type")
                };
                let owner = &owner.path.segments.last().unwrap().ident;
                for item in &item.items {
                    match item {
                        ImplItem::Fn(function) => {
                            functions.take("function", format!("{owner}::{}", function.sig.ident));
                        }
                        ImplItem::Const(constant) => {
                            functions.take("function", format!("{owner}::{}", constant.ident));
                        }
                        _ => panic!("no function"),
                    }
                }
            }
            Item::Impl(_) => {}
            Item::Const(item) => place.take("value", &item.ident),
            Item::Static(item) => place.take("value", &item.ident),
            Item::Fn(item) => place.take("value", &item.sig.ident),
            Item::Use(item) => place.imports(&item.tree),
            _ => panic!("an item of another kind"),
        }
    }
    below.extend(place.twice);
    below.extend(functions.twice);
    below
}

#[track_caller]
fn assert_unique(config: &Config) -> bool {
    let Ok(protocol) = config.protocol() else {
        return false;
    };
    let file: File = syn::parse2(config.emit(&protocol).unwrap()).unwrap();
    assert_eq!(twice(&file.items), Vec::<String>::new());
    true
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn names_of_any_protocol_are_there_once(text in document()) {
        let document = Document::Text { name: "a.xml".to_owned(), text };
        prop_assume!(assert_unique(&Config::new().base(document.clone())));
        // Beside others, some of its names may be taken.
        assert_unique(&Config::new().base(Document::Amqp091).extend(document));
    }
}
