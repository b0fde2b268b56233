//! Generates a protocol from each document of Debian's package `amqp-specs`, where that is installed.
//!
//! The documents are under a licence of their own and not part of this repository.

use std::path::Path;

use amqp_codegen::Config;

const FOLDER: &str = "/usr/share/amqp/specs";

/// The name of the output, the document, and what completes it.
const DOCUMENTS: [(&str, &str, Option<&str>); 7] = [
    ("v0_8", "0-8/amqp0-8.stripped.xml", None),
    ("v0_8_qpid", "0-8-qpid/amqp0-8-qpid.stripped.xml", None),
    ("v0_9", "0-9/amqp0-9.stripped.xml", Some("content.xml")),
    (
        "v0_9_qpid",
        "0-9-qpid/amqp0-9-qpid.stripped.xml",
        Some("content.xml"),
    ),
    ("v0_9_1", "0-9-1/amqp0-9-1.stripped.xml", None),
    ("v0_9_1_qpid", "0-9-1-qpid/amqp0-9-1.stripped.xml", None),
    (
        "v0_9_1_rabbit",
        "0-9-1-rabbit/amqp0-9-1.stripped.extended.xml",
        None,
    ),
];

fn main() -> Result<(), amqp_codegen::Error> {
    println!("cargo::rerun-if-changed={FOLDER}");
    println!("cargo::rustc-check-cfg=cfg(published)");
    let folder = Path::new(FOLDER);
    let is_there = |(_, path, _): &(&str, &str, Option<&str>)| folder.join(path).exists();
    if !DOCUMENTS.iter().all(is_there) {
        return Ok(());
    }
    println!("cargo::rustc-cfg=published");
    for (name, path, overlay) in DOCUMENTS {
        let mut config = Config::new()
            .base(folder.join(path))
            .standalone(true)
            .file_name(format!("{name}.rs"));
        if let Some(overlay) = overlay {
            config = config.extend(overlay);
        }
        config.generate()?;
    }
    Ok(())
}
