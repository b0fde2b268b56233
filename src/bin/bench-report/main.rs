//! Turns what criterion measured into a table and a picture. `scripts/bench-report` measures and calls it.

mod measurements;
mod paper;
mod picture;
mod ratio;
mod setting;
mod svg;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::{fs, io};

use clap::Parser;

/// Turns what criterion measured into a table and a picture.
///
/// Reads criterion's folder, replaces the table between the marks `<!-- times -->` and `<!-- /times -->` in a paper,
/// and writes the picture. Ends with status 2 if there is nothing to read or no place to write to.
#[derive(Parser)]
#[command(name = "bench-report", version)]
struct Arguments {
    /// Folder that criterion wrote its estimates to.
    #[arg(long)]
    criterion: PathBuf,
    /// Paper that has the marks.
    #[arg(long, default_value = "benches/README.md")]
    paper: PathBuf,
    /// Picture to write.
    #[arg(long, default_value = "benches/frames.svg")]
    picture: PathBuf,
    /// Lock file that has the versions.
    #[arg(long, default_value = "Cargo.lock")]
    lock: PathBuf,
    /// When it was measured, such as 2026-11-21.
    #[arg(long)]
    date: String,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match report(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            use io::Write as _;
            let _unheard = writeln!(io::stderr(), "bench-report: {reason}");
            ExitCode::from(2)
        }
    }
}

fn report(arguments: &Arguments) -> Result<(), String> {
    let workloads = measurements::read(&arguments.criterion)?;
    let lock = read(&arguments.lock)?;
    let setting = setting::describe(&arguments.date, &lock);

    let paper = read(&arguments.paper)?;
    let tables = table::tables(&workloads, &setting);
    let name = arguments.paper.display();
    let paper = paper::replace(&paper, &tables).map_err(|reason| format!("{name}: {reason}"))?;
    write(&arguments.paper, &paper)?;
    write(&arguments.picture, &picture::draw(&workloads, &setting))
}

fn read(path: &PathBuf) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &PathBuf, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The side that the others are compared with.
const OURS: &str = "amqp-methods";

/// Written by hand for the very octets, and no library.
const FLOOR: &str = "floor";
