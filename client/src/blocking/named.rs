//! Requests by their names in the protocol.

use amqp_methods::{access, basic, channel, exchange, queue};

use super::Channel;
use crate::error::Error;

impl Channel {
    /// Creates an exchange, or checks that it is there as it is described. As
    /// [`Channel::exchange_declare`](crate::Channel::exchange_declare).
    ///
    /// # Errors
    /// As there.
    pub fn exchange_declare(
        &self,
        declare: exchange::Declare<'_>,
    ) -> Result<exchange::DeclareOk, Error> {
        self.call(declare)
    }

    /// Deletes an exchange. RabbitMQ: one that is not there is no error. As
    /// [`Channel::exchange_delete`](crate::Channel::exchange_delete).
    ///
    /// # Errors
    /// As there.
    pub fn exchange_delete(
        &self,
        delete: exchange::Delete<'_>,
    ) -> Result<exchange::DeleteOk, Error> {
        self.call(delete)
    }

    /// Has an exchange route to another one. RabbitMQ's own. As
    /// [`Channel::exchange_bind`](crate::Channel::exchange_bind).
    ///
    /// # Errors
    /// As there.
    pub fn exchange_bind(&self, bind: exchange::Bind<'_>) -> Result<exchange::BindOk, Error> {
        self.call(bind)
    }

    /// Ends what [`exchange_bind`](Self::exchange_bind) began. RabbitMQ's own. As
    /// [`Channel::exchange_unbind`](crate::Channel::exchange_unbind).
    ///
    /// # Errors
    /// As there.
    pub fn exchange_unbind(
        &self,
        unbind: exchange::Unbind<'_>,
    ) -> Result<exchange::UnbindOk, Error> {
        self.call(unbind)
    }

    /// Creates a queue, or checks that it is there as it is described; an empty name lets the server choose one. As
    /// [`Channel::queue_declare`](crate::Channel::queue_declare).
    ///
    /// # Errors
    /// As there.
    pub fn queue_declare(
        &self,
        declare: queue::Declare<'_>,
    ) -> Result<queue::DeclareOk<'static>, Error> {
        self.call(declare)
    }

    /// Has an exchange route to a queue. As [`Channel::queue_bind`](crate::Channel::queue_bind).
    ///
    /// # Errors
    /// As there.
    pub fn queue_bind(&self, bind: queue::Bind<'_>) -> Result<queue::BindOk, Error> {
        self.call(bind)
    }

    /// Ends what [`queue_bind`](Self::queue_bind) began. RabbitMQ: a binding that is not there is no error. As
    /// [`Channel::queue_unbind`](crate::Channel::queue_unbind).
    ///
    /// # Errors
    /// As there.
    pub fn queue_unbind(&self, unbind: queue::Unbind<'_>) -> Result<queue::UnbindOk, Error> {
        self.call(unbind)
    }

    /// Drops all messages of a queue that nobody holds unsettled; tells how many. As
    /// [`Channel::queue_purge`](crate::Channel::queue_purge).
    ///
    /// # Errors
    /// As there.
    pub fn queue_purge(&self, purge: queue::Purge<'_>) -> Result<queue::PurgeOk, Error> {
        self.call(purge)
    }

    /// Deletes a queue; tells how many messages went with it. RabbitMQ: one that is not there is no error. As
    /// [`Channel::queue_delete`](crate::Channel::queue_delete).
    ///
    /// # Errors
    /// As there.
    pub fn queue_delete(&self, delete: queue::Delete<'_>) -> Result<queue::DeleteOk, Error> {
        self.call(delete)
    }

    /// Has the server deliver again what is not settled on this channel. RabbitMQ: takes `requeue` alone. As
    /// [`Channel::basic_recover`](crate::Channel::basic_recover).
    ///
    /// # Errors
    /// As there.
    pub fn basic_recover(&self, recover: basic::Recover) -> Result<basic::RecoverOk, Error> {
        self.call(recover)
    }

    /// Asks the server to stop or go on sending content. RabbitMQ: refuses to stop. As
    /// [`Channel::channel_flow`](crate::Channel::channel_flow).
    ///
    /// # Errors
    /// As there.
    pub fn channel_flow(&self, flow: channel::Flow) -> Result<channel::FlowOk, Error> {
        self.call(flow)
    }

    /// Asks for access to a realm: a remnant of AMQP 0-8, which RabbitMQ always grants with the ticket 1. As
    /// [`Channel::access_request`](crate::Channel::access_request).
    ///
    /// # Errors
    /// As there.
    pub fn access_request(&self, request: access::Request<'_>) -> Result<access::RequestOk, Error> {
        self.call(request)
    }
}
