//! What is looked at before a method is sent.

use amqp_methods::{
    Decode as _, DynMethod, FieldValue, Method as _, Reader, ReplyCode, channel, connection,
};

use super::ChannelId;
use super::calls::arguments;
use crate::error::{CloseReason, Error, ErrorKind, Initiator};

/// Whether a method may be sent by itself on a channel, and is answered as its sender thinks. A reply that
/// nobody waits for, or that never comes, would upset the order of all replies behind it.
pub(super) fn check<M: DynMethod + ?Sized>(method: &M, is_call: bool) -> Result<(), Error> {
    let Some(info) = method.info() else {
        return Ok(());
    };
    let refuse = |why: &str| {
        let detail = format!("{} {why}", info.name);
        Err(Error::new(ErrorKind::State, detail))
    };
    let is_elsewhere = info.id.class_id() == connection::Close::ID.class_id();
    if is_elsewhere || info.content || info.id == channel::Open::ID || !info.server_receives {
        return refuse("is not sent by itself on a channel");
    }
    let no_wait =
        |(name, value)| matches!(name, "no-wait" | "nowait") && value == FieldValue::Bit(true);
    let is_answered = !info.replies.is_empty() && !method.fields().any(no_wait);
    match (is_answered, is_call) {
        (true, false) => refuse("is answered, so that it has to be called"),
        (false, true) => refuse("is not answered, so that it cannot be called"),
        _ => Ok(()),
    }
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
