//! Generates the methods from the specification that lies beside this file.

fn main() -> Result<(), amqp_codegen::Error> {
    amqp_codegen::Config::new()
        .base("spec/amqp0-9-1.xml")
        .extend("spec/rabbitmq.xml")
        .standalone(true)
        .runtime("crate")
        .file_name("protocol.rs")
        .generate()?;
    Ok(())
}
