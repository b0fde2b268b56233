//! What the generator says to wrong documents, word by word.
//!
//! Overlays extend the little protocol in `tests/golden/base.xml`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod facts;

use std::fs;

use amqp_codegen::{merge, parse, resolve};

/// A whole document that must not get through.
#[track_caller]
fn refuses(document: &str, expected: &str) {
    let error = parse("x.xml", document)
        .and_then(|spec| merge(spec, []))
        .and_then(|spec| resolve(&spec))
        .unwrap_err();
    assert_eq!(error.to_string(), expected);
}

/// A document with these lines inside, from line 2.
#[track_caller]
fn refuses_inside(lines: &str, expected: &str) {
    let document = format!("<amqp major='0' minor='9' port='5672'>\n{lines}\n</amqp>");
    refuses(&document, expected);
}

/// An overlay with these lines inside, from line 2.
#[track_caller]
fn refuses_overlay(lines: &str, expected: &str) {
    let base = fs::read_to_string(facts::file("tests/golden/base.xml")).unwrap();
    let base = parse("base.xml", &base).unwrap();
    let error = parse("overlay.xml", &format!("<amqp>\n{lines}\n</amqp>"))
        .and_then(|overlay| merge(base, [overlay]))
        .and_then(|spec| resolve(&spec))
        .unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_is_not_well_formed() {
    refuses("", "x.xml:1:1: the document has no `amqp` element");
    refuses(
        "<!-- nothing -->\n",
        "x.xml:2:1: the document has no `amqp` element",
    );
    refuses(
        "<amqp>\n  <class name='a'>\n</amqp>",
        "x.xml:3:1: expected `</class>`, but `</amqp>` was found",
    );
    refuses(
        "<amqp>\n  <class name='a'>\n",
        "x.xml:2:3: `class` is never closed",
    );
    refuses(
        "<amqp>\n  <class name='a",
        "x.xml:2:3: attribute value not closed: `'` not found before end of input",
    );
    refuses(
        "</amqp>",
        "x.xml:1:1: close tag `</amqp>` does not match any open tag",
    );
    refuses(
        "<amqp/><amqp/>",
        "x.xml:1:8: `amqp` has no place at the top of a document",
    );
    refuses_inside(
        "<class name=basic/>",
        "x.xml:2:13: the value of an attribute needs quotes",
    );
    refuses_inside("<class name/>", "x.xml:2:12: an attribute needs `=`");
    refuses_inside(
        "<class name='a'><doc>one &nbsp; two</doc></class>",
        "x.xml:2:26: unknown entity `&nbsp;`",
    );
    refuses_inside(
        "<class name='a'><doc>a & b</doc></class>",
        "x.xml:2:24: entity or character reference not closed: `;` not found before end of input",
    );
}

#[test]
fn what_the_vocabulary_has_no_place_for() {
    refuses("<spec/>", "x.xml:1:1: unknown element `spec`");
    refuses(
        "<class name='a'/>",
        "x.xml:1:1: `class` has no place at the top of a document",
    );
    refuses_inside(
        "  <struct name='size'/>",
        "x.xml:2:3: unknown element `struct`",
    );
    refuses_inside(
        "<class name='a'>\n<class name='b'/>\n</class>",
        "x.xml:3:1: `class` has no place below `class`",
    );
    refuses_inside(
        "<class name='a'><response name='b'/></class>",
        "x.xml:2:17: `response` has no place below `class`",
    );
    refuses_inside(
        "<class name='a'>\n  stray ä\n</class>",
        "x.xml:3:3: text stands only inside of `doc`",
    );
}

#[test]
fn attributes_that_are_missing_or_wrong() {
    refuses("<amqp/>", "x.xml:1:1: `amqp` has no `major`");
    refuses(
        "<amqp major='256'/>",
        "x.xml:1:7: `major` of `amqp` is \"256\", not a decimal number of 8 bits",
    );
    refuses_inside("<class index='1'/>", "x.xml:2:1: `class` has no `name`");
    refuses_inside(
        "<constant name='a'/>",
        "x.xml:2:1: `constant` has no `value`",
    );
    refuses_inside(
        "<constant name='ä' value='0x10'/>",
        "x.xml:2:20: `value` of `constant` is \"0x10\", not a decimal number of 32 bits",
    );
    refuses_inside(
        "<constant name='a' value='4294967296'/>",
        "x.xml:2:20: `value` of `constant` is \"4294967296\", not a decimal number of 32 bits",
    );
    refuses_inside(
        "<constant name='a' value='1' class='warning'/>",
        "x.xml:2:1: class of constant `a` is `warning`, not `soft-error` or `hard-error`",
    );
    refuses_inside(
        "<class name='a' handler='a'/>",
        "x.xml:2:1: `class` has no `index`",
    );
    refuses_inside(
        "<class name='a' index='1'/>",
        "x.xml:2:1: `class` has no `handler`",
    );
    refuses_inside(
        "<class name='a' index='+1' handler='a'/>",
        "x.xml:2:17: `index` of `class` is \"+1\", not a decimal number of 16 bits",
    );
    refuses_inside(
        "<class name='a' index='0' handler='a'/>",
        "x.xml:2:1: index of class `a` is 0, not in 1..=65535",
    );
    refuses_inside(
        "<class name='a'\n   name='b'/>",
        "x.xml:3:4: the attribute is given twice (first defined at x.xml:2:8)",
    );
    refuses_inside(
        "<class name='a'><method name='b' content='yes'/></class>",
        "x.xml:2:34: `content` of `method` is \"yes\", not 1 or 0",
    );
    refuses_inside(
        "<class name='a'><field name='b' type='bit' domain='c'/></class>",
        "x.xml:2:17: `field` has both `domain` and `type`",
    );
    refuses_inside(
        "<class name='a'><chassis name='proxy'/></class>",
        "x.xml:2:17: `chassis` is for client or server, not \"proxy\"",
    );
    refuses_inside(
        "<constant name='9lives' value='1'/>",
        "x.xml:2:1: \"9lives\" is no name: a letter, then letters, digits, hyphens, spaces",
    );
}

/// A method with these lines inside, from line 3, in a document with the domains `name` and `bit`.
#[track_caller]
fn refuses_in_method(lines: &str, expected: &str) {
    refuses_inside(
        &format!(
            "<domain name='name' type='shortstr'/><class name='a' index='1' handler='a'><method name='b' index='1'>\n\
             {lines}\n</method></class>"
        ),
        expected,
    );
}

#[test]
fn what_does_not_exist() {
    refuses_inside(
        "<domain name='size' type='name'/>",
        "x.xml:2:1: `name` is no elementary type; there are bit, octet, short, long, longlong, shortstr, \
         longstr, timestamp, table",
    );
    refuses_in_method(
        "<field name='f'/>",
        "x.xml:3:1: `f` has neither `domain` nor `type`",
    );
    refuses_in_method(
        "<field name='f' domain='content'/>",
        "x.xml:3:1: domain `content` of `f` is not declared",
    );
    refuses_in_method(
        "<field name='f' domain='bit'/>",
        "x.xml:3:1: domain `bit` of `f` is not declared; write type=\"bit\" for the elementary type",
    );
    refuses_in_method(
        "  <response name='b ok'/>",
        "x.xml:3:3: `b` is answered by `b-ok`, which is not there",
    );
    refuses_in_method(
        "<field name='f' type='bit' replaces='reserved-1'/>",
        "x.xml:3:1: `f` has nothing to replace: its owner is defined here",
    );
    refuses_in_method(
        "<field name='f' type='short'>\n<assert check='length' value='many'/></field>",
        "x.xml:4:1: check `length` needs a number as `value`",
    );
    refuses_in_method(
        "<field name='f' type='short'>\n<assert check='le' method='tune'/></field>",
        "x.xml:4:1: check `le` needs a `field`",
    );
}

#[test]
fn what_is_taken() {
    refuses_inside(
        "<constant name='no-route' value='312' class='soft-error'/>\n\
         <constant name='no route' value='313' class='soft-error'/>",
        "x.xml:3:1: constant of `no route` is already taken (first defined at x.xml:2:1)",
    );
    refuses_inside(
        "<constant name='a' value='312' class='soft-error'/>\n\
         <constant name='b' value='312' class='hard error'/>",
        "x.xml:3:1: reply code of `b` is already taken (first defined at x.xml:2:1)",
    );
    refuses_inside(
        "<class name='a' index='1' handler='a'/>\n<class name='b' index='1' handler='b'/>",
        "x.xml:3:1: class index of `b` is already taken (first defined at x.xml:2:1)",
    );
    refuses_in_method(
        "<field name='f one' type='bit'/>\n<field name='f_one' type='bit'/>",
        "x.xml:4:1: field of `f-one` is already taken (first defined at x.xml:3:1)",
    );
}

#[test]
fn overlays_that_contradict() {
    refuses_overlay(
        "<constant name='not-found' value='405' class='soft-error'/>",
        "overlay.xml:2:1: `value` is 405 here and 404 there (first defined at base.xml:2:3)",
    );
    refuses_overlay(
        "<constant name='not-found' value='404' class='hard-error'/>",
        "overlay.xml:2:1: `class` is \"hard-error\" here and \"soft-error\" there (first defined at base.xml:2:3)",
    );
    refuses_overlay(
        "<constant name='missing' value='404' class='hard-error'/>",
        "overlay.xml:2:1: reply code of `missing` is already taken (first defined at base.xml:2:3)",
    );
    refuses_overlay(
        "<domain name='queue name' type='longstr'/>",
        "overlay.xml:2:1: `type` is \"longstr\" here and \"shortstr\" there (first defined at base.xml:4:3)",
    );
    refuses_overlay(
        "<class name='queue' index='51'/>",
        "overlay.xml:2:1: `index` is 51 here and 50 there (first defined at base.xml:5:3)",
    );
    refuses_overlay(
        "<class name='queue' handler='queue'/>",
        "overlay.xml:2:1: `handler` is \"queue\" here and \"channel\" there (first defined at base.xml:5:3)",
    );
    refuses_overlay(
        "<class name='line' index='50' handler='channel'/>",
        "overlay.xml:2:1: class index of `line` is already taken (first defined at base.xml:5:3)",
    );
    refuses(
        "<amqp major='0' minor='9' port='5672'><class name='a' handler='b'/></amqp>",
        "x.xml:1:39: `class` has no `index`",
    );
    refuses_overlay(
        "<class name='queue'><method name='declare' index='12'/></class>",
        "overlay.xml:2:21: `index` is 12 here and 10 there (first defined at base.xml:6:5)",
    );
    refuses_overlay(
        "<class name='queue'><method name='peek' index='10'/></class>",
        "overlay.xml:2:21: method index of `peek` is already taken (first defined at base.xml:6:5)",
    );
    refuses_overlay(
        "<class name='queue'><method name='peek'/></class>",
        "overlay.xml:2:21: `method` has no `index`",
    );
    refuses_overlay(
        "<class name='queue'><method name='declare' content='1'/></class>",
        "overlay.xml:2:21: `content` is true here and false there (first defined at base.xml:6:5)",
    );
    refuses_overlay(
        "<class name='queue'><rule name='limit'><doc>Other.</doc></rule></class>",
        "overlay.xml:2:21: rule `limit` says something else here (first defined at base.xml:11:5)",
    );
}

/// Fields for queue.declare, from line 3.
#[track_caller]
fn refuses_fields(lines: &str, expected: &str) {
    let lines = format!("<class name='queue'><method name='declare'>\n{lines}\n</method></class>");
    refuses_overlay(&lines, expected);
}

#[test]
fn overlays_that_move_bits() {
    refuses_fields(
        "<field name='queue' type='longstr'/>",
        "overlay.xml:3:1: `type` is \"longstr\" here and \"shortstr\" there (first defined at base.xml:7:7)",
    );
    refuses_fields(
        "<field name='queue' domain='queue-name' reserved='1'/>",
        "overlay.xml:3:1: `queue` has a meaning and cannot be reserved (first defined at base.xml:7:7)",
    );
    refuses_fields(
        "<field name='lazy' type='octet' replaces='reserved-1'/>",
        "overlay.xml:3:1: `type` is \"octet\" here and \"bit\" there (first defined at base.xml:8:7)",
    );
    refuses_fields(
        "<field name='lazy' type='bit' replaces='reserved-7'/>",
        "overlay.xml:3:1: queue.declare has no `reserved-7` that `lazy` could replace",
    );
    refuses_fields(
        "<field name='lazy' type='bit' replaces='no-wait'/>",
        "overlay.xml:3:1: `no-wait` of queue.declare is not reserved and keeps its name (first defined at base.xml:9:7)",
    );
    refuses_fields(
        "<field name='no wait' type='bit' replaces='reserved-1'/>",
        "overlay.xml:3:1: queue.declare already has a `no wait` (first defined at base.xml:9:7)",
    );
    refuses_fields(
        "<field name='lazy' domain='laziness' replaces='reserved-1'/>",
        "overlay.xml:3:1: domain `laziness` of `lazy` is not declared",
    );
    refuses_overlay(
        "<class name='queue'><method name='peek' index='60'>\n<field name='f' type='bit' replaces='reserved-1'/></method></class>",
        "overlay.xml:3:1: `f` has nothing to replace: its owner is defined here",
    );
}

#[test]
fn overlays_of_another_protocol() {
    let base = "<amqp major='0' minor='9' revision='1' port='5672'/>";
    let base = parse("base.xml", base).unwrap();
    let overlay = parse("overlay.xml", "<!-- -->\n<amqp major='8'/>").unwrap();
    let error = merge(base, [overlay]).unwrap_err();
    let expected = "overlay.xml:2:1: `major` is 8 here and 0 there (first defined at base.xml:1:1)";
    assert_eq!(error.to_string(), expected);
}
