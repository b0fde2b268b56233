//! The conformance suite of leveret: an extension generated as a user would, test vectors, recorded
//! sessions.
//!
//! [`extension`] comes from the build script of this package, which hands two overlays to `amqp-codegen`
//! like anybody's build script. [`vectors`] and [`captures`] check the codec against octets that other
//! implementations produced; the command `amqp-conformance` runs both on any file. Benches and
//! examples live in this package too.

pub mod captures;
pub mod described;
pub mod endpoint;
pub mod report;
pub mod sides;
pub mod stream;
pub mod vectors;

/// Methods that two overlays add: credit for consumers, and parcels.
///
/// The overlays are `tests/extension/credit.xml` and `tests/extension/parcel.xml`.
/// [`AnyMethod`](extension::AnyMethod) knows everything else as `Base`.
pub mod extension {
    include!(concat!(env!("OUT_DIR"), "/extension.rs"));
}

/// What `tests/extension/amended.xml` changes and adds.
pub mod amended {
    include!(concat!(env!("OUT_DIR"), "/amended.rs"));
}

/// What `tests/extension/codes.xml` adds, which is no method.
pub mod codes {
    include!(concat!(env!("OUT_DIR"), "/codes.rs"));
}

/// What [`drained`] rests on: the protocol, and another extension in the places of what it extends.
pub mod known {
    pub use crate::extension::AnyMethod;
    pub use amqp_methods::*;

    /// `basic` with what [`extension`](crate::extension) adds.
    pub mod basic {
        pub use crate::extension::basic::*;
        pub use amqp_methods::basic::*;
    }
}

/// What `tests/extension/drained.xml` adds to an extension.
pub mod drained {
    include!(concat!(env!("OUT_DIR"), "/drained.rs"));
}

use amqp_methods::MethodInfo;

/// What the extended protocol says of the method called so.
pub fn method_info(name: &str) -> Option<&'static MethodInfo> {
    let classes = amqp_methods::PROTOCOL.classes.iter();
    let mut methods = classes
        .chain(extension::PROTOCOL.classes)
        .flat_map(|class| class.methods);
    methods.find(|method| method.name == name).copied()
}
