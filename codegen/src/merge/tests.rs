use super::*;
use crate::{parse, resolve};

const BASE: &str = "
    <amqp major='0' minor='9' port='5672'>
      <domain name='bit' type='bit'/>
      <domain name='no-wait' type='bit'/>
      <class name='a' index='1' handler='a'>
        <field name='reserved' type='shortstr'/>
        <method name='m' index='1'>
          <chassis name='server'/>
          <field name='reserved-1' type='bit' reserved='1'/>
          <field name='wait' domain='bit'/>
        </method>
        <method name='m-ok' index='2'/>
      </class>
    </amqp>";

fn overlaid(overlays: &[&str]) -> Spec {
    let parsed = |text: &&str| parse("overlay.xml", &format!("<amqp>{text}</amqp>")).unwrap();
    merge(
        parse("base.xml", BASE).unwrap(),
        overlays.iter().map(parsed),
    )
    .unwrap()
}

/// An overlay with these children of the method.
fn in_method(lines: &str) -> String {
    format!("<class name='a'><method name='m'>{lines}</method></class>")
}

#[test]
fn the_base_repeated_changes_nothing() {
    let base = parse("base.xml", BASE).unwrap();
    let again = parse("again.xml", BASE).unwrap();
    assert_eq!(merge(base.clone(), [again]).unwrap(), base);
}

#[test]
fn merging_in_steps_is_merging_at_once() {
    let first = in_method("<field name='passive' domain='bit' replaces='reserved-1'/>");
    let second = in_method("<field name='lazy' domain='bit'/>");
    let parsed = |text: &str| parse("overlay.xml", &format!("<amqp>{text}</amqp>")).unwrap();
    let stepped = merge(overlaid(&[&first]), [parsed(&second)]).unwrap();
    assert_eq!(stepped, overlaid(&[&first, &second]));
    let twice = overlaid(&[&first, &first]);
    assert_eq!(twice, overlaid(&[&first]));
}

#[test]
fn a_reserved_argument_gets_its_meaning_in_place() {
    for field in [
        "<field name='passive' domain='no wait' replaces='reserved-1'/>",
        "<field name='reserved-1' domain='no wait'/>",
    ] {
        let spec = overlaid(&[&in_method(field)]);
        let field = &spec.classes[0].methods[0].fields[0];
        assert_eq!(field.reserved, Some(false));
        assert_eq!(field.position.file(), "overlay.xml");
        assert_eq!(spec.warnings, []);
    }
}

#[test]
fn prose_alone_gives_no_meaning() {
    let spec = overlaid(&[&in_method(
        "<field name='reserved-1'><doc>Once insist.</doc></field>",
    )]);
    let field = &spec.classes[0].methods[0].fields[0];
    assert_eq!(field.reserved, Some(true));
    assert_eq!(field.docs.texts.len(), 1);
}

#[test]
fn the_reserved_property_is_known_by_its_name() {
    let spec = overlaid(&[
        "<class name='a'><field name='cluster id' type='shortstr' replaces='reserved'/></class>",
    ]);
    assert_eq!(spec.classes[0].fields.len(), 1);
    assert_eq!(spec.classes[0].fields[0].name, "cluster id");
}

#[test]
fn facts_that_decide_nothing_on_the_wire_may_be_added() {
    let spec = overlaid(&[
        "<class name='a' label='new'><method name='m' synchronous='1' deprecated='1' content='0'>\
           <chassis name='client'/><chassis name='server'/><response name='m ok'/><response name='m-ok'/>\
           <doc>More.</doc>\
         </method></class>",
    ]);
    let method = &spec.classes[0].methods[0];
    assert_eq!(spec.classes[0].docs.label.as_deref(), Some("new"));
    assert_eq!(
        (method.synchronous, method.deprecated),
        (Some(true), Some(true))
    );
    assert_eq!(method.chassis.len(), 2);
    assert_eq!(method.responses.len(), 1);
    assert_eq!(method.position.file(), "base.xml");
}

#[test]
fn a_trailing_bit_joins_the_last_octet_with_a_warning() {
    let spec = overlaid(&[&in_method("<field name='more' type='bit'/>")]);
    let model = resolve(&spec).unwrap();
    assert_eq!(model.classes[0].methods[0].fields[2].bit, Some(2));
    assert_eq!(spec.warnings.len(), 1);
}

#[test]
fn the_order_of_overlays_is_the_order_of_what_they_append() {
    let class =
        |name: &str, index: u16| format!("<class name='{name}' index='{index}' handler='a'/>");
    let (b, c) = (class("b", 2), class("c", 3));
    let names = |spec: Spec| {
        spec.classes
            .into_iter()
            .map(|class| class.name)
            .collect::<String>()
    };
    assert_eq!(names(overlaid(&[&b, &c])), "abc");
    assert_eq!(names(overlaid(&[&c, &b])), "acb");
}

#[test]
fn a_field_of_the_base_may_be_marked_secret_in_place() {
    let marked = overlaid(&[
        &in_method("<field name='wait' secret='1'/><field name='reserved-1' secret='1'/>"),
        &in_method("<field name='passive' domain='bit' replaces='reserved-1'/>"),
        &in_method("<field name='wait'><doc>Or not.</doc></field>"),
    ]);
    let model = resolve(&marked).unwrap();
    let fields = &model.classes[0].methods[0].fields;
    let secrets: Vec<_> = fields
        .iter()
        .map(|field| (&*field.name, field.secret))
        .collect();
    assert_eq!(secrets, [("passive", true), ("wait", true)]);
    assert_eq!(marked.warnings, []);
}

#[test]
fn the_last_overlay_that_says_so_decides_whether_a_field_is_secret() {
    let mark = in_method("<field name='wait' secret='1'/>");
    let unmark = in_method("<field name='wait' secret='0'/>");
    let is_secret = |overlays: &[&str]| {
        let model = resolve(&overlaid(overlays)).unwrap();
        model.classes[0].methods[0].fields[1].secret
    };
    assert!(!is_secret(&[]));
    assert!(is_secret(&[&unmark, &mark]));
    assert!(!is_secret(&[&mark, &unmark]));
}
