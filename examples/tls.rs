//! TLS with a certificate of the client: the server is verified, and the certificate is the login.
//!
//! `cargo run --example tls -- CA CERTIFICATE KEY`, each a PEM file, with the port with TLS of a RabbitMQ at `AMQP_URL`.
//! With `scripts/rabbitmq`, they are `ca.pem`, `client.pem` and `client.key` in the folder that `scripts/rabbitmq tls`
//! prints.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::error::Error;

use leveret::{Connection, ConnectionParameters, Credentials, ErrorKind, TlsParameters};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqps://localhost/%2F".into());
    let mut files = std::env::args().skip(1);
    let (Some(ca), Some(certificate), Some(key)) = (files.next(), files.next(), files.next())
    else {
        return Err("three files are needed: CA CERTIFICATE KEY".into());
    };
    // Only who is certified by this authority, for the host of the URL, is the server.
    let tls = TlsParameters::default().ca_file(ca);
    let parameters = ConnectionParameters::try_from(url)?.credentials(Credentials::external());

    // Who shows no certificate is not let in, and is told so.
    let nobody = parameters.clone().tls(tls.clone());
    match Connection::connect(nobody).await {
        Err(error) if error.kind() == ErrorKind::AuthenticationRefused => {
            println!("without a certificate: {error}");
        }
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("everybody is let in".into()),
    }

    let somebody = parameters.tls(tls.client_certificate(certificate, key));
    let connection = Connection::connect(somebody).await?;
    println!("with it: open, {:?}", connection.tuning());
    connection.close().await?;
    Ok(())
}
