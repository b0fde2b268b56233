//! Test vectors and recorded sessions, through the library and through the command.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what tests share is test code too"
)]

use std::path::Path;
use std::process::{Command, Output};

use amqp_methods::MAX_TABLE_DEPTH;
use leveret_conformance::{captures, vectors};
use serde_json::Value as Json;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");

fn text(name: &str) -> String {
    std::fs::read_to_string(Path::new(FOLDER).join(name)).unwrap()
}

#[track_caller]
fn all_pass(name: &str, count: usize) {
    let report = vectors::run(&text(name)).unwrap();
    assert!(
        report.failures().is_empty(),
        "{}",
        report.failures().join("\n")
    );
    assert_eq!(report.passed(), count);
}

#[test]
fn golden_vectors_hold() {
    all_pass("golden.json", 345);
}

#[test]
fn malformed_vectors_come_to_an_outcome_they_allow() {
    all_pass("malformed.json", 167);
}

#[test]
fn vectors_of_an_extension_hold() {
    all_pass("overlay-credit.json", 7);
}

#[test]
fn recorded_sessions_replay() {
    let report = captures::run(&Path::new(FOLDER).join("captures")).unwrap();
    assert!(
        report.failures().is_empty(),
        "{}",
        report.failures().join("\n")
    );
    assert_eq!(report.passed(), 26);
}

/// Whoever checks has to notice: one octet changed anywhere makes a golden vector fail.
#[test]
fn a_changed_octet_makes_a_golden_vector_fail() {
    let mut file: Json = serde_json::from_str(&text("overlay-credit.json")).unwrap();
    let golden: Json = {
        let mut parser = serde_json::Deserializer::from_str(GOLDEN.as_str());
        parser.disable_recursion_limit();
        serde::Deserialize::deserialize(&mut parser).unwrap()
    };
    let mut changed = 0;
    for vector in golden["vectors"].as_array().unwrap() {
        if vector["deep"].as_u64() > Some(MAX_TABLE_DEPTH as u64) {
            // Nobody looks below the limit.
            continue;
        }
        for member in ["frame_hex", "payload_hex", "frames_hex", "body_hex", "hex"] {
            let Some(digits) = vector[member].as_str().filter(|digits| !digits.is_empty()) else {
                continue;
            };
            for place in [0, digits.len() / 4 * 2, digits.len() - 2] {
                let mut octets = hex::decode(digits).unwrap();
                octets[place / 2] ^= 0x55;
                let mut vector = vector.clone();
                vector[member] = hex::encode(octets).into();
                file["vectors"] = Json::Array(vec![vector.clone()]);
                let report = vectors::run(&file.to_string()).unwrap();
                let what = (&vector["id"], member, place);
                assert_eq!(
                    (report.passed(), report.failures().len()),
                    (0, 1),
                    "{what:?}"
                );
                changed += 1;
            }
        }
    }
    assert!(changed > 1500, "{changed}");
}

static GOLDEN: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| text("golden.json"));

/// The same for outcomes: no vector allows all three.
#[test]
fn an_outcome_that_is_not_allowed_makes_a_malformed_vector_fail() {
    let mut file: Json = serde_json::from_str(&text("malformed.json")).unwrap();
    let mut total = 0;
    for class in ["incomplete", "accept", "error"] {
        let mut changed = file.clone();
        for vector in changed["vectors"].as_array_mut().unwrap() {
            vector["also_acceptable"] = Json::Array(Vec::new());
            vector["optional"] = false.into();
            vector["expect"] = serde_json::json!({"class": class});
        }
        total += vectors::run(&changed.to_string()).unwrap().passed();
    }
    assert_eq!(total, 167, "each vector has one outcome");
    for vector in file["vectors"].as_array_mut().unwrap() {
        vector["also_acceptable"] = Json::Array(Vec::new());
        vector["silent_close_ok"] = false.into();
        vector["expect"] = serde_json::json!({"class": "error", "reply_code": 999});
    }
    assert_eq!(vectors::run(&file.to_string()).unwrap().passed(), 0);
}

