//! Generates the methods of the overlay; the protocol that it extends is known to the generator.

fn main() -> Result<(), amqp_codegen::Error> {
    amqp_codegen::Config::new()
        .extend("spec/schedule.xml")
        .generate()?;
    Ok(())
}
