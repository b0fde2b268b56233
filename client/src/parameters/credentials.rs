//! Who the client is, and how it says so.

use std::fmt;

use super::{ParameterError, ParameterErrorKind as Kind};

/// Proof of identity, by one of the server's security mechanisms.
///
/// `Debug` shows the user and hides the secret.
///
/// ```
/// use leveret::Credentials;
///
/// let credentials = Credentials::plain("app", "s3cr3t");
/// assert_eq!(credentials.mechanism(), "PLAIN");
/// assert_eq!(credentials.response(), b"\0app\0s3cr3t");
/// assert_eq!(
///     format!("{credentials:?}"),
///     r#"Credentials { mechanism: "PLAIN", user: "app", password: *** }"#,
/// );
/// ```
///
/// Spec: connection.start, connection.start-ok
#[derive(Clone, Eq, PartialEq)]
pub struct Credentials {
    identity: Identity,
}

/// One variant per mechanism, holding what it needs.
#[derive(Clone, Eq, PartialEq)]
enum Identity {
    Plain { user: String, password: String },
}

impl Credentials {
    /// Makes credentials for the mechanism `PLAIN`: a user name and a password in clear text.
    ///
    /// Neither may contain NUL, which separates them on the wire; connecting refuses those that do. Both may
    /// be empty.
    ///
    /// RabbitMQ: a server before 4.1 takes a `start-ok` of at most 4096 octets, a later one of 8192, which
    /// matters if the password is a token.
    #[must_use]
    pub fn plain(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            identity: Identity::Plain {
                user: user.into(),
                password: password.into(),
            },
        }
    }

    /// Returns the name of the mechanism, one of those the server has to offer.
    #[must_use]
    pub fn mechanism(&self) -> &str {
        match self.identity {
            Identity::Plain { .. } => "PLAIN",
        }
    }

    /// Returns the octets that prove the identity. They contain the secret in clear text.
    ///
    /// Of use only if [`validate`](Self::validate) has nothing to say.
    #[must_use]
    pub fn response(&self) -> Vec<u8> {
        match &self.identity {
            // RFC 4616, with no identity to act as: RabbitMQ refuses one that is not empty.
            Identity::Plain { user, password } => {
                let mut response = Vec::with_capacity(2 + user.len() + password.len());
                response.push(0);
                response.extend_from_slice(user.as_bytes());
                response.push(0);
                response.extend_from_slice(password.as_bytes());
                response
            }
        }
    }

    /// Checks that the mechanism can carry the user and the secret. Connecting does this first.
    ///
    /// # Errors
    ///
    /// [`ForbiddenCharacter`](super::ParameterErrorKind::ForbiddenCharacter) if `user` or `password` contains NUL.
    pub fn validate(&self) -> Result<(), ParameterError> {
        let Identity::Plain { user, password } = &self.identity;
        for (parameter, text) in [("user", user), ("password", password)] {
            // A NUL would end the field early, and what follows would be taken for the next one.
            if text.contains('\0') {
                let expected = "text without NUL";
                return Err(ParameterError::new(
                    Kind::ForbiddenCharacter,
                    parameter,
                    expected,
                ));
            }
        }
        Ok(())
    }

    /// Returns the user name, if the mechanism has one.
    pub(super) fn user(&self) -> Option<&str> {
        match &self.identity {
            Identity::Plain { user, .. } => Some(user),
        }
    }
}

impl Default for Credentials {
    /// User `guest`, password `guest`.
    fn default() -> Self {
        Self::plain("guest", "guest")
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Identity::Plain { user, password: _ } = &self.identity;
        f.debug_struct("Credentials")
            .field("mechanism", &self.mechanism())
            .field("user", user)
            .field("password", &format_args!("***"))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_response_is_nul_user_nul_password() {
        assert_eq!(Credentials::default().response(), b"\0guest\0guest");
        assert_eq!(Credentials::plain("", "").response(), b"\0\0");
        assert_eq!(
            Credentials::plain("ü", "a:b").response(),
            "\0ü\0a:b".as_bytes()
        );
    }

    #[test]
    fn nul_is_refused_without_being_repeated() {
        for (user, password, parameter) in [
            ("a\0s3cr3t", "b", "user"),
            ("a", "s3cr3t\0", "password"),
            ("a", "\0s3cr3t", "password"),
        ] {
            let error = Credentials::plain(user, password).validate().unwrap_err();
            assert_eq!(error.kind(), Kind::ForbiddenCharacter);
            assert_eq!(error.parameter(), parameter);
            assert!(!format!("{error} {error:?}").contains("s3cr3t"));
        }
        assert_eq!(Credentials::plain("", "").validate(), Ok(()));
    }

    #[test]
    fn debug_hides_the_password() {
        let credentials = Credentials::plain("app", "s3cr3t");
        for text in [format!("{credentials:?}"), format!("{credentials:#?}")] {
            assert!(text.contains("app") && text.contains("***"), "{text}");
            assert!(!text.contains("s3cr3t"), "{text}");
        }
    }
}
