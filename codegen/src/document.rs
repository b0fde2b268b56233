//! Documents by name: bundled ones, files, texts.

use std::{
    ffi::OsString,
    fmt, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    diagnostic::Diagnostic,
    error::{Error, ErrorKind},
    parse,
    source::{Position, Source},
    spec::Spec,
};

const AMQP_0_9_1: (&str, &str) = ("amqp0-9-1.xml", include_str!("../spec/amqp0-9-1.xml"));
const RABBITMQ: (&str, &str) = ("rabbitmq.xml", include_str!("../spec/rabbitmq.xml"));

/// A document: one of those that are bundled, a file, or a text.
///
/// Strings and paths become files, whatever they are called.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Document {
    /// AMQP 0-9-1, as the standard has it; bundled.
    Amqp091,
    /// RabbitMQ's extensions; bundled. As a base on top of AMQP 0-9-1, which is what `amqp-methods` knows; as an
    /// overlay alone.
    RabbitMq,
    /// A file.
    File(PathBuf),
    /// A text that a build script made or has in another place.
    Text {
        /// What diagnostics call it.
        name: String,
        /// The XML.
        text: String,
    },
}

impl Document {
    /// The path, where it is a file.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Amqp091 | Self::RabbitMq | Self::Text { .. } => None,
        }
    }

    /// What the generated code is called by default.
    pub(crate) fn stem(&self) -> Option<OsString> {
        match self {
            Self::File(path) => Some(path.file_stem()?.into()),
            Self::Text { name, .. } => Some(Path::new(name).file_stem()?.into()),
            Self::Amqp091 => None,
            Self::RabbitMq => Some("rabbitmq".into()),
        }
    }

    /// The documents that it consists of as a base.
    pub(crate) fn read_as_base(&self) -> Vec<Result<Spec, Error>> {
        match self {
            Self::RabbitMq => vec![Self::Amqp091.read(), Self::RabbitMq.read()],
            document => vec![document.read()],
        }
    }

    /// The document alone, whatever it rests on.
    pub(crate) fn read(&self) -> Result<Spec, Error> {
        let (name, text) = match self {
            Self::Amqp091 => AMQP_0_9_1,
            Self::RabbitMq => RABBITMQ,
            Self::Text { name, text } => (name.as_str(), text.as_str()),
            Self::File(path) => {
                let octets =
                    fs::read(path).map_err(|error| Error::io(ErrorKind::Read, path, &error))?;
                let name = path.display().to_string();
                return parse(&name, &decoded(&name, octets)?);
            }
        };
        parse(name, text)
    }
}

/// The text of a file, whatever encoding its first line names.
fn decoded(name: &str, octets: Vec<u8>) -> Result<String, Error> {
    // The marks of both orders of octets; then `<` without one.
    let wide: [&[u8]; 4] = [b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"];
    if wide.iter().any(|begin| octets.starts_with(begin)) {
        let message = format!("cannot read {name}: it has two octets or more for each character");
        return Err(Diagnostic::nowhere(ErrorKind::Read, message)
            .help_with(Some(SAVE_AS_UTF_8.to_owned()))
            .into());
    }
    String::from_utf8(octets).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let octet = error.as_bytes().get(at).copied().unwrap_or_default();
        let text = String::from_utf8_lossy(error.as_bytes());
        let place = at..at + char::REPLACEMENT_CHARACTER.len_utf8();
        let position = Position::new(&Arc::new(Source::new(name, &text)), place);
        let message = format!("octet 0x{octet:02x} is not UTF-8");
        Diagnostic::error(ErrorKind::Read, &position, message)
            .help_with(Some(SAVE_AS_UTF_8.to_owned()))
            .into()
    })
}

const SAVE_AS_UTF_8: &str = "documents are read as UTF-8: save it so";

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amqp091 => f.write_str("0-9-1"),
            Self::RabbitMq => f.write_str("rabbitmq"),
            Self::File(path) => path.display().fmt(f),
            Self::Text { name, .. } => f.write_str(name),
        }
    }
}

impl From<PathBuf> for Document {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

macro_rules! from_path {
    ($($path:ty),*) => {$(
        impl From<$path> for Document {
            fn from(path: $path) -> Self {
                Self::File(path.into())
            }
        }
    )*};
}

from_path!(&PathBuf, &Path, &str, &String, String, OsString);
