//! What is refused before the core hears of it, and replies that are not what their type says.

use amqp_methods::{DynMethod, Method as _, Reader, Reply as _, Request, basic};

use super::shared::Shared;
use crate::error::{Error, ErrorKind};
use crate::proto::RawReply;

/// Refuses what starts something that only a handle can go on with.
pub(super) fn check_handled(method: &impl DynMethod) -> Result<(), Error> {
    if method.id() == basic::Consume::ID {
        let refusal = "a consumer is started by `basic_consume`";
        return Err(Error::new(ErrorKind::State, refusal));
    }
    Ok(())
}

/// Refuses a request that asks for no answer.
pub(super) fn check_answered<R: Request>(request: &R) -> Result<(), Error> {
    if request.expects_reply() {
        return Ok(());
    }
    let detail = format!("{} with no_wait is not answered: it is for `send`", R::NAME);
    Err(Error::new(ErrorKind::State, detail))
}

/// A reply as its type. The core has checked those of the protocol; those of an extension are checked here.
pub(super) fn typed<R: Request>(shared: &Shared, reply: &RawReply) -> Result<R::Reply, Error> {
    R::Reply::from_method(reply.id, Reader::new(&reply.arguments)).map_err(|error| {
        let detail = error.to_string();
        shared.about_server(Error::with_source(ErrorKind::Decode, detail, error))
    })
}
