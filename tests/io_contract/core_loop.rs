//! A driver of any loop around the core.

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::time::Instant;

use leveret::amqp_methods::{
    Decode as _, Reader, Reply as _, ReplyCode, Request, basic, confirm, queue,
};
use leveret::proto::{
    CallId, ChannelId, Connection, ConsumerEnd, ConsumerId, Event, RawDelivery, RawReply,
    Settlement,
};
use leveret::{Body, ConnectionParameters, Error, Initiator};

use super::driver::{Driver, Wakes};

/// A loop of anybody's.
pub(crate) trait CoreLoop: Sized + Send {
    /// Begins a connection over a socket that is connected and blocks.
    fn begin(stream: TcpStream, parameters: &ConnectionParameters) -> io::Result<Self>;

    /// The core. What it has to write is written by the next turn.
    fn core(&mut self) -> &mut Connection;

    /// Moves octets both ways, and tells the core the time when its deadline has come. Returns when something has happened:
    /// octets were read; or written, since somebody may wait for room; the deadline has passed.
    fn turn(&mut self);
}

/// A loop whose turns other threads can end.
pub(crate) trait WakesLoop: CoreLoop {
    /// What ends the waiting of a turn.
    fn waker(&self) -> Box<dyn Fn() + Send>;
}

/// A driver of a loop.
pub(crate) struct Around<L> {
    io: L,
    turns: u64,
    channel: Option<ChannelId>,
    consumer: Option<ConsumerId>,
    deliveries: VecDeque<RawDelivery>,
    /// What other threads want to be published.
    work: (mpsc::Sender<Vec<u8>>, mpsc::Receiver<Vec<u8>>),
}

/// Octets that may wait to be written before publishing waits.
pub(crate) const HIGH_WATER: usize = 1024 * 1024;

impl<L: CoreLoop> Around<L> {
    /// Turns until there is what `find` looks for, or the connection has ended.
    fn until<T>(
        &mut self,
        mut find: impl FnMut(&mut Self, Option<Event>) -> Option<T>,
    ) -> Result<T, Error> {
        loop {
            let event = self.io.core().poll_event();
            let was_last = event.is_none();
            if let Some(found) = find(self, event) {
                return Ok(found);
            }
            if !was_last {
                continue;
            }
            if let Some(error) = self.io.core().closed() {
                return Err(error.clone());
            }
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.turns += 1;
        self.io.turn();
        while let Ok(body) = self.work.1.try_recv() {
            self.put(body).unwrap();
        }
    }

    fn reply(&mut self, awaited: CallId) -> Result<RawReply, Error> {
        self.until(|_, event| match event? {
            Event::Reply { call, result } if call == awaited => Some(result),
            _ => None,
        })?
    }

    fn call<R: Request>(&mut self, request: R) -> Result<RawReply, Error> {
        let id = self.channel.unwrap();
        let Some(mut channel) = self.io.core().channel(id) else {
            return Err(self.closed());
        };
        let call = channel.call(&request, R::Reply::IDS)?;
        self.reply(call)
    }

    fn put(&mut self, body: Vec<u8>) -> Result<(), Error> {
        let id = self.channel.unwrap();
        let Some(mut channel) = self.io.core().channel(id) else {
            return Err(self.closed());
        };
        let publish = basic::Publish::new("", "q");
        let properties = basic::Properties::default();
        channel
            .publish(&publish, &properties, &Body::from(body), false)
            .map(drop)
    }
}

impl<L: CoreLoop> Driver for Around<L> {
    fn connect(address: SocketAddr, parameters: ConnectionParameters) -> Result<Self, Error> {
        let begun = TcpStream::connect(address).and_then(|stream| L::begin(stream, &parameters));
        let io = begun.map_err(Error::connection_lost)?;
        let mut driver = Self {
            io,
            turns: 0,
            channel: None,
            consumer: None,
            deliveries: VecDeque::new(),
            work: mpsc::channel(),
        };
        driver.until(|driver, _| driver.io.core().is_open().then_some(()))?;
        Ok(driver)
    }

    fn open_channel(&mut self) -> Result<(), Error> {
        let (channel, opening) = self.io.core().open_channel()?;
        self.channel = Some(channel);
        self.reply(opening).map(drop)
    }

    fn confirm_select(&mut self) -> Result<(), Error> {
        self.call(confirm::Select::default()).map(drop)
    }

    fn declare(&mut self, queue: &str) -> Result<String, Error> {
        let reply = self.call(queue::Declare::new(queue))?;
        let ok = queue::DeclareOk::from_args(Reader::new(&reply.arguments))?;
        Ok(ok.queue.to_string())
    }

    fn publish(&mut self, body: Vec<u8>) -> Result<(), Error> {
        self.until(|driver, _| {
            let waiting = driver.io.core().outgoing_octets();
            (waiting < HIGH_WATER).then_some(())
        })?;
        self.put(body)
    }

    fn wait_for_confirms(&mut self) -> Result<u64, Error> {
        let id = self.channel.unwrap();
        self.until(|driver, _| {
            let mut channel = driver.io.core().channel(id)?;
            (channel.outstanding() == 0).then(|| channel.take_tally().confirmed)
        })
    }

    fn consume(&mut self) -> Result<(), Error> {
        let reply = self.call(basic::Consume::new("q", ""))?;
        self.consumer = reply.consumer;
        Ok(())
    }

    fn next_and_ack(&mut self) -> Result<Vec<u8>, Error> {
        let consumer = self.consumer.unwrap();
        let delivery = self.until(|driver, _| {
            let deliveries = &mut driver.deliveries;
            let end = driver.io.core().take_deliveries(consumer, deliveries);
            let delivery = driver.deliveries.pop_front().map(Ok);
            delivery.or_else(|| match end? {
                ConsumerEnd::ChannelClosed(error) | ConsumerEnd::ConnectionLost(error) => {
                    Some(Err(error))
                }
                other => panic!("{other:?}"),
            })
        })??;
        if let Some(mut channel) = self.io.core().channel(delivery.tag.channel()) {
            channel.settle(delivery.tag, Settlement::Ack { multiple: false })?;
        }
        Ok(delivery.content.body().to_vec())
    }

    fn closed(&mut self) -> Error {
        let closed = self.until(|driver, _| driver.io.core().closed().cloned());
        closed.unwrap_or_else(|error| error)
    }

    fn close(&mut self) -> Result<(), Error> {
        let code = ReplyCode::REPLY_SUCCESS;
        self.io.core().close(Instant::now(), code, "done");
        let ended = self.closed();
        match ended.close_reason() {
            Some(reason) if reason.initiator == Initiator::Client => Ok(()),
            _ => Err(ended),
        }
    }

    fn turns(&mut self) -> u64 {
        self.turns
    }
}

impl<L: WakesLoop> Wakes for Around<L> {
    fn publisher(&mut self) -> Box<dyn FnMut(Vec<u8>) + Send> {
        let (hand, waker) = (self.work.0.clone(), self.io.waker());
        Box::new(move |body| {
            hand.send(body).unwrap();
            waker();
        })
    }
}
