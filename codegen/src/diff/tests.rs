use super::*;
use crate::{parse, resolve};

fn model(lines: &str) -> Model {
    let text = format!("<amqp major='0' minor='9' revision='1' port='5672'>{lines}</amqp>");
    resolve(&parse("x", &text).unwrap()).unwrap()
}

/// What the changes say, each with its effect in front.
fn said(old: &str, new: &str) -> Vec<String> {
    let changes = diff(&model(old), &model(new));
    let lines = changes.iter().map(|change| match change.effect() {
        Effect::None => format!("none {change}"),
        Effect::Compatible => format!("compatible {change}"),
        Effect::Breaking => format!("breaking {change}"),
    });
    lines.collect()
}

#[track_caller]
fn differ(old: &str, new: &str, expected: &[&str]) {
    assert_eq!(said(old, new), expected);
}

fn class(lines: &str) -> String {
    format!("<class name='queue' index='50' handler='channel'>{lines}</class>")
}

/// Two lists of arguments of `queue.declare`.
#[track_caller]
fn arguments_differ(old: &str, new: &str, expected: &[&str]) {
    let method = |fields| {
        class(&format!(
            "<method name='declare' index='10'>{fields}</method>"
        ))
    };
    differ(&method(old), &method(new), expected);
}

#[track_caller]
fn properties_differ(old: &str, new: &str, expected: &[&str]) {
    differ(&class(old), &class(new), expected);
}

#[test]
fn the_root_has_a_version_and_a_port() {
    let old = model("");
    let new = resolve(&parse("y", "<amqp major='8' minor='0' port='1'/>").unwrap()).unwrap();
    let changes = diff(&old, &new);
    assert_eq!(changes[0].to_string(), "~ amqp: version 8-0-0, was 0-9-1");
    assert_eq!(changes[0].effect(), Effect::Breaking);
    assert_eq!(changes[1].to_string(), "~ amqp: port 1, was 5672");
    assert_eq!(changes[1].effect(), Effect::None);
    assert_eq!(changes.len(), 2);
}

#[test]
fn constants_have_a_value_and_a_class() {
    differ(
        "<constant name='gone' value='1'/><constant name='a b' value='2'/>\
         <constant name='c' value='3' class='soft-error'/>",
        "<constant name='c' value='3' class='hard error'/><constant name='a-b' value='4'/>\
         <constant name='come' value='5' class='soft error'/>",
        &[
            "breaking - constant gone = 1",
            "compatible ~ constant c: hard error, was soft error",
            "breaking ~ constant a-b: 4, was 2",
            "compatible + constant come = 5, soft error",
        ],
    );
}

#[test]
fn domains_are_not_on_the_wire_but_what_is_of_them_is() {
    let using = |ty: &str, more: &str| {
        format!("<domain name='d' type='{ty}'/>{more}")
            + &class("<method name='declare' index='10'><field name='f' domain='d'/></method>")
    };
    differ(
        &using("short", "<domain name='gone' type='bit'/>"),
        &using("long", "<domain name='come' type='bit'/>"),
        &[
            "none - domain gone: bit",
            "none ~ domain d: long, was short",
            "none + domain come: bit",
            "breaking ~ queue.declare: field 1 `f` is of type long, was short",
        ],
    );
}

#[test]
fn a_class_comes_and_goes_with_all_that_is_in_it() {
    let parcel = "<class name='parcel' index='70' handler='channel'><field name='weight' type='long'/>\
                  <method name='send' index='10'><field name='to' type='shortstr'/></method></class>";
    differ(
        "",
        parcel,
        &[
            "compatible + class parcel: index 70",
            "compatible + parcel: property 1 `weight`: long, appended",
            "compatible + parcel.send: index 10",
        ],
    );
    differ(
        parcel,
        "",
        &[
            "breaking - class parcel: index 70",
            "breaking - parcel: property 1 `weight`: long",
            "breaking - parcel.send: index 10",
        ],
    );
}

