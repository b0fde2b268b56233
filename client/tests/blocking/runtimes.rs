//! Inside of runtimes: of both kinds, where blocking is welcome and where it is not.

use leveret::amqp_methods::queue;
use leveret::blocking::Connection;

use super::meet::{Script, publish};

/// More calls than a task of tokio's has budget for until it yields, which blocking calls never do.
const CALLS: usize = 500;

fn work(script: &Script) -> Connection {
    let (connection, channel) = script.connect_with_channel();
    for number in 0..CALLS {
        let name = number.to_string();
        let declared = channel.call(queue::Declare::new(&*name)).unwrap();
        assert_eq!(declared.queue, *name);
        publish(&channel, "x").unwrap();
    }
    connection
}

#[tokio::test]
async fn a_task_of_a_runtime_with_one_thread_may_block() {
    let script = Script::with_channel(async |mut server| server.serve_auto().await);
    work(&script).close().unwrap();
    script.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_may_one_of_a_runtime_with_several() {
    let script = Script::with_channel(async |mut server| server.serve_auto().await);
    let task = tokio::spawn(async move {
        work(&script).close().unwrap();
        script
    });
    task.await.unwrap().end();
}

#[tokio::test]
async fn where_a_runtime_has_its_blocking_code_it_may_block_of_course() {
    let script = Script::with_channel(async |mut server| server.serve_auto().await);
    let blocking = tokio::task::spawn_blocking(move || {
        work(&script).close().unwrap();
        script
    });
    blocking.await.unwrap().end();
}

#[tokio::test]
async fn handles_are_dropped_in_a_task() {
    let script = Script::with_channel(async |mut server| server.serve_auto().await);
    let (connection, channel) = script.connect_with_channel();
    drop((connection, channel));
    script.end();
}

#[test]
fn the_asynchronous_handle_works_in_another_runtime() {
    let script = Script::with_channel(async |mut server| server.serve_auto().await);
    let (connection, channel) = script.connect_with_channel();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let declared = runtime.block_on(channel.as_async().call(queue::Declare::new("q")));
    assert_eq!(declared.unwrap().queue, *"q");
    drop(runtime);
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_future_that_blocks_while_it_is_polled_does_not_lose_its_own_wake() {
    let script = Script::with_channel(async |mut server| server.serve_auto().await);
    let (connection, channel) = script.connect_with_channel();
    let outer = async {
        let mut results = Vec::new();
        for number in 0..20 {
            let name = format!("outer-{number}");
            let inner = channel.call(queue::Declare::new("inner")).unwrap();
            let declared = channel.as_async().call(queue::Declare::new(&*name)).await;
            results.push((inner.queue, declared.unwrap().queue));
        }
        results
    };
    assert_eq!(connection.wait(outer).unwrap().len(), 20);
    connection.close().unwrap();
    script.end();
}
