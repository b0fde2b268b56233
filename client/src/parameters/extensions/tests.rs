use amqp_methods::{ClassInfo, Method as _, basic};

use super::*;

/// A method without anything but a number and perhaps content.
const fn method(id: MethodId, content: bool) -> MethodInfo {
    MethodInfo {
        name: "class.method",
        id,
        synchronous: false,
        content,
        deprecated: false,
        client_receives: true,
        server_receives: true,
        replies: &[],
        fields: &[],
    }
}

const fn class(id: u16, methods: &'static [&'static MethodInfo]) -> ClassInfo {
    ClassInfo {
        name: "class",
        id,
        methods,
        properties: &[],
    }
}

const fn protocol(classes: &'static [ClassInfo]) -> ProtocolInfo {
    ProtocolInfo::new((0, 9, 1), 5672, &[], classes, &[])
}

const ID: MethodId = MethodId::new(61_440, 10);

static WITH: ProtocolInfo = protocol(&[class(61_440, &[&method(ID, true)])]);
static WITHOUT: ProtocolInfo = protocol(&[class(61_440, &[&method(ID, false)])]);
static BASE: ProtocolInfo = protocol(&[class(60, &[&method(basic::Publish::ID, true)])]);
static OTHER_BASE: ProtocolInfo = protocol(&[class(60, &[&method(basic::Publish::ID, false)])]);

fn extensions(all: &[&'static ProtocolInfo]) -> Extensions {
    let mut extensions = Extensions::default();
    for extension in all {
        extensions.add(extension);
    }
    extensions
}

#[test]
fn only_a_description_gives_content_to_a_method() {
    assert!(extensions(&[&WITH]).has_content(ID));
    assert!(!extensions(&[&WITHOUT]).has_content(ID));
    assert!(!extensions(&[]).has_content(ID));
    assert!(!extensions(&[&WITH]).has_content(MethodId::new(61_440, 11)));
}

#[test]
fn methods_of_the_protocol_are_not_those_of_an_extension() {
    assert!(extensions(&[&BASE]).method(basic::Publish::ID).is_none());
    assert!(!extensions(&[&BASE]).has_content(basic::Publish::ID));
}

#[test]
fn descriptions_may_not_contradict_each_other_nor_the_protocol() {
    assert!(extensions(&[&WITH, &BASE, &WITH]).agree());
    assert!(!extensions(&[&WITH, &WITHOUT]).agree());
    assert!(!extensions(&[&OTHER_BASE]).agree());
}

#[test]
fn one_description_counts_once() {
    assert_eq!(extensions(&[&WITH, &WITH]), extensions(&[&WITH]));
    assert_ne!(extensions(&[&WITH]), extensions(&[&WITHOUT]));
    assert_eq!(
        format!("{:?}", extensions(&[&WITH, &BASE])),
        r#"["class", "class"]"#
    );
}
