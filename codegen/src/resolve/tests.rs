use super::*;
use crate::{merge, model::WireType, parse};

/// A document with one class, which these lines are inside of.
fn in_class(lines: &str) -> Result<Model, Error> {
    let text = format!(
        "<amqp major='0' minor='9' port='5672'>\
           <domain name='path' type='shortstr'><doc>A path.</doc><assert check='notnull'/></domain>\
           <class name='a' index='1' handler='a b'>{lines}</class>\
         </amqp>"
    );
    resolve(&merge(parse("x", &text)?, [])?)
}

#[test]
fn a_missing_revision_is_0() {
    let model = in_class("").unwrap();
    let expected = Version {
        major: 0,
        minor: 9,
        revision: 0,
    };
    assert_eq!(model.version, expected);
}

#[test]
fn stated_responses_win_over_the_sibling() {
    let model = in_class(
        "<method name='get' index='1'><response name='get empty'/><response name='get-empty'/></method>\
         <method name='get-ok' index='2'/><method name='get-empty' index='3'/>",
    );
    assert_eq!(model.unwrap().classes[0].methods[0].replies, ["get-empty"]);
}

#[test]
fn a_sibling_answers_where_the_document_forgets_to_say_so() {
    let model = in_class(
        "<method name='recover' index='110'/><method name='recover-ok' index='111'/>\
         <method name='recover-async' index='100'/>",
    )
    .unwrap();
    let methods = &model.classes[0].methods;
    assert_eq!(methods[0].replies, ["recover-ok"]);
    assert!(methods[1].replies.is_empty());
    assert!(methods[2].replies.is_empty());
}

#[test]
fn the_chassis_names_the_receiver() {
    let model = in_class(
        "<method name='deliver' index='1'><chassis name='client' implement='MAY'/></method>\
         <method name='close' index='2'><chassis name='client'/><chassis name='server'/></method>",
    )
    .unwrap();
    let received = |at: usize| {
        let method = &model.classes[0].methods[at];
        (method.client_receives, method.server_receives)
    };
    assert_eq!(received(0), (true, false));
    assert_eq!(received(1), (true, true));
}

#[test]
fn names_are_hyphenated_everywhere() {
    let model =
        in_class("<method name='m' index='1'><field name='the path' domain='path'/></method>");
    let class = &model.unwrap().classes[0];
    assert_eq!(class.handler, "a-b");
    assert_eq!(class.methods[0].fields[0].name, "the-path");
    assert_eq!(class.methods[0].fields[0].ident, "the_path");
}

#[test]
fn a_field_has_the_type_prose_and_checks_of_its_domain() {
    let model = in_class(
        "<field name='p' domain='path'/>\
         <method name='m' index='1'>\
           <field name='f' domain='path'><assert check='length' value='9'/><assert check='notnull'/></field>\
           <field name='g' type='shortstr'/>\
         </method>",
    )
    .unwrap();
    let class = &model.classes[0];
    assert_eq!(class.properties[0].docs.text, ["A path."]);
    let [f, g] = class.methods[0].fields.as_slice() else {
        panic!("two fields");
    };
    assert_eq!(
        (f.wire, f.domain.as_deref()),
        (WireType::ShortStr, Some("path"))
    );
    assert_eq!(f.docs.text, ["A path."]);
    assert_eq!(
        f.asserts,
        [model::Assert::NotNull, model::Assert::Length(9)]
    );
    assert_eq!(
        (g.domain.as_deref(), g.docs.text.len(), g.asserts.len()),
        (None, 0, 0)
    );
}

#[test]
fn an_elementary_domain_says_nothing_about_a_field() {
    let text = "<amqp major='0' minor='9' port='1'>\
        <domain name='bit' type='bit' label='one bit'><doc>Shares octets.</doc></domain>\
        <class name='a' index='1' handler='a'><method name='m' index='1'>\
        <field name='f' domain='bit'/></method></class></amqp>";
    let model = resolve(&parse("x", text).unwrap()).unwrap();
    assert_eq!(model.domains[0].docs.text, ["Shares octets."]);
    assert_eq!(
        model.classes[0].methods[0].fields[0].docs,
        model::Docs::default()
    );
}

#[test]
fn other_checks_keep_their_words() {
    let model = in_class(
        "<method name='m' index='1'><field name='f' type='octet'>\
           <assert check='ne' value='0'/>\
           <assert check='syntax' rule='path'/>\
           <assert check='enum'><value name='one'/><value name='two'/></assert>\
           <assert check='le' method='the tune' field='channel max'/>\
         </field></method>",
    )
    .unwrap();
    let other = |check: &str, value: &str| model::Assert::Other {
        check: check.into(),
        value: value.into(),
    };
    let expected = [
        other("ne", "0"),
        other("syntax", "path"),
        other("enum", "one, two"),
        model::Assert::NotAbove {
            method: "the-tune".into(),
            field: "channel-max".into(),
        },
    ];
    assert_eq!(model.classes[0].methods[0].fields[0].asserts, expected);
}

#[test]
fn a_plain_constant_may_have_the_number_of_a_code() {
    let constants = |class: &str| {
        let text = format!(
            "<amqp major='0' minor='9' port='1'><constant name='a' value='501' class='hard error'/>\
             <constant name='b' value='501' {class}/></amqp>"
        );
        resolve(&parse("x", &text).unwrap())
    };
    let model = constants("").unwrap();
    assert_eq!(model.constants[0].kind, ConstantKind::HardError);
    assert_eq!(model.constants[1].kind, ConstantKind::Plain);
    let error = constants("class='soft-error'").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Duplicate);
}

#[test]
fn identifiers_are_unique_after_conversion() {
    for lines in [
        "<method name='a-1' index='1'/><method name='a1' index='2'/>",
        "<method name='m' index='1'/><method name='M' index='2'/>",
        "<method name='m' index='1'><field name='a b' type='bit'/><field name='a-b' type='bit'/></method>",
        "<field name='a b' type='bit'/><field name='a-b' type='bit'/>",
    ] {
        let error = in_class(lines).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Duplicate, "{lines}");
        assert!(error.diagnostics()[0].related().is_some());
    }
}
