//! Tutorial 4, sending: the key of a message says for whom it is. The first argument is the key, the second the text.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::error::Error;

use leveret::amqp_methods::{basic, exchange};
use leveret::{Connection, Outcome};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let mut arguments = std::env::args().skip(1);
    let key = arguments.next().unwrap_or("warning".into());
    let text = arguments.next().unwrap_or("the clover is gone".into());
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    // A direct exchange routes to the queues that are bound with the very key of the message.
    let declare = exchange::Declare::new("burrow.alarms", "direct").durable(true);
    channel.call(declare).await?;

    channel.confirm_select().await?;
    let publish = basic::Publish::new("burrow.alarms", &key).mandatory(true);
    let receipt = channel
        .basic_publish_confirmed(publish, basic::Properties::default(), text)
        .await?;
    match receipt.await {
        Outcome::Confirmed => println!("{key}: sent"),
        // It is mandatory, and therefore comes back if no queue is bound with its key.
        Outcome::Returned(back) => println!("{key}: {:?}", back.reply_text()),
        other => return Err(format!("not sent: {other:?}").into()),
    }
    connection.close().await?;
    Ok(())
}
