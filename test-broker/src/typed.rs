//! Which types of method an expectation can return.

use amqp_methods::{
    AnyMethod, Method, access, basic, channel, confirm, connection, exchange, queue, tx,
};

/// A method that [`Peer::expects`](crate::Peer::expects) can return: all that the specification names.
///
/// Others, such as those of an extension of one's own, can be compared with
/// [`Peer::expects_method`](crate::Peer::expects_method).
pub trait TypedMethod: Method + Sized {
    /// The method, if it is one of this type.
    fn from_any(any: AnyMethod<'static>) -> Option<Self>;
}

macro_rules! typed {
    ($($variant:ident($method:ty),)*) => {$(
        impl TypedMethod for $method {
            fn from_any(any: AnyMethod<'static>) -> Option<Self> {
                match any {
                    AnyMethod::$variant(method) => Some(method),
                    _ => None,
                }
            }
        }
    )*};
}

typed! {
    ConnectionStart(connection::Start<'static>),
    ConnectionStartOk(connection::StartOk<'static>),
    ConnectionSecure(connection::Secure<'static>),
    ConnectionSecureOk(connection::SecureOk<'static>),
    ConnectionTune(connection::Tune),
    ConnectionTuneOk(connection::TuneOk),
    ConnectionOpen(connection::Open<'static>),
    ConnectionOpenOk(connection::OpenOk),
    ConnectionClose(connection::Close<'static>),
    ConnectionCloseOk(connection::CloseOk),
    ConnectionBlocked(connection::Blocked<'static>),
    ConnectionUnblocked(connection::Unblocked),
    ConnectionUpdateSecret(connection::UpdateSecret<'static>),
    ConnectionUpdateSecretOk(connection::UpdateSecretOk),
    ChannelOpen(channel::Open),
    ChannelOpenOk(channel::OpenOk),
    ChannelFlow(channel::Flow),
    ChannelFlowOk(channel::FlowOk),
    ChannelClose(channel::Close<'static>),
    ChannelCloseOk(channel::CloseOk),
    ExchangeDeclare(exchange::Declare<'static>),
    ExchangeDeclareOk(exchange::DeclareOk),
    ExchangeDelete(exchange::Delete<'static>),
    ExchangeDeleteOk(exchange::DeleteOk),
    ExchangeBind(exchange::Bind<'static>),
    ExchangeBindOk(exchange::BindOk),
    ExchangeUnbind(exchange::Unbind<'static>),
    ExchangeUnbindOk(exchange::UnbindOk),
    QueueDeclare(queue::Declare<'static>),
    QueueDeclareOk(queue::DeclareOk<'static>),
    QueueBind(queue::Bind<'static>),
    QueueBindOk(queue::BindOk),
    QueueUnbind(queue::Unbind<'static>),
    QueueUnbindOk(queue::UnbindOk),
    QueuePurge(queue::Purge<'static>),
    QueuePurgeOk(queue::PurgeOk),
    QueueDelete(queue::Delete<'static>),
    QueueDeleteOk(queue::DeleteOk),
    BasicQos(basic::Qos),
    BasicQosOk(basic::QosOk),
    BasicConsume(basic::Consume<'static>),
    BasicConsumeOk(basic::ConsumeOk<'static>),
    BasicCancel(basic::Cancel<'static>),
    BasicCancelOk(basic::CancelOk<'static>),
    BasicPublish(basic::Publish<'static>),
    BasicReturn(basic::Return<'static>),
    BasicDeliver(basic::Deliver<'static>),
    BasicGet(basic::Get<'static>),
    BasicGetOk(basic::GetOk<'static>),
    BasicGetEmpty(basic::GetEmpty),
    BasicAck(basic::Ack),
    BasicReject(basic::Reject),
    BasicRecoverAsync(basic::RecoverAsync),
    BasicRecover(basic::Recover),
    BasicRecoverOk(basic::RecoverOk),
    BasicNack(basic::Nack),
    TxSelect(tx::Select),
    TxSelectOk(tx::SelectOk),
    TxCommit(tx::Commit),
    TxCommitOk(tx::CommitOk),
    TxRollback(tx::Rollback),
    TxRollbackOk(tx::RollbackOk),
    ConfirmSelect(confirm::Select),
    ConfirmSelectOk(confirm::SelectOk),
    AccessRequest(access::Request<'static>),
    AccessRequestOk(access::RequestOk),
}
