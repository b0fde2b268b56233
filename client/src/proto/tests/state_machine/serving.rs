//! What the server makes of what it reads.

use amqp_methods::{AnyMethod, FrameKind, basic, channel, confirm, connection, queue, tx};
use amqp_test_broker::Peer;

use super::broker::{Broker, Consumer, End, Incoming, Late, Served};

impl Broker {
    /// The server deals with its next frame.
    pub(super) fn serve(&mut self, peer: &mut Peer) {
        let Some(frame) = peer.next_frame() else {
            return;
        };
        if frame.kind == FrameKind::Heartbeat {
            return;
        }
        assert_ne!(self.end, End::Closed, "{frame:?} behind the end");
        if frame.channel == 0 {
            self.serves_connection(peer, frame.method().unwrap().into_owned());
            return;
        }
        if self.end == End::Closing {
            return;
        }
        let number = frame.channel;
        match frame.kind {
            FrameKind::Method => {
                self.serves(peer, number, frame.method().unwrap().into_owned());
            }
            kind => {
                let served = self.served.get_mut(&number);
                let served = served.expect("504: a late frame");
                if served.is_closing {
                    return;
                }
                let header =
                    (kind == FrameKind::Header).then(|| frame.content_header().unwrap().body_size);
                if let Some(mandatory) = served.content(header, frame.payload.len()) {
                    served.published(peer, number, mandatory);
                }
            }
        }
    }

    fn serves_connection(&mut self, peer: &mut Peer, method: AnyMethod<'static>) {
        match method {
            AnyMethod::ConnectionClose(_) => {
                peer.sends_on(0, connection::CloseOk);
                // In crossing closes the server waits for the answer to its own.
                if self.end == End::Open {
                    self.end = End::Closed;
                }
            }
            AnyMethod::ConnectionCloseOk(_) => {
                assert_eq!(self.end, End::Closing);
                self.end = End::Closed;
            }
            _ if self.end == End::Closing => {}
            AnyMethod::ConnectionUpdateSecret(_) => peer.sends_on(0, connection::UpdateSecretOk),
            other => panic!("{other:?}"),
        }
    }

    fn serves(&mut self, peer: &mut Peer, number: u16, method: AnyMethod<'static>) {
        if matches!(method, AnyMethod::ChannelOpen(_)) {
            assert!(!self.served.contains_key(&number), "504: opened twice");
            self.served.insert(number, Served::default());
            peer.sends_on(number, channel::OpenOk);
            return;
        }
        let served = self.served.get_mut(&number).expect("504: a late frame");
        match method {
            AnyMethod::ChannelClose(_) => {
                served.delivers_untold(peer, number);
                served.say(peer, number, channel::CloseOk);
                // In crossing closes the server waits for the answer to its own.
                if !served.is_closing {
                    self.served.remove(&number);
                }
            }
            AnyMethod::ChannelCloseOk(_) => {
                assert!(served.is_closing, "503: nobody has closed channel {number}");
                self.served.remove(&number);
            }
            _ if served.is_closing => {}
            method => served.serves(peer, number, method),
        }
    }
}

impl Served {
    fn serves(&mut self, peer: &mut Peer, number: u16, method: AnyMethod<'static>) {
        let is_answer = matches!(
            method,
            AnyMethod::ChannelFlowOk(_) | AnyMethod::BasicCancelOk(_)
        );
        assert!(
            is_answer || !self.is_committing,
            "504: {method:?} while committing"
        );
        assert!(
            matches!(self.incoming, Incoming::None),
            "505: {method:?} in a content"
        );
        match method {
            AnyMethod::ConfirmSelect(_) | AnyMethod::TxSelect(_)
                if self.confirms || self.transaction.is_some() =>
            {
                self.selects_again(peer, number, matches!(method, AnyMethod::ConfirmSelect(_)));
            }
            AnyMethod::ConfirmSelect(_) => {
                self.confirms = true;
                self.say(peer, number, confirm::SelectOk);
            }
            AnyMethod::TxSelect(_) => {
                self.transaction = Some(Vec::new());
                self.say(peer, number, tx::SelectOk);
            }
            AnyMethod::TxCommit(_) => match &mut self.transaction {
                None => self.refuse(peer, number),
                Some(staged) => {
                    staged.clear();
                    self.is_committing = true;
                    self.late.push_back(Late::Commit);
                }
            },
            AnyMethod::TxRollback(_) => match &mut self.transaction {
                None => self.refuse(peer, number),
                Some(staged) => {
                    self.unsettled.extend(staged.drain(..));
                    self.say(peer, number, tx::RollbackOk);
                }
            },
            AnyMethod::QueueDeclare(_) => {
                self.say(peer, number, queue::DeclareOk::new("q", 0, 0));
            }
            AnyMethod::BasicQos(_) => self.say(peer, number, basic::QosOk),
            AnyMethod::BasicRecover(_) => {
                self.unsettled.clear();
                self.say(peer, number, basic::RecoverOk);
            }
            AnyMethod::BasicRecoverAsync(_) => self.unsettled.clear(),
            AnyMethod::BasicGet(get) => self.gives(peer, number, get.no_ack),
            AnyMethod::BasicConsume(consume) => self.consumes(&consume),
            AnyMethod::BasicCancel(cancel) => self.cancels(peer, number, &cancel),
            AnyMethod::BasicPublish(publish) => {
                let mandatory = publish.mandatory;
                self.incoming = Incoming::Header { mandatory };
            }
            AnyMethod::BasicAck(ack) => self.settles(ack.delivery_tag, ack.multiple),
            AnyMethod::BasicNack(nack) => self.settles(nack.delivery_tag, nack.multiple),
            AnyMethod::BasicReject(reject) => self.settles(reject.delivery_tag, false),
            AnyMethod::ChannelFlowOk(_) | AnyMethod::BasicCancelOk(_) => {}
            other => panic!("{other:?}"),
        }
    }

