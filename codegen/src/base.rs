//! Documents by name: bundled ones and files.

use std::{
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
};

/// A document: one of those that are bundled, or a file.
///
/// Strings and paths become files, whatever they are called.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Base {
    /// AMQP 0-9-1, as the standard has it.
    Amqp091,
    /// RabbitMQ's extensions: as a base on top of AMQP 0-9-1, as an overlay alone.
    RabbitMq,
    /// A file.
    File(PathBuf),
}

impl Base {
    /// The path, where it is a file.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Amqp091 | Self::RabbitMq => None,
        }
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amqp091 => f.write_str("0-9-1"),
            Self::RabbitMq => f.write_str("rabbitmq"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

impl From<PathBuf> for Base {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

macro_rules! from_path {
    ($($path:ty),*) => {$(
        impl From<$path> for Base {
            fn from(path: $path) -> Self {
                Self::File(path.into())
            }
        }
    )*};
}

from_path!(&PathBuf, &Path, &str, &String, String, OsString);
