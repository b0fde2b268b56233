//! Every way in which methods of an extension travel, against a server in this very process.
//!
//! `cargo run -p leveret-example-extension`

#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::error::Error;

use amqp_methods::Timestamp;
use leveret::{Connection, ConnectionParameters, Content};
use leveret_example_extension::Scheduler;
use leveret_example_extension::ext::connection::Quota;
use leveret_example_extension::ext::schedule::{Peek, Properties, Submit, Withdraw};
use leveret_example_extension::ext::{self, AnyMethod};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (port, serving) = Scheduler::listen().await?;

    // The description says which methods of the server are followed by content.
    let parameters = ConnectionParameters::new("127.0.0.1")
        .port(port)
        .extension(&ext::PROTOCOL);
    let connection = Connection::connect(parameters).await?;
    let channel = connection.open_channel().await?;

    // What the server will say of its own accord, from here on.
    let mut methods = channel.methods();

    // A call that concerns the connection.
    let quota = connection.call(Quota).await?;
    println!("{} messages may be scheduled", quota.remaining);

    // A request that carries content, with properties of its own class.
    let in_2100 = Timestamp::from_secs(4_102_444_800);
    let properties = Properties::default()
        .content_type("text/plain")
        .not_before(in_2100);
    let submit = Submit::new("", "jobs");
    let (kept, _) = channel
        .call_content(submit, properties, "water the plants")
        .await?;
    println!("message {} is kept", kept.schedule_id);

    // A request whose reply carries content.
    let (peeked, content) = channel
        .call_for_content(Peek::new(kept.schedule_id))
        .await?;
    let body = content.map(Content::into_body).unwrap_or_default();
    println!("for {}: {body:?}", peeked.routing_key);

    // A method that is not answered.
    channel.send(Withdraw::new(kept.schedule_id))?;

    // Two whose time has come: the server tells what became of them when it pleases.
    for key in ["jobs", "nowhere"] {
        let submit = Submit::new("", key);
        channel
            .call_content(submit, Properties::default(), key)
            .await?;
    }
    for _ in 0..2 {
        let method = methods.next().await.ok_or("the channel has ended")??;
        match AnyMethod::from_args(method.id(), method.arguments())? {
            AnyMethod::ScheduleDue(due) => println!("message {} was published", due.schedule_id),
            AnyMethod::ScheduleExpired(expired) => {
                let (id, why) = (expired.schedule_id, expired.reply_text);
                let body = method.body().escape_ascii();
                println!("message {id} came back, {why}: \"{body}\"");
            }
            other => println!("{other:?}"),
        }
    }

    connection.close().await?;
    serving.await??;
    Ok(())
}
