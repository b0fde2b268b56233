//! The types of queues, as types.

/// A type of queue, or none in particular.
pub trait QueueKind: sealed::Sealed {}

/// Queues from which consuming takes messages away: all but streams.
pub trait DestructiveKind: QueueKind {}

/// Queues that have replicas and a leader: quorum queues and streams.
pub trait ReplicatedKind: QueueKind {}

/// No type: the virtual host decides, by default for classic queues.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AnyType {}

/// Classic queues.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Classic {}

/// Quorum queues.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Quorum {}

/// Streams.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stream {}

impl QueueKind for AnyType {}
impl QueueKind for Classic {}
impl QueueKind for Quorum {}
impl QueueKind for Stream {}

impl DestructiveKind for AnyType {}
impl DestructiveKind for Classic {}
impl DestructiveKind for Quorum {}

impl ReplicatedKind for Quorum {}
impl ReplicatedKind for Stream {}

mod sealed {
    /// Which arguments go with a type of queue is the server's business, not the caller's.
    pub trait Sealed {}

    impl Sealed for super::AnyType {}
    impl Sealed for super::Classic {}
    impl Sealed for super::Quorum {}
    impl Sealed for super::Stream {}
}
