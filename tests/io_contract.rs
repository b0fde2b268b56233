//! What every driver of the core has to do with octets and time, as a suite that any driver can run.
//!
//! A scripted server waits on a TCP port and makes it hard: it sends octet by octet, reads little or nothing, falls
//! silent, hangs up in every stage. What is checked is what arrives, and that every wait ends. Nothing is measured in
//! time, and nothing sleeps.
//!
//! It is run here with the tokio driver, the blocking client, and the loops of the two examples. To run it with a loop of
//! your own, copy the folder `io_contract` and this file into your tests, with `amqp-test-broker` (feature `tokio`),
//! `bytes`, `leveret` and `tokio` as dev-dependencies, and take the four drivers out. Then
//!
//! - for a loop around [`leveret::proto`], say by [`CoreLoop`](core_loop::CoreLoop) how it begins and turns: three
//!   functions, of which `loops.rs` has two examples; [`Around`](core_loop::Around) makes a driver of it;
//! - for a client with an interface of its own, say by [`Driver`](driver::Driver) how each thing is done;
//! - where other threads can give it work, say by [`Wakes`](driver::Wakes) how.
//!
//! ```text
//! io_contract!(mine, Around<MyLoop>);
//! io_contract!(mine_from_elsewhere, Around<MyLoop>, wakes);
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

#[path = "io_contract/core_loop.rs"]
mod core_loop;
#[path = "io_contract/driver.rs"]
mod driver;
#[path = "io_contract/server.rs"]
mod server;

#[path = "io_contract/ending.rs"]
mod ending;
#[path = "io_contract/moving.rs"]
mod moving;
#[path = "io_contract/pressure.rs"]
mod pressure;
#[path = "io_contract/timing.rs"]
mod timing;
#[path = "io_contract/waking.rs"]
mod waking;

#[path = "io_contract/clients.rs"]
mod clients;
#[path = "io_contract/loops.rs"]
mod loops;

/// Makes a test of every scenario; with `wakes`, of those in which other threads give work.
macro_rules! io_contract {
    ($name:ident, $driver:ty) => {
        io_contract!($name, $driver, {
            moving: a_session_is_whole_however_its_octets_are_cut,
            moving: large_bodies_arrive_in_as_many_pieces_as_the_server_takes,
            moving: a_large_delivery_is_put_together,
            pressure: neither_direction_waits_for_the_other,
            pressure: a_server_that_does_not_read_holds_back_the_publisher,
            pressure: closing_writes_what_was_published_before,
            timing: an_idle_connection_lives_on_heartbeats_and_does_nothing_else,
            timing: a_silent_server_is_given_up,
            timing: a_handshake_that_stops_is_given_up,
            ending: an_end_in_any_stage_of_opening_is_an_error,
            ending: an_end_in_any_stage_of_work_is_an_error,
            ending: an_end_in_the_midst_of_a_frame_is_an_error,
            ending: the_reason_of_the_server_arrives_and_is_answered,
            ending: what_came_before_the_end_is_not_lost,
            ending: octets_that_are_no_protocol_end_it,
        });
    };
    ($name:ident, $driver:ty, wakes) => {
        io_contract!($name, $driver, {
            waking: work_of_another_thread_ends_the_waiting,
            waking: many_threads_wake_and_nothing_is_lost,
        });
    };
    ($name:ident, $driver:ty, { $($topic:ident : $scenario:ident,)* }) => {
        mod $name {
            #[allow(unused_imports, reason = "each driver stands in one of them")]
            use super::{clients::*, core_loop::Around, loops::*};

            $(
                #[test]
                fn $scenario() {
                    super::$topic::$scenario::<$driver>();
                }
            )*
        }
    };
}

io_contract!(asynchronous, Asynchronous);
io_contract!(asynchronous_from_other_threads, Asynchronous, wakes);
io_contract!(blocking, Blocking);
io_contract!(blocking_from_other_threads, Blocking, wakes);
io_contract!(mio, Around<Mio>);
io_contract!(mio_from_other_threads, Around<Mio>, wakes);
// One thread that waits in `read`: nobody else can give it work.
io_contract!(plain, Around<Plain>);
