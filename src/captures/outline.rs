//! The outline of a stream: where which frame stands.

use amqp_methods::{AnyMethod, ContentHeader, DynMethod, FrameKind};
use serde::Deserialize;

use crate::report::{Failure, ensure};
use crate::stream::{Item, What};

/// Who sent it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub(super) enum Direction {
    #[serde(rename = "C")]
    Client,
    #[serde(rename = "S")]
    Server,
}

/// What the index says of a frame, and what is found in its place.
#[derive(Debug, Deserialize, PartialEq)]
pub(super) struct Outline {
    pub(super) dir: Direction,
    offset: usize,
    length: usize,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    channel: Option<u16>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    body_size: Option<serde_json::Value>,
}

impl Outline {
    pub(super) fn of(dir: Direction, item: &Item<'_>) -> Result<Self, Failure> {
        let mut outline = Self {
            dir,
            offset: item.offset,
            length: item.length,
            kind: "protocol-header".to_owned(),
            channel: None,
            method: None,
            body_size: None,
        };
        let What::Frame(frame) = &item.what else {
            return Ok(outline);
        };
        outline.channel = Some(frame.channel);
        let kind = match frame.kind {
            FrameKind::Method => {
                let method = AnyMethod::decode(frame.payload)?;
                outline.method = method.info().map(|info| info.name.to_owned());
                "method"
            }
            FrameKind::Header => {
                let header = ContentHeader::decode(frame.payload)?;
                outline.body_size = Some(header.body_size.into());
                "header"
            }
            FrameKind::Body => "body",
            FrameKind::Heartbeat => "heartbeat",
        };
        outline.kind = kind.to_owned();
        Ok(outline)
    }

    /// Whether both say the same; a body size may be a number or a decimal string.
    fn is(&self, other: &Self) -> bool {
        let size = |outline: &Self| {
            let size = outline.body_size.as_ref()?;
            Some(
                size.as_str()
                    .map_or_else(|| size.to_string(), str::to_owned),
            )
        };
        (self.dir, self.offset, self.length) == (other.dir, other.offset, other.length)
            && (&self.kind, self.channel) == (&other.kind, other.channel)
            && (&self.method, size(self)) == (&other.method, size(other))
    }
}

pub(super) fn same_outline(found: &[&Outline], expected: &[&Outline]) -> Result<(), Failure> {
    for (found, expected) in found.iter().zip(expected) {
        ensure(found.is(expected), || {
            format!("{found:?} where {expected:?} is expected")
        })?;
    }
    ensure(found.len() == expected.len(), || {
        format!(
            "{} frames where {} are expected",
            found.len(),
            expected.len()
        )
    })
}
