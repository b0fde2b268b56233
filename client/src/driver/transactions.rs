//! Transactions.

use core::fmt;

use amqp_methods::{Method as _, tx};

use super::channel::Channel;
use crate::error::Error;

/// Why a commit did not succeed, and what that means for what was to be committed.
#[derive(Clone, Debug)]
pub struct CommitError {
    error: Error,
    is_in_doubt: bool,
}

impl Channel {
    /// Makes the channel transactional: from here on, what is published and acknowledged on it takes effect with
    /// [`tx_commit`](Self::tx_commit) only. There is no way back.
    ///
    /// Publishes have no receipts then: the commit tells of all of them. Nor does a channel have both transactions and
    /// confirms. RabbitMQ: closes it with 406 when it is asked for the second of them.
    ///
    /// ```no_run
    /// # async fn run(channel: leveret::Channel, jobs: leveret::Delivery) -> Result<(), leveret::Error> {
    /// use leveret::amqp_methods::basic;
    ///
    /// channel.tx_select().await?;
    /// for body in ["first", "second"] {
    ///     let publish = basic::Publish::new("", "results");
    ///     channel.basic_publish(publish, basic::Properties::default(), body).await?;
    /// }
    /// jobs.ack()?;
    /// if let Err(error) = channel.tx_commit().await {
    ///     println!("{error}; {}", if error.is_in_doubt() { "or not" } else { "surely not" });
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Spec: tx.select
    ///
    /// # Errors
    /// As [`call`](Self::call).
    ///
    /// # Cancel safety
    /// As [`call`](Self::call); the channel may be transactional all the same.
    pub async fn tx_select(&self) -> Result<(), Error> {
        self.call(tx::Select).await.map(drop)
    }

    /// Commits: everything published and acknowledged on this channel since the last commit or rollback takes effect.
    /// The next transaction begins with it.
    ///
    /// What is sent on this channel before the server has answered waits for that: publishing does, and everything else is
    /// sent then. Only [`close`](Self::close) goes out at once. RabbitMQ: closes the connection with 504 for anything else.
    ///
    /// When this succeeds, the server has taken responsibility for all messages. `mandatory` ones that reached no
    /// queue come back before: [`returns`](Self::returns).
    ///
    /// RabbitMQ: a commit is atomic for one queue only. It refuses one on a channel without transactions with 406.
    /// A message to an exchange that does not exist ends the channel with 404 when it is published, and nothing of
    /// the transaction takes effect.
    ///
    /// Spec: tx.commit
    ///
    /// # Errors
    /// [`CommitError`] tells whether it may have taken effect all the same.
    ///
    /// # Cancel safety
    /// The channel stays usable when the future is dropped or times out. Once polled, the commit has been sent.
    pub async fn tx_commit(&self) -> Result<(), CommitError> {
        let failed = |is_in_doubt| move |error| CommitError { error, is_in_doubt };
        let commit = self.begin_call(&tx::Commit).map_err(failed(false))?;
        let answer = commit.within_timeout(tx::Commit::NAME).await;
        answer.map(drop).map_err(failed(true))
    }

    /// Rolls back: nothing that was published or acknowledged on this channel since the last commit or rollback takes
    /// effect. The next transaction begins with it.
    ///
    /// Deliveries that were settled in the transaction are to be settled again; the server does not deliver them again by
    /// itself. A [`Delivery`](crate::Delivery) that is still there, because a later one was settled together with it,
    /// does so; what has none is settled by its tag: `channel.send(basic::Ack::new(tag))`, with
    /// [`Message::delivery_tag`](crate::Message::delivery_tag). `channel.call(basic::Recover::default().requeue(true))`
    /// has all deliveries of the channel come again that are not settled: also those that were given back for the
    /// application, as by a dropped consumer, which nobody has a handle of.
    ///
    /// Spec: tx.rollback
    ///
    /// # Errors
    /// As [`call`](Self::call). If the channel ended, nothing of the transaction took effect either.
    ///
    /// # Cancel safety
    /// As [`call`](Self::call). Once polled, the rollback has been sent.
    pub async fn tx_rollback(&self) -> Result<(), Error> {
        self.call(tx::Rollback).await.map(drop)
    }
}

impl CommitError {
    /// The commit did not go out.
    #[cfg(feature = "blocking")]
    pub(crate) fn not_sent(error: Error) -> Self {
        Self {
            error,
            is_in_doubt: false,
        }
    }

    /// Whether the transaction may have taken effect: the commit was sent, and the server did not say that it
    /// succeeded. Otherwise it did not: the channel had ended before.
    ///
    /// In doubt is also what the server refuses. RabbitMQ: does so when a part of it failed.
    pub fn is_in_doubt(&self) -> bool {
        self.is_in_doubt
    }

    /// Why it did not succeed.
    pub fn error(&self) -> &Error {
        &self.error
    }
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.is_in_doubt {
            true => "the transaction may not have been committed",
            false => "the transaction was not committed",
        })
    }
}

impl std::error::Error for CommitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// For whoever makes no difference.
impl From<CommitError> for Error {
    fn from(error: CommitError) -> Self {
        error.error
    }
}
