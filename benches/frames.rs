//! The codec beside others, in time. `scripts/instructions` counts instructions of the same workloads.

use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

mod workloads;

fn frames(criterion: &mut Criterion) {
    for workload in workloads::all() {
        let mut group = criterion.benchmark_group(workload.name);
        group.throughput(Throughput::Bytes(workload.octets as u64));
        for mut side in workload.sides {
            group.bench_function(side.name, |bencher| {
                bencher.iter_custom(|count| {
                    let start = Instant::now();
                    (side.run)(count);
                    start.elapsed()
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, frames);
criterion_main!(benches);