#[test]
fn a_class_has_a_number_and_a_handler() {
    differ(
        "<class name='a' index='1' handler='channel'/>",
        "<class name='a' index='2' handler='connection'/>",
        &[
            "breaking ~ class a: index 2, was 1",
            "breaking ~ class a: handled by `connection`, was by `channel`",
        ],
    );
}

#[test]
fn a_number_that_meant_another_is_told() {
    differ(
        "<class name='a' index='1' handler='h'/>",
        "<class name='b' index='1' handler='h'/>",
        &[
            "breaking - class a: index 1",
            "breaking + class b: index 1, which was that of `a`",
        ],
    );
    differ(
        &class("<method name='recover' index='100'/>"),
        &class("<method name='recover-async' index='100'/><method name='recover' index='110'/>"),
        &[
            "breaking + queue.recover-async: index 100, which was that of `recover`",
            "breaking ~ queue.recover: index 110, was 100",
        ],
    );
}

#[test]
fn everything_about_a_method_is_compared() {
    differ(
        &class(
            "<method name='get' index='1' synchronous='1' deprecated='1'>\
             <chassis name='server'/><response name='get-ok'/></method>\
             <method name='get-ok' index='2' content='1'/><method name='get-empty' index='3'/>",
        ),
        &class(
            "<method name='get' index='1' content='1'>\
             <chassis name='client'/><response name='get-ok'/><response name='get-empty'/></method>\
             <method name='get-ok' index='2'/><method name='get-empty' index='3' deprecated='1'/>",
        ),
        &[
            "breaking ~ queue.get: received by the client, was by the server",
            "breaking ~ queue.get: content follows",
            "none ~ queue.get: no longer synchronous",
            "none ~ queue.get: no longer deprecated",
            "breaking ~ queue.get: answered by `get-ok` or `get-empty`, was by `get-ok`",
            "breaking ~ queue.get-ok: no content follows",
            "none ~ queue.get-empty: deprecated",
        ],
    );
}

#[test]
fn one_more_receiver_is_compatible() {
    let method = |chassis| class(&format!("<method name='ack' index='1'>{chassis}</method>"));
    differ(
        &method("<chassis name='server'/>"),
        &method("<chassis name='server'/><chassis name='client'/>"),
        &["compatible ~ queue.ack: received by both, was by the server"],
    );
}

#[test]
fn the_order_of_replies_says_nothing() {
    let method = |responses| {
        class(&format!(
            "<method name='get' index='1'>{responses}</method>\
             <method name='get-ok' index='2'/><method name='get-empty' index='3'/>"
        ))
    };
    differ(
        &method("<response name='get-ok'/><response name='get-empty'/>"),
        &method("<response name='get empty'/><response name='get ok'/>"),
        &[],
    );
}

#[test]
fn a_reserved_argument_gets_a_name_in_its_place() {
    arguments_differ(
        "<field name='a' type='short'/><field name='b' type='short'/>\
         <field name='reserved-2' type='bit' reserved='1'/>",
        "<field name='a' type='short'/><field name='b' type='short'/>\
         <field name='internal' type='bit'/>",
        &["compatible ~ queue.declare: field 3 `reserved-2` is now `internal` (same octets)"],
    );
}

#[test]
fn what_is_reserved_from_now_on_is_no_longer_heard() {
    arguments_differ(
        "<field name='ticket' type='short'/><field name='b' type='bit'/>",
        "<field name='reserved-1' type='short' reserved='1'/><field name='b' type='bit' reserved='1'/>",
        &[
            "breaking ~ queue.declare: field 1 `ticket` is now `reserved-1`, reserved (same octets)",
            "breaking ~ queue.declare: field 2 `b` is now reserved (same octets)",
        ],
    );
    arguments_differ(
        "<field name='b' type='bit' reserved='1'/>",
        "<field name='b' type='bit'/>",
        &["compatible ~ queue.declare: field 1 `b` is no longer reserved (same octets)"],
    );
}

