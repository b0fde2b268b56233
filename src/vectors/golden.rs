//! Golden vectors: values and their exact octets, both ways.

use amqp_methods::{
    AnyMethod as BaseMethod, BytesMut, DecodeErrorKind, DynMethod, EncodeErrorKind, FieldInfo,
    FieldTable, Frame, FrameEncoder, FrameKind, FrameLimits, MAX_TABLE_DEPTH, MethodId, MethodInfo,
    ProtocolHeader, Reader, Writer, encode_arguments, missing_octets,
};
use serde::Deserialize;
use serde_json::Value as Json;

use super::compare::{Field, compare_fields, compare_table, values};
use super::notation::{self, Unusable};
use super::{content, typed};
use crate::described::read_arguments;
use crate::extension::AnyMethod;
use crate::method_info;
use crate::report::{Failure, ensure, same_octets};

/// Checks a vector of whatever kind it says it is.
pub(super) fn check(vector: &Json) -> Result<(), Failure> {
    match vector.get("kind").and_then(Json::as_str) {
        Some("method") => method(&typed(vector)?),
        Some("content-header") => content::header(&typed(vector)?),
        Some("content-sequence") => content::sequence(&typed(vector)?),
        Some("field-table") => table(&typed(vector)?),
        Some("frame") => frame(&typed(vector)?),
        Some(other) => Err(Failure::new(format!("unknown kind {other:?}"))),
        None => Err(Failure::new("a vector without a kind")),
    }
}

#[derive(Deserialize)]
struct MethodVector {
    class: String,
    method: String,
    class_id: u16,
    method_id: u16,
    channel: u16,
    fields: Vec<Field>,
    #[serde(with = "hex::serde")]
    payload_hex: Vec<u8>,
    #[serde(with = "hex::serde")]
    frame_hex: Vec<u8>,
    #[serde(default)]
    reserved_nonzero: bool,
}

fn method(vector: &MethodVector) -> Result<(), Failure> {
    let name = format!("{}.{}", vector.class, vector.method);
    let id = MethodId::new(vector.class_id, vector.method_id);
    let info = known(&name)?;
    ensure(info.id == id, || format!("{name} is method {}", info.id))?;
    let payload = vector.payload_hex.as_slice();
    let frame = whole_frame(&vector.frame_hex)?;
    ensure(frame.kind == FrameKind::Method, || {
        format!("the frame is one of {:?}", frame.kind)
    })?;
    ensure(frame.channel == vector.channel, || {
        format!("the frame is on channel {}", frame.channel)
    })?;
    same_octets("payload", frame.payload, payload)?;

    let decoded = AnyMethod::decode(payload)?;
    ensure(decoded.id() == id, || {
        format!("decoded as {}", decoded.id())
    })?;
    ensure(decoded.info().is_some_and(|info| info.name == name), || {
        format!("decoded as {:?}", decoded.info().map(|info| info.name))
    })?;
    compare_fields(decoded.fields(), &vector.fields, info.fields)?;
    let (_, mut args) = MethodId::split_payload(payload)?;
    let described = read_arguments(info, &mut args)?;
    args.finish()?;
    compare_fields(described.into_iter(), &vector.fields, &[])
        .map_err(|failure| failure.at("by its description"))?;
    let owned = decoded.clone().into_owned();
    ensure(owned == decoded, || {
        "differs from its owned form".to_owned()
    })?;
    if let AnyMethod::Base(base) = &decoded {
        ensure(BaseMethod::decode(payload).as_ref() == Ok(base), || {
            "the base protocol decodes it differently".to_owned()
        })?;
    }

    if vector.reserved_nonzero {
        let zeroed = arguments(info, &vector.fields, Reserved::Zero)?;
        same_octets("encoded again", &encoded_args(&decoded)?, &zeroed)?;
    } else {
        let mut again = BytesMut::new();
        FrameEncoder::new(0).method(&mut again, vector.channel, &decoded)?;
        same_octets("encoded again", &again, &vector.frame_hex)?;
    }
    if vector.fields.iter().all(Field::is_rewritable) {
        let built = arguments(info, &vector.fields, Reserved::AsGiven)?;
        same_octets(
            "built from its values",
            &built,
            payload.get(4..).unwrap_or_default(),
        )?;
    }
    Ok(())
}

/// The arguments alone, in exactly the room that they say they take.
fn encoded_args(method: &AnyMethod<'_>) -> Result<Vec<u8>, Failure> {
    let mut args = vec![0; method.encoded_len()];
    let mut out = Writer::new(&mut args);
    method.encode(&mut out)?;
    out.finish()?;
    Ok(args)
}

/// What to write into reserved arguments.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Reserved {
    Zero,
    AsGiven,
}

/// The description of the method that a vector names.
pub(super) fn known(name: &str) -> Result<&'static MethodInfo, Failure> {
    let info = method_info(name);
    info.ok_or_else(|| Failure::new(format!("the protocol has no method {name}")))
}

