//! Documents by name: bundled ones, files, texts.

use std::{
    ffi::OsString,
    fmt, fs,
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, ErrorKind},
    parse,
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
    pub(crate) fn stem(&self) -> Option<PathBuf> {
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
                let text = fs::read_to_string(path)
                    .map_err(|error| Error::io(ErrorKind::Read, path, &error))?;
                return parse(&path.display().to_string(), &text);
            }
        };
        parse(name, text)
    }
}

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
