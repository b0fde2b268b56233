//! URLs: the parser never panics, and refuses without a word of a secret; what it accepts is sound, reads back from its
//! normal form as the same, and shows its password in that form alone.
//!
//! The input is a URL. What stands for a secret in it is `s3cr3t`.

#![no_main]

use leveret::{ConnectionParameters, UrlParameters};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let Ok(text) = std::str::from_utf8(octets) else {
        return;
    };
    match text.parse::<UrlParameters>() {
        Ok(url) => accepted(text, &url),
        Err(error) => {
            let shown = format!("{error} {error:?} {}", error.parameter());
            assert_eq!(count(&shown), 0);
            assert!(!error.parameter().is_empty());
        }
    }
});

fn accepted(text: &str, url: &UrlParameters) {
    let parameters: &ConnectionParameters = url.as_ref();
    assert_eq!(parameters.validate(), Ok(()));
    assert!(parameters.endpoints().count() > 0);
    assert_eq!(text.parse::<UrlParameters>().as_ref(), Ok(url));

    let full = url.to_string_with_secrets();
    let again: UrlParameters = full.parse().expect("the normal form is a URL");
    assert_eq!(&again, url);
    assert_eq!(again.to_string_with_secrets(), full);
    assert_eq!(again.to_string(), url.to_string());

    let password = full
        .split_once('@')
        .and_then(|(userinfo, _)| userinfo.rsplit_once(':'))
        .map_or("", |(_, password)| password);
    let shown = url.to_string();
    assert_eq!(count(&shown), count(&full) - count(password));
    if !password.is_empty() {
        let filled = shown.replacen(":***@", &format!(":{password}@"), 1);
        assert_eq!(filled, *full);
    }
    // A table is shown as octets or as text; neither holds what stands for the password.
    let debug = format!("{parameters:?} {:?}", parameters.clone());
    if count(&shown) == 0 {
        assert_eq!(count(&debug), 0);
    }
}

fn count(text: &str) -> usize {
    text.matches("s3cr3t").count()
}