    /// A channel has confirms or transactions. To ask for the same again changes nothing.
    fn selects_again(&mut self, peer: &mut Peer, number: u16, confirms: bool) {
        match (confirms, self.confirms) {
            (true, true) => self.say(peer, number, confirm::SelectOk),
            (false, false) => self.say(peer, number, tx::SelectOk),
            _ => self.refuse(peer, number),
        }
    }

    fn gives(&mut self, peer: &mut Peer, number: u16, no_ack: bool) {
        self.asked_for += 1;
        if self.asked_for.is_multiple_of(3) {
            self.say(peer, number, basic::GetEmpty);
            return;
        }
        self.finish(peer, number);
        let get_ok = basic::GetOk::new(self.delivers(no_ack), "", "q", 0);
        // Some are more than the client takes.
        let body = match self.asked_for % 5 {
            4 => vec![2; 9000],
            _ => b"got".to_vec(),
        };
        peer.sends_content(number, get_ok, &basic::Properties::default(), &body);
    }

    fn consumes(&mut self, consume: &basic::Consume<'_>) {
        let mut tag = consume.consumer_tag.to_string_lossy().into_owned();
        let serial = self.begun;
        self.begun += 1;
        if tag.is_empty() {
            tag = format!("amq.ctag-{serial}");
        }
        let is_used = self.consumers.iter().any(|consumer| consumer.tag == tag);
        assert!(!is_used, "530: consumer tag {tag} is in use");
        self.consumers.push(Consumer {
            tag: tag.clone(),
            serial,
            no_ack: consume.no_ack,
            is_told: consume.no_wait,
        });
        if !consume.no_wait {
            self.late.push_back(Late::Consume(tag, serial));
        }
    }

    fn cancels(&mut self, peer: &mut Peer, number: u16, cancel: &basic::Cancel<'_>) {
        let tag = cancel.consumer_tag.to_string_lossy().into_owned();
        let mut consumers = self.consumers.iter();
        match consumers.position(|consumer| consumer.tag == tag) {
            Some(index) if cancel.no_wait => drop(self.consumers.remove(index)),
            Some(index) => {
                // One without a consume-ok is told of it before.
                self.stopping.push(self.consumers.remove(index));
                self.late.push_back(Late::Cancel(tag));
            }
            None if cancel.no_wait => {}
            // A tag that nobody has is answered by the channel.
            None => self.say(peer, number, basic::CancelOk::new(tag)),
        }
    }

    /// A channel that is being closed sends what comes from queues, and not the consume-ok before it.
    fn delivers_untold(&mut self, peer: &mut Peer, number: u16) {
        let mut consumers = self.consumers.iter();
        let untold = consumers.find(|consumer| !consumer.is_told);
        if let Some(to) = untold.map(|consumer| (consumer.tag.clone(), consumer.no_ack))
            && !self.is_closing
        {
            self.begins(peer, number, to, 3);
        }
    }

    fn published(&mut self, peer: &mut Peer, number: u16, mandatory: bool) {
        self.published += u64::from(self.confirms);
        if mandatory && self.published.is_multiple_of(2) {
            // Not always the body it came with: then nobody claims it. Some are more than the client takes.
            let back = basic::Return::new(312, "NO_ROUTE", "", "q");
            let body = match self.published.is_multiple_of(4) {
                true => vec![9; 9000],
                false => vec![9; 3],
            };
            self.finish(peer, number);
            peer.sends_content(number, back, &basic::Properties::default(), &body);
        }
    }
}
