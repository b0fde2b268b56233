//! Writes what was decoded, to see whether it is what was sent.

use amqp_methods::{
    AnyMethod, BytesMut, ContentHeader, FieldInfo, FieldValue, Frame, FrameEncoder, FrameKind,
    MethodId, PROTOCOL, basic, encode_arguments,
};

use crate::described::read_arguments;
use crate::report::{Failure, ensure};
use crate::stream::{Item, What, header_frame};

/// Decodes an item to the end and writes what came of it.
pub(super) fn encode_again(item: &Item<'_>, out: &mut BytesMut) -> Result<(), Failure> {
    let frame = match &item.what {
        What::ProtocolHeader(header) => {
            out.extend_from_slice(&header.to_bytes());
            return Ok(());
        }
        What::Frame(frame) => frame,
    };
    let Frame {
        kind,
        channel,
        payload,
    } = *frame;
    let encoder = FrameEncoder::new(0);
    match kind {
        FrameKind::Method => {
            let start = out.len();
            encoder.method(out, channel, &AnyMethod::decode(payload)?)?;
            if let Some(args) = with_reserved(payload)? {
                // Arguments begin behind the head of the frame and the id of the method.
                let zeroed = out.get_mut(start + 7 + 4..).unwrap_or_default();
                let zeroed = zeroed.get_mut(..args.len()).unwrap_or_default();
                ensure(zeroed.len() == args.len(), || {
                    "reserved values take room".to_owned()
                })?;
                zeroed.copy_from_slice(&args);
            }
        }
        FrameKind::Header => {
            let header = ContentHeader::decode(payload)?;
            let properties: basic::Properties<'_> = header.properties()?;
            out.unsplit(header_frame(channel, &properties, header.body_size)?);
        }
        FrameKind::Body => encoder.body(out, channel, payload)?,
        FrameKind::Heartbeat => encoder.heartbeat(out),
    }
    Ok(())
}

/// The arguments of a method once more, if its sender set reserved ones: most clients set a bit in
/// `connection.open` that meant something in 0-8. Methods do not keep these; their descriptions know them.
fn with_reserved(payload: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
    let (id, mut args) = MethodId::split_payload(payload)?;
    let info = PROTOCOL.method(id);
    let info = info.ok_or_else(|| Failure::new(format!("method {id} is unknown")))?;
    let values = read_arguments(info, &mut args)?;
    args.finish()?;
    let is_set = |field: &FieldInfo| {
        let value = value_of(&values, field);
        field.reserved && value.is_some_and(|value| value != field.wire.zero())
    };
    if !info.fields.iter().any(is_set) {
        return Ok(None);
    }
    Ok(Some(encode_arguments(info, |field| {
        value_of(&values, field)
    })?))
}

fn value_of<'a>(values: &[(&str, FieldValue<'a>)], field: &FieldInfo) -> Option<FieldValue<'a>> {
    let (_, value) = values.iter().find(|(name, _)| *name == field.name)?;
    Some(value.clone())
}
