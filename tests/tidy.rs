//! What the workspace promises about itself: versions, papers, sizes, layers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what tests share is test code too"
)]

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Folders of the published crates.
const PUBLISHED: [&str; 4] = ["codegen", "amqp-methods", "client", "test-broker"];

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(ROOT).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust file under a folder of the workspace, with its path from the root.
fn rust_files(folder: &str) -> Vec<(String, String)> {
    let mut folders = vec![Path::new(ROOT).join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(ROOT).unwrap().display().to_string();
                files.push((name, read(&path)));
            }
        }
    }
    files.sort();
    files
}

/// The lines that are code: what comments say about another layer breaks nothing, and tests need a clock.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate();
    lines
        .map(|(index, line)| (index + 1, line))
        .take_while(|(_, line)| *line != "mod tests {")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Whether a file has nothing but tests in it.
fn is_test(name: &str) -> bool {
    name.ends_with("tests.rs") || name.contains("/tests/")
}

#[track_caller]
fn nothing(found: &[String]) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn published_crates_share_one_version() {
    let version = format!("version = {:?}", env!("CARGO_PKG_VERSION"));
    let root = read("Cargo.toml");
    for folder in PUBLISHED {
        let manifest = read(format!("{folder}/Cargo.toml"));
        let inherits = manifest
            .lines()
            .any(|line| line.trim() == "version.workspace = true");
        assert!(inherits, "{folder} has a version of its own");
        assert!(
            !manifest.contains("publish = false"),
            "{folder} is not published"
        );
        let place = format!("path = {folder:?}");
        let dependency = root.lines().find(|line| line.contains(&place));
        let dependency =
            dependency.unwrap_or_else(|| panic!("{folder} is no workspace dependency"));
        assert!(dependency.contains(&version), "{dependency}");
    }
}

/// Plain `cargo test` means every member, and what is not published cannot be published by mistake.
#[test]
fn members_are_tested_and_published_or_say_that_they_are_not() {
    let root = read("Cargo.toml");
    let list = |name: &str| {
        let line = root.lines().find(|line| line.starts_with(name)).unwrap();
        let names = line.split('"').skip(1).step_by(2);
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let members = list("members = ");
    let tested = list("default-members = ");
    assert_eq!(tested, [&[".".to_owned()], &members[..]].concat());
    for member in members {
        let manifest = read(format!("{member}/Cargo.toml"));
        let is_published = PUBLISHED.contains(&&*member);
        assert_eq!(
            manifest.contains("publish = false"),
            !is_published,
            "{member}"
        );
    }
}

#[test]
fn published_crates_have_their_papers() {
    for folder in PUBLISHED {
        let changes = read(format!("{folder}/CHANGELOG.md"));
        let version = env!("CARGO_PKG_VERSION");
        assert!(
            changes.contains(version),
            "{folder}/CHANGELOG.md does not mention {version}"
        );
        assert!(!read(format!("{folder}/README.md")).trim().is_empty());
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            assert_eq!(read(format!("{folder}/{licence}")), read(licence));
        }
    }
}

#[test]
fn no_file_has_everything_in_it() {
    let folders = PUBLISHED.map(|folder| format!("{folder}/src"));
    let files = folders
        .iter()
        .map(String::as_str)
        .chain(["src", "examples", "fuzz/src", "fuzz/targets"])
        .flat_map(rust_files);
    let long = files.filter_map(|(name, text)| {
        let lines = text.lines().count();
        (lines > LINES).then(|| format!("{name} has {lines} lines"))
    });
    nothing(&long.collect::<Vec<_>>());
}

const LINES: usize = 450;

/// Lines of code in `folder` that name what its layer must not know.
fn naming(folder: &str, words: &[&str]) -> Vec<String> {
    let files = rust_files(folder);
    assert!(!files.is_empty(), "{folder} has no code");
    let mut found = Vec::new();
    for (name, text) in files.iter().filter(|(name, _)| !is_test(name)) {
        for (number, line) in code(text) {
            let named = words.iter().find(|word| names(line, word));
            found
                .extend(named.map(|word| format!("{name}:{number} names {word}: {}", line.trim())));
        }
    }
    found
}

