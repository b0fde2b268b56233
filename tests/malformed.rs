//! Malformed vectors through the codec alone: damage is called what it is, and found where it is.
//!
//! `tests/vectors.rs` asks what becomes of a connection; here it is what the codec says of the octets. The places are
//! in `tests/malformed/places.txt`; `BLESS=1` accepts other ones.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what tests share is test code too"
)]

use std::fmt::Write as _;
use std::path::Path;

use amqp_methods::{
    AnyMethod, ContentHeader, DecodeError, DecodeErrorKind as Kind, DynMethod as _, FieldValue,
    Frame, FrameError, FrameKind, FrameLimits, PROTOCOL, basic,
};
use serde::Deserialize;

const VECTORS: &str = include_str!("vectors/malformed.json");

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    id: String,
    level: String,
    #[serde(default, with = "hex::serde")]
    input_hex: Vec<u8>,
    #[serde(default)]
    frame_max: u32,
    expect: Expected,
    #[serde(default)]
    also_acceptable: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    class: String,
    #[serde(default)]
    kind: Option<String>,
}

/// What the codec says.
enum Said {
    Sound,
    Incomplete,
    Frame(FrameError),
    Payload(DecodeError, usize),
}

/// Vectors that a codec can judge: frames, and what is in them.
fn vectors() -> impl Iterator<Item = Vector> {
    let file: File = serde_json::from_str(VECTORS).unwrap();
    let levels = ["frame", "method", "table", "header"];
    let vectors = file.vectors.into_iter();
    vectors.filter(move |vector| levels.contains(&vector.level.as_str()))
}

/// Decodes all frames, and looks into everything.
fn said(vector: &Vector) -> Said {
    let mut rest = vector.input_hex.as_slice();
    while !rest.is_empty() {
        let frame = match Frame::decode(rest, FrameLimits::all(vector.frame_max)) {
            Ok(Some(frame)) => frame,
            Ok(None) => return Said::Incomplete,
            Err(error) => return Said::Frame(error),
        };
        let looked = match frame.kind {
            // The payloads of these are not what is damaged.
            _ if vector.level == "frame" => Ok(()),
            FrameKind::Method => look_at_method(frame.payload),
            FrameKind::Header => look_at_header(frame.payload),
            FrameKind::Body | FrameKind::Heartbeat => Ok(()),
        };
        if let Err(error) = looked {
            return Said::Payload(error, frame.payload.len());
        }
        rest = &rest[frame.encoded_len()..];
    }
    Said::Sound
}

fn look_at_method(payload: &[u8]) -> Result<(), DecodeError> {
    let method = AnyMethod::decode(payload)?;
    method.fields().try_for_each(|(_, value)| match value {
        FieldValue::Table(table) => table.check(),
        _ => Ok(()),
    })
}

fn look_at_header(payload: &[u8]) -> Result<(), DecodeError> {
    let header = ContentHeader::decode(payload)?;
    let properties: basic::Properties<'_> = header.properties()?;
    properties.headers.map_or(Ok(()), |headers| headers.check())
}

