//! What users may not send on a channel, and why.

use amqp_methods::{DynMethod, FieldValue, Method as _, basic, channel, connection};

use crate::error::{Error, ErrorKind};

/// Refuses methods that only the library can deal with: sent by hand they would confuse both sides.
pub(super) fn check_open_to_all(method: &impl DynMethod) -> Result<(), Error> {
    let refusal = match method.id() {
        basic::Consume::ID => "a consumer is started by `basic_consume`",
        channel::Open::ID => "a channel is opened by `open_channel`",
        id if id.class_id() == CLASS_CONNECTION => {
            "methods of the connection do not travel on channels"
        }
        _ => return Ok(()),
    };
    Err(Error::new(ErrorKind::State, refusal))
}

/// Refuses requests whose answer nobody would wait for, where the specification tells.
pub(super) fn check_unanswered(method: &impl DynMethod) -> Result<(), Error> {
    let Some(info) = method.info() else {
        return Ok(());
    };
    // `confirm.select` spells it another way.
    let no_wait = |name| matches!(name, "no-wait" | "nowait");
    let is_silenced = method
        .fields()
        .any(|(name, value)| no_wait(name) && value == FieldValue::Bit(true));
    if info.replies.is_empty() || is_silenced {
        return Ok(());
    }
    let detail = format!("{} is answered: it is for `call`", info.name);
    Err(Error::new(ErrorKind::State, detail))
}

const CLASS_CONNECTION: u16 = connection::Close::ID.class_id();