/// Whether `line` has `word` as a path of its own, not as a part of a longer name.
fn names(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

#[test]
fn words_are_found_whole() {
    assert!(names("use std::io::Read;", "std::io"));
    assert!(names("let tokio = 1;", "tokio"));
    assert!(!names("let my_tokio = tokio_like;", "tokio"));
    assert_eq!(
        code("// tokio\nlet a = 1;\n    /// Instant\nmod tests {\ntokio").count(),
        1
    );
    assert!(is_test("a/src/b/tests/c.rs") && is_test("a/src/b_tests.rs") && !is_test("a/src/b.rs"));
}

#[test]
fn the_codec_knows_no_io_and_no_clock() {
    nothing(&naming(
        "amqp-methods/src",
        &["tokio", "std::io", "std::net", "Instant"],
    ));
    nothing(&naming(
        "amqp-methods/src",
        &["leveret", "std::thread", "std::fs", "SystemTime::now"],
    ));
}

#[test]
fn the_core_knows_no_io_no_clock_and_no_lock() {
    let words = [
        "tokio",
        "std::io",
        "std::net",
        "Instant::now",
        "Mutex",
        "std::thread",
    ];
    nothing(&naming("client/src/proto", &words));
}

#[test]
fn the_test_broker_and_the_client_do_not_know_each_other() {
    nothing(&naming("test-broker/src", &["leveret"]));
    let manifest = read("test-broker/Cargo.toml");
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap();
    assert!(!dependencies.contains("leveret"), "{dependencies}");
}

#[test]
fn the_generator_stands_alone() {
    nothing(&naming("codegen/src", &["tokio", "std::net", "leveret"]));
    assert!(!read("codegen/Cargo.toml").contains("amqp-methods"));
}

/// Whoever builds `amqp-methods` builds the generator, and has no use for its command or formatted output.
#[test]
fn generating_while_building_brings_no_command() {
    let root = read("Cargo.toml");
    let dependency = root.lines().find(|line| line.starts_with("amqp-codegen ="));
    assert!(dependency.is_some_and(|line| line.contains("default-features = false")));
    let manifest = read("amqp-methods/Cargo.toml");
    let (_, build) = manifest.split_once("[build-dependencies]").unwrap();
    assert_eq!(build.trim(), "amqp-codegen.workspace = true");
    let features = read("codegen/Cargo.toml");
    for dependency in ["clap", "serde_json", "syn", "prettyplease"] {
        let line = format!("{dependency} = {{ workspace = true, optional = true }}");
        assert!(features.contains(&line), "{dependency} is not optional");
    }
}

/// The lint of the workspace forbids it too, but benches, fuzz targets and crates outside of the workspace could
/// set it aside. That each use gives its reason is left to clippy.
#[test]
fn only_the_benches_of_the_c_library_are_unsafe() {
    let folders = ["src", "tests", "benches", "examples", "fuzz"];
    let files = PUBLISHED.into_iter().chain(folders).flat_map(rust_files);
    let files = files.filter(|(name, _)| name != "tests/tidy.rs"); // speaks of it
    let (allowed, others): (Vec<_>, Vec<_>) =
        files.partition(|(name, _)| name.starts_with("benches/librabbitmq/"));
    let found = others.iter().flat_map(|(name, text)| {
        let lines = text.lines().enumerate();
        let found = lines.filter(|(_, line)| is_unsafe(line));
        found.map(move |(index, line)| format!("{name}:{}: {}", index + 1, line.trim()))
    });
    nothing(&found.collect::<Vec<_>>());
    assert!(allowed.iter().any(|(_, text)| text.lines().any(is_unsafe)));
}

/// Whether code says so: neither a comment nor the keyword as data.
fn is_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    names(&code.replace("\"unsafe\"", ""), "unsafe")
}

#[test]
fn unsafe_code_is_seen() {
    assert!(is_unsafe("    let x = unsafe { y() };") && is_unsafe("unsafe impl A for B {}"));
    assert!(!is_unsafe("// unsafe") && !is_unsafe(r#""unsafe", "unsized""#));
    assert!(!is_unsafe(r#"unsafe_code = "forbid""#));
}

/// `source = "registry+https://github.com/..."` is what cargo writes for crates.io, wherever it took them from.
#[test]
fn the_lock_files_name_no_other_place() {
    for lock in ["Cargo.lock", "fuzz/Cargo.lock"] {
        let text = read(lock);
        let foreign = text.lines().filter(|line| {
            let ours = r#"source = "registry+https://github.com/rust-lang/crates.io-index""#;
            line.contains("://") && *line != ours
        });
        nothing(&foreign.map(str::to_owned).collect::<Vec<_>>());
    }
}

/// A target that is in no list is not built, and one without a claim proves nothing.
#[test]
fn every_fuzz_target_is_built_and_says_what_it_claims() {
    let targets = rust_files("fuzz/targets");
    let manifest = read("fuzz/Cargo.toml");
    let page = read("fuzz/README.md");
    for (path, text) in &targets {
        let file = path.strip_prefix("fuzz/").unwrap();
        let name = Path::new(file).file_stem().unwrap().display();
        assert!(
            text.starts_with("//! "),
            "{path} does not say what it claims"
        );
        assert!(
            manifest.contains(&format!("path = {file:?}")),
            "{path} is not built"
        );
        assert!(
            page.contains(&format!("\n| `{name}` |")),
            "fuzz/README.md does not list {name}"
        );
    }
    assert_eq!(manifest.matches("path = \"targets/").count(), targets.len());
}

/// One version of the peer in benches and fuzz targets, or they would not speak of the same codec.
#[test]
fn the_peer_is_the_same_everywhere() {
    let line = |manifest| {
        let text = read(manifest);
        let mut lines = text.lines().map(str::to_owned);
        lines.find(|line| line.starts_with("amq-protocol ="))
    };
    assert!(line("Cargo.toml").is_some());
    assert_eq!(line("Cargo.toml"), line("fuzz/Cargo.toml"));
}
