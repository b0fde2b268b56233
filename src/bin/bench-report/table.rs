//! The tables of the paper.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::measurements::Workload;
use crate::ratio::{rate, ratio, time};
use crate::{FLOOR, OURS};

/// Columns in this order; whoever is not named here comes behind.
const ORDER: [&str; 6] = [
    OURS,
    FLOOR,
    "librabbitmq",
    "amq-protocol",
    "amqp_serde",
    "memcpy",
];

/// Times with ratios, then the rates of streams.
pub(crate) fn tables(workloads: &[Workload], setting: &str) -> String {
    let (streams, single): (Vec<_>, Vec<_>) = workloads
        .iter()
        .partition(|workload| workload.stream.is_some());
    let mut out = format!(
        "{setting}.\nMedians; the time of ours, and that of others as a multiple of it:\n\n"
    );
    table(&mut out, &single, |workload, side, theirs| {
        match workload.times.get(OURS) {
            _ if side == OURS => time(theirs),
            Some(ours) => ratio(theirs, *ours),
            None => time(theirs),
        }
    });
    if !streams.is_empty() {
        out.push_str("\nA million frames, in GB/s:\n\n");
        table(&mut out, &streams, |workload, _, theirs| {
            rate(workload.stream.unwrap_or_default(), theirs)
        });
    }
    out
}

fn table(out: &mut String, workloads: &[&Workload], cell: impl Fn(&Workload, &str, f64) -> String) {
    let sides = sides(workloads);
    row(out, "workload", sides.iter().map(|side| (*side).to_owned()));
    let _ = writeln!(out, "|---|{}", "---:|".repeat(sides.len()));
    for workload in workloads {
        let cells = sides.iter().map(|side| match workload.times.get(*side) {
            Some(theirs) => cell(workload, side, *theirs),
            None => "-".to_owned(),
        });
        row(out, &workload.name, cells);
    }
}

fn row(out: &mut String, first: &str, cells: impl Iterator<Item = String>) {
    let cells: Vec<_> = cells.collect();
    let _ = writeln!(out, "| {first} | {} |", cells.join(" | "));
}

/// Everybody who does one of these, in the order of columns.
pub(crate) fn sides<'a>(workloads: &[&'a Workload]) -> Vec<&'a str> {
    let sides = workloads.iter().flat_map(|workload| workload.times.keys());
    let sides: BTreeSet<&str> = sides.map(String::as_str).collect();
    let mut sides: Vec<_> = sides.into_iter().collect();
    sides.sort_by_key(|side| place(side));
    sides
}

/// Which column is somebody's.
pub(crate) fn place(side: &str) -> usize {
    ORDER
        .iter()
        .position(|name| *name == side)
        .unwrap_or(ORDER.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workload(name: &str, stream: Option<u64>, times: &[(&str, f64)]) -> Workload {
        let times = times.iter().map(|(side, time)| ((*side).to_owned(), *time));
        Workload {
            name: name.to_owned(),
            stream,
            times: times.collect(),
        }
    }

    #[test]
    fn others_are_multiples_of_ours() {
        let workloads = [
            workload(
                "decode/ack",
                None,
                &[("other", 30.0), ("floor", 5.0), ("amqp-methods", 10.0)],
            ),
            workload("decode/table", None, &[("amqp-methods", 1500.0)]),
            workload(
                "stream",
                Some(4000),
                &[("memcpy", 200.0), ("amqp-methods", 1000.0)],
            ),
        ];
        let expected = "\
Today.
Medians; the time of ours, and that of others as a multiple of it:

| workload | amqp-methods | floor | other |
|---|---:|---:|---:|
| decode/ack | 10.0 ns | 0.50 | 3.00 |
| decode/table | 1.50 µs | - | - |

A million frames, in GB/s:

| workload | amqp-methods | memcpy |
|---|---:|---:|
| stream | 4.00 | 20.0 |
";
        assert_eq!(tables(&workloads, "Today"), expected);
    }
}
