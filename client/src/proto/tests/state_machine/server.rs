//! The server's half: it keeps the rules, and insists that the client does.

use amqp_methods::{AnyMethod, basic, channel, confirm, queue};

use super::{Step, World, pick};

/// What the server knows of a channel.
#[derive(Debug, Default)]
pub(super) struct Served {
    tags: Vec<String>,
    delivered: u64,
    confirms: bool,
    published: u64,
    settled: u64,
    /// `channel.close` was sent: nothing counts but the answer.
    is_closing: bool,
}

impl World {
    /// The server deals with its next frame.
    pub(super) fn serve(&mut self) {
        let Some(frame) = self.pair.peer.next_frame() else {
            return;
        };
        let number = frame.channel;
        if frame.kind != amqp_methods::FrameKind::Method {
            return;
        }
        let method = frame.method().unwrap().into_owned();
        if matches!(method, AnyMethod::ChannelOpen(_)) {
            assert!(!self.served.contains_key(&number), "opened twice");
            self.served.insert(number, Served::default());
            self.pair.peer.sends_on(number, channel::OpenOk);
            return;
        }
        let served = self.served.get_mut(&number).expect("a late frame is a 504");
        let peer = &mut self.pair.peer;
        match method {
            AnyMethod::ChannelClose(_) => {
                peer.sends_on(number, channel::CloseOk);
                // In crossing closes the server waits for the answer to its own.
                if !served.is_closing {
                    self.served.remove(&number);
                }
            }
            AnyMethod::ChannelCloseOk(_) => drop(self.served.remove(&number)),
            _ if served.is_closing => {}
            AnyMethod::ConfirmSelect(_) => {
                served.confirms = true;
                peer.sends_on(number, confirm::SelectOk);
            }
            AnyMethod::QueueDeclare(_) => peer.sends_on(number, queue::DeclareOk::new("q", 0, 0)),
            AnyMethod::BasicGet(_) if served.delivered.is_multiple_of(3) => {
                peer.sends_on(number, basic::GetEmpty);
            }
            AnyMethod::BasicGet(_) => {
                served.delivered += 1;
                let get_ok = basic::GetOk::new(served.delivered, "", "q", 0);
                peer.sends_content(number, get_ok, &basic::Properties::default(), b"got");
            }
            AnyMethod::BasicConsume(_) => {
                let tag = format!("amq.ctag-{}", served.tags.len());
                peer.sends_on(number, basic::ConsumeOk::new(tag.as_str()));
                served.tags.push(tag);
            }
            AnyMethod::BasicCancel(cancel) => {
                // Tags keep their places, so that none is used twice.
                for tag in &mut served.tags {
                    if cancel.consumer_tag == tag.as_str() {
                        tag.clear();
                    }
                }
                peer.sends_on(number, basic::CancelOk::new(cancel.consumer_tag));
            }
            AnyMethod::BasicPublish(publish) => {
                served.published += u64::from(served.confirms);
                if publish.mandatory && served.published.is_multiple_of(2) {
                    // Not always the body it came with: then nobody claims it. Some are more than the client takes.
                    let back = basic::Return::new(312, "NO_ROUTE", "", "q");
                    let size = match served.published.is_multiple_of(4) {
                        true => 9000,
                        false => 3,
                    };
                    let body = vec![9; size];
                    peer.sends_content(number, back, &basic::Properties::default(), &body);
                }
            }
            AnyMethod::BasicNack(nack) => assert!(nack.delivery_tag <= served.delivered),
            AnyMethod::BasicReject(reject) => {
                assert!(reject.delivery_tag <= served.delivered);
            }
            AnyMethod::BasicAck(ack) => assert!(ack.delivery_tag <= served.delivered),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn server_acts(&mut self, step: Step) {
        let mut numbers: Vec<_> = self
            .served
            .iter()
            .filter(|(_, served)| !served.is_closing)
            .map(|(number, _)| *number)
            .collect();
        numbers.sort_unstable();
        let (Step::ServerCloses(n)
        | Step::ServerCancels(n)
        | Step::Deliver(n, _)
        | Step::Ack(n, ..)) = step
        else {
            return;
        };
        let Some(number) = pick(&numbers, n) else {
            return;
        };
        let served = self.served.get_mut(&number).unwrap();
        let peer = &mut self.pair.peer;
        match step {
            Step::ServerCloses(_) => {
                served.is_closing = true;
                peer.sends_on(number, channel::Close::new(404, "gone", 0, 0));
            }
            Step::ServerCancels(_) => {
                if let Some(tag) = served.tags.iter_mut().find(|tag| !tag.is_empty()) {
                    peer.sends_on(number, basic::Cancel::new(tag.as_str()).no_wait(true));
                    tag.clear();
                }
            }
            Step::Deliver(_, size) => {
                if let Some(tag) = served.tags.iter().rev().find(|tag| !tag.is_empty()) {
                    served.delivered += 1;
                    let deliver = basic::Deliver::new(tag.as_str(), served.delivered, "", "q");
                    peer.sends_content(
                        number,
                        deliver,
                        &basic::Properties::default(),
                        &vec![1; size.into()],
                    );
                }
            }
            Step::Ack(n, multiple, is_ack) if served.published > 0 => {
                let number_up_to = 1 + u64::from(n) % served.published;
                served.settled = served.settled.max(number_up_to);
                if is_ack {
                    peer.sends_on(number, basic::Ack::new(number_up_to).multiple(multiple));
                } else {
                    peer.sends_on(number, basic::Nack::new(number_up_to).multiple(multiple));
                }
            }
            _ => {}
        }
    }
}
