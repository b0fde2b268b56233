//! Requests by their names in the protocol.
//!
//! Each is [`Channel::call`] with the method of that name, for those who look for it there.

use amqp_methods::{access, basic, channel, exchange, queue};

use super::channel::Channel;
use crate::error::Error;

impl Channel {
    /// Creates an exchange, or checks that it is there as it is described.
    ///
    /// Spec: exchange.declare
    ///
    /// # Errors
    /// As [`call`](Self::call); the server's: 403 for names that begin with `amq.`, 404
    /// with `passive`, 406 where it is otherwise than described or of a type that the server does not have (503 from old
    /// versions, which ends the connection).
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the server does it all the same.
    pub async fn exchange_declare(
        &self,
        declare: exchange::Declare<'_>,
    ) -> Result<exchange::DeclareOk, Error> {
        self.call(declare).await
    }

    /// Deletes an exchange. RabbitMQ: one that is not there is no error.
    ///
    /// Spec: exchange.delete
    ///
    /// # Errors
    /// As [`call`](Self::call); the server's: 406 with `if_unused` while it has bindings.
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the server does it all the same.
    pub async fn exchange_delete(
        &self,
        delete: exchange::Delete<'_>,
    ) -> Result<exchange::DeleteOk, Error> {
        self.call(delete).await
    }

    /// Has an exchange route to another one. RabbitMQ's own.
    ///
    /// Spec: exchange.bind
    ///
    /// # Errors
    /// As [`call`](Self::call); the server's: 404 where one of them is not there.
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the server does it all the same.
    pub async fn exchange_bind(&self, bind: exchange::Bind<'_>) -> Result<exchange::BindOk, Error> {
        self.call(bind).await
    }

    /// Ends what [`exchange_bind`](Self::exchange_bind) began. RabbitMQ's own.
    ///
    /// Spec: exchange.unbind
    ///
    /// # Errors
    /// As [`call`](Self::call); the server's: 404 where one of the exchanges is not there.
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the server does it all the same.
    pub async fn exchange_unbind(
        &self,
        unbind: exchange::Unbind<'_>,
    ) -> Result<exchange::UnbindOk, Error> {
        self.call(unbind).await
    }

    /// Creates a queue, or checks that it is there as it is described; an empty name lets the server choose one.
    ///
    /// Spec: queue.declare
    ///
    /// # Errors
    /// As [`call`](Self::call); the server's: 404 with `passive`, 405 for another connection's exclusive queue, 406
    /// where it is otherwise than described.
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the server does it all the same.
    pub async fn queue_declare(
        &self,
        declare: queue::Declare<'_>,
    ) -> Result<queue::DeclareOk<'static>, Error> {
        self.call(declare).await
    }

    /// Has an exchange route to a queue.
    ///
    /// Spec: queue.bind
    ///
    /// # Errors
    /// As [`call`](Self::call); the server's: 404 where one of them is not there.
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the server does it all the same.
    pub async fn queue_bind(&self, bind: queue::Bind<'_>) -> Result<queue::BindOk, Error> {
        self.call(bind).await
    }

    /// Ends what [`queue_bind`](Self::queue_bind) began. RabbitMQ: a binding that is not there is no error.
    ///
    /// Spec: queue.unbind
    ///
    /// # Errors
    /// As [`call`](Self::call); the server's: 404 where exchange or queue is not there.
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the server does it all the same.
    pub async fn queue_unbind(&self, unbind: queue::Unbind<'_>) -> Result<queue::UnbindOk, Error> {
        self.call(unbind).await
    }

    /// Drops all messages of a queue that nobody holds unsettled; tells how many.
    ///
    /// Spec: queue.purge
    ///
    /// # Errors
    /// As [`call`](Self::call); the server's: 404.
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the server does it all the same.
    pub async fn queue_purge(&self, purge: queue::Purge<'_>) -> Result<queue::PurgeOk, Error> {
        self.call(purge).await
    }

    /// Deletes a queue; tells how many messages went with it. RabbitMQ: one that is not there is no error.
    ///
    /// Spec: queue.delete
    ///
    /// # Errors
    /// As [`call`](Self::call); the server's: 406 with `if_unused` or `if_empty` where it is neither.
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the server does it all the same.
    pub async fn queue_delete(&self, delete: queue::Delete<'_>) -> Result<queue::DeleteOk, Error> {
        self.call(delete).await
    }

    /// Has the server deliver again what is not settled on this channel. RabbitMQ: takes `requeue` alone.
    ///
    /// What was delivered before the answer cannot be settled any more, whoever holds it: to try gives
    /// [`StaleDelivery`](crate::ErrorKind::StaleDelivery), and what nobody has seen yet still comes out of its consumer, as a
    /// duplicate.
    ///
    /// Spec: basic.recover
    ///
    /// # Errors
    /// As [`call`](Self::call); the server's: 540 without `requeue`, which ends the connection.
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the server does it all the same.
    pub async fn basic_recover(&self, recover: basic::Recover) -> Result<basic::RecoverOk, Error> {
        self.call(recover).await
    }

    /// Asks the server to stop or go on sending content. RabbitMQ: refuses to stop.
    ///
    /// Spec: channel.flow
    ///
    /// # Errors
    /// As [`call`](Self::call); the server's: 540 for `active: false`, which ends the connection.
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the server does it all the same.
    pub async fn channel_flow(&self, flow: channel::Flow) -> Result<channel::FlowOk, Error> {
        self.call(flow).await
    }

    /// Asks for access to a realm: a remnant of AMQP 0-8, which RabbitMQ always grants with the ticket 1.
    ///
    /// Spec: access.request
    ///
    /// # Errors
    /// As [`call`](Self::call).
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the server does it all the same.
    pub async fn access_request(
        &self,
        request: access::Request<'_>,
    ) -> Result<access::RequestOk, Error> {
        self.call(request).await
    }
}
