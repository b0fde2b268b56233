//! Opening and closing connections.

use std::sync::Arc;
use std::time::Duration;

use amqp_methods::{DynMethod, FieldTable, Reply as _, ReplyCode, Request};
use tokio::io::{AsyncRead, AsyncWrite};

use super::budget::{Budget, LONG};
use super::calls::Call;
use super::channel::Channel;
use super::gauge::Gauge;
use super::now;
use super::pressure::Watches;
use super::refusals::{check_answered, typed};
use super::security::{Security, Whom};
use super::shared::{Shared, Undo};
use super::socket::Tcp;
use super::task::Task;
use super::{connect, tokens};
use crate::error::{ConnectStage, Error, ErrorKind, Initiator};
use crate::parameters::ConnectionParameters;
use crate::proto::{self, Tuning};
use crate::trace::Spans;

/// A connection to a server.
///
/// Cheap to clone; all clones are the same connection. When the last clone and the last [`Channel`] are
/// dropped, the connection is closed in the background; [`close`](Self::close) does it in sight.
#[derive(Clone)]
pub struct Connection {
    handle: Arc<Handle>,
    /// What calls through this handle have instead of `call_timeout`.
    pub(super) call_timeout: Option<Duration>,
}

/// Closes the connection when nobody can use it any more.
#[derive(Debug)]
pub(super) struct Handle {
    pub(super) shared: Arc<Shared>,
}

impl Connection {
    /// Connects over TCP, with TLS if asked for, and opens the virtual host.
    ///
    /// Takes a URL, [`UrlParameters`](crate::UrlParameters) or [`ConnectionParameters`], or a reference to one. Hosts are
    /// tried in turn, as often as `connection_attempts` says. The addresses of a host are tried beside each other, families
    /// in turn, each `happy_eyeballs_delay` after the one before (RFC 8305); the first socket goes on, and the others are
    /// tried if it comes to nothing.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), leveret::Error> {
    /// let connection = leveret::Connection::connect("amqp://guest:guest@localhost/%2F").await?;
    /// let channel = connection.open_channel().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Parameters that are not sound, addresses that do not answer, servers that refuse, or a time-out:
    /// [`Error::stage`] says how far it had come, [`Error::attempts`] what came of each address. Refused credentials
    /// and a refused virtual host end it at once, unless
    /// [`retry_refusals`](ConnectionParameters::retry_refusals) says otherwise.
    ///
    /// # Cancel safety
    /// Dropping the future closes whatever was opened.
    ///
    /// # Panics
    /// Outside a tokio runtime with IO and time enabled.
    pub async fn connect<P>(parameters: P) -> Result<Self, Error>
    where
        P: TryInto<ConnectionParameters>,
        Error: From<P::Error>,
    {
        let parameters = parameters.try_into()?;
        parameters.validate()?;
        connect::connect(&Tcp, core::slice::from_ref(&parameters)).await
    }

