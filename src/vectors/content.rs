//! Golden vectors with content: headers, and messages cut into frames.

use amqp_methods::{
    BytesMut, Content, ContentHeader, DecodeContent, DecodeError, DynMethod, FieldInfo,
    FrameEncoder, FrameKind, FrameLimits, MethodInfo, Reader, basic, encode_properties,
};
use serde::Deserialize;
use serde_json::Value as Json;

use super::compare::{Field, compare_fields, values};
use super::golden::{Reserved, arguments, known, whole_frame};
use super::notation::{self, Unusable};
use crate::extension::{AnyMethod, parcel};
use crate::report::{Failure, ensure, same_octets};
use crate::stream::{Stream, What, header_frame};

#[derive(Deserialize)]
pub(super) struct HeaderVector {
    class_id: u16,
    weight: u16,
    body_size: Json,
    property_flags: String,
    properties: Vec<Field>,
    #[serde(with = "hex::serde")]
    payload_hex: Vec<u8>,
    #[serde(with = "hex::serde")]
    frame_hex: Vec<u8>,
    #[serde(default)]
    channel: Option<u16>,
}

pub(super) fn header(vector: &HeaderVector) -> Result<(), Failure> {
    let frame = whole_frame(&vector.frame_hex)?;
    ensure(frame.kind == FrameKind::Header, || {
        format!("the frame is one of {:?}", frame.kind)
    })?;
    ensure(
        vector
            .channel
            .is_none_or(|channel| channel == frame.channel),
        || format!("the frame is on channel {}", frame.channel),
    )?;
    same_octets("payload", frame.payload, &vector.payload_hex)?;
    let header = ContentHeader::decode(&vector.payload_hex)?;
    let body_size: u64 = notation::integer(&vector.body_size)?;
    let fixed = (header.class_id, header.weight, header.body_size);
    let expected = (vector.class_id, vector.weight, body_size);
    ensure(fixed == expected, || {
        format!("{fixed:?} where {expected:?} is expected")
    })?;
    let flags = hex::decode(&vector.property_flags)
        .map_err(|error| Failure::new(format!("property_flags: {error}")))?;
    ensure(header.properties.starts_with(&flags), || {
        format!("the flags are not {}", vector.property_flags)
    })?;
    match vector.class_id {
        basic::Properties::CLASS_ID => {
            typed_header::<basic::Properties<'_>>(vector, frame.channel, &header)
        }
        parcel::Properties::CLASS_ID => {
            typed_header::<parcel::Properties<'_>>(vector, frame.channel, &header)
        }
        other => Err(Failure::new(format!("class {other} has no properties"))),
    }
}

fn typed_header<'a, P: DecodeContent<'a>>(
    vector: &HeaderVector,
    channel: u16,
    header: &ContentHeader<'a>,
) -> Result<(), Failure> {
    let properties: P = header.properties()?;
    compare_fields(properties.fields(), &vector.properties, &[])?;
    if vector.weight == 0 {
        let again = header_frame(channel, &properties, header.body_size)?;
        same_octets("encoded again", &again, &vector.frame_hex)?;
    }
    if vector.properties.iter().all(Field::is_rewritable) {
        let built = property_list(P::PROPERTIES, &vector.properties)?;
        same_octets("built from its values", &built, header.properties)?;
    }
    Ok(())
}

/// Encodes flags and properties from the values of a vector.
pub(super) fn property_list(
    infos: &'static [FieldInfo],
    fields: &[Field],
) -> Result<Vec<u8>, Unusable> {
    let values = values(infos, fields)?;
    let value = |info: &FieldInfo| {
        let mut values = values.iter();
        let (_, value) = values.find(|(name, _)| *name == info.name)?;
        Some(value.clone())
    };
    Ok(encode_properties(infos, value)?)
}