/// Encodes arguments from the values of a vector.
pub(super) fn arguments(
    info: &'static MethodInfo,
    fields: &[Field],
    reserved: Reserved,
) -> Result<Vec<u8>, Unusable> {
    let mut values = values(info.fields, fields)?;
    if reserved == Reserved::Zero {
        let is_reserved = |name| {
            info.fields
                .iter()
                .any(|info| info.reserved && info.name == name)
        };
        values.retain(|(name, _)| !is_reserved(*name));
    }
    let value = |info: &FieldInfo| {
        let mut values = values.iter();
        let (_, value) = values.find(|(name, _)| *name == info.name)?;
        Some(value.clone())
    };
    Ok(encode_arguments(info, value)?)
}

/// The one frame that `octets` are; every part of them is known to be incomplete.
pub(super) fn whole_frame(octets: &[u8]) -> Result<Frame<'_>, Failure> {
    for end in 0..octets.len() {
        let part = octets.get(..end).unwrap_or_default();
        let frame = Frame::decode(part, FrameLimits::NONE)?;
        ensure(frame.is_none(), || {
            format!("{end} octets are a frame already")
        })?;
        let missing = missing_octets(part, FrameLimits::NONE)?;
        ensure((1..=octets.len() - end).contains(&missing), || {
            format!("{missing} octets are said to be missing after {end}")
        })?;
    }
    let frame = Frame::decode(octets, FrameLimits::NONE)?;
    let frame = frame.ok_or_else(|| Failure::new("the frame is incomplete"))?;
    ensure(frame.encoded_len() == octets.len(), || {
        format!(
            "the frame has {} of {} octets",
            frame.encoded_len(),
            octets.len()
        )
    })?;
    Ok(frame)
}

#[derive(Deserialize)]
struct TableVector {
    value: Json,
    #[serde(with = "hex::serde")]
    hex: Vec<u8>,
    /// How deep it is nested, where that is remarkable.
    #[serde(default)]
    deep: usize,
}

fn table(vector: &TableVector) -> Result<(), Failure> {
    let mut reader = Reader::new(&vector.hex);
    let table = reader.table("table")?;
    reader.finish()?;
    // A limit is legal where the vector says that it is deep, if what is beyond it fails in an orderly way.
    let too_deep = vector.deep > 0 && notation::depth(&vector.value) > MAX_TABLE_DEPTH + 1;
    match table.check() {
        Err(error) if too_deep && error.kind() == DecodeErrorKind::NestingTooDeep => {}
        checked => {
            checked?;
            compare_table(&table, &vector.value)?;
        }
    }
    same_octets("encoded again", &encoded_table(&table)?, &vector.hex)?;
    let owned = table.clone().into_owned();
    ensure(owned == table, || "differs from its owned form".to_owned())?;
    if !notation::is_rewritable(&vector.value) {
        return Ok(());
    }
    let built = match notation::table(&vector.value) {
        Err(Unusable::Refused(error))
            if too_deep && error.kind() == EncodeErrorKind::NestingTooDeep =>
        {
            return Ok(());
        }
        built => built?,
    };
    same_octets(
        "built from its values",
        &encoded_table(&built)?,
        &vector.hex,
    )?;
    let entries = notation::entries(&vector.value)?;
    let entries: Vec<_> = entries
        .iter()
        .map(|(name, value)| (name.as_str(), value.reborrow()))
        .collect();
    let borrowing = FieldTable::from(entries.as_slice());
    same_octets(
        "from borrowed entries",
        &encoded_table(&borrowing)?,
        &vector.hex,
    )?;
    ensure(borrowing == table, || {
        "borrowed entries compare unequal".to_owned()
    })
}

fn encoded_table(table: &FieldTable<'_>) -> Result<Vec<u8>, Failure> {
    let mut octets = vec![0; table.encoded_len()];
    let mut out = Writer::new(&mut octets);
    out.table("table", table)?;
    out.finish()?;
    Ok(octets)
}

#[derive(Deserialize)]
struct FrameVector {
    frame: String,
    #[serde(with = "hex::serde")]
    frame_hex: Vec<u8>,
    #[serde(default)]
    payload_hex: String,
    #[serde(default)]
    channel: u16,
    #[serde(default)]
    octets: [u8; 4],
}

fn frame(vector: &FrameVector) -> Result<(), Failure> {
    let encoder = FrameEncoder::new(0);
    let mut again = BytesMut::new();
    let kind = match vector.frame.as_str() {
        "protocol-header" => {
            let header = ProtocolHeader(vector.octets);
            let decoded = ProtocolHeader::decode(&vector.frame_hex);
            ensure(decoded == Ok(Some(header)), || {
                format!("decoded as {decoded:?}")
            })?;
            return same_octets("encoded again", &header.to_bytes(), &vector.frame_hex);
        }
        "heartbeat" => FrameKind::Heartbeat,
        "body" => FrameKind::Body,
        other => return Err(Failure::new(format!("unknown frame {other:?}"))),
    };
    let payload = hex::decode(&vector.payload_hex)
        .map_err(|error| Failure::new(format!("payload_hex: {error}")))?;
    let expected = Frame {
        kind,
        channel: vector.channel,
        payload: &payload,
    };
    let decoded = whole_frame(&vector.frame_hex)?;
    ensure(decoded == expected, || format!("decoded as {decoded:?}"))?;
    match kind {
        FrameKind::Heartbeat => encoder.heartbeat(&mut again),
        _ => encoder.body(&mut again, vector.channel, &payload)?,
    }
    same_octets("encoded again", &again, &vector.frame_hex)
}
