//! What is generated for one side, and what is left out.

#![cfg(feature = "format")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use amqp_codegen::{Config, Side};

/// The module of a class in the whole protocol, as generated for `side`.
fn module(side: Side, class: &str) -> String {
    let source = Config::new().side(side).source().unwrap();
    let head = format!("\npub mod {class} {{\n");
    let (_, module) = source.split_once(&head).unwrap();
    let (module, _) = module.split_once("\n}\n").unwrap();
    module.to_owned()
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
    let classes = ["connection", "channel", "queue", "basic"];
    let [both, client, server] = [Side::Both, Side::Client, Side::Server]
        .map(|side| classes.map(|class| module(side, class)));
    for (class, method, in_both, in_client, in_server) in [
        // requests of the client
        (2, "Declare", "nsQDRM", "nsQM", "DRM"),
        (3, "Publish", "nsDRM", "nsM", "DRM"),
        // of the server
        (0, "Start", "nsQDRM", "DRM", "nsQM"),
        (3, "Deliver", "nsDRM", "DRM", "nsM"),
        // answers
        (2, "DeclareOk", "nsDRM", "DRM", "nsM"),
        (0, "StartOk", "nsDRM", "nsM", "DRM"),
        // of either
        (1, "Close", "nsQDRM", "nsQDRM", "nsQDRM"),
        (1, "CloseOk", "DRM", "DRM", "DRM"),
        (3, "Cancel", "nsQDRM", "nsQDRM", "nsQDRM"),
    ] {
        let found = [&both, &client, &server].map(|modules| parts(&modules[class], method));
        assert_eq!(found, [in_both, in_client, in_server], "{method}");
    }
}

#[test]
fn the_enum_has_what_is_received() {
    let variants = |side| {
        let source = Config::new().side(side).source().unwrap();
        let (_, rest) = source.split_once("pub enum AnyMethod<'a> {\n").unwrap();
        let (variants, _) = rest.split_once("\n    }\n").unwrap();
        let variants = variants
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("///"));
        variants.map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let client = variants(Side::Client);
    let server = variants(Side::Server);
    let both = variants(Side::Both);
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
    assert!(module(Side::Client, "basic").contains("pub enum GetReply {"));
    assert!(!module(Side::Server, "basic").contains("GetReply"));
}

#[test]
fn both_is_what_is_generated_unless_told_otherwise() {
    let default = Config::new().source().unwrap();
    assert_eq!(Config::new().side(Side::Both).source().unwrap(), default);
}
