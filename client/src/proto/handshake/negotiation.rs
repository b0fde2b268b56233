//! The limits that hold once both sides have said theirs.

use amqp_methods::connection;

use super::super::question::Question;
use super::FRAME_MIN_SIZE;
use crate::error::{Error, ErrorKind};
use crate::parameters::{ConnectionParameters, Heartbeat};

/// Limits that both sides agreed on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Tuning {
    /// The highest channel number; 0 is no limit, so that it is 65535.
    pub channel_max: u16,
    /// The largest frame in octets, envelope included; 0 is no limit.
    pub frame_max: u32,
    /// The heartbeat interval in seconds; 0 is none.
    pub heartbeat: u16,
}

/// Limits from the server's proposal and ours: 0 is no limit, so the smaller that is not 0 counts. Sending 0
/// back to a server that has a limit would be refused. The heartbeat is free: what tune-ok says is used.
pub(super) fn negotiate(
    parameters: &ConnectionParameters,
    tune: &connection::Tune,
    heartbeat: u16,
) -> Result<Tuning, Error> {
    let frame_max = smaller(parameters.frame_max, tune.frame_max);
    if frame_max != 0 && frame_max < FRAME_MIN_SIZE {
        return Err(Error::new(
            ErrorKind::Negotiation,
            format!("the server offers a frame_max of {frame_max}, below {FRAME_MIN_SIZE}"),
        ));
    }
    let channel_max = smaller(parameters.channel_max.into(), tune.channel_max.into());
    Ok(Tuning {
        channel_max: u16::try_from(channel_max).unwrap_or(u16::MAX),
        frame_max,
        heartbeat,
    })
}

/// The heartbeat in seconds, or who has to be asked.
pub(super) fn heartbeat(ours: &Heartbeat, tune: connection::Tune) -> Result<u16, Question> {
    let seconds = ours.seconds();
    match (ours, seconds) {
        (Heartbeat::Decide(decision), _) => Err(Question::heartbeat(decision.clone(), tune)),
        (Heartbeat::Every(_), Some(seconds)) if tune.heartbeat != 0 => {
            Ok(seconds.min(tune.heartbeat))
        }
        (_, Some(seconds)) => Ok(seconds),
        (_, None) => Ok(tune.heartbeat),
    }
}

fn smaller(ours: u32, theirs: u32) -> u32 {
    match (ours, theirs) {
        (0, limit) | (limit, 0) => limit,
        (ours, theirs) => ours.min(theirs),
    }
}
