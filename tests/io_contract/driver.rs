//! A driver as the scenarios see it: one connection with one channel.

use std::net::SocketAddr;

use leveret::{ConnectionParameters, Error};

/// What a scenario asks of a driver. All of it waits until it is done.
///
/// Whatever keeps time in the driver goes on in every function that waits; whether it does between them is its own affair.
pub(crate) trait Driver: Sized + Send {
    /// Connects over TCP, and goes through the handshake.
    fn connect(address: SocketAddr, parameters: ConnectionParameters) -> Result<Self, Error>;

    /// Opens the channel that all the rest is done on. It is the first.
    fn open_channel(&mut self) -> Result<(), Error>;

    /// Sends `confirm.select` and waits for the answer.
    fn confirm_select(&mut self) -> Result<(), Error>;

    /// Sends `queue.declare` and waits for the answer, whose name it gives.
    fn declare(&mut self, queue: &str) -> Result<String, Error>;

    /// Publishes to the default exchange with the key `q`; waits only while too much waits to be written.
    fn publish(&mut self, body: Vec<u8>) -> Result<(), Error>;

    /// Waits until everything published is settled, and says how much of it was confirmed.
    fn wait_for_confirms(&mut self) -> Result<u64, Error>;

    /// Starts a consumer of the queue `q`, with a tag of the server's, and waits for the answer.
    fn consume(&mut self) -> Result<(), Error>;

    /// Waits for the next delivery, acknowledges it, and gives its body.
    fn next_and_ack(&mut self) -> Result<Vec<u8>, Error>;

    /// Waits until the connection has ended, and says why.
    fn closed(&mut self) -> Error;

    /// Closes the connection in order, with code 200, and waits until it has ended.
    fn close(&mut self) -> Result<(), Error>;

    /// How often it has asked the system to read, to write or to wait; or how often its loop went round.
    fn turns(&mut self) -> u64;
}

/// A driver to which other threads can give work, whatever it waits for.
pub(crate) trait Wakes: Driver {
    /// What publishes from another thread, as [`Driver::publish`].
    fn publisher(&mut self) -> Box<dyn FnMut(Vec<u8>) + Send>;
}
