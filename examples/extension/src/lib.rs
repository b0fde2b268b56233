//! An extension of the protocol, and a server that speaks it.
//!
//! The client is `leveret` as it is: it has never heard of any of this.

mod server;

pub use server::Scheduler;

/// What the build script made of `spec/schedule.xml`: methods and properties by class, `AnyMethod`, and `PROTOCOL`, which
/// describes them.
pub mod ext {
    include!(concat!(env!("OUT_DIR"), "/schedule.rs"));
}
