//! Who the client is, and how it says so.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Mechanism, ParameterError, ParameterErrorKind as Kind, Secret};

/// Proof of identity: one or more security mechanisms in the order of preference, each with what it needs.
///
/// The list is what is allowed: the first of them that the server offers is used, and no other ever is, least
/// of all [`anonymous`](Self::anonymous). `Debug` shows users and hides secrets.
///
/// Secrets are wiped from memory with the last copy of the credentials, and so is the response that is made of them; a
/// connection gives up its copy once it is open, and overwrites the octets once they are written. What the operating
/// system and other code do with them is theirs.
///
/// ```
/// use leveret::Credentials;
///
/// let credentials = Credentials::external().or(Credentials::plain("app", "s3cr3t"));
/// assert_eq!(credentials.mechanisms().collect::<Vec<_>>(), ["EXTERNAL", "PLAIN"]);
/// assert_eq!(format!("{credentials:?}"), r#"[EXTERNAL, PLAIN { user: "app", password: *** }]"#);
/// ```
///
/// Spec: connection.start, connection.start-ok
#[derive(Clone, Eq, PartialEq)]
pub struct Credentials {
    ways: Vec<Way>,
    erase_on_connect: bool,
}

/// One variant per mechanism, holding what it needs.
#[derive(Clone)]
pub(crate) enum Way {
    Plain(Login),
    AmqPlain(Login),
    External,
    Anonymous,
    Other(Arc<dyn Mechanism>),
}

#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Login {
    user: String,
    password: Secret,
}

/// What a way begins with.
pub(crate) enum Beginning {
    /// The response, which is all there is to say.
    Response(Zeroizing<Vec<u8>>),
    /// A mechanism of somebody else's.
    Other(Arc<dyn Mechanism>),
    /// The secret was erased.
    Erased,
}

impl Credentials {
    /// Makes credentials for the mechanism `PLAIN`: a user name and a password in clear text.
    ///
    /// Neither may contain NUL, which separates them on the wire; connecting refuses those that do. Both may
    /// be empty.
    ///
    /// A password that is a long token may need
    /// [`initial_frame_max`](crate::ConnectionParameters::initial_frame_max), and a server that takes as much.
    #[must_use]
    pub fn plain(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self::plain_with(user.into(), Secret::new(password))
    }

    /// Makes credentials for the mechanism `AMQPLAIN`: a table with a user name and a password in clear text.
    ///
    /// It does what [`plain`](Self::plain) does in AMQP's own way. Some servers offer only this.
    #[must_use]
    pub fn amqplain(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self::amqplain_with(user.into(), Secret::new(password))
    }

    /// Makes credentials for the mechanism `EXTERNAL`: the transport has proved who the client is, as a certificate does.
    ///
    /// RabbitMQ: offers it with the plugin `rabbitmq_auth_mechanism_ssl`, over TLS.
    #[must_use]
    pub fn external() -> Self {
        Self::of(Way::External)
    }

    /// Makes credentials for the mechanism `ANONYMOUS`: the client says nothing of itself.
    ///
    /// RabbitMQ: offers it from version 4.0 on, and logs such clients in as `anonymous_login_user`.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::of(Way::Anonymous)
    }

    /// Makes credentials for a mechanism of your own.
    #[must_use]
    pub fn mechanism(mechanism: impl Mechanism + 'static) -> Self {
        Self::of(Way::Other(Arc::new(mechanism)))
    }

    /// Adds credentials to be used with servers that offer none of the mechanisms before.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.ways.extend(other.ways);
        self.erase_on_connect |= other.erase_on_connect;
        self
    }

    /// Sets whether the passwords are wiped once a connection with them is open, in all copies of the credentials.
    ///
    /// They cannot be used a second time then: connecting with them fails with
    /// [`Credentials`](crate::ErrorKind::Credentials). A mechanism of your own has to see to that itself. Default:
    /// false.
    #[must_use]
    pub fn erase_on_connect(mut self, erase: bool) -> Self {
        self.erase_on_connect = erase;
        self
    }

    /// Returns the names of the mechanisms, in the order of preference.
    pub fn mechanisms(&self) -> impl Iterator<Item = &str> {
        self.ways.iter().map(Way::name)
    }

    /// Checks that the mechanisms can carry users and secrets. Connecting does this first.
    ///
    /// # Errors
    ///
    /// [`ForbiddenCharacter`](super::ParameterErrorKind::ForbiddenCharacter) if `user` or `password` contains NUL, or
    /// `mechanism` anything but what the names of mechanisms are made of: capital letters, digits, `-` and `_`.
    pub fn validate(&self) -> Result<(), ParameterError> {
        for way in &self.ways {
            // The server's list is divided by blanks, and the name travels as a short string.
            let is_plain = |octet: u8| {
                octet.is_ascii_uppercase() || octet.is_ascii_digit() || b"-_".contains(&octet)
            };
            let name = way.name();
            if name.is_empty() || name.len() > 255 || !name.bytes().all(is_plain) {
                let expected = "1 to 255 capital letters, digits, '-' and '_'";
                return Err(ParameterError::new(
                    Kind::ForbiddenCharacter,
                    "mechanism",
                    expected,
                ));
            }
            if let Way::Plain(login) | Way::AmqPlain(login) = way {
                login.validate()?;
            }
        }
        Ok(())
    }

    pub(super) fn plain_with(user: String, password: Secret) -> Self {
        Self::of(Way::Plain(Login { user, password }))
    }

    pub(super) fn amqplain_with(user: String, password: Secret) -> Self {
        Self::of(Way::AmqPlain(Login { user, password }))
    }

    fn of(way: Way) -> Self {
        Self {
            ways: vec![way],
            erase_on_connect: false,
        }
    }

    /// The first way that the server offers.
    pub(crate) fn choose(&self, is_offered: impl Fn(&str) -> bool) -> Option<&Way> {
        self.ways.iter().find(|way| is_offered(way.name()))
    }

    /// Whether that user is named in any of them.
    pub(crate) fn names(&self, user: &str) -> bool {
        self.ways.iter().any(|way| match way {
            Way::Plain(login) | Way::AmqPlain(login) => login.user == user,
            Way::External | Way::Anonymous | Way::Other(_) => false,
        })
    }

    /// A connection with these is open.
    pub(crate) fn connected(&self) {
        if !self.erase_on_connect {
            return;
        }
        for way in &self.ways {
            if let Way::Plain(login) | Way::AmqPlain(login) = way {
                login.password.erase();
            }
        }
    }

    /// The same users with another password, wherever there is one.
    #[cfg(feature = "tokio")]
    pub(crate) fn with_password(&self, password: &Secret) -> Self {
        let mut renewed = self.clone();
        for way in &mut renewed.ways {
            if let Way::Plain(login) | Way::AmqPlain(login) = way {
                login.password = password.clone();
            }
        }
        renewed
    }
}

