//! A careful endpoint: what it refuses of that which the codec lets through, and with which reply code.
//!
//! The codec knows octets. Whether a frame may come now, on this channel, from this side, is for
//! the layer above to know. This is the smallest honest version of that layer: the states of one
//! connection and of the content on each channel, no behaviour.

use std::collections::BTreeMap;

use amqp_methods::{
    AnyMethod, ContentHeader, DecodeError, DynMethod, FieldValue, Frame, FrameError, FrameKind,
    MethodInfo, basic,
};

/// Why an endpoint closes the connection.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// Reply code for `connection.close`; none if it just closes the socket.
    pub reply_code: Option<u16>,
    /// The reason in words.
    pub reason: String,
}

impl Refusal {
    fn new(reply_code: u16, reason: impl Into<String>) -> Self {
        Self {
            reply_code: Some(reply_code),
            reason: reason.into(),
        }
    }
}

impl From<FrameError> for Refusal {
    fn from(error: FrameError) -> Self {
        Self::new(error.reply_code(), error.to_string())
    }
}

impl From<DecodeError> for Refusal {
    fn from(error: DecodeError) -> Self {
        Self::new(error.reply_code(), error.to_string())
    }
}

/// Which side of a connection an endpoint is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Neither: it takes whatever can be decoded.
    Codec,
    /// It receives what clients send.
    Server,
    /// It receives what servers send.
    Client,
}

/// One side of a connection, as far as it decides what to refuse.
#[derive(Clone, Debug)]
pub struct Endpoint {
    role: Role,
    /// Whether it checks who may send what when, and not only what can be seen in a frame.
    converses: bool,
    /// The `frame_max` that it offered, while the answer is outstanding.
    tuning: Option<u32>,
    channels: BTreeMap<u16, Expected>,
}

/// What has to come next on a channel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Expected {
    Method,
    Header { class_id: u16 },
    Body { remaining: u64 },
}

impl Endpoint {
    /// An endpoint whose connection is open, without channels. It looks at each frame for itself, and at
    /// the order of frames only within content on its channels.
    pub fn new(role: Role) -> Self {
        Self {
            role,
            converses: false,
            tuning: None,
            channels: BTreeMap::new(),
        }
    }

    /// The same endpoint with that channel open.
    #[must_use]
    pub fn with_channel(mut self, channel: u16) -> Self {
        self.channels.insert(channel, Expected::Method);
        self
    }

    /// The same endpoint, waiting for the answer to its `connection.tune`.
    #[must_use]
    pub fn tuning(mut self, frame_max: u32) -> Self {
        self.tuning = Some(frame_max);
        self
    }

    /// The same endpoint, checking also who may send what, where and when.
    #[must_use]
    pub fn conversing(mut self) -> Self {
        self.converses = self.role != Role::Codec;
        self
    }

    /// Takes the next frame.
    ///
    /// # Errors
    /// The endpoint closes the connection.
    pub fn receive(&mut self, frame: Frame<'_>) -> Result<(), Refusal> {
        let expected = match self.channels.get(&frame.channel) {
            Some(expected) => *expected,
            None => Expected::Method,
        };
        let next = match frame.kind {
            FrameKind::Heartbeat => return Ok(()),
            FrameKind::Method => self.method(frame, expected)?,
            FrameKind::Header => self.header(frame, expected)?,
            FrameKind::Body => self.body(frame, expected)?,
        };
        if let Some(channel) = self.channels.get_mut(&frame.channel) {
            *channel = next;
        }
        Ok(())
    }

    fn method(&mut self, frame: Frame<'_>, expected: Expected) -> Result<Expected, Refusal> {
        let method = AnyMethod::decode(frame.payload)?;
        check_tables(&method)?;
        let Some(info) = method.info() else {
            return match self.role {
                Role::Codec => Ok(expected),
                _ => Err(Refusal::new(
                    540,
                    format!("method {} is unknown", method.id()),
                )),
            };
        };
        if self.role == Role::Server && !info.content {
            check_text(&method, info)?;
        }
        if self.converses {
            self.check_place(frame.channel, info, expected)?;
            self.follow(frame.channel, &method)?;
        }
        Ok(if info.content {
            Expected::Header {
                class_id: info.id.class_id(),
            }
        } else {
            Expected::Method
        })
    }

    /// Whether this method may come now, here, and from the other side.
    fn check_place(
        &self,
        channel: u16,
        info: &MethodInfo,
        expected: Expected,
    ) -> Result<(), Refusal> {
        let receives = match self.role {
            Role::Client => info.client_receives,
            _ => info.server_receives,
        };
        let on_connection = info.name.starts_with("connection.");
        let opens = info.name == "channel.open";
        let known = self.channels.contains_key(&channel);
        let refuse = |code, why| Err(Refusal::new(code, format!("{} {why}", info.name)));
        match () {
            () if !receives => refuse(503, "goes the other way"),
            () if on_connection != (channel == 0) => refuse(503, "is on the wrong channel"),
            () if expected != Expected::Method => refuse(505, "interrupts content"),
            () if opens && known => refuse(504, "for a channel that is open"),
            () if opens && channel > CHANNEL_MAX => refuse(530, "for a channel beyond the limit"),
            () if !on_connection && !opens && !known => {
                refuse(504, "on a channel that is not open")
            }
            () => Ok(()),
        }
    }

