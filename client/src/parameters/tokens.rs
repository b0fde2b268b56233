//! Passwords that expire, and who gives new ones.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::{ConnectionParameters, MechanismError, Secret};

/// A password that somebody has issued, perhaps for a limited time.
///
/// `Debug` hides it. It is wiped from memory when it is dropped.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Token {
    secret: Secret,
    lifetime: Option<Duration>,
}

/// Gives tokens: whoever knows where they come from.
///
/// Functions that return a future of a token are providers:
///
/// ```
/// use std::time::Duration;
/// use leveret::{ConnectionParameters, MechanismError, Token};
///
/// # async fn ask_the_identity_provider() -> Result<String, std::io::Error> { Ok(String::new()) }
/// let parameters = ConnectionParameters::new("broker").token_provider(|| async {
///     let token = ask_the_identity_provider().await?;
///     Ok::<_, MechanismError>(Token::new(token).expires_in(Duration::from_secs(300)))
/// });
/// # assert!(parameters.validate().is_ok());
/// ```
pub trait TokenProvider: Send + Sync {
    /// Fetches a token. Dropped, the future has no effect.
    ///
    /// # Errors
    /// Whatever keeps the token from being had. Its text should not repeat a secret.
    fn fetch(&self) -> Pin<Box<dyn Future<Output = Result<Token, MechanismError>> + Send + '_>>;
}

impl<F, Fut> TokenProvider for F
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = Result<Token, MechanismError>> + Send + 'static,
{
    fn fetch(&self) -> Pin<Box<dyn Future<Output = Result<Token, MechanismError>> + Send + '_>> {
        Box::pin(self())
    }
}

impl Token {
    /// Makes a token that does not expire.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Self {
        Self {
            secret: Secret::new(secret),
            lifetime: None,
        }
    }

    /// Sets after how long from now the token expires.
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    pub(crate) fn lifetime(&self) -> Option<Duration> {
        self.lifetime
    }
}

impl ConnectionParameters {
    /// Sets who gives the password for the credentials, in place of the one that they have.
    ///
    /// Asked before each attempt to connect, within `connection_timeout`. A token that expires is renewed when four
    /// fifths of its time are over, on the open connection, with `connection.update-secret`; what fails is tried
    /// again after a quarter of the time that is left. There is at least a second between one and the next, however soon
    /// tokens expire.
    ///
    /// RabbitMQ: takes OAuth 2 tokens with the plugin `rabbitmq_auth_backend_oauth2`. Default: none.
    #[must_use]
    pub fn token_provider(mut self, provider: impl TokenProvider + 'static) -> Self {
        self.token_provider = Some(Provider(Arc::new(provider)));
        self
    }
}

/// A provider among parameters.
#[derive(Clone)]
pub(crate) struct Provider(Arc<dyn TokenProvider>);

impl Provider {
    pub(crate) async fn fetch(&self) -> Result<Token, MechanismError> {
        self.0.fetch().await
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}

/// Providers are equal if they are the same one.
impl PartialEq for Provider {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Provider {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_token() {
        let token = Token::new("s3cr3t").expires_in(Duration::from_secs(1));
        let parameters = ConnectionParameters::default().token_provider(move || {
            let token = token.clone();
            async move { Ok(token) }
        });
        assert!(!format!("{parameters:?} {:?}", Token::new("s3cr3t")).contains("s3cr3t"));
        assert_eq!(parameters, parameters.clone());
    }
}
