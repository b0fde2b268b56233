//! `list`: a protocol as a table.

mod counts;
mod json;
mod table;

use std::process::ExitCode;

use amqp_codegen::{Config, model::WireType};

use super::{Outcome, arguments::List, console::Console, report};
use counts::{Counts, left_out};

pub(super) fn run(options: &List, console: &Console) -> Outcome {
    let config = options.config();
    let spec = config.spec()?;
    // Who reads a list wants to see what there is.
    let classes = spec.classes.iter().map(|class| &class.name);
    let config = classes.fold(config, Config::allow_unresolved);
    report::print(&config.warnings()?, console);
    let model = config.model()?;
    let counts = Counts::of(&spec);
    let left_out = left_out(&spec, &model);
    let text = match options.json {
        true => format!("{:#}\n", json::protocol(&model, &counts, &left_out)),
        false => table::protocol(&model, &counts, &left_out, console),
    };
    console.print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Who sends a method: the other end than the one that has to accept it.
fn sender(client_receives: bool, server_receives: bool) -> &'static str {
    match (client_receives, server_receives) {
        (true, false) => "server",
        (false, true) => "client",
        // Where nobody is named, nobody is excluded.
        (true, true) | (false, false) => "both",
    }
}

/// The name of a type in the documents.
fn wire_name(wire: WireType) -> &'static str {
    match wire {
        WireType::Bit => "bit",
        WireType::Octet => "octet",
        WireType::Short => "short",
        WireType::Long => "long",
        WireType::LongLong => "longlong",
        WireType::ShortStr => "shortstr",
        WireType::LongStr => "longstr",
        WireType::Timestamp => "timestamp",
        WireType::Table => "table",
    }
}
