//! Secrets stay out of whatever is printed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Debug;

use amqp_methods::{
    AnyMethod, Content as _, DynMethod as _, FieldInfo, FieldTable, FieldValue, Hidden, LongStr,
    Method as _, MethodId, PROTOCOL, Reader, UnknownMethod, basic, connection,
};

const SECRET: &str = "s3cr3t";

fn start_ok() -> connection::StartOk<'static> {
    connection::StartOk::new("PLAIN", SECRET, "en_US").client_properties(FieldTable::default())
}

#[track_caller]
fn hides(value: &dyn Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(text.contains("***"), "{text}");
        assert!(!text.contains(SECRET), "{text}");
        // Neither as numbers, as a slice of octets would be shown, nor by its length.
        assert!(!text.contains("115") && !text.contains('6'), "{text}");
    }
}

#[test]
fn debug_of_a_method_hides_its_secret_and_shows_the_rest() {
    hides(&start_ok());
    hides(&connection::SecureOk::new(SECRET));
    hides(&connection::UpdateSecret::new(SECRET, "expires soon"));
    let shown = format!(
        "{:?}",
        connection::UpdateSecret::new(SECRET, "expires soon")
    );
    assert_eq!(
        shown,
        r#"UpdateSecret { new_secret: ***, reason: "expires soon" }"#
    );
    assert!(format!("{:?}", start_ok()).contains("mechanism: \"PLAIN\""));
}

#[test]
fn debug_of_any_method_hides_secrets() {
    hides(&AnyMethod::ConnectionStartOk(start_ok()));
    hides(&AnyMethod::ConnectionSecureOk(connection::SecureOk::new(
        SECRET,
    )));
    let update = connection::UpdateSecret::new(SECRET, "");
    hides(&AnyMethod::ConnectionUpdateSecret(update).into_owned());
}

#[test]
fn debug_of_all_fields_together_hides_secrets() {
    hides(&start_ok().fields());
    let update = connection::UpdateSecret::new(SECRET, "why");
    let shown = format!("{:?}", update.fields());
    assert_eq!(shown, r#"{"new-secret": ***, "reason": ShortStr("why")}"#);
}

#[test]
fn an_unknown_method_shows_how_many_octets_it_has() {
    let args = SECRET.as_bytes();
    let unknown = UnknownMethod::new(MethodId::new(90, 1), Reader::new(args));
    let shown = format!("{:?}", AnyMethod::Unknown(unknown));
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(shown.contains("args: 6 octets"), "{shown}");
}

#[test]
fn the_description_tells_which_fields_are_secrets() {
    let secrets = |fields: &'static [FieldInfo]| {
        let secrets = fields.iter().filter(|field| field.secret);
        secrets.map(|field| field.name)
    };
    let mut found = Vec::new();
    for class in PROTOCOL.classes {
        found.extend(secrets(class.properties).map(|field| format!("{}/{field}", class.name)));
        for method in class.methods {
            found.extend(secrets(method.fields).map(|field| format!("{}/{field}", method.name)));
        }
    }
    assert_eq!(
        found,
        [
            "connection.start-ok/response",
            "connection.secure-ok/response",
            "connection.update-secret/new-secret",
        ]
    );
}

#[test]
fn tools_see_the_value_beside_the_mark() {
    let secure_ok = connection::SecureOk::new(SECRET);
    let described: Vec<_> = secure_ok.fields().described().collect();
    let [(field, value)] = described.as_slice() else {
        panic!("{} fields", described.len());
    };
    assert_eq!((field.name, field.secret), ("response", true));
    assert_eq!(*value, FieldValue::LongStr(LongStr::from(SECRET)));
    assert!(std::ptr::eq(*field, &connection::SecureOk::INFO.fields[0]));

    let properties = basic::Properties::default().content_type("text/plain");
    let mut described = properties.fields().described();
    assert_eq!(described.len(), 1);
    let (field, _) = described.next().unwrap();
    assert_eq!((field.name, field.secret), ("content-type", false));
}

#[test]
fn what_is_hidden_is_equal_and_cloned_as_before() {
    assert_eq!(start_ok().clone(), start_ok());
    assert_ne!(start_ok(), start_ok().response("0ther"));
    assert_eq!(format!("{Hidden:?}"), "***");
}