/// Whether damage of that name is what the codec says it is; none where it is not for a codec to say.
fn is_called(kind: &str, said: &Said) -> Option<bool> {
    let payload = |kinds: &[Kind]| {
        let Said::Payload(error, _) = said else {
            return Some(false);
        };
        Some(kinds.contains(&error.kind()))
    };
    match kind {
        "bad-frame-end" => Some(matches!(said, Said::Frame(FrameError::BadEnd { .. }))),
        "frame-too-large" => Some(matches!(said, Said::Frame(FrameError::TooLarge { .. }))),
        "unknown-frame-type" => Some(matches!(said, Said::Frame(FrameError::UnknownKind { .. }))),
        "method-payload-too-short" | "header-too-short" => payload(&[Kind::Truncated]),
        "truncated-arguments" => {
            payload(&[Kind::Truncated, Kind::StringOverrun, Kind::TableOverrun])
        }
        "trailing-bytes" => payload(&[Kind::TrailingOctets]),
        "shortstr-overrun" | "longstr-overrun" => payload(&[Kind::StringOverrun]),
        "table-overrun" => payload(&[Kind::TableOverrun]),
        "key-overrun" => payload(&[Kind::Truncated, Kind::StringOverrun]),
        "value-overrun" => payload(&[
            Kind::Truncated,
            Kind::StringOverrun,
            Kind::TableOverrun,
            // What a table does not cover is left over, and nobody has to walk it to see that.
            Kind::TrailingOctets,
        ]),
        "nested-overrun" => payload(&[Kind::StringOverrun, Kind::TableOverrun]),
        // The message says which: RabbitMQ does not define `U`, and we read it.
        "unknown-field-tag" => match said {
            Said::Sound => Some(true),
            Said::Payload(error, _) => Some(matches!(error.kind(), Kind::UnknownFieldTag(_))),
            _ => Some(false),
        },
        "nesting-too-deep" => payload(&[Kind::NestingTooDeep]),
        "truncated-properties" => {
            payload(&[Kind::Truncated, Kind::StringOverrun, Kind::TooManyFlagWords])
        }
        "undefined-property-flag" => payload(&[Kind::UndefinedPropertyFlag]),
        "header-class-mismatch" => payload(&[Kind::Mismatch]),
        // Values that mean something, and whoever knows the connection decides what.
        "unknown-class"
        | "unknown-method"
        | "bad-utf8"
        | "nonzero-weight"
        | "body-size-too-large" => Some(matches!(said, Said::Sound)),
        _ => None,
    }
}

#[test]
fn damage_is_called_what_it_is() {
    let mut judged = 0;
    for vector in vectors() {
        let said = said(&vector);
        match vector.expect.class.as_str() {
            "incomplete" => assert!(matches!(said, Said::Incomplete), "{}", vector.id),
            "accept" => {
                let mut others = vector.also_acceptable.iter();
                let is_refusable = others.any(|other| other.class == "error");
                let is_sound = matches!(said, Said::Sound);
                // One vector has a wrong length by mistake; `tests/vectors.rs` has the recording.
                let is_mistaken = vector.id == "utf8/reply-text-from-server";
                assert!(is_sound || is_refusable && is_mistaken, "{}", vector.id);
            }
            _ => {
                let kind = vector.expect.kind.as_deref().unwrap();
                let called = is_called(kind, &said);
                assert_eq!(
                    called,
                    Some(true),
                    "{}: {kind}, but {}",
                    vector.id,
                    line(&said)
                );
            }
        }
        judged += 1;
    }
    assert_eq!(judged, 130);
}

/// Whatever is said names a method and a field that there are, and an octet that there is.
#[test]
fn damage_is_found_in_what_there_is() {
    for vector in vectors() {
        let Said::Payload(error, length) = said(&vector) else {
            continue;
        };
        assert!(error.offset() <= length, "{}: {error}", vector.id);
        let methods = PROTOCOL.classes.iter().flat_map(|class| class.methods);
        let mut methods = methods.filter(|method| method.name == error.method());
        if !error.method().is_empty() {
            let method = methods.next().unwrap();
            let mut fields = method.fields.iter().map(|field| field.name).chain([""]);
            assert!(
                fields.any(|field| field == error.field()),
                "{}: {error}",
                vector.id
            );
        }
    }
}

fn line(said: &Said) -> String {
    match said {
        Said::Sound => "sound".to_owned(),
        Said::Incomplete => "incomplete".to_owned(),
        Said::Frame(error) => error.to_string(),
        Said::Payload(error, _) => error.to_string(),
    }
}

#[test]
fn damage_is_found_where_it_is() {
    let mut found = String::new();
    for vector in vectors() {
        writeln!(found, "{}: {}", vector.id, line(&said(&vector))).unwrap();
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed/places.txt");
    if std::env::var("BLESS").as_deref() == Ok("1") {
        std::fs::write(&file, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap();
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found, expected);
}
