//! Puts a method, its content header and its body frames together.

use amqp_methods::{
    AnyMethod, ContentBlock, ContentHeader, DecodeError, DynMethod, FrameKind, Method, MethodId,
    OwnedContent, basic,
};
use bytes::{Bytes, BytesMut};

use crate::OwnedFrame;
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

/// Which content is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    /// Any message of the protocol.
    Message,
    /// Content of this method, known or not; and its name.
    Of(MethodId, &'static str),
}

impl Wanted {
    /// That of method `M`.
    pub(crate) fn of<M: Method>() -> Self {
        Self::Of(M::ID, M::NAME)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Message => "a method with content",
            Self::Of(_, name) => name,
        }
    }

    /// The class of the content, if the frame carries the method.
    fn class_of(self, frame: &OwnedFrame) -> Option<u16> {
        if !frame.is_method() {
            return None;
        }
        let is_it = match self {
            Self::Message => {
                let info = frame.method().ok()?.info();
                info.is_some_and(|info| info.content)
            }
            Self::Of(wanted, _) => frame.method_id() == Some(wanted),
        };
        let class = frame.method_id()?.class_id();
        is_it.then_some(class)
    }

    /// Whether the properties are what they have to be. Those of an extension are their reader's to check.
    fn admits(self, header: &ContentHeader<'_>) -> bool {
        match self {
            Self::Message => header.properties::<basic::Properties<'_>>().is_ok(),
            Self::Of(..) => true,
        }
    }
}

/// Looks for the content at the head of a channel, without copying any of it.
pub(crate) fn find(inbox: &Inbox, channel: u16, wanted: Wanted) -> Result<Found, Mismatch> {
    let unfinished = |what: &str| {
        let text = format!("expected {what} on channel {channel}, got nothing");
        Ok(Found::Unfinished(text))
    };
    let mut frames = inbox.on(channel);

    let Some((position, frame)) = frames.next() else {
        return unfinished(wanted.name());
    };
    let mut positions = vec![position];
    let Some(class_id) = wanted.class_of(frame) else {
        return other(wanted.name(), frame);
    };

    let Some((position, frame)) = frames.next() else {
        return unfinished("a content header");
    };
    positions.push(position);
    let header = match (frame.kind, frame.content_header()) {
        (FrameKind::Header, Ok(header)) if header.weight == 0 => header,
        _ => return other("a content header of weight 0", frame),
    };
    if header.class_id != class_id || !wanted.admits(&header) {
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

/// Takes the message at the head of a channel.
pub(crate) fn take(inbox: &mut Inbox, channel: u16) -> Result<Content, Mismatch> {
    let frames = take_frames(inbox, channel, Wanted::Message)?;
    let damaged = |error: DecodeError| Mismatch::new(error.to_string());
    let mut frames = frames.iter();
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

/// Takes the content of method `M` at the head of a channel, which may be one of an extension.
pub(crate) fn take_of<M: Method>(
    inbox: &mut Inbox,
    channel: u16,
) -> Result<OwnedContent, Mismatch> {
    let frames = take_frames(inbox, channel, Wanted::of::<M>())?;
    let mut frames = frames.iter().map(|frame| &frame.payload[..]);
    let mut block = ContentBlock::default();
    let method = frames.next().unwrap_or_default();
    block.begin(method.get(4..).unwrap_or_default());
    block.header(frames.next().unwrap_or_default());
    for body in frames {
        block.body(body);
    }
    Ok(block.finish(M::ID, None))
}

/// Takes the frames of the content at the head of a channel: method, header, body.
fn take_frames(
    inbox: &mut Inbox,
    channel: u16,
    wanted: Wanted,
) -> Result<Vec<OwnedFrame>, Mismatch> {
    let positions = match find(inbox, channel, wanted)? {
        Found::Whole(positions) => positions,
        Found::Unfinished(text) => return Err(Mismatch::new(text + &inbox.describe())),
    };
    let mut frames = Vec::with_capacity(positions.len());
    for position in positions.into_iter().rev() {
        frames.extend(inbox.take(position));
    }
    frames.reverse();
    Ok(frames)
}

fn other(expected: &str, got: &OwnedFrame) -> Result<Found, Mismatch> {
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
            let found = find(&inbox, 1, Wanted::Message);
            assert!(matches!(found, Ok(Found::Unfinished(_))), "{end}");
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