    /// What the method does to the connection and its channels.
    fn follow(&mut self, channel: u16, method: &AnyMethod<'_>) -> Result<(), Refusal> {
        match (method, self.tuning) {
            (AnyMethod::ConnectionTuneOk(answer), Some(offered)) => {
                let frame_max = answer.frame_max;
                // Zero is no limit, and as such more than was offered.
                let too_large = offered != 0 && (frame_max == 0 || frame_max > offered);
                if too_large || (1..FRAME_MIN_SIZE).contains(&frame_max) {
                    return Err(Refusal::new(530, format!("frame-max {frame_max}")));
                }
                if answer.channel_max > CHANNEL_MAX {
                    return Err(Refusal::new(
                        530,
                        format!("channel-max {}", answer.channel_max),
                    ));
                }
                self.tuning = None;
            }
            (AnyMethod::ConnectionClose(_) | AnyMethod::ConnectionCloseOk(_), _) => {}
            (_, Some(_)) => return Err(Refusal::new(503, "connection.tune-ok is outstanding")),
            (
                AnyMethod::ConnectionStart(_)
                | AnyMethod::ConnectionStartOk(_)
                | AnyMethod::ConnectionSecure(_)
                | AnyMethod::ConnectionSecureOk(_)
                | AnyMethod::ConnectionTune(_)
                | AnyMethod::ConnectionTuneOk(_)
                | AnyMethod::ConnectionOpen(_)
                | AnyMethod::ConnectionOpenOk(_),
                None,
            ) => return Err(Refusal::new(503, "the connection is open already")),
            (AnyMethod::ChannelOpen(_), None) => {
                self.channels.insert(channel, Expected::Method);
            }
            (AnyMethod::ChannelClose(_) | AnyMethod::ChannelCloseOk(_), None) => {
                self.channels.remove(&channel);
            }
            _ => {}
        }
        Ok(())
    }

    fn header(&self, frame: Frame<'_>, expected: Expected) -> Result<Expected, Refusal> {
        let class_id = match expected {
            Expected::Header { class_id } => class_id,
            _ if self.converses => return Err(self.stray(frame, "a content header")),
            // Whoever does not follow takes a header for what it says it is.
            _ => ContentHeader::decode(frame.payload)?.class_id,
        };
        let header = ContentHeader::decode(frame.payload)?;
        if header.class_id != class_id {
            let reason = format!(
                "a header of class {} where {class_id} began",
                header.class_id
            );
            return Err(Refusal::new(501, reason));
        }
        let properties: basic::Properties<'_> = header.properties()?;
        if let Some(headers) = &properties.headers {
            headers.check()?;
        }
        Ok(match header.body_size {
            0 => Expected::Method,
            remaining => Expected::Body { remaining },
        })
    }

    fn body(&self, frame: Frame<'_>, expected: Expected) -> Result<Expected, Refusal> {
        let Expected::Body { remaining } = expected else {
            return if self.converses {
                Err(self.stray(frame, "a body"))
            } else {
                Ok(expected)
            };
        };
        match remaining.checked_sub(frame.payload.len() as u64) {
            Some(0) => Ok(Expected::Method),
            Some(remaining) => Ok(Expected::Body { remaining }),
            None => Err(Refusal::new(501, "the body is longer than its header says")),
        }
    }

    fn stray(&self, frame: Frame<'_>, what: &str) -> Refusal {
        if self.channels.contains_key(&frame.channel) {
            Refusal::new(505, format!("{what} that nothing announced"))
        } else {
            let channel = frame.channel;
            Refusal::new(
                504,
                format!("{what} on channel {channel}, which is not open"),
            )
        }
    }
}

/// Tables are parsed when somebody looks at them; a careful endpoint does so at once.
fn check_tables(method: &AnyMethod<'_>) -> Result<(), DecodeError> {
    method.fields().try_for_each(|(_, value)| match value {
        FieldValue::Table(table) => table.check(),
        _ => Ok(()),
    })
}

/// Short strings are text. Clients cannot insist, because servers really send others in reply texts.
fn check_text(method: &AnyMethod<'_>, info: &MethodInfo) -> Result<(), Refusal> {
    for (name, value) in method.fields() {
        if let FieldValue::ShortStr(text) = value
            && text.as_str().is_err()
        {
            let reason = format!("field {name} of {} is not UTF-8", info.name);
            return Err(Refusal::new(501, reason));
        }
    }
    Ok(())
}

/// The highest channel that the endpoint offers.
const CHANNEL_MAX: u16 = 2047;

/// The smallest `frame_max` that both sides must take.
const FRAME_MIN_SIZE: u32 = 4096;

#[cfg(test)]
mod tests;