impl Way {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Plain(_) => "PLAIN",
            Self::AmqPlain(_) => "AMQPLAIN",
            Self::External => "EXTERNAL",
            Self::Anonymous => "ANONYMOUS",
            Self::Other(mechanism) => mechanism.name(),
        }
    }

    pub(crate) fn begin(&self) -> Beginning {
        let response = match self {
            Self::Plain(login) => login.plain(),
            Self::AmqPlain(login) => login.amqplain(),
            Self::External | Self::Anonymous => Some(Zeroizing::default()),
            Self::Other(mechanism) => return Beginning::Other(Arc::clone(mechanism)),
        };
        response.map_or(Beginning::Erased, Beginning::Response)
    }
}

impl Login {
    fn validate(&self) -> Result<(), ParameterError> {
        let has_nul = |text: &str| text.contains('\0');
        let password = self.password.reveal(has_nul).unwrap_or_default();
        for (parameter, has_nul) in [("user", has_nul(&self.user)), ("password", password)] {
            // A NUL would end the field early, and what follows would be taken for the next one.
            if has_nul {
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

    /// RFC 4616, with no identity to act as: RabbitMQ refuses one that is not empty.
    fn plain(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.password.reveal(|password| {
            let mut response = Vec::with_capacity(2 + self.user.len() + password.len());
            response.push(0);
            response.extend_from_slice(self.user.as_bytes());
            response.push(0);
            response.extend_from_slice(password.as_bytes());
            Zeroizing::new(response)
        })
    }

    /// The entries of a table, without its length. Written here, so that no copy of the password stays behind.
    fn amqplain(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.password.reveal(|password| {
            let entries = [("LOGIN", self.user.as_str()), ("PASSWORD", password)];
            let octets = entries
                .iter()
                .map(|(name, text)| 6 + name.len() + text.len());
            let mut response = Zeroizing::new(Vec::with_capacity(octets.sum()));
            for (name, text) in entries {
                let length = u32::try_from(text.len()).ok()?;
                response.push(u8::try_from(name.len()).ok()?);
                response.extend_from_slice(name.as_bytes());
                response.push(b'S');
                response.extend_from_slice(&length.to_be_bytes());
                response.extend_from_slice(text.as_bytes());
            }
            Some(response)
        })?
    }
}

impl Default for Credentials {
    /// User `guest`, password `guest`, by `PLAIN`.
    fn default() -> Self {
        Self::plain("guest", "guest")
    }
}

/// Mechanisms of somebody else's are equal if they are the same one.
impl PartialEq for Way {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Plain(one), Self::Plain(other))
            | (Self::AmqPlain(one), Self::AmqPlain(other)) => one == other,
            (Self::External, Self::External) | (Self::Anonymous, Self::Anonymous) => true,
            (Self::Other(one), Self::Other(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Eq for Way {}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.ways).finish()
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(login) | Self::AmqPlain(login) => f
                .debug_struct(self.name())
                .field("user", &login.user)
                .field("password", &login.password)
                .finish(),
            _ => f.write_str(self.name()),
        }
    }
}

#[cfg(test)]
mod tests;
