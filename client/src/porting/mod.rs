//! For those who come from another client: every name that they know, and what it is called here.
//!
//! Pages without code of their own; they are here for the documentation alone.

#[doc = include_str!("pika.md")]
pub mod pika {}

#[doc = include_str!("lapin.md")]
pub mod lapin {}
