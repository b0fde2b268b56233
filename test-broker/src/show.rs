//! Methods, properties and octets as a failing test shows them.

use std::fmt::Write as _;

use amqp_methods::{
    AnyMethod, ContentHeader, DynMethod, FieldInfo, FieldValue, Fields, Hidden, UnknownMethod,
    basic,
};

/// How many octets of a body or of an unknown method are worth reading.
const SHOWN: usize = 64;

/// `basic.ack {delivery-tag: 1, multiple: false}`
pub(crate) fn method<M: DynMethod>(method: &M) -> String {
    match method.info() {
        Some(info) => format!("{} {}", info.name, fields(method.fields())),
        None => format!("unknown method {}", method.id()),
    }
}

/// As [`method`], with the octets of the arguments where nobody knows the fields.
pub(crate) fn any_method(any: &AnyMethod<'_>) -> String {
    match any {
        AnyMethod::Unknown(UnknownMethod { id, args }) => {
            format!("unknown method {id} {}", octets(args.as_bytes()))
        }
        known => method(known),
    }
}

/// `content header {class-id: 60, body-size: 5, content-type: "text/plain"}`
pub(crate) fn content_header(header: &ContentHeader<'_>) -> String {
    let mut text = format!(
        "content header {{class-id: {}, body-size: {}",
        header.class_id, header.body_size
    );
    if header.weight != 0 {
        let _ = write!(text, ", weight: {}", header.weight);
    }
    match header.properties::<basic::Properties<'_>>() {
        Ok(properties) => {
            for (field, value) in amqp_methods::Content::fields(&properties).described() {
                let _ = write!(text, ", {}", field_text(field, &value));
            }
        }
        Err(error) => {
            let _ = write!(text, ", {error}");
        }
    }
    text.push('}');
    text
}

/// `{name: value, …}`, secrets hidden.
pub(crate) fn fields(fields: Fields<'_>) -> String {
    let shown: Vec<_> = fields
        .described()
        .map(|(field, value)| field_text(field, &value))
        .collect();
    format!("{{{}}}", shown.join(", "))
}

/// `name: value`, or `name: ***` for a secret.
fn field_text(field: &FieldInfo, value: &FieldValue<'_>) -> String {
    let name = field.name;
    match field.secret {
        true => format!("{name}: {Hidden:?}"),
        false => format!("{name}: {}", value_text(value)),
    }
}

/// The value as one would write it, without its type.
pub(crate) fn value_text(value: &FieldValue<'_>) -> String {
    match value {
        FieldValue::Bit(bit) => bit.to_string(),
        FieldValue::Octet(number) => number.to_string(),
        FieldValue::Short(number) => number.to_string(),
        FieldValue::Long(number) => number.to_string(),
        FieldValue::LongLong(number) => number.to_string(),
        FieldValue::ShortStr(text) => format!("{text:?}"),
        FieldValue::LongStr(text) => format!("{text:?}"),
        FieldValue::Timestamp(time) => time.as_secs().to_string(),
        FieldValue::Table(table) => format!("{table:?}"),
        other => format!("{other:?}"),
    }
}

/// `of 5 octets "hello"`, cut where it becomes long.
pub(crate) fn octets(octets: &[u8]) -> String {
    let shown = octets.get(..SHOWN).unwrap_or(octets);
    let more = if shown.len() < octets.len() {
        "…"
    } else {
        ""
    };
    format!(
        "of {} octets \"{}{more}\"",
        octets.len(),
        shown.escape_ascii()
    )
}

/// The fields in which two methods of one kind differ, each on a line of its own.
pub(crate) fn differences(expected: Fields<'_>, got: Fields<'_>) -> Vec<String> {
    expected
        .described()
        .zip(got)
        .filter(|((_, expected), (_, got))| expected != got)
        .map(|((field, expected), (_, got))| match field.secret {
            true => format!("{}: another secret than the expected one", field.name),
            false => format!(
                "{}: expected {}, got {}",
                field.name,
                value_text(&expected),
                value_text(&got)
            ),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use amqp_methods::connection;

    use super::*;

    #[test]
    fn a_method_is_shown_by_name_and_fields() {
        let ack = basic::Ack::new(1);
        assert_eq!(method(&ack), "basic.ack {delivery-tag: 1, multiple: false}");
        let cancel = basic::Cancel::new("c\"1");
        assert_eq!(
            method(&cancel),
            r#"basic.cancel {consumer-tag: "c\"1", no-wait: false}"#
        );
    }

    #[test]
    fn secrets_are_neither_shown_nor_compared_in_public() {
        let (one, two) = (
            connection::SecureOk::new("s3cr3t"),
            connection::SecureOk::new("0ther"),
        );
        assert_eq!(method(&one), "connection.secure-ok {response: ***}");
        assert_eq!(
            differences(one.fields(), two.fields()),
            ["response: another secret than the expected one"]
        );
    }

    #[test]
    fn an_unknown_method_is_shown_by_its_octets() {
        let any = AnyMethod::decode(b"\x00\x5a\x00\x63ab\xff").unwrap();
        assert_eq!(
            any_method(&any),
            r#"unknown method 90.99 of 3 octets "ab\xff""#
        );
    }

    #[test]
    fn long_octets_are_cut() {
        assert!(octets(&[b'a'; 65]).ends_with("aaa…\""));
    }

    #[test]
    fn only_what_differs_is_listed() {
        let (one, two) = (basic::Nack::new(1), basic::Nack::new(1).requeue(true));
        assert_eq!(
            differences(one.fields(), two.fields()),
            ["requeue: expected false, got true"]
        );
    }
}
