//! What is generated for one side, and what is left out.

#![cfg(feature = "format")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::LazyLock;

use amqp_codegen::{Config, Side};

static BOTH: LazyLock<String> = LazyLock::new(|| source(Side::Both));
static CLIENT: LazyLock<String> = LazyLock::new(|| source(Side::Client));
static SERVER: LazyLock<String> = LazyLock::new(|| source(Side::Server));

/// The whole protocol for one side.
fn source(side: Side) -> String {
    Config::new().side(side).source().unwrap()
}

/// The module of a class.
fn module<'s>(source: &'s str, class: &str) -> &'s str {
    let head = format!("\npub mod {class} {{\n");
    let (_, module) = source.split_once(&head).unwrap();
    module.split_once("\n}\n").unwrap().0
}

/// What there is for a method: a letter for each of `new`, setter, Request, Decode, Reply and encoding.
fn parts(module: &str, name: &str) -> String {
    let generics = |lifetime: &str| format!("{name}<{lifetime}>");
    let has = |what: &str, lifetime: &str| {
        let borrowing = format!("    {what}{} {{\n", generics(lifetime));
        let plain = format!("    {what}{name} {{\n");
        module.contains(&borrowing) || module.contains(&plain)
    };
    let inherent = format!("    impl<'a> {} {{\n", generics("'a"));
    let inherent = module.split_once(&inherent).map(|(_, rest)| rest);
    let inherent = inherent.and_then(|rest| rest.split_once("\n    }\n"));
    let functions = inherent.map_or("", |(functions, _)| functions);
    let found = [
        ('n', functions.contains("pub fn new(")),
        ('s', functions.contains("(mut self, ")),
        ('Q', has("impl Request for ", "'_")),
        ('D', has("impl<'a> Decode<'a> for ", "'a")),
        ('R', has("impl Reply for ", "'static")),
        ('M', has("impl Method for ", "'_")),
    ];
    let found = found.iter().filter(|(_, found)| *found);
    found.map(|(letter, _)| letter).collect()
}

#[test]
fn each_side_has_what_it_does() {
    for (class, method, in_both, in_client, in_server) in [
        // requests of the client
        ("queue", "Declare", "nsQDRM", "nsQM", "DRM"),
        ("basic", "Publish", "nsDRM", "nsM", "DRM"),
        // of the server
        ("connection", "Start", "nsQDRM", "DRM", "nsQM"),
        ("basic", "Deliver", "nsDRM", "DRM", "nsM"),
        // answers
        ("queue", "DeclareOk", "nsDRM", "DRM", "nsM"),
        ("connection", "StartOk", "nsDRM", "nsM", "DRM"),
        // of either
        ("channel", "Close", "nsQDRM", "nsQDRM", "nsQDRM"),
        ("channel", "CloseOk", "DRM", "DRM", "DRM"),
        ("basic", "Cancel", "nsQDRM", "nsQDRM", "nsQDRM"),
    ] {
        let found = [&*BOTH, &*CLIENT, &*SERVER].map(|source| parts(module(source, class), method));
        assert_eq!(found, [in_both, in_client, in_server], "{method}");
    }
}

#[test]
fn the_enum_has_what_is_received() {
    let variants = |source: &str| {
        let (_, rest) = source.split_once("pub enum AnyMethod<'a> {\n").unwrap();
        let (variants, _) = rest.split_once("\n    }\n").unwrap();
        let variants = variants
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("///"));
        variants.map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let client = variants(&CLIENT);
    let server = variants(&SERVER);
    let both = variants(&BOTH);
    assert!(client.contains(&"BasicDeliver(basic::Deliver<'a>),".to_owned()));
    assert!(!client.contains(&"BasicPublish(basic::Publish<'a>),".to_owned()));
    assert!(server.contains(&"BasicPublish(basic::Publish<'a>),".to_owned()));
    assert!(!server.contains(&"BasicDeliver(basic::Deliver<'a>),".to_owned()));
    let of_one = both
        .iter()
        .filter(|variant| client.contains(variant) || server.contains(variant));
    assert_eq!(of_one.count(), both.len());
}

#[test]
fn an_enum_of_answers_belongs_to_who_asks() {
    assert!(module(&CLIENT, "basic").contains("pub enum GetReply {"));
    assert!(!module(&SERVER, "basic").contains("GetReply"));
}

#[test]
fn both_is_what_is_generated_unless_told_otherwise() {
    assert_eq!(*BOTH, Config::new().source().unwrap());
}
