//! What criterion leaves behind: a folder for each side of each workload, with two files that matter.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// One operation, and everybody who was measured doing it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Workload {
    pub(crate) name: String,
    /// Octets of one operation, where the rate is what is asked for, and not the time.
    pub(crate) stream: Option<u64>,
    /// Nanoseconds of one operation, by side.
    pub(crate) times: BTreeMap<String, f64>,
}

/// Everything below a folder, in the order in which people count: by name, and numbers by their size.
pub(crate) fn read(folder: &Path) -> Result<Vec<Workload>, String> {
    let mut workloads: BTreeMap<Vec<Part>, Workload> = BTreeMap::new();
    for place in places(folder)? {
        let benchmark: Benchmark = json(&place.join("benchmark.json"))?;
        let estimates: Estimates = json(&place.join("estimates.json"))?;
        let name = benchmark.group_id;
        let workload = workloads.entry(parts(&name)).or_insert_with(|| Workload {
            name,
            stream: benchmark.throughput.and_then(|of| of.stream),
            times: BTreeMap::new(),
        });
        let time = estimates.median.point_estimate;
        workload.times.insert(benchmark.function_id, time);
    }
    if workloads.is_empty() {
        return Err(format!("{}: nothing was measured", folder.display()));
    }
    Ok(workloads.into_values().collect())
}

/// The folders `WORKLOAD/SIDE/new`, whatever the characters of the names became.
fn places(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut places = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let failed = |error| format!("{}: {error}", folder.display());
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.ends_with("new") {
                places.push(path);
            } else if path.is_dir() {
                folders.push(path);
            }
        }
    }
    Ok(places)
}

fn json<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, String> {
    let text = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))
}

#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: String,
    throughput: Option<Throughput>,
}

/// Streams count octets by thousands, everything else by 1024; so criterion itself says which is which.
#[derive(Deserialize)]
struct Throughput {
    #[serde(rename = "BytesDecimal")]
    stream: Option<u64>,
}

#[derive(Deserialize)]
struct Estimates {
    /// Of all samples. The mean, and the slope that criterion prints, follow a few slow samples of a busy machine.
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// A piece of a name, as it is put in order.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Part {
    Number(u64),
    Text(String),
}

fn parts(name: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != digits);
        let (part, behind) = rest.split_at(end.unwrap_or(rest.len()));
        rest = behind;
        parts.push(match part.parse() {
            Ok(number) if behind.starts_with(" KiB") => Part::Number(number * 1024),
            Ok(number) => Part::Number(number),
            Err(_) => Part::Text(part.to_owned()),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const ESTIMATES: &str = r#"{"mean": {"point_estimate": 90.0},
        "median": {"confidence_interval": {"lower_bound": 1.0}, "point_estimate": 42.5}, "slope": null}"#;

    fn measured(folder: &Path, group: &str, side: &str, throughput: &str) {
        let place = folder.join(group.replace('/', "_")).join(side).join("new");
        fs::create_dir_all(&place).unwrap();
        let benchmark = format!(
            r#"{{"group_id": "{group}", "function_id": "{side}", "value_str": null, "throughput": {throughput}}}"#
        );
        fs::write(place.join("benchmark.json"), benchmark).unwrap();
        fs::write(place.join("estimates.json"), ESTIMATES).unwrap();
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        let _absent = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn sides_of_a_workload_come_together() {
        let folder = folder("sides_of_a_workload");
        measured(&folder, "decode/ack", "ours", r#"{"Bytes": 21}"#);
        measured(&folder, "decode/ack", "theirs", "null");
        measured(&folder, "stream", "ours", r#"{"BytesDecimal": 105}"#);
        // What criterion compares with, and its pictures, are not what was measured now.
        fs::create_dir_all(folder.join("decode_ack/ours/base")).unwrap();
        let workloads = read(&folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        let times = |sides: &[&str]| {
            sides
                .iter()
                .map(|side| ((*side).to_owned(), 42.5))
                .collect()
        };
        let expected = [
            ("decode/ack", None, times(&["ours", "theirs"])),
            ("stream", Some(105), times(&["ours"])),
        ];
        let expected = expected.map(|(name, stream, times)| Workload {
            name: name.to_owned(),
            stream,
            times,
        });
        assert_eq!(workloads, expected);
    }

    #[test]
    fn nothing_is_an_error_that_names_the_folder() {
        let folder = folder("nothing_is_an_error");
        let empty = read(&folder).unwrap_err();
        fs::remove_dir_all(&folder).unwrap();
        let absent = read(&folder).unwrap_err();
        assert!(empty.ends_with("nothing was measured"), "{empty}");
        assert!(absent.contains("nothing_is_an_error"), "{absent}");
    }

    #[test]
    fn numbers_count_by_their_size() {
        let mut names = [
            "one read",
            "4 KiB reads",
            "a/1024",
            "64 B reads",
            "a/16",
            "a/16-b",
        ];
        names.sort_by_key(|name| parts(name));
        assert_eq!(
            names,
            [
                "64 B reads",
                "4 KiB reads",
                "a/16",
                "a/16-b",
                "a/1024",
                "one read"
            ]
        );
    }
}
