//! Tokens: fetched before connecting, renewed while connected.

use std::borrow::Cow;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Duration;

use amqp_methods::connection::UpdateSecret;
use tokio::time::{Instant, sleep_until, timeout};

use super::connection::{Connection, Handle};
use crate::error::{ConnectStage, Error, ErrorKind};
use crate::parameters::{ConnectionParameters, Credentials, Provider, Token};

/// What to log in with, and when that ends.
pub(super) struct Login {
    token: Option<Token>,
    fetched: Instant,
}

/// Fetches a token, if the parameters want one.
pub(super) async fn login(parameters: &ConnectionParameters) -> Result<Login, Error> {
    let fetched = Instant::now();
    let token = match &parameters.token_provider {
        Some(provider) => Some(fetch(provider, parameters.connection_timeout).await?),
        None => None,
    };
    Ok(Login { token, fetched })
}

impl Login {
    /// The parameters with that login.
    pub(super) fn apply<'p>(
        &self,
        parameters: &'p ConnectionParameters,
    ) -> Cow<'p, ConnectionParameters> {
        let Some(token) = &self.token else {
            return Cow::Borrowed(parameters);
        };
        let credentials: Credentials = parameters.credentials.with_password(token.secret());
        Cow::Owned(parameters.clone().credentials(credentials))
    }

    /// Keeps the connection's login fresh for as long as the connection lasts.
    pub(super) fn keep_fresh(&self, parameters: &ConnectionParameters, handle: &Arc<Handle>) {
        let lifetime = self.token.as_ref().and_then(Token::lifetime);
        let (Some(provider), Some(lifetime)) = (&parameters.token_provider, lifetime) else {
            return;
        };
        let renewal = Renewal {
            provider: provider.clone(),
            handle: Arc::downgrade(handle),
            limit: parameters.connection_timeout,
        };
        let shared = Arc::clone(&handle.shared);
        let fetched = self.fetched;
        tokio::spawn(async move {
            let ended = shared.until(|state| state.core.closed().map(drop));
            let mut ended = pin!(ended);
            let mut renewed = pin!(renewal.run(fetched, lifetime));
            poll_fn(|cx| match ended.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => renewed.as_mut().poll(cx),
            })
            .await;
        });
    }
}

async fn fetch(provider: &Provider, limit: Duration) -> Result<Token, Error> {
    let error = match timeout(limit, provider.fetch()).await {
        Ok(Ok(token)) => return Ok(token),
        Ok(Err(error)) => Error::credentials(format!("no token: {error}"), error),
        Err(_) => Error::new(ErrorKind::Timeout, format!("no token within {limit:?}")),
    };
    Err(error.at(ConnectStage::Token))
}

/// Who renews the token of a connection. It does not keep the connection alive.
struct Renewal {
    provider: Provider,
    handle: Weak<Handle>,
    limit: Duration,
}

impl Renewal {
    /// Renews until a token does not expire, or the connection has gone.
    async fn run(self, mut fetched: Instant, mut lifetime: Duration) {
        loop {
            // A clock that is wrong makes tokens that have expired when they come, all of them.
            let due_in = lifetime.mul_f64(REFRESH_AT).max(RETRY_AT_LEAST);
            let mut due = later(fetched, due_in);
            let expiry = later(fetched, lifetime);
            let renewed = loop {
                sleep_until(due).await;
                fetched = Instant::now();
                match self.renew().await {
                    Ok(renewed) => break renewed,
                    Err(error) => {
                        let left = expiry.saturating_duration_since(Instant::now());
                        tracing::warn!(%error, ?left, "the token was not renewed");
                        due = Instant::now() + (left / 4).max(RETRY_AT_LEAST);
                    }
                }
            };
            match renewed {
                Some(next) => lifetime = next,
                None => return,
            }
        }
    }

    /// Renews once: how long the new token lasts, if it does not last for ever.
    async fn renew(&self) -> Result<Option<Duration>, Error> {
        let token = fetch(&self.provider, self.limit).await?;
        let Some(connection) = self.handle.upgrade().map(Connection::of) else {
            return Ok(None);
        };
        let secret = token
            .secret()
            .reveal(|secret| zeroize::Zeroizing::new(secret.to_owned()));
        let secret = secret.unwrap_or_default();
        connection
            .call(UpdateSecret::new(secret.as_str(), "the token expires soon"))
            .await?;
        tracing::debug!("the token was renewed");
        Ok(token.lifetime())
    }
}

/// Far enough where a lifetime is longer than clocks can say.
fn later(from: Instant, after: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
    from + after.min(YEAR)
}

/// How much of its time a token is used.
const REFRESH_AT: f64 = 0.8;
/// How long to wait at least before another token is asked for.
const RETRY_AT_LEAST: Duration = Duration::from_secs(1);
