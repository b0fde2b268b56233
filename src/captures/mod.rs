//! Recorded sessions between real clients and a real broker, replayed through the codec.
//!
//! A folder holds the raw octets of each direction of each connection, and an `index.json` with what
//! they are: sizes and digests, where the chunks arrived, and an outline of the frames.

mod again;
mod outline;

use core::fmt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use amqp_methods::{BytesMut, FrameLimits};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::report::{Failure, Report, ensure, same_octets};
use crate::stream::Stream;
use again::encode_again;
use outline::{Direction, Outline, same_outline};

/// A folder of recordings that cannot be used at all.
#[derive(Debug)]
pub enum FolderError {
    /// A file cannot be read.
    Read(PathBuf, io::Error),
    /// The index is not in the format, for a reason that says line and column.
    Index(PathBuf, serde_json::Error),
    /// The index names another format.
    Format(PathBuf, String),
    /// The index names a file outside of the folder.
    Outside(PathBuf, String),
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Index(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Format(path, found) => {
                write!(
                    f,
                    "{}: member `format`: {found:?} is not {FORMAT:?}",
                    path.display()
                )
            }
            Self::Outside(path, name) => {
                write!(
                    f,
                    "{}: {name:?} is not the name of a file beside it",
                    path.display()
                )
            }
        }
    }
}

impl core::error::Error for FolderError {}

const FORMAT: &str = "amqp-0-9-1-captures";

/// Replays every connection that the index of `folder` names.
///
/// # Errors
/// A folder whose index or files cannot be read. A connection that replays differently is a failure in
/// the report.
pub fn run(folder: &Path) -> Result<Report, FolderError> {
    let path = folder.join("index.json");
    let text = fs::read_to_string(&path).map_err(|error| FolderError::Read(path.clone(), error))?;
    let index: Index =
        serde_json::from_str(&text).map_err(|error| FolderError::Index(path.clone(), error))?;
    if index.format != FORMAT {
        return Err(FolderError::Format(path, index.format));
    }
    let read = |file: &RecordedFile| {
        // The names come from a file: they stay in its folder.
        if file.file.contains(['/', '\\']) || file.file == ".." {
            return Err(FolderError::Outside(path.clone(), file.file.clone()));
        }
        let path = folder.join(&file.file);
        fs::read(&path).map_err(|error| FolderError::Read(path, error))
    };
    let mut report = Report::default();
    for session in &index.sessions {
        for (number, connection) in session.connections.iter().enumerate() {
            let octets = Both {
                client: read(&connection.c2s)?,
                server: read(&connection.s2c)?,
            };
            let name = match session.connections.len() {
                1 => session.name.clone(),
                _ => format!("{}-{}", session.name, number + 1),
            };
            report.count(&name, connection.check(&octets));
        }
    }
    Ok(report)
}

#[derive(Deserialize)]
struct Index {
    format: String,
    sessions: Vec<Session>,
}

#[derive(Deserialize)]
struct Session {
    name: String,
    connections: Vec<Connection>,
}

#[derive(Deserialize)]
struct Connection {
    c2s: RecordedFile,
    s2c: RecordedFile,
    /// Direction, offset, length, milliseconds.
    chunks: Vec<(Direction, usize, usize, f64)>,
    frames: Vec<Outline>,
}

#[derive(Deserialize)]
struct RecordedFile {
    file: String,
    bytes: usize,
    sha256: String,
}

/// What both directions have one of.
struct Both<T> {
    client: T,
    server: T,
}

impl<T> Both<T> {
    fn of(&self, direction: Direction) -> &T {
        match direction {
            Direction::Client => &self.client,
            Direction::Server => &self.server,
        }
    }

    fn of_mut(&mut self, direction: Direction) -> &mut T {
        match direction {
            Direction::Client => &mut self.client,
            Direction::Server => &mut self.server,
        }
    }
}

impl Connection {
    fn check(&self, octets: &Both<Vec<u8>>) -> Result<(), Failure> {
        for (direction, file) in [
            (Direction::Client, &self.c2s),
            (Direction::Server, &self.s2c),
        ] {
            let octets = octets.of(direction);
            file.check(octets)
                .and_then(|()| self.check_direction(direction, octets))
                .map_err(|failure| failure.at(&file.file))?;
        }
        self.check_chunks(octets)
            .map_err(|failure| failure.at("in its chunks"))
    }

    /// One direction on its own: whole, octet by octet, and encoded again.
    fn check_direction(&self, direction: Direction, octets: &[u8]) -> Result<(), Failure> {
        let frames = self.frames.iter().filter(|frame| frame.dir == direction);
        let expected: Vec<&Outline> = frames.collect();
        for (how, piece) in [("whole", octets.len().max(1)), ("octet by octet", 1)] {
            let mut stream = Stream::opening(FrameLimits::NONE);
            let mut found = Vec::new();
            let mut again = BytesMut::new();
            for piece in octets.chunks(piece) {
                stream.feed(piece, |item| {
                    found.push(Outline::of(direction, &item)?);
                    encode_again(&item, &mut again)
                })?;
            }
            ensure(stream.pending().is_empty(), || {
                format!("{how}: {} octets are left over", stream.pending().len())
            })?;
            same_outline(&found.iter().collect::<Vec<_>>(), &expected)
                .map_err(|failure| failure.at(how))?;
            same_octets("encoded again", &again, octets)?;
        }
        Ok(())
    }

    /// Both directions as they arrived, which gives the outline in its own order.
    fn check_chunks(&self, octets: &Both<Vec<u8>>) -> Result<(), Failure> {
        let stream = || Stream::opening(FrameLimits::NONE);
        let mut streams = Both {
            client: stream(),
            server: stream(),
        };
        let mut fed = Both {
            client: 0,
            server: 0,
        };
        let mut found = Vec::new();
        for (direction, offset, length, _) in &self.chunks {
            let fed = fed.of_mut(*direction);
            ensure(*fed == *offset, || {
                format!("a chunk begins at {offset} after {fed} octets")
            })?;
            let end = offset.saturating_add(*length);
            let chunk = octets.of(*direction).get(*offset..end);
            let chunk = chunk.ok_or_else(|| Failure::new("a chunk reaches beyond its file"))?;
            *fed = end;
            streams.of_mut(*direction).feed(chunk, |item| {
                found.push(Outline::of(*direction, &item)?);
                Ok::<_, Failure>(())
            })?;
        }
        for direction in [Direction::Client, Direction::Server] {
            let (fed, length) = (fed.of(direction), octets.of(direction).len());
            ensure(*fed == length, || {
                format!("{fed} of {length} octets are in chunks")
            })?;
        }
        let expected: Vec<&Outline> = self.frames.iter().collect();
        same_outline(&found.iter().collect::<Vec<_>>(), &expected)
    }
}

impl RecordedFile {
    fn check(&self, octets: &[u8]) -> Result<(), Failure> {
        ensure(octets.len() == self.bytes, || {
            format!("{} octets where {} are expected", octets.len(), self.bytes)
        })?;
        let digest = hex::encode(Sha256::digest(octets));
        ensure(digest == self.sha256, || format!("its SHA-256 is {digest}"))
    }
}
