//! Security mechanisms that this crate does not have.

use std::error::Error;

/// A security mechanism: how a client proves who it is.
///
/// For mechanisms beyond those that [`Credentials`](crate::Credentials) has functions for. This one is RabbitMQ's
/// demonstration of a challenge:
///
/// ```
/// use leveret::{Credentials, Exchange, Mechanism, MechanismError};
///
/// struct Demo {
///     user: String,
///     password: String,
/// }
///
/// impl Mechanism for Demo {
///     fn name(&self) -> &str {
///         "RABBIT-CR-DEMO"
///     }
///
///     fn begin(&self) -> Box<dyn Exchange> {
///         Box::new(DemoExchange {
///             user: self.user.clone(),
///             answer: format!("My password is {}", self.password),
///         })
///     }
/// }
///
/// struct DemoExchange {
///     user: String,
///     answer: String,
/// }
///
/// impl Exchange for DemoExchange {
///     fn start(&mut self) -> Result<Vec<u8>, MechanismError> {
///         Ok(self.user.clone().into_bytes())
///     }
///
///     fn challenge(&mut self, challenge: &[u8]) -> Result<Vec<u8>, MechanismError> {
///         if challenge != b"Please tell me your password" {
///             return Err("this is no challenge of RABBIT-CR-DEMO".into());
///         }
///         Ok(self.answer.clone().into_bytes())
///     }
/// }
///
/// let demo = Demo { user: "app".to_owned(), password: "s3cr3t".to_owned() };
/// let credentials = Credentials::mechanism(demo);
/// assert_eq!(credentials.mechanisms().collect::<Vec<_>>(), ["RABBIT-CR-DEMO"]);
/// ```
///
/// Spec: connection.start to connection.secure-ok
pub trait Mechanism: Send + Sync {
    /// The name under which servers offer it.
    fn name(&self) -> &str;

    /// Begins to prove the identity to one server, once for every connection that is tried.
    fn begin(&self) -> Box<dyn Exchange>;
}

/// One proof of identity, as far as it has come.
///
/// Its functions run in the task that connects, outside of any lock. What they return is wiped from memory once
/// it is in the output.
pub trait Exchange: Send {
    /// The response that travels in `connection.start-ok`. May be empty.
    ///
    /// # Errors
    /// Whatever keeps the mechanism from being used. Connecting ends with it.
    fn start(&mut self) -> Result<Vec<u8>, MechanismError>;

    /// The answer to a challenge of the server, for `connection.secure-ok`. There may be any number of them.
    ///
    /// A mechanism without challenges need not have this function.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    fn challenge(&mut self, challenge: &[u8]) -> Result<Vec<u8>, MechanismError> {
        let _ = challenge;
        Err("the mechanism has nothing to answer to a challenge".into())
    }
}

/// Why a mechanism cannot go on. Its text is shown in errors, and should not repeat a secret.
pub type MechanismError = Box<dyn Error + Send + Sync>;
