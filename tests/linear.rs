//! What the worst input costs: twice the octets, at most about twice the instructions.
//!
//! Times would depend on the machine and on what else it does. Instructions repeat, so this binary runs itself under
//! callgrind and has them counted for input of sizes n and 2n. Without valgrind it says that it skips; with
//! `LEVERET_REQUIRE_VALGRIND=1` it fails instead.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "what tests share is test code too"
)]

use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

#[path = "linear/borrowed.rs"]
mod borrowed;
#[path = "linear/client.rs"]
mod client;
#[path = "linear/frames.rs"]
mod frames;
#[path = "opened/mod.rs"]
mod opened;
#[path = "linear/tables.rs"]
mod tables;
#[path = "wire/mod.rs"]
mod wire;

/// Something that could cost more than in proportion to the size of its input.
struct Case {
    name: String,
    /// The smaller of both sizes.
    size: usize,
    /// Makes input of some size; what is to be counted is what it gives.
    prepare: Box<dyn Fn(usize) -> Work>,
}

type Work = Box<dyn FnOnce()>;

fn case<F: FnOnce() + 'static>(
    name: impl Into<String>,
    size: usize,
    prepare: impl Fn(usize) -> F + 'static,
) -> Case {
    Case {
        name: name.into(),
        size,
        prepare: Box::new(move |size| Box::new(prepare(size))),
    }
}

fn cases() -> Vec<Case> {
    let control = case(CONTROL, 256, |size| {
        move || {
            for pair in 0..size * size {
                black_box(pair);
            }
        }
    });
    [
        vec![control],
        tables::cases(),
        borrowed::cases(),
        frames::cases(),
        client::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is not in proportion, so that it is known to be noticed.
const CONTROL: &str = "control, every pair";

/// By how much the instructions may grow when the input doubles.
///
/// A cost of `an + b` grows by less than 2. What is above leaves room for buffers that double at another place of n
/// than of 2n. A cost of `an + bn²` passes only while the square's share of it is below a twentieth.
const GROWTH: f64 = 2.1;

/// Counts begin anew here: the name is known to callgrind.
#[inline(never)]
fn prepared() {
    black_box(());
}

/// Counts are written down behind this one.
#[inline(never)]
fn one_operation(work: Work) {
    work();
    black_box(());
}

/// Under callgrind this is what is counted; by itself it tests that the cases do what they are there for.
#[test]
fn every_worst_case_comes_to_its_end() {
    for case in cases() {
        for size in [case.size, 2 * case.size] {
            let work = (case.prepare)(size);
            prepared();
            one_operation(work);
        }
    }
}

#[test]
fn twice_the_input_costs_twice_the_instructions() {
    let Some(counts) = counted() else { return };
    let cases = cases();
    assert_eq!(counts.len(), 2 * cases.len(), "callgrind saw other calls");
    let mut beyond = Vec::new();
    for (case, counts) in cases.iter().zip(counts.chunks(2)) {
        let [once, twice] = counts else { panic!() };
        let growth = *twice as f64 / *once as f64;
        let line = format!(
            "{:60} {:>8} {once:>10} {twice:>10} {growth:.3}",
            case.name, case.size
        );
        println!("{line}");
        assert!(*once > 0, "{line}");
        if growth > GROWTH {
            beyond.push(line);
        }
    }
    let control = beyond.remove(0);
    assert!(control.starts_with(CONTROL), "squares pass for linear");
    assert!(beyond.is_empty(), "\n{}", beyond.join("\n"));
}

/// The instructions of each operation, in order; none where there is no valgrind.
fn counted() -> Option<Vec<u64>> {
    let folder = Folder::new();
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--dump-line=no"])
        .arg("--zero-before=linear::prepared")
        .arg("--dump-after=linear::one_operation")
        .arg(format!(
            "--callgrind-out-file={}",
            folder.0.join("part").display()
        ))
        .arg(env::current_exe().unwrap())
        .args(["every_worst_case_comes_to_its_end", "--exact"])
        .arg("--test-threads=1");
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            assert!(
                env::var("LEVERET_REQUIRE_VALGRIND").as_deref() != Ok("1"),
                "LEVERET_REQUIRE_VALGRIND=1 asks for valgrind: {error}"
            );
            // Past the test harness, which would swallow it.
            let _ = std::io::stderr().write_all(SKIPPED.as_bytes());
            return None;
        }
    };
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{said}");
    // Each operation is a file of its own, with a number behind the name.
    let counts = (1..)
        .map(|number| folder.0.join(format!("part.{number}")))
        .map_while(|part| fs::read_to_string(part).ok())
        .map(|part| total(&part));
    Some(counts.collect())
}

const SKIPPED: &str = "
*** SKIPPED: what the worst input costs; there is no valgrind. To count it:
***     scripts/debian-packages valgrind && cargo test -p leveret-conformance --test linear
";

/// What callgrind wrote down for one operation.
fn total(part: &str) -> u64 {
    let mut lines = part.lines();
    let total = lines.find_map(|line| line.strip_prefix("totals: "));
    total.unwrap().trim().parse().unwrap()
}

/// A folder that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("linear-{}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
