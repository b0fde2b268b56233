//! A relay in front of the broker, which goes so far and no further.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::JoinHandle;

use leveret::ConnectionParameters;
use tokio::sync::mpsc;

/// What becomes of a connection when the last frame that passes has passed, and the next one has come.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    /// Both sides are hung up on.
    HangUp,
    /// That frame and all behind it are withheld until the client hangs up.
    Withhold,
}

/// A thread that relays one connection behind the other. It ends with the last of them.
pub(crate) struct Relay {
    thread: JoinHandle<()>,
    stopped: mpsc::UnboundedReceiver<()>,
}

impl Relay {
    /// For each connection, how many frames of the server's pass. The first three are those of the handshake.
    pub(crate) fn start(
        parameters: ConnectionParameters,
        connections: &[usize],
        then: Then,
    ) -> (Self, ConnectionParameters) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (host, server) = parameters.endpoints().next().unwrap();
        let (host, connections) = (host.to_owned(), connections.to_vec());
        let (stop, stopped) = mpsc::unbounded_channel();
        let thread = std::thread::spawn(move || {
            for frames in connections {
                let (client, _) = listener.accept().unwrap();
                let server = TcpStream::connect((&*host, server)).unwrap();
                relay(client, server, frames, then, &stop);
            }
        });
        let parameters = parameters.host("127.0.0.1").port(port);
        (Self { thread, stopped }, parameters)
    }

    /// Waits for a frame that does not pass.
    pub(crate) async fn stopped(&mut self) {
        self.stopped.recv().await.unwrap();
    }

    /// Waits until no side of any connection is there any more.
    pub(crate) fn ended(self) {
        self.thread.join().unwrap();
    }
}

fn relay(
    mut client: TcpStream,
    mut server: TcpStream,
    frames: usize,
    then: Then,
    stop: &mpsc::UnboundedSender<()>,
) {
    let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let forth = std::thread::spawn(move || {
        // Whichever way the client ends, the server hears of it.
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let mut passed = 0;
    while let Ok(frame) = read_frame(&mut server) {
        if passed == frames {
            let _ = stop.send(());
            if matches!(then, Then::HangUp) {
                let _ = client.shutdown(Shutdown::Both);
            }
            break;
        }
        if client.write_all(&frame).is_err() {
            break;
        }
        passed += 1;
    }
    forth.join().unwrap();
}

fn read_frame(server: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; 7];
    server.read_exact(&mut frame)?;
    let size = u32::from_be_bytes([frame[3], frame[4], frame[5], frame[6]]);
    frame.resize(7 + size as usize + 1, 0);
    server.read_exact(&mut frame[7..])?;
    Ok(frame)
}
