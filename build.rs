//! Generates the methods of two extensions, as anybody's build script would.

use std::{env, path::PathBuf};

fn main() -> Result<(), amqp_codegen::Error> {
    let config = amqp_codegen::Config::new()
        .extend("tests/extension/credit.xml")
        .extend("tests/extension/parcel.xml")
        .file_name("extension.rs");
    config.generate()?;
    // Once more as a folder of files, which is for people who commit what they generate.
    let folder = env::var_os("OUT_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    config.write_files(folder.join("extension"))?;
    Ok(())
}
