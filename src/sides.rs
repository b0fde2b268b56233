//! Protocols generated for one side: whole, odd, and as an extension.

/// AMQP 0-9-1 as a client needs it.
pub mod client {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

/// AMQP 0-9-1 as a server needs it.
pub mod server {
    include!(concat!(env!("OUT_DIR"), "/server.rs"));
}

/// `tests/extension/credit.xml` as a client needs it.
pub mod credit_client {
    include!(concat!(env!("OUT_DIR"), "/credit_client.rs"));
}

/// `tests/extension/credit.xml` as a server needs it.
pub mod credit_server {
    include!(concat!(env!("OUT_DIR"), "/credit_server.rs"));
}

/// `tests/sides/odd.xml`: names that Rust has other uses for, and a chassis that is wrong.
pub mod odd {
    include!(concat!(env!("OUT_DIR"), "/odd_both.rs"));
}

/// The same as a client needs it.
pub mod odd_client {
    include!(concat!(env!("OUT_DIR"), "/odd_client.rs"));
}

/// The same as a server needs it.
pub mod odd_server {
    include!(concat!(env!("OUT_DIR"), "/odd_server.rs"));
}