#[derive(Deserialize)]
pub(super) struct SequenceVector {
    class: String,
    method: String,
    frame_max: u32,
    channel: u16,
    fields: Vec<Field>,
    properties: Vec<Field>,
    #[serde(with = "hex::serde")]
    body_hex: Vec<u8>,
    #[serde(with = "hex::serde")]
    frames_hex: Vec<u8>,
    frame_sizes: Vec<usize>,
}

pub(super) fn sequence(vector: &SequenceVector) -> Result<(), Failure> {
    let name = format!("{}.{}", vector.class, vector.method);
    let info = known(&name)?;
    match info.id.class_id() {
        basic::Properties::CLASS_ID => typed_sequence(vector, info, |octets| {
            basic::Properties::decode(&mut Reader::new(octets)).map(basic::Properties::into_owned)
        }),
        parcel::Properties::CLASS_ID => typed_sequence(vector, info, |octets| {
            parcel::Properties::decode(&mut Reader::new(octets)).map(parcel::Properties::into_owned)
        }),
        other => Err(Failure::new(format!("class {other} has no properties"))),
    }
}

fn typed_sequence<P: Content + PartialEq>(
    vector: &SequenceVector,
    info: &'static MethodInfo,
    decode: impl Fn(&[u8]) -> Result<P, DecodeError>,
) -> Result<(), Failure> {
    let args = arguments(info, &vector.fields, Reserved::AsGiven)?;
    let method = AnyMethod::from_args(info.id, Reader::new(&args))?;
    let properties = decode(&property_list(P::PROPERTIES, &vector.properties)?)?;
    let mut frames = BytesMut::new();
    let encoder = FrameEncoder::new(vector.frame_max);
    encoder.content(
        &mut frames,
        vector.channel,
        &method,
        &properties,
        &vector.body_hex,
    )?;
    same_octets("encoded", &frames, &vector.frames_hex)?;

    let mut sizes = Vec::new();
    let mut kinds = Vec::new();
    let mut body = Vec::new();
    let mut stream = Stream::new(FrameLimits::all(vector.frame_max));
    // Pieces that never end where a frame does.
    for piece in vector.frames_hex.chunks(1021) {
        stream.feed(piece, |item| {
            sizes.push(item.length);
            let What::Frame(frame) = item.what else {
                return Err(Failure::new("a protocol header among frames"));
            };
            kinds.push(frame.kind);
            ensure(frame.channel == vector.channel, || {
                format!("a frame on channel {}", frame.channel)
            })?;
            match frame.kind {
                FrameKind::Method => {
                    let decoded = AnyMethod::decode(frame.payload)?;
                    compare_fields(decoded.fields(), &vector.fields, info.fields)
                }
                FrameKind::Header => {
                    let header = ContentHeader::decode(frame.payload)?;
                    ensure(header.class_id == P::CLASS_ID, || {
                        "another class".to_owned()
                    })?;
                    ensure(header.body_size == vector.body_hex.len() as u64, || {
                        format!("the header announces {} octets", header.body_size)
                    })?;
                    let decoded = decode(header.properties)?;
                    ensure(decoded == properties, || "other properties".to_owned())?;
                    compare_fields(decoded.fields(), &vector.properties, &[])
                }
                FrameKind::Body => {
                    body.extend_from_slice(frame.payload);
                    Ok(())
                }
                FrameKind::Heartbeat => Err(Failure::new("a heartbeat")),
            }
        })?;
    }
    ensure(stream.pending().is_empty(), || {
        "octets are left over".to_owned()
    })?;
    ensure(sizes == vector.frame_sizes, || {
        format!(
            "frames of {sizes:?} octets where {:?} are expected",
            vector.frame_sizes
        )
    })?;
    let before = [FrameKind::Method, FrameKind::Header];
    let in_order =
        kinds.starts_with(&before) && kinds.iter().skip(2).all(|kind| *kind == FrameKind::Body);
    ensure(in_order, || format!("frames in the order {kinds:?}"))?;
    same_octets("body", &body, &vector.body_hex)
}
