//! Puts a method, its content header and its body frames together.

use amqp_methods::{AnyMethod, ContentHeader, DecodeError, DynMethod, FrameKind, basic};
use bytes::{Bytes, BytesMut};

use crate::failure::Mismatch;
use crate::inbox::Inbox;

/// Where the frames of a content stand in the inbox, in ascending order.
#[derive(Debug)]
pub(crate) enum Found {
    /// All of them, and nothing is wrong with them.
    Whole(Vec<usize>),
    /// Nothing is wrong so far; the text says what is missing.
    Unfinished(String),
}

/// A method, its properties and its body.
pub(crate) type Content = (AnyMethod<'static>, basic::Properties<'static>, Bytes);

/// Looks for the content at the head of a channel, without copying any of it.
pub(crate) fn find(inbox: &Inbox, channel: u16) -> Result<Found, Mismatch> {
    let unfinished = |what: &str| {
        let text = format!("expected {what} on channel {channel}, got nothing");
        Ok(Found::Unfinished(text))
    };
    let mut frames = inbox.on(channel);

    let Some((position, frame)) = frames.next() else {
        return unfinished("a method with content");
    };
    let mut positions = vec![position];
    let class_id = match frame.is_method().then(|| frame.method()) {
        Some(Ok(method)) if method.info().is_some_and(|info| info.content) => {
            method.id().class_id()
        }
        _ => return other("a method with content", frame),
    };

    let Some((position, frame)) = frames.next() else {
        return unfinished("a content header");
    };
    positions.push(position);
    let header = match (frame.kind, frame.content_header()) {
        (FrameKind::Header, Ok(header)) if header.weight == 0 => header,
        _ => return other("a content header of weight 0", frame),
    };
    if header.class_id != class_id || header.properties::<basic::Properties<'_>>().is_err() {
        return other(
            &format!("a content header with properties of class {class_id}"),
            frame,
        );
    }

    let mut length = 0;
    while length < header.body_size {
        let progress = format!("a body frame ({length} of {} octets)", header.body_size);
        let Some((position, frame)) = frames.next() else {
            return unfinished(&progress);
        };
        if frame.kind != FrameKind::Body {
            return other(&progress, frame);
        }
        positions.push(position);
        length += frame.payload.len() as u64;
        if length > header.body_size {
            return other(
                &format!("no more than {} octets of body", header.body_size),
                frame,
            );
        }
    }
    Ok(Found::Whole(positions))
}

/// Takes the content at the head of a channel.
pub(crate) fn take(inbox: &mut Inbox, channel: u16) -> Result<Content, Mismatch> {
    let positions = match find(inbox, channel)? {
        Found::Whole(positions) => positions,
        Found::Unfinished(text) => return Err(Mismatch::new(text + &inbox.describe())),
    };
    let mut frames = Vec::with_capacity(positions.len());
    for position in positions.into_iter().rev() {
        frames.extend(inbox.take(position));
    }
    let damaged = |error: DecodeError| Mismatch::new(error.to_string());
    let mut frames = frames.iter().rev();
    let method = frames.next().map_or(&[][..], |frame| &frame.payload);
    let method = AnyMethod::decode(method).map_err(damaged)?.into_owned();
    let header = frames.next().map_or(&[][..], |frame| &frame.payload);
    let header = ContentHeader::decode(header).map_err(damaged)?;
    let properties: basic::Properties<'_> = header.properties().map_err(damaged)?;
    let mut body = BytesMut::new();
    for frame in frames {
        body.extend_from_slice(&frame.payload);
    }
    Ok((method, properties.into_owned(), body.freeze()))
}

fn other(expected: &str, got: &crate::OwnedFrame) -> Result<Found, Mismatch> {
    Err(Mismatch::new(format!(
        "expected {expected} on channel {}\n     got {got}",
        got.channel
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `basic.publish` to the default exchange with key `q`, on channel 1.
    const PUBLISH: &[u8] = b"\x01\x00\x01\x00\x00\x00\x0a\x00\x3c\x00\x28\0\0\0\x01q\0\xce";
    /// Three octets of body to come, and nothing but `delivery-mode: 2`.
    const HEADER: &[u8] =
        b"\x02\x00\x01\x00\x00\x00\x0f\x00\x3c\x00\x00\0\0\0\0\0\0\0\x03\x10\x00\x02\xce";
    const AB: &[u8] = b"\x03\x00\x01\x00\x00\x00\x02ab\xce";
    const C: &[u8] = b"\x03\x00\x01\x00\x00\x00\x01c\xce";
    /// `basic.ack` of delivery 1 on channel 2.
    const ACK: &[u8] = b"\x01\x00\x02\x00\x00\x00\x0d\x00\x3c\x00\x50\0\0\0\0\0\0\0\x01\x00\xce";

    fn inbox(octets: &[&[u8]]) -> Inbox {
        let mut inbox = Inbox::new(false, 4096);
        inbox.receive(&octets.concat()).unwrap();
        inbox
    }

    fn mismatch(octets: &[&[u8]]) -> String {
        take(&mut inbox(octets), 1).unwrap_err().to_string()
    }

    #[test]
    fn content_is_put_together_across_other_channels() {
        let mut inbox = inbox(&[PUBLISH, ACK, HEADER, AB, ACK, C, PUBLISH]);
        let (method, properties, body) = take(&mut inbox, 1).unwrap();
        assert_eq!(
            method,
            AnyMethod::BasicPublish(basic::Publish::new("", "q"))
        );
        assert_eq!(properties, basic::Properties::default().delivery_mode(2));
        assert_eq!(&body[..], b"abc");
        assert_eq!((inbox.on(2).count(), inbox.on(1).count()), (2, 1));
    }

    #[test]
    fn content_is_unfinished_until_its_last_frame() {
        let frames = [PUBLISH, HEADER, AB, C];
        for end in 0..frames.len() {
            let inbox = inbox(&frames[..end]);
            assert!(matches!(find(&inbox, 1), Ok(Found::Unfinished(_))), "{end}");
        }
        let text = mismatch(&[PUBLISH, HEADER, AB]);
        assert!(
            text.starts_with("expected a body frame (2 of 3 octets) on channel 1"),
            "{text}"
        );
    }

    #[test]
    fn too_much_body_is_refused() {
        let text = mismatch(&[PUBLISH, HEADER, AB, AB]);
        assert!(
            text.starts_with("expected no more than 3 octets of body"),
            "{text}"
        );
    }

    #[test]
    fn frames_out_of_order_are_refused() {
        for octets in [
            &[AB][..],
            &[HEADER],
            &[PUBLISH, AB],
            &[PUBLISH, HEADER, PUBLISH],
        ] {
            assert!(mismatch(octets).contains("\n     got "));
        }
    }
}
