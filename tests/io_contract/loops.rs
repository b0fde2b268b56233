//! The loops of the examples.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use leveret::ConnectionParameters;
use leveret::proto::Connection;

use super::core_loop::{CoreLoop, WakesLoop};

#[allow(
    dead_code,
    unreachable_pub,
    clippy::duplicate_mod,
    reason = "as before; both have the same application"
)]
#[path = "../../examples/sans_io_blocking.rs"]
mod sans_io_blocking;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "an example is more than its loop"
)]
#[path = "../../examples/sans_io_mio.rs"]
mod sans_io_mio;

pub(crate) use sans_io_mio::Loop as Mio;

pub(crate) use sans_io_blocking::Loop as Plain;

impl CoreLoop for Mio {
    fn begin(stream: TcpStream, parameters: &ConnectionParameters) -> io::Result<Self> {
        Self::new(stream, parameters)
    }

    fn core(&mut self) -> &mut Connection {
        sans_io_mio::Io::core(self)
    }

    fn turn(&mut self) {
        sans_io_mio::Io::turn(self);
    }
}

impl WakesLoop for Mio {
    fn waker(&self) -> Box<dyn Fn() + Send> {
        let waker = Arc::clone(&self.waker);
        Box::new(move || waker.wake().unwrap())
    }
}

impl CoreLoop for Plain {
    fn begin(stream: TcpStream, parameters: &ConnectionParameters) -> io::Result<Self> {
        Self::new(stream, parameters)
    }

    fn core(&mut self) -> &mut Connection {
        sans_io_blocking::Io::core(self)
    }

    fn turn(&mut self) {
        sans_io_blocking::Io::turn(self);
    }
}
