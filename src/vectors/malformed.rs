//! Malformed vectors: octets that are damaged, cut off or odd, and what a careful peer does with them.

use amqp_methods::{FrameLimits, ProtocolHeader, Reader};
use serde::Deserialize;
use serde_json::Value as Json;

use super::encode::{self, EncodeVector};
use super::outcome::{Allowed, Outcome};
use super::typed;
use crate::endpoint::{Endpoint, Refusal, Role};
use crate::report::{Failure, ensure};
use crate::stream::{Stream, What};

#[derive(Deserialize)]
struct Vector {
    level: Level,
    state: String,
    #[serde(default)]
    receiver: Option<String>,
    #[serde(default, with = "hex::serde")]
    preceding_hex: Vec<u8>,
    #[serde(default, with = "hex::serde")]
    input_hex: Vec<u8>,
    #[serde(default)]
    table_hex: Option<String>,
    #[serde(default)]
    frame_max: u32,
    expect: Allowed,
    #[serde(default)]
    also_acceptable: Vec<Allowed>,
    #[serde(default)]
    silent_close_ok: bool,
    #[serde(default)]
    encode: Option<EncodeVector>,
    /// Whether the caller of a codec may be the one who checks.
    #[serde(default)]
    optional: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Level {
    Preamble,
    Frame,
    Method,
    Table,
    Header,
    Sequence,
    Encode,
}

/// Checks a vector of whatever level it says it is.
pub(super) fn check(vector: &Json) -> Result<(), Failure> {
    let vector: Vector = typed(vector)?;
    match vector.level {
        Level::Preamble => vector.admits(&preamble(&vector.input_hex)),
        Level::Encode => {
            let values = vector.encode.as_ref();
            let values = values.ok_or_else(|| Failure::new("there is nothing to encode"))?;
            let outcome = encode::outcome(values, vector.frame_max)?;
            match outcome {
                Outcome::Accept if vector.optional => Ok(()),
                outcome => vector.admits(&outcome),
            }
        }
        _ => vector.received(),
    }
}

/// What a server does with the octets that should open a connection.
fn preamble(octets: &[u8]) -> Outcome {
    let refused = |reason: String| {
        Outcome::Error(Refusal {
            reply_code: None,
            reason,
        })
    };
    match ProtocolHeader::decode(octets) {
        Ok(None) => Outcome::Incomplete {
            needed: ProtocolHeader::LENGTH - octets.len(),
            pending: octets.len(),
        },
        Ok(Some(ProtocolHeader::AMQP_0_9_1)) => Outcome::Accept,
        Ok(Some(other)) => refused(format!("another protocol: {:?}", other.0)),
        Err(error) => refused(error.to_string()),
    }
}

impl Vector {
    fn admits(&self, outcome: &Outcome) -> Result<(), Failure> {
        let mut allowed = core::iter::once(&self.expect).chain(&self.also_acceptable);
        ensure(
            allowed.any(|allowed| allowed.admits(outcome, self.silent_close_ok)),
            || format!("{outcome}; expected: {}", self.expect),
        )
    }

    /// Plays the octets to an endpoint, whole and one by one: both come to the same.
    fn received(&self) -> Result<(), Failure> {
        let (outcome, frames) = self.play(usize::MAX)?;
        self.admits(&outcome)?;
        ensure(
            self.expect
                .frames_before
                .is_none_or(|before| before == frames),
            || format!("{frames} complete frames came first"),
        )?;
        if let Outcome::Incomplete { pending, .. } = &outcome {
            let consumed = self.input_hex.len() - pending;
            ensure(self.complete_octets(frames) == consumed, || {
                format!("{consumed} octets were consumed")
            })?;
        }
        let one_by_one = self.play(1)?;
        ensure(one_by_one == (outcome, frames), || {
            format!(
                "octet by octet: {}, after {} frames",
                one_by_one.0, one_by_one.1
            )
        })?;
        match &self.table_hex {
            Some(digits) if self.level == Level::Table => self.bare_table(digits),
            _ => Ok(()),
        }
    }

    /// The outcome, and how many complete frames of the input came before it.
    fn play(&self, piece: usize) -> Result<(Outcome, usize), Failure> {
        let mut endpoint = self.endpoint();
        let mut stream = Stream::new(FrameLimits::all(self.frame_max));
        let mut frames = 0_usize;
        let judges = self.level != Level::Frame;
        let mut feed = |octets: &[u8], frames: &mut usize| {
            for octets in octets.chunks(piece.min(octets.len()).max(1)) {
                stream.feed(octets, |item| {
                    if let What::Frame(frame) = item.what
                        && judges
                    {
                        endpoint.receive(frame)?;
                    }
                    *frames += 1;
                    Ok::<_, Refusal>(())
                })?;
            }
            Ok::<_, Refusal>(())
        };
        feed(&self.preceding_hex, &mut 0)
            .map_err(|refusal| Failure::new(refusal.reason).at("preceding frames"))?;
        if let Err(refusal) = feed(&self.input_hex, &mut frames) {
            return Ok((Outcome::Error(refusal), frames));
        }
        let pending = stream.pending().len();
        let needed = stream.missing()?;
        Ok(match pending {
            0 if !self.input_hex.is_empty() => (Outcome::Accept, frames),
            _ => (Outcome::Incomplete { needed, pending }, frames),
        })
    }

    /// The endpoint that receives, in the state where the vector finds it.
    fn endpoint(&self) -> Endpoint {
        let role = match (self.state.as_str(), self.receiver.as_deref()) {
            ("codec-only", _) => Role::Codec,
            (_, Some("client")) => Role::Client,
            _ => Role::Server,
        };
        let mut endpoint = Endpoint::new(role);
        if self.level == Level::Sequence {
            endpoint = endpoint.conversing();
        }
        match self.state.as_str() {
            "open" => endpoint,
            "tuning" => endpoint.tuning(self.frame_max),
            _ => endpoint.with_channel(1),
        }
    }

    /// How long the first so many frames of the input are, going by their sizes alone.
    fn complete_octets(&self, frames: usize) -> usize {
        let mut rest = self.input_hex.as_slice();
        for _ in 0..frames {
            let Some(&[_, _, _, a, b, c, d]) = rest.first_chunk::<7>() else {
                break;
            };
            let size = u32::from_be_bytes([a, b, c, d]) as usize;
            rest = rest.get(size + 8..).unwrap_or_default();
        }
        self.input_hex.len() - rest.len()
    }

    /// The table alone comes to the same as the table in its method.
    fn bare_table(&self, digits: &str) -> Result<(), Failure> {
        let octets =
            hex::decode(digits).map_err(|error| Failure::new(format!("table_hex: {error}")))?;
        let mut reader = Reader::new(&octets);
        let checked = reader.table("table").and_then(|table| table.check());
        let outcome = match checked.and_then(|()| reader.finish()) {
            Ok(()) => Outcome::Accept,
            Err(error) => Outcome::Error(error.into()),
        };
        self.admits(&outcome)
            .map_err(|failure| failure.at("bare table"))
    }
}