    /// Opens a connection over any stream: a Unix socket, a proxy, memory.
    ///
    /// Parameters with [`tls`](ConnectionParameters::tls) mean TLS within the stream, with the first host as the name of the
    /// server. Without, nothing is encrypted that the stream does not encrypt itself.
    ///
    /// [`address`](Self::address) and [`Error::address`] say the first host and its port, and that it is a stream:
    /// `localhost port 5672 over a stream`.
    ///
    #[cfg_attr(unix, doc = "```no_run")]
    #[cfg_attr(not(unix), doc = "```ignore")]
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// use leveret::{Connection, ConnectionParameters};
    ///
    /// let socket = tokio::net::UnixStream::connect("/run/amqp.sock").await?;
    /// let connection = Connection::connect_over(socket, &ConnectionParameters::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`connect`](Self::connect), without addresses and with one attempt.
    ///
    /// # Cancel safety
    /// Dropping the future closes the stream.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled.
    pub async fn connect_over<S>(
        stream: S,
        parameters: &ConnectionParameters,
    ) -> Result<Self, Error>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        parameters.validate()?;
        let budget = Budget::new(parameters.total_timeout);
        let limit = budget.limit(LONG);
        let (host, port) = parameters.endpoints().next().unwrap_or_default();
        let place = format!("{host} port {port} over a stream").into();
        let whom = Whom {
            host,
            place: &place,
        };
        let opening = async {
            let security = Security::prepare(parameters, &budget).await?;
            let login = tokens::login(parameters).await?;
            let opening = security.open(stream, &whom, parameters, &login, limit);
            opening.await
        };
        limit.hold(opening).await.unwrap_or_else(|| {
            let detail = format!("no connection {limit}");
            Err(Error::new(ErrorKind::Timeout, detail).about(&place))
        })
    }

    pub(super) async fn open<S>(
        stream: S,
        whom: &Whom<'_>,
        parameters: &ConnectionParameters,
        login: &tokens::Login,
    ) -> Result<Self, Error>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let mut core = proto::Connection::new(&login.apply(parameters), now());
        core.set_address(Arc::clone(whom.place));
        let high_water = parameters.write_buffer_high_water;
        let multiplier = parameters.backpressure_multiplier;
        let gauge = Gauge::new(
            high_water,
            parameters.write_buffer_low_water.unwrap_or(high_water / 2),
        );
        let pressure = Watches::new(parameters.backpressure_detection.then_some(multiplier));
        let timeout = parameters.call_timeout;
        let spans = Spans::new(parameters);
        let address = Arc::clone(whom.place);
        let shared = Arc::new(Shared::new(core, address, timeout, gauge, pressure, spans));
        let connection = Self::of(Arc::new(Handle {
            shared: Arc::clone(&shared),
        }));
        let task = Task::new(stream, Arc::clone(&shared), parameters.close_timeout).run();
        tokio::spawn(shared.spans.around(task));
        let opened = connection.opened().await;
        // Until then errors know the stage; one that does not is the end of what was open already.
        opened.map_err(|error| error.at(ConnectStage::Open))?;
        login.keep_fresh(parameters, &connection.handle);
        connection.note_opened();
        Ok(connection)
    }

    pub(super) fn of(handle: Arc<Handle>) -> Self {
        Self {
            handle,
            call_timeout: None,
        }
    }

    /// Waits until the handshake is done, and says what only the application can say meanwhile.
    async fn opened(&self) -> Result<(), Error> {
        loop {
            let next = self.shared().until(|state| match state.core.closed() {
                Some(error) => Some(Err(error.clone())),
                None if state.core.is_open() => Some(Ok(None)),
                None => state
                    .core
                    .poll_question()
                    .map(|question| Ok(Some(question))),
            });
            let Some(question) = next.await? else {
                return Ok(());
            };
            // Code of the application's: not under the lock, and not where frames are read.
            let answer = question.answer();
            let mut state = self.shared().lock("answer a question");
            state.core.answer(now(), answer);
            self.shared().release_urgent(state);
        }
    }

    /// Opens a channel.
    ///
    /// # Errors
    /// The connection ended, all channels are in use, or `call_timeout` passed.
    ///
    /// # Cancel safety
    /// Dropping the future closes the channel, if the server opens it.
    pub async fn open_channel(&self) -> Result<Channel, Error> {
        let (channel, call) = self.begin_channel()?;
        call.within_timeout("channel.open").await?;
        Ok(channel)
    }

    fn begin_channel(&self) -> Result<(Channel, Call), Error> {
        let shared = self.shared();
        let mut state = shared.lock("open a channel");
        let (id, call) = state.core.open_channel()?;
        let undo = Undo {
            channel: Some(id),
            no_ack: true,
        };
        let call = Call::new(shared, &mut state, call, undo).limit(self.call_timeout);
        let changed = state.add_channel(id);
        shared.release(state);
        shared.spans.open_channel(id);
        // From here on, dropping the handle closes the channel.
        let mut channel = Channel::new(Arc::clone(&self.handle), id, changed);
        channel.call_timeout = self.call_timeout;
        Ok((channel, call))
    }

    /// Sends a request that concerns the connection and awaits its typed reply: `connection.update-secret`, and what
    /// extensions add to the class `connection` or have in classes of their own.
    ///
    /// ```no_run
    /// # async fn run(connection: leveret::Connection, token: &str) -> Result<(), leveret::Error> {
    /// use leveret::amqp_methods::connection;
    ///
    /// let renewed = connection::UpdateSecret::new(token, "the token expires soon");
    /// connection.call(renewed).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The connection ended, with its reason; `call_timeout` passed; a value that the wire cannot hold; a method that
    /// the library itself sends when it is time, such as `connection.open` and `connection.close`; one that belongs
    /// on a channel, or is not answered.
    ///
    /// # Cancel safety
    /// The connection stays usable when the future is dropped or times out: the late reply is recognised and dropped.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled.
    pub async fn call<R: Request>(&self, request: R) -> Result<R::Reply, Error> {
        check_answered(&request)?;
        let call = {
            let shared = self.shared();
            let mut state = shared.lock("call on the connection");
            let call = state.core.call(&request, R::Reply::IDS);
            let undo = Undo {
                channel: None,
                no_ack: true,
            };
            let call = call.map(|call| Call::new(shared, &mut state, call, undo));
            shared.release(state);
            call?.limit(self.call_timeout)
        };
        typed::<R>(self.shared(), &call.within_timeout(R::NAME).await?)
    }

    /// Sends a method that concerns the connection and is not answered: one of an extension.
    ///
    /// # Errors
    /// As [`call`](Self::call), for a method that is answered.
    pub fn send<M: DynMethod>(&self, method: M) -> Result<(), Error> {
        let shared = self.shared();
        let mut state = shared.lock("send a method");
        let sent = state.core.send(&method);
        shared.release(state);
        sent
    }

    /// Closes the connection in order, and waits until the server has answered or `close_timeout` has passed.
    ///
    /// All channels, consumers and calls end with the reason; publishes that are not confirmed are in doubt.
    ///
    /// # Errors
    /// The connection had ended for another reason.
    ///
    /// # Cancel safety
    /// Once polled, the connection closes even if the future is dropped.
    pub async fn close(&self) -> Result<(), Error> {
        self.shared().begin_close("closed by the application");
        let ended = self.closed().await;
        match ended.close_reason() {
            Some(reason)
                if ended.kind() == ErrorKind::ConnectionClosed
                    && reason.initiator == Initiator::Client =>
            {
                Ok(())
            }
            _ => Err(ended),
        }
    }

    /// Waits until the connection has ended, and says why.
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    pub async fn closed(&self) -> Error {
        self.shared()
            .until(|state| state.core.closed().cloned())
            .await
    }

    /// Why the connection ended, if it has.
    pub fn close_error(&self) -> Option<Error> {
        self.shared().lock("look at the end").core.closed().cloned()
    }

    /// The server that the connection is to, in words for people: what its errors have as [`Error::address`].
    pub fn address(&self) -> &str {
        &self.shared().address
    }

    /// What the server says of itself: product, version, capabilities.
    pub fn server_properties(&self) -> FieldTable<'static> {
        self.shared()
            .lock("look at the server")
            .core
            .server_properties()
            .clone()
    }

    /// The limits that both sides agreed on.
    pub fn tuning(&self) -> Tuning {
        self.shared().lock("look at the limits").core.tuning()
    }

    /// Whether the server holds back publishers. RabbitMQ: connection.blocked
    pub fn is_blocked(&self) -> bool {
        self.shared().lock("look at blocked").core.is_blocked()
    }

    /// Keeps `lives` until all handles are gone and the connection has said its last words.
    #[cfg(feature = "blocking")]
    pub(crate) fn keep(&self, lives: tokio::sync::oneshot::Sender<core::convert::Infallible>) {
        self.shared().keep(lives);
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.handle.shared
    }
}

impl Shared {
    fn begin_close(&self, text: &str) {
        let mut state = self.lock("close the connection");
        let begins = state.core.is_open();
        state.core.close(now(), ReplyCode::REPLY_SUCCESS, text);
        self.release_urgent(state);
        if begins {
            self.tell_closing();
        }
    }

    /// Waits until `ready` finds what it looks for; it is asked again when the connection opens, ends, or lets
    /// publishers go on.
    pub(super) async fn until<T>(
        &self,
        mut ready: impl FnMut(&mut super::shared::State) -> Option<T>,
    ) -> T {
        loop {
            let notified = self.room.notified();
            let mut notified = std::pin::pin!(notified);
            // Before looking, so that a change in between is not missed.
            notified.as_mut().enable();
            if let Some(found) = ready(&mut self.lock("look for a change")) {
                return found;
            }
            notified.await;
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.begin_close("dropped by the application");
    }
}