#[test]
fn another_type_at_the_same_place_is_another_argument() {
    arguments_differ(
        "<field name='a' type='short'/><field name='c' type='bit'/>",
        "<field name='b' type='long'/><field name='c' type='bit'/>",
        &[
            "breaking - queue.declare: field 1 `a`: short",
            "breaking + queue.declare: field 1 `b`: long, inserted",
        ],
    );
}

#[test]
fn an_argument_is_appended_inserted_or_gone() {
    let (a, b) = (
        "<field name='a' type='short'/>",
        "<field name='b' type='long'/>",
    );
    let both = [a, b].concat();
    arguments_differ(
        a,
        &both,
        &["breaking + queue.declare: field 2 `b`: long, appended"],
    );
    arguments_differ(
        b,
        &both,
        &["breaking + queue.declare: field 1 `a`: short, inserted"],
    );
    arguments_differ(&both, b, &["breaking - queue.declare: field 1 `a`: short"]);
}

#[test]
fn a_bit_may_find_room_in_an_octet() {
    let bits = |names: &[&str]| -> String {
        let bits = names
            .iter()
            .map(|name| format!("<field name='{name}' type='bit'/>"));
        bits.collect()
    };
    let table = "<field name='t' type='table'/>";
    arguments_differ(
        &bits(&["a"]),
        &bits(&["a", "b"]),
        &[
            "compatible + queue.declare: field 2 `b`: bit, appended in the room of an octet (same octets)",
        ],
    );
    arguments_differ(
        &[&bits(&["a"]), table].concat(),
        &[&bits(&["a", "b"]), table].concat(),
        &[
            "compatible + queue.declare: field 2 `b`: bit, inserted in the room of an octet (same octets)",
        ],
    );
    // Before another bit, it takes that one's place.
    arguments_differ(
        &bits(&["a", "c"]),
        &bits(&["a", "b", "c"]),
        &["breaking + queue.declare: field 2 `b`: bit, inserted"],
    );
    let eight = ["a", "b", "c", "d", "e", "f", "g", "h"];
    arguments_differ(
        &bits(&eight),
        &bits(&[&eight[..], &["i"]].concat()),
        &["breaking + queue.declare: field 9 `i`: bit, appended"],
    );
    arguments_differ(
        "",
        &bits(&["a", "b"]),
        &[
            "breaking + queue.declare: field 1 `a`: bit, appended",
            "breaking + queue.declare: field 2 `b`: bit, appended",
        ],
    );
}

#[test]
fn few_move_where_one_has_moved() {
    let fields = |names: &str| -> String {
        let fields = names
            .chars()
            .map(|name| format!("<field name='{name}' type='short'/>"));
        fields.collect()
    };
    arguments_differ(
        &fields("abcde"),
        &fields("eabcd"),
        &["breaking ~ queue.declare: field 1 `e` was field 5"],
    );
    arguments_differ(
        &fields("abcd"),
        &fields("bxda"),
        &[
            "compatible ~ queue.declare: field 2 `c` is now `x` (same octets)",
            "breaking ~ queue.declare: field 4 `a` was field 1",
        ],
    );
}

