//! When, where and with what it was measured: numbers without that mean nothing.

use std::fs;
use std::process::Command;
use std::thread;

/// Codecs that the benches get from the registry.
const PEERS: [&str; 2] = ["amq-protocol", "amqp_serde"];

/// One line.
pub(crate) fn describe(date: &str, lock: &str) -> String {
    let mut parts = vec![date.to_owned(), machine()];
    parts.extend(compiler());
    #[cfg(feature = "librabbitmq")]
    parts.push(format!("librabbitmq {}", leveret_librabbitmq::version()));
    let versions = PEERS.map(|peer| Some(format!("{peer} {}", version(lock, peer)?)));
    parts.extend(versions.into_iter().flatten());
    parts.join(", ")
}

fn machine() -> String {
    let count = thread::available_parallelism().map_or(1, usize::from);
    let known = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = known
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.and_then(|line| line.split_once(": "));
    let model = model.map_or(std::env::consts::ARCH, |(_, model)| model.trim());
    let cores = if count == 1 { "core" } else { "cores" };
    format!("{count} {cores} of {model}")
}

/// `rustc 1.95.0`, without the commit and its date.
fn compiler() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let words: Vec<_> = text.split_whitespace().take(2).collect();
    Some(words.join(" "))
}

/// The version of a package in a lock file, where the line after its name has it.
fn version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = {package:?}");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = ")?;
    Some(version.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_the_lock_file() {
        let lock = "[[package]]\nname = \"amq-protocol-types\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"amq-protocol\"\nversion = \"10.6.3\"\nsource = \"s\"\n";
        assert_eq!(version(lock, "amq-protocol"), Some("10.6.3"));
        assert_eq!(version(lock, "amqp_serde"), None);
        let line = describe("2026-11-21", lock);
        assert!(
            line.starts_with("2026-11-21, ") && line.ends_with(", amq-protocol 10.6.3"),
            "{line}"
        );
    }
}
