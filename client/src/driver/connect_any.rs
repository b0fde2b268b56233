//! Connecting with whichever of several sets of parameters will do.

use super::connect;
use super::connection::Connection;
use super::socket::Tcp;
use crate::error::Error;
use crate::parameters::{ConnectionParameters, gather};

impl Connection {
    /// Connects with the first of several sets of parameters that will do. Each has a login, a virtual host, TLS and times of
    /// its own.
    ///
    /// Takes URLs, [`UrlParameters`](crate::UrlParameters) or [`ConnectionParameters`], up to 64 of them. Where the sets
    /// would differ in nothing but the host, [`ConnectionParameters::endpoint`] is simpler, and can shuffle.
    ///
    /// Sets are tried in turn, each as [`connect`](Self::connect) tries its own: every address of every host. When all of
    /// them have failed, those whose `connection_attempts` are not used up are tried again, after the longest `retry_delay`
    /// among them. The shortest `total_timeout` among all is the time for everything.
    ///
    /// What no server would change rules out one set and not the others: refused credentials, a refused virtual host,
    /// certificates that cannot be read. Such a set is not tried again, which is logged as a warning, and when none is left
    /// connecting ends at once.
    ///
    /// pika: a sequence of parameters, of which the last says how often and with which delay.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), leveret::Error> {
    /// use leveret::Connection;
    ///
    /// let sites = [
    ///     "amqps://app:s3cr3t@rabbit.berlin.example/orders",
    ///     "amqps://standby:0th3r@rabbit.vienna.example/orders-copy",
    /// ];
    /// let connection = Connection::connect_any(sites).await?;
    /// println!("connected to {}", connection.address());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// No set, too many, or one that is not sound, told with its number from 1 on before anything is tried. Otherwise as
    /// [`connect`](Self::connect): [`Error::attempts`] has what came of each address of every set, and the kind is that of the
    /// last attempt which may come to something at another time, or of the last of all if there is no set left.
    ///
    /// # Cancel safety
    /// Dropping the future closes whatever was opened.
    ///
    /// # Panics
    /// Outside a tokio runtime with IO and time enabled.
    pub async fn connect_any<I>(sets: I) -> Result<Self, Error>
    where
        I: IntoIterator,
        I::Item: TryInto<ConnectionParameters>,
        Error: From<<I::Item as TryInto<ConnectionParameters>>::Error>,
    {
        Self::connect_gathered(gather(sets)?).await
    }

    /// The same with sets that are known to be sound.
    pub(crate) async fn connect_gathered(sets: Vec<ConnectionParameters>) -> Result<Self, Error> {
        connect::connect(&Tcp, &sets).await
    }
}