/// What vectors say in prose of the odd input that has to be taken.
#[test]
fn odd_input_means_what_the_vectors_say() {
    use amqp_methods::{AnyMethod, ContentHeader, Frame, FrameLimits, Value, basic};

    let file: Json = serde_json::from_str(&text("malformed.json")).unwrap();
    let octets = |id: &str| {
        let mut vectors = file["vectors"].as_array().unwrap().iter();
        let vector = vectors.find(|vector| vector["id"] == id).unwrap();
        hex::decode(vector["input_hex"].as_str().unwrap()).unwrap()
    };
    let payload = |id: &str| {
        let octets = octets(id);
        Frame::decode(&octets, FrameLimits::NONE)
            .unwrap()
            .unwrap()
            .payload
            .to_vec()
    };
    let declare =
        |id: &str, check: &dyn Fn(amqp_methods::queue::Declare<'_>)| match AnyMethod::decode(
            &payload(id),
        ) {
            Ok(AnyMethod::QueueDeclare(declare)) => check(declare),
            other => panic!("{id}: {other:?}"),
        };
    declare("bits/queue.declare-unused-set", &|declare| {
        assert!(declare.exclusive && !declare.passive && !declare.durable);
        assert!(!declare.auto_delete && !declare.no_wait);
    });
    declare("reserved/ticket-nonzero", &|declare| {
        assert_eq!(declare.queue, "");
    });
    declare("utf8/nul-in-shortstr", &|declare| {
        assert_eq!(declare.queue, "a\0b");
    });
    declare("table/bool-2", &|declare| {
        assert_eq!(declare.arguments.get("k"), Ok(Some(Value::Boolean(true))));
    });
    declare("table/tag-U", &|declare| {
        assert_eq!(declare.arguments.get("k"), Ok(Some(Value::ShortInt(-1))));
    });
    declare("table/nan", &|declare| {
        let value = declare.arguments.get("k").unwrap();
        assert!(
            value
                .and_then(|value| value.as_f64())
                .is_some_and(f64::is_nan)
        );
    });
    declare("table/wide-empty-arrays", &|declare| {
        let value = declare.arguments.get("k").unwrap().unwrap();
        assert_eq!(
            value.as_array().map(|array| array.iter().count()),
            Some(2000)
        );
    });
    assert!(matches!(
        AnyMethod::decode(&payload("bits/channel.flow-0x02")),
        Ok(AnyMethod::ChannelFlow(flow)) if !flow.active
    ));

    let header = payload("header/delivery-mode-7");
    let properties: basic::Properties<'_> = ContentHeader::decode(&header)
        .unwrap()
        .properties()
        .unwrap();
    assert_eq!(properties.delivery_mode, Some(7));
}

/// `utf8/reply-text-from-server` quotes this with a wrong length, so that it is an error; the recording is
/// what a broker really sent.
#[test]
fn a_reply_text_that_is_no_text_is_read() {
    use amqp_methods::{AnyMethod, FrameLimits};
    use leveret_conformance::report::Failure;
    use leveret_conformance::stream::{Stream, What};

    let file = Path::new(FOLDER).join("captures/raw-bad-utf8-reply.s2c.bin");
    let mut texts = Vec::new();
    let mut stream = Stream::opening(FrameLimits::NONE);
    let fed = stream.feed(&std::fs::read(file).unwrap(), |item| {
        if let What::Frame(frame) = item.what
            && let AnyMethod::ChannelClose(close) = AnyMethod::decode(frame.payload)?
        {
            texts.push((close.reply_code, close.reply_text.into_owned()));
        }
        Ok::<_, Failure>(())
    });
    assert_eq!(fed, Ok(()));
    let [(404, text)] = &texts[..] else {
        panic!("{texts:?}")
    };
    assert!(text.as_str().is_err());
    assert!(
        text.to_string_lossy()
            .starts_with("NOT_FOUND - no queue '\u{FFFD}")
    );
}

fn command(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amqp-conformance"));
    command
        .args(arguments)
        .current_dir(FOLDER)
        .output()
        .unwrap()
}

#[test]
fn the_command_ends_with_counts_and_a_status() {
    let output = command(&["vectors", "golden.json", "overlay-credit.json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stdout, b"352 passed, 0 failed\n");
    let output = command(&["captures", "captures"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stdout, b"26 passed, 0 failed\n");
}

#[test]
fn the_command_names_what_fails() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let damaged = text("overlay-credit.json").replacen("\"value\": 50", "\"value\": 51", 1);
    let file = folder.join("damaged.json");
    std::fs::write(&file, damaged).unwrap();
    let output = command(&["vectors", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = lines.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].starts_with("overlay/basic.credit/typical: credit: "),
        "{lines:?}"
    );
    assert_eq!(lines[1], "6 passed, 1 failed");
}

#[test]
fn the_command_refuses_files_it_does_not_understand() {
    for (file, place) in [
        ("missing.json", "missing.json: "),
        ("rules.json", "rules.json: member `format`"),
        ("README.md", "line 1 column 1"),
    ] {
        let output = command(&["vectors", "overlay-credit.json", file]);
        assert_eq!(output.status.code(), Some(2), "{file}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(place), "{message}");
    }
    assert_eq!(command(&["captures", "bench"]).status.code(), Some(2));
    assert_eq!(command(&[]).status.code(), Some(2));
    let help = command(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(String::from_utf8(help.stdout).unwrap().contains("vectors"));
}
