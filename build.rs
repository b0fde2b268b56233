//! Generates the methods of two extensions, as anybody's build script would.

fn main() -> Result<(), amqp_codegen::Error> {
    amqp_codegen::Config::new()
        .extend("tests/extension/credit.xml")
        .extend("tests/extension/parcel.xml")
        .file_name("extension.rs")
        .generate()?;
    Ok(())
}