#[test]
fn types_domains_and_checks_of_an_argument_are_compared() {
    let domains = "<domain name='d' type='shortstr'><assert check='notnull'/></domain>\
                   <domain name='e' type='shortstr'/>";
    let method = |fields: &str| {
        domains.to_owned()
            + &class(&format!(
                "<method name='declare' index='10'>{fields}</method>"
            ))
    };
    differ(
        &method(
            "<field name='a' domain='e'/><field name='b' type='shortstr'/><field name='c' domain='d'/>\
             <field name='d' type='short'><assert check='length' value='1'/></field>",
        ),
        &method(
            "<field name='a' type='shortstr'/><field name='b' domain='e'/><field name='c' domain='e'/>\
             <field name='d' type='long'><assert check='length' value='2'/></field>",
        ),
        &[
            "none ~ queue.declare: field 1 `a` is of no domain, was of `e`",
            "none ~ queue.declare: field 2 `b` is of domain `e`, was of none",
            "none ~ queue.declare: field 3 `c` is of domain `e`, was `d`",
            "compatible ~ queue.declare: field 3 `c`: no check notnull",
            "breaking ~ queue.declare: field 4 `d` is of type long, was short",
            "compatible ~ queue.declare: field 4 `d`: no check length 1, check length 2",
        ],
    );
}

#[test]
fn a_property_has_a_flag_and_no_place_in_an_octet() {
    let (a, b) = (
        "<field name='a' type='bit'/>",
        "<field name='b' type='bit'/>",
    );
    let both = [a, b].concat();
    properties_differ(
        a,
        &both,
        &["compatible + queue: property 2 `b`: bit, appended"],
    );
    properties_differ(
        b,
        &both,
        &["breaking + queue: property 1 `a`: bit, inserted"],
    );
    properties_differ(&both, a, &["breaking - queue: property 2 `b`: bit"]);
    properties_differ(
        "<field name='cluster-id' type='shortstr'/>",
        "<field name='reserved' type='shortstr'/>",
        &["breaking ~ queue: property 1 `cluster-id` is now `reserved`, reserved (same octets)"],
    );
}

#[test]
fn prose_and_spelling_are_not_compared() {
    differ(
        "<constant name='a b' value='1'><doc>One.</doc></constant><domain name='d e' type='bit' label='x'/>\
         <class name='q r' index='1' handler='q r' label='x'><rule name='r'/>\
         <method name='m n' index='1'><field name='f g' domain='d e' label='x'/></method></class>",
        "<constant name='a-b' value='1'/><domain name='d-e' type='bit'/>\
         <class name='q-r' index='1' handler='q-r'><doc>Two.</doc>\
         <method name='m-n' index='1'><field name='f-g' domain='d-e'/></method></class>",
        &[],
    );
}

#[test]
fn a_change_knows_both_places() {
    let text = |index| {
        format!(
            "<amqp major='0' minor='9' port='1'>\n<class name='a' index='{index}' handler='h'/></amqp>"
        )
    };
    let model = |file, index| resolve(&parse(file, &text(index)).unwrap()).unwrap();
    let changes = diff(&model("old.xml", 1), &model("new.xml", 2));
    let place = |position: &Option<Position>| position.as_ref().unwrap().to_string();
    assert_eq!(place(&changes[0].old), "old.xml:2:1");
    assert_eq!(place(&changes[0].new), "new.xml:2:1");
}

#[test]
fn tools_read_a_difference_in_three_words() {
    let old = class(
        "<field name='a' type='bit'/>\
         <method name='get' index='1'><field name='b' type='bit'/></method>",
    );
    let new = class(
        "<field name='a' type='long'/>\
         <method name='get' index='2'><field name='c' type='bit'/></method>",
    );
    let (old, new) = (
        model(&format!("<constant name='d' value='1'/>{old}")),
        model(&format!("<domain name='e' type='bit'/>{new}")),
    );
    let words = diff(&old, &new).into_iter().map(|change| {
        let Change { difference, .. } = change;
        let name = difference.name();
        [difference.element(), &name, difference.aspect()].join(" ")
    });
    let expected = [
        "constant d removed",
        "domain e added",
        "property queue/a type",
        "method queue.get index",
        "argument queue.get/c renamed",
    ];
    assert_eq!(words.collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_secret_is_no_matter_of_the_wire() {
    let old = "<field name='token' type='longstr'/>";
    let new = "<field name='token' type='longstr' secret='1'/>";
    arguments_differ(old, new, &[]);
    properties_differ(new, old, &[]);
}
