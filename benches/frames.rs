//! The codec beside others, in time. `scripts/instructions` counts instructions of the same workloads.

use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

mod streams;
mod workloads;

use workloads::Side;

fn frames(criterion: &mut Criterion) {
    #[cfg(not(feature = "librabbitmq"))]
    tell(
        "librabbitmq is skipped; to include it: cargo bench --bench frames --features librabbitmq",
    );
    for workload in workloads::all() {
        let mut group = criterion.benchmark_group(workload.name);
        group.throughput(Throughput::Bytes(workload.octets as u64));
        for side in workload.sides {
            group.bench_function(side.name, measure(side));
        }
        group.finish();
    }
}

fn streams(criterion: &mut Criterion) {
    for workload in streams::all() {
        let mut group = criterion.benchmark_group(workload.name);
        // One operation is a million frames: few samples are many.
        group.sample_size(10);
        group.throughput(Throughput::BytesDecimal(workload.octets as u64));
        for side in workload.sides {
            group.bench_function(side.name, measure(side));
        }
        group.finish();
    }
}

/// The loop over operations is inside the side.
fn measure(mut side: Side) -> impl FnMut(&mut criterion::Bencher<'_>) {
    move |bencher| {
        bencher.iter_custom(|count| {
            let start = Instant::now();
            (side.run)(count);
            start.elapsed()
        });
    }
}

#[cfg(not(feature = "librabbitmq"))]
#[expect(
    clippy::print_stderr,
    reason = "whoever runs it should know who is missing"
)]
fn tell(line: &str) {
    eprintln!("{line}");
}

criterion_group!(benches, frames, streams);
criterion_main!(benches);
