//! Runs one workload of one codec a given number of times, for a tool that counts instructions.
//!
//! usage: instructions WORKLOAD SIDE COUNT
//!        instructions --list

#![allow(clippy::print_stdout, clippy::print_stderr)] // it is a program

use std::process::ExitCode;

mod workloads;

fn main() -> ExitCode {
    // `cargo bench` and `cargo test` add flags of their own.
    let arguments: Vec<_> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--list"] => list(),
        [workload, side, count] => match count.parse() {
            Ok(count) => return run(workload, side, count),
            Err(error) => return refuse(&format!("{count} is no count: {error}")),
        },
        // Run among the benches it has nothing to say; `scripts/instructions` is what measures.
        [] => {}
        _ => return refuse("usage: instructions WORKLOAD SIDE COUNT | --list"),
    }
    ExitCode::SUCCESS
}

fn list() {
    for workload in workloads::all() {
        for side in workload.sides {
            println!("{} {} {}", workload.name, side.name, workload.octets);
        }
    }
}

fn run(workload: &str, side: &str, count: u64) -> ExitCode {
    let found = workloads::all()
        .into_iter()
        .filter(|candidate| candidate.name == workload)
        .flat_map(|workload| workload.sides)
        .find(|candidate| candidate.name == side);
    match found {
        Some(mut side) => {
            (side.run)(count);
            ExitCode::SUCCESS
        }
        None => refuse(&format!("{side} does not do {workload}")),
    }
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("instructions: {why}");
    ExitCode::from(2)
}
