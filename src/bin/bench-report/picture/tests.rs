use super::*;

fn workload(name: &str, stream: Option<u64>, times: &[(&str, f64)]) -> Workload {
    let times = times.iter().map(|(side, time)| ((*side).to_owned(), *time));
    Workload {
        name: name.to_owned(),
        stream,
        times: times.collect(),
    }
}

fn workloads() -> [Workload; 6] {
    let all = [
        (OURS, 14.0),
        (FLOOR, 7.5),
        ("librabbitmq", 20.0),
        ("amq-protocol", 285.0),
    ];
    [
        workload("decode/ack", None, &all),
        workload(
            "decode/deliver/16",
            None,
            &[(OURS, 110.0), ("amq-protocol", 1_180.0)],
        ),
        workload(
            "decode/deliver/1024",
            None,
            &[(OURS, 120.0), ("amq-protocol", 9e9)],
        ),
        workload("decode/deliver-unread/16", None, &[(OURS, 60.0)]),
        workload(
            "decode/stream/one read",
            Some(1),
            &[(OURS, 1e9), ("memcpy", 1e8)],
        ),
        workload(
            "encode/table32",
            None,
            &[(OURS, 300.0), (FLOOR, 420.0), ("a<b", 1_000.0)],
        ),
    ]
}

#[test]
fn the_picture_is_the_accepted_one() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/bin/bench-report/picture/golden.svg"
    );
    let actual = draw(&workloads(), "Today, here");
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        std::fs::write(path, &actual).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    let mut lines = expected.lines().zip(actual.lines());
    let first = lines.find(|(old, new)| old != new);
    assert!(
        expected == actual,
        "golden.svg differs (BLESS=1 accepts): {first:?}"
    );
}

#[test]
fn bars_reach_from_a_power_of_ten_to_the_longest_time() {
    let scale = Scale::of(&[&workload("a/b", None, &[(OURS, 20.0), ("other", 1_000.0)])]);
    assert!(scale.decades().eq(1..=3));
    assert_eq!((scale.x(10.0), scale.x(1_000.0)), (LEFT, RIGHT));
    assert!((scale.x(100.0) - f64::midpoint(LEFT, RIGHT)).abs() < 1e-9);
    let alone = Scale::of(&[&workload("a/b", None, &[(OURS, 100.0)])]);
    assert!(alone.decades().eq(2..=3));
}

#[test]
fn what_is_alone_or_large_or_a_stream_is_left_out() {
    let all = workloads();
    let shown = all.iter().filter(|workload| is_shown(workload));
    let names: Vec<_> = shown.map(|workload| workload.name.as_str()).collect();
    assert_eq!(names, ["decode/ack", "decode/deliver/16", "encode/table32"]);
}

#[test]
fn the_description_has_every_number() {
    let all = workloads();
    let words = description(&[&all[1]]);
    assert_eq!(
        words,
        "decode/deliver/16: amqp-methods 110 ns, amq-protocol 1.18 µs."
    );
}
