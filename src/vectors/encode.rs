//! Values that an encoder must refuse.

use amqp_methods::{BytesMut, Content, DecodeContent, FrameEncoder, Reader, basic};
use serde::Deserialize;
use serde_json::Value as Json;

use super::compare::Field;
use super::content::property_list;
use super::golden::{Reserved, arguments, known};
use super::notation::{self, Unusable};
use super::outcome::Outcome;
use crate::endpoint::Refusal;
use crate::extension::AnyMethod;
use crate::report::Failure;

/// The values, in the notation of golden vectors. Without a method, they are those of a content header.
#[derive(Deserialize)]
pub(super) struct EncodeVector {
    class: String,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    fields: Vec<Field>,
    #[serde(default)]
    properties: Vec<Field>,
    #[serde(default)]
    body_size: Option<Json>,
    #[serde(default)]
    channel: Option<u16>,
    #[serde(default)]
    frame_max: Option<u32>,
}

/// What the encoder does with the values.
pub(super) fn outcome(vector: &EncodeVector, frame_max: u32) -> Result<Outcome, Failure> {
    let encoder = FrameEncoder::new(vector.frame_max.unwrap_or(frame_max));
    match encode(vector, encoder) {
        Ok(()) => Ok(Outcome::Accept),
        Err(Unusable::Refused(error)) => Ok(Outcome::Error(Refusal {
            reply_code: None,
            reason: error.to_string(),
        })),
        Err(Unusable::Notation(failure)) => Err(failure),
    }
}

fn encode(vector: &EncodeVector, encoder: FrameEncoder) -> Result<(), Unusable> {
    let channel = vector.channel.unwrap_or(1);
    let name = match &vector.method {
        Some(method) => format!("{}.{method}", vector.class),
        None => "basic.publish".to_owned(),
    };
    let info = known(&name)?;
    let args = arguments(info, &vector.fields, Reserved::AsGiven)?;
    let method = AnyMethod::from_args(info.id, Reader::new(&args)).map_err(Failure::from)?;
    let mut buf = BytesMut::new();
    if !info.content {
        return Ok(encoder.method(&mut buf, channel, &method)?);
    }
    let body_size = vector.body_size.as_ref().map_or(Ok(0), notation::integer)?;
    let list = property_list(basic::Properties::PROPERTIES, &vector.properties)?;
    let properties = basic::Properties::decode(&mut Reader::new(&list)).map_err(Failure::from)?;
    Ok(encoder.content_start(&mut buf, channel, &method, &properties, body_size, 0)?)
}
