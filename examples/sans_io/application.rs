//! An application on the core, whatever loop moves its octets: both examples without a runtime are this one.

use std::collections::VecDeque;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use leveret::Error;
use leveret::amqp_methods::{Reply as _, ReplyCode, Request, basic, confirm, queue};
use leveret::proto::{CallId, ChannelId, Connection, Event, RawReply, Settlement};

pub(crate) type Failure = Box<dyn std::error::Error>;

/// What an application needs of a loop.
pub(crate) trait Io {
    /// The protocol.
    fn core(&mut self) -> &mut Connection;

    /// Moves octets both ways. Waits only if none can be moved, and no longer than until the core's deadline.
    fn turn(&mut self);

    /// Turns until there is what `find` looks for among the events and in the core.
    ///
    /// One thing at a time is waited for here, so that events which say nothing of it can be dropped.
    fn until<T>(
        &mut self,
        mut find: impl FnMut(&mut Connection, Option<Event>) -> Option<T>,
    ) -> Result<T, Error> {
        loop {
            let event = self.core().poll_event();
            let is_last = event.is_none();
            if let Some(found) = find(self.core(), event) {
                return Ok(found);
            }
            match self.core().closed() {
                Some(error) if is_last => return Err(error.clone()),
                _ if is_last => self.turn(),
                _ => {}
            }
        }
    }

    /// Turns until that call is answered.
    fn reply(&mut self, awaited: CallId) -> Result<RawReply, Error> {
        self.until(|_, event| match event? {
            Event::Reply { call, result } if call == awaited => Some(result),
            _ => None,
        })?
    }

    /// Sends a request and turns until it is answered.
    fn call<R: Request>(&mut self, channel: ChannelId, request: R) -> Result<RawReply, Failure> {
        let mut view = self.core().channel(channel).ok_or("the channel ended")?;
        let call = view.call(&request, R::Reply::IDS)?;
        Ok(self.reply(call)?)
    }
}

/// Publishes one message, from whoever has one, consumes it, rests a while, and closes.
pub(crate) fn run(io: &mut impl Io, work: &mpsc::Receiver<String>) -> Result<(), Failure> {
    io.until(|core, _| core.is_open().then_some(()))?;
    let (channel, opening) = io.core().open_channel()?;
    io.reply(opening)?;
    let queue = "leveret.sans-io";
    io.call(channel, queue::Declare::new(queue).exclusive(true))?;
    io.call(channel, confirm::Select::default())?;

    let body = io.until(|_, _| work.try_recv().ok())?;
    let publish = basic::Publish::new("", queue);
    let properties = basic::Properties::default();
    let mut view = io.core().channel(channel).ok_or("the channel ended")?;
    let number = view.publish(&publish, &properties, &body.into(), true)?;
    let outcome = io.until(|core, _| core.take_outcome(channel, number?))?;
    println!("published: {outcome:?}");

    let reply = io.call(channel, basic::Consume::new(queue, ""))?;
    let consumer = reply.consumer.ok_or("no consumer")?;
    let mut deliveries = VecDeque::new();
    let delivery = io.until(|core, _| {
        core.take_deliveries(consumer, &mut deliveries);
        deliveries.pop_front()
    })?;
    println!("consumed: {:?}", str::from_utf8(delivery.content.body())?);
    let mut view = io.core().channel(channel).ok_or("the channel ended")?;
    view.settle(delivery.tag, Settlement::Ack { multiple: false })?;

    // The server gives up after two seconds without a sign of life: the loop gives it some.
    let rested = Instant::now() + Duration::from_secs(3);
    io.until(|_, _| (Instant::now() >= rested).then_some(()))?;
    io.core()
        .close(Instant::now(), ReplyCode::REPLY_SUCCESS, "done");
    let ended = io.until(|core, _| core.closed().cloned())?;
    println!("{ended}");
    Ok(())
}
