use super::*;
use crate::spec::TypeName;

fn place(position: &Position) -> (usize, usize) {
    (position.line(), position.column())
}

#[test]
fn places_survive_attributes_on_several_lines_and_both_line_ends() {
    let text = "<amqp>\r\n  <class\r\n name = 'ä'\r\n\tindex='1'>\r\n<!-- é --><method name='b'\n/><doc/></class></amqp>";
    let spec = parse("x.xml", text).unwrap();
    let class = &spec.classes[0];
    assert_eq!(place(&spec.position), (1, 1));
    assert_eq!(place(&class.position), (2, 3));
    assert_eq!(place(&class.methods[0].position), (5, 11));
    assert_eq!(class.position.to_string(), "x.xml:2:3");
    assert_eq!(class.name, "ä");
}

#[test]
fn a_byte_order_mark_takes_no_column() {
    let spec = parse("x", "\u{feff}<amqp/>").unwrap();
    assert_eq!(place(&spec.position), (1, 1));
}

#[test]
fn children_come_in_any_order() {
    let spec = parse(
        "x",
        "<amqp><class name='a'>\
           <method name='m'><field name='f' type='bit'/><response name='r'/><chassis name='client'/></method>\
           <chassis name='server'/><field name='p' domain='d'/>\
         </class><domain name='d' type='bit'/></amqp>",
    )
    .unwrap();
    let class = &spec.classes[0];
    assert_eq!(class.fields[0].ty, Some(TypeName::Domain("d".into())));
    assert_eq!(
        class.methods[0].fields[0].ty,
        Some(TypeName::Elementary("bit".into()))
    );
    assert_eq!(class.methods[0].responses.len(), 1);
    assert_eq!(class.methods[0].chassis.len(), 1);
    assert_eq!(spec.domains.len(), 1);
}

#[test]
fn text_comes_in_pieces() {
    let text = "<amqp><class name='a'><doc>a &lt;b&gt;<!-- c --> <![CDATA[<d>]]> &#101;</doc></class></amqp>";
    let spec = parse("x", text).unwrap();
    assert_eq!(spec.classes[0].docs.texts[0].text, "a <b> <d> e");
}

#[test]
fn attributes_that_nobody_knows_are_warnings() {
    let text = "<amqp>\n <class name='a' requred='0' index='1'/>\n</amqp>";
    let spec = parse("x", text).unwrap();
    let warnings: Vec<_> = spec.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["x:2:18: unknown attribute `requred` of `class`"]);
}

#[test]
fn what_an_overlay_leaves_out_is_not_made_up() {
    let spec = parse(
        "x",
        "<amqp><class name='a'><method name='b'/></class></amqp>",
    )
    .unwrap();
    let method = &spec.classes[0].methods[0];
    assert_eq!(
        (method.index, method.synchronous, method.content),
        (None, None, None)
    );
    assert_eq!(
        (spec.major, spec.port, spec.classes[0].index),
        (None, None, None)
    );
}

#[test]
fn depth_is_bounded_by_the_vocabulary() {
    for element in ["<class name='a'>", "<doc>", "<x>"] {
        let text = format!("<amqp>{}", element.repeat(100_000));
        assert!(parse("x", &text).is_err());
    }
}

#[test]
fn a_document_on_one_line_takes_no_quadratic_time() {
    let constants = (10_000..60_000).map(|n| format!("<constant name='a{n}' value='1' x='y'/>"));
    let text = format!("<amqp>{}</amqp>", constants.collect::<String>());
    let spec = parse("x", &text).unwrap();
    assert_eq!(spec.constants.len(), 50_000);
    let last = spec.warnings.last().unwrap();
    assert_eq!(last.to_string(), "49900 more warnings are not shown");
    assert_eq!(spec.warnings[1].position().unwrap().column(), 7 + 41 + 34);
}
