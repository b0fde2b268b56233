//! A URL in its normal form.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

use super::UrlParameters;

/// Writes everything; no part of it is copied while it grows.
pub(super) fn with_secrets(url: &UrlParameters) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(length(url)));
    // A string never fails to take what is written.
    let _ = write(url, &mut *text, true);
    text
}

/// Octets of all that.
pub(super) fn length(url: &UrlParameters) -> usize {
    let mut length = Length(0);
    let _ = write(url, &mut length, true);
    length.0
}

pub(super) fn without_secrets(url: &UrlParameters, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write(url, f, false)
}

fn write(url: &UrlParameters, out: &mut impl fmt::Write, secrets: bool) -> fmt::Result {
    write!(out, "{}://", url.scheme.name())?;
    match &url.user {
        Some((user, password)) => {
            write!(out, "{}:", encode(user))?;
            let written = password
                .reveal(|password| secrets.then(|| write!(out, "{}@", encode(password))))
                .flatten();
            match written {
                Some(written) => written?,
                None => out.write_str("***@")?,
            }
        }
        None if secrets => {}
        None => out.write_str("guest:***@")?,
    }
    for (index, (host, port)) in url.parameters.endpoints().enumerate() {
        if index > 0 {
            out.write_char(',')?;
        }
        match host.contains(':') {
            true => write!(out, "[{host}]:{port}")?,
            false => write!(out, "{}:{port}", encode(host))?,
        }
    }
    write!(out, "/{}", encode(&url.parameters.virtual_host))?;
    let mut separator = '?';
    for (key, value) in &url.keys {
        write!(out, "{separator}{}=", key.name())?;
        match key.is_secret() && !secrets {
            true => out.write_str("***")?,
            false => write!(out, "{}", encode(value))?,
        }
        separator = '&';
    }
    Ok(())
}

/// How long something is once written.
struct Length(usize);

impl fmt::Write for Length {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

pub(super) fn encode(text: &str) -> impl fmt::Display + '_ {
    utf8_percent_encode(text, RESERVED)
}

/// Everything but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
