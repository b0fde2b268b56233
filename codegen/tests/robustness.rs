//! Whatever a document looks like, the answer is a protocol or an error.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod facts;

use std::fs;

use amqp_codegen::{Config, Document, ErrorKind, merge, model::Model, parse, resolve};

fn generate(text: &str) -> Option<Model> {
    let base = parse("x.xml", text).ok()?;
    let overlay = base.clone();
    resolve(&merge(base, [overlay]).ok()?).ok()
}

#[test]
fn any_beginning_of_a_document_is_refused() {
    let text = fs::read_to_string(facts::file("tests/golden/overlay.xml")).unwrap();
    let end = text.find("</amqp>").unwrap();
    for (at, _) in text.char_indices().take_while(|(at, _)| *at <= end) {
        assert!(parse("x.xml", &text[..at]).is_err(), "{at}");
    }
}

#[test]
fn no_change_of_characters_makes_the_generator_panic() {
    for name in ["base.xml", "overlay.xml", "every-shape.xml"] {
        let text = fs::read_to_string(facts::file("tests/golden").join(name)).unwrap();
        for (at, old) in text.char_indices().step_by(2) {
            for new in ["", "<", "/", "\"", "&", " ", "9", "\0", "é", "]]>"] {
                let changed = [&text[..at], new, &text[at + old.len_utf8()..]].concat();
                let _ = generate(&changed);
            }
        }
    }
}

#[test]
fn large_numbers_of_everything_are_handled_in_time() {
    let items = |template: &str| {
        (1..10_000)
            .map(|n| template.replace('N', &n.to_string()))
            .collect::<String>()
    };
    let document = [
        "<amqp major='0' minor='9' port='1'>".to_owned(),
        items("<constant name='cN' value='N' class='soft-error'/>"),
        items("<domain name='dN' type='bit'/>"),
        "<class name='a' index='65535' handler='a'>".to_owned(),
        items("<method name='mN' index='N'/>"),
        "<method name='long' index='65535'>".to_owned(),
        items("<field name='fN' domain='dN'/>"),
        "</method></class>".to_owned(),
        items("<class name='kN' index='N' handler='a'/>"),
        "</amqp>".to_owned(),
    ]
    .concat();
    let model = generate(&document).unwrap();
    assert_eq!(model.classes.len(), 10_000);
    assert_eq!(model.classes[0].methods[9_999].fields.len(), 9_999);
}

#[test]
fn much_of_one_thing_is_handled_in_time() {
    let items = |template: &str| {
        (1..10_000)
            .map(|n| template.replace('N', &n.to_string()))
            .collect::<String>()
    };
    let document = [
        "<amqp major='0' minor='9' port='1'><class name='a' index='1' handler='a'>".to_owned(),
        items("<doc>N</doc><rule name='N'><doc>N</doc></rule>"),
        "<method name='m' index='65535'>".to_owned(),
        items("<response name='mN'/>"),
        "<field name='f' type='bit'>".to_owned(),
        items("<assert check='ne' value='N'/>"),
        "</field></method>".to_owned(),
        items("<method name='mN' index='N'/>"),
        "</class></amqp>".to_owned(),
    ]
    .concat();
    let model = generate(&document).unwrap();
    let class = &model.classes[0];
    assert_eq!(class.docs.text.len(), 9_999);
    assert_eq!(class.docs.rules.len(), 9_999);
    assert_eq!(class.methods[0].replies.len(), 9_999);
    assert_eq!(class.methods[0].fields[0].asserts.len(), 9_999);
}

#[test]
fn a_small_document_does_not_become_a_very_large_model() {
    let fields = (0..2_000).map(|n| format!("<field name='f{n}' domain='d'/>"));
    let document = format!(
        "<amqp major='0' minor='9' port='1'><domain name='d' type='bit'><doc>{}</doc></domain>\
         <class name='a' index='1' handler='a'><method name='m' index='1'>{}</method></class></amqp>",
        "word ".repeat(20_000),
        fields.collect::<String>(),
    );
    let error = resolve(&parse("x", &document).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

/// Code has an operator for each argument, and whoever formats it goes as deep.
#[test]
fn a_method_of_very_many_arguments_is_written() {
    let fields = (0..4_000).map(|n| format!("<field name='f{n}' type='shortstr'/>"));
    let text = format!(
        "<amqp major='0' minor='9' port='1'><class name='a' index='1' handler='a'>\
         <method name='m' index='1'>{}</method></class></amqp>",
        fields.collect::<String>()
    );
    let name = "x.xml".to_owned();
    let config = Config::new().base(Document::Text { name, text });
    let source: String = config.source().unwrap().split_whitespace().collect();
    assert_eq!(source.matches(".encoded_len()").count(), 4_000 + 1);
}
