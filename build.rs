//! Generates the methods of extensions, as anybody's build script would, and whole protocols for one side each.

use std::{env, path::PathBuf};

use amqp_codegen::{Config, Document, Error, Side};

fn main() -> Result<(), Error> {
    let extension = Config::new()
        .extend("tests/extension/credit.xml")
        .extend("tests/extension/parcel.xml")
        .file_name("extension.rs");
    extension.generate()?;
    // Once more as a folder of files, which is for people who commit what they generate.
    let folder = env::var_os("OUT_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    extension.write_files(folder.join("extension"))?;
    for overlay in ["amended", "codes"] {
        let overlay = format!("tests/extension/{overlay}.xml");
        Config::new().extend(overlay).generate()?;
    }
    // What another crate has generated is known, and not emitted again.
    let known = Config::new().extend("tests/extension/credit.xml").spec()?;
    let known = Document::Text {
        name: "known.xml".to_owned(),
        text: amqp_codegen::write(&known),
    };
    Config::new()
        .base(known)
        .extend("tests/extension/drained.xml")
        .runtime("crate::known")
        .generate()?;
    for (side, name) in [
        (Side::Client, "client"),
        (Side::Server, "server"),
        (Side::Both, "both"),
    ] {
        // Nobody reads these.
        let config = Config::new().side(side).format(false);
        let odd = config.clone().base("tests/sides/odd.xml");
        odd.file_name(format!("odd_{name}.rs")).generate()?;
        if side == Side::Both {
            continue;
        }
        let credit = config.clone().extend("tests/extension/credit.xml");
        credit.file_name(format!("credit_{name}.rs")).generate()?;
        config.file_name(format!("{name}.rs")).generate()?;
    }
    Ok(())
}
