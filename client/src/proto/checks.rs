//! What is looked at before a method is sent.

use amqp_methods::{
    Content, Decode as _, DynMethod, FieldValue, Method as _, MethodId, PROTOCOL, Reader,
    ReplyCode, basic, channel, connection,
};

use super::ChannelId;
use super::calls::arguments;
use crate::error::{CloseReason, Error, ErrorKind, Initiator};
use crate::parameters::Extensions;

/// How a method is to be sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    /// On channel 0.
    on_connection: bool,
    /// Its sender waits for an answer.
    is_call: bool,
    /// Content goes with it.
    with_content: bool,
}

impl Way {
    const SEND: Self = Self {
        on_connection: false,
        is_call: false,
        with_content: false,
    };
    pub(super) const SEND_ON_CHANNEL: Self = Self::SEND;
    pub(super) const CALL_ON_CHANNEL: Self = Self {
        is_call: true,
        ..Self::SEND
    };
    pub(super) const SEND_WITH_CONTENT: Self = Self {
        with_content: true,
        ..Self::SEND
    };
    pub(super) const CALL_WITH_CONTENT: Self = Self {
        is_call: true,
        ..Self::SEND_WITH_CONTENT
    };
    pub(super) const SEND_ON_CONNECTION: Self = Self {
        on_connection: true,
        ..Self::SEND
    };
    pub(super) const CALL_ON_CONNECTION: Self = Self {
        is_call: true,
        ..Self::SEND_ON_CONNECTION
    };
}

/// Whether a method may be sent that way, and is answered as its sender thinks. A reply that nobody waits for,
/// or that never comes, would upset the order of all replies behind it.
///
/// What is not known of a method, because nothing describes it, is its sender's to know.
pub(super) fn check<M: DynMethod + ?Sized>(
    method: &M,
    extensions: &Extensions,
    way: Way,
) -> Result<(), Error> {
    let id = method.id();
    let base = PROTOCOL.method(id);
    let info = method.info();
    let known = info.or(base).or_else(|| extensions.method(id));
    let refuse = |why: &str| {
        let detail = match known {
            Some(known) => format!("{} {why}", known.name),
            None => format!("method {id} {why}"),
        };
        Err(Error::new(ErrorKind::State, detail))
    };
    match is_of_connection(id) {
        Some(true) if !way.on_connection => {
            return refuse("concerns the connection: it does not travel on channels");
        }
        Some(false) if way.on_connection => {
            return refuse("belongs on a channel: it does not concern the connection");
        }
        _ => {}
    }
    if base.is_some() && is_own(id) {
        return refuse("is sent by the library itself, when it is time");
    }
    if id == basic::Publish::ID {
        return refuse("is published: it has functions of its own");
    }
    let Some(known) = known else {
        return Ok(());
    };
    if !known.server_receives {
        return refuse("is not for servers");
    }
    match (known.content, way.with_content) {
        (true, false) => return refuse("carries content, and cannot be sent without it"),
        (false, true) => return refuse("carries no content"),
        _ => {}
    }
    if info.is_none() {
        // Its arguments are octets: whether they say `no-wait` cannot be seen.
        return Ok(());
    }
    let no_wait =
        |(name, value)| matches!(name, "no-wait" | "nowait") && value == FieldValue::Bit(true);
    let is_answered = !known.replies.is_empty() && !method.fields().any(no_wait);
    match (is_answered, way.is_call) {
        (true, false) => refuse("is answered, so that it has to be called"),
        (false, true) => refuse("is not answered, so that it cannot be called"),
        _ => Ok(()),
    }
}

/// Whether a method concerns the connection, and so travels on channel 0 and nowhere else, as far as its class
/// tells: a class that the protocol does not have may be of either kind.
fn is_of_connection(id: MethodId) -> Option<bool> {
    let class = id.class_id();
    if class == connection::Close::ID.class_id() {
        return Some(true);
    }
    let mut classes = PROTOCOL.classes.iter();
    classes.any(|known| known.id == class).then_some(false)
}

/// Methods of the protocol that would confuse both sides if anybody but the core sent them: all that open and close,
/// and answers to what the server asks.
fn is_own(id: MethodId) -> bool {
    match id {
        channel::Open::ID | channel::CloseOk::ID | channel::FlowOk::ID | basic::CancelOk::ID => {
            true
        }
        connection::UpdateSecret::ID => false,
        _ => id.class_id() == connection::Close::ID.class_id(),
    }
}

/// Whether the properties are those of the method's class: the content header names it once more.
pub(super) fn check_class<P: Content>(id: MethodId) -> Result<(), Error> {
    if P::CLASS_ID == id.class_id() {
        return Ok(());
    }
    let detail = format!("properties of class {} with method {id}", P::CLASS_ID);
    Err(Error::new(ErrorKind::State, detail))
}

/// Why a channel is closing, by the `channel.close` that was sent.
pub(super) fn closing<M: DynMethod + ?Sized>(id: ChannelId, close: &M) -> Result<Error, Error> {
    let arguments = arguments(close)?;
    let close = channel::Close::from_args(Reader::new(&arguments))?;
    let reason = CloseReason {
        initiator: Initiator::Client,
        reply_code: ReplyCode::new(close.reply_code),
        reply_text: close.reply_text.to_string_lossy().into_owned(),
        method: None,
    };
    let number = id.number();
    Ok(Error::channel_closed(
        ErrorKind::ChannelClosed,
        number,
        reason,
    ))
}
