//! Tutorial 5, sending: the key has several words, of which each may matter. The first argument is the key, the second
//! the text.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::error::Error;

use leveret::amqp_methods::{basic, exchange};
use leveret::{Connection, Outcome};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let mut arguments = std::env::args().skip(1);
    let key = arguments.next().unwrap_or("fox.east.near".into());
    let text = arguments.next().unwrap_or("it is hungry".into());
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    // A topic exchange routes by patterns: `*` stands for one word, and `#` for any number of them.
    let declare = exchange::Declare::new("burrow.sightings", "topic").durable(true);
    channel.call(declare).await?;

    channel.confirm_select().await?;
    let publish = basic::Publish::new("burrow.sightings", &key).mandatory(true);
    let receipt = channel
        .basic_publish_confirmed(publish, basic::Properties::default(), text)
        .await?;
    match receipt.await {
        Outcome::Confirmed => println!("{key}: sent"),
        // It is mandatory, and therefore comes back if no queue is bound with a pattern that fits.
        Outcome::Returned(back) => println!("{key}: {:?}", back.reply_text()),
        other => return Err(format!("not sent: {other:?}").into()),
    }
    connection.close().await?;
    Ok(())
}
