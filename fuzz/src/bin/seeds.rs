//! Makes the seeds of all fuzz targets out of the test vectors, the documents of the generator's tests, and the table of
//! URLs in the tests of `leveret`.
//!
//! usage: seeds VECTORS DOCUMENTS CORPUS

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use amqp_methods::{
    AnyMethod, Content, ContentHeader, DynMethod, FieldValue, Fields, Frame, FrameKind,
    FrameLimits, ProtocolHeader, basic,
};
use leveret_fuzz::written;
use serde::Deserialize;

#[path = "../../../client/src/parameters/url/tests/refusals.rs"]
mod refusals;
#[path = "../../../client/src/parameters/url/tests/urls.rs"]
mod urls;

/// Where the table looks for the kinds of errors.
mod parameters {
    pub(crate) use leveret::ParameterErrorKind;
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let (Some(vectors), Some(documents), Some(corpus), None) =
        (args.next(), args.next(), args.next(), args.next())
    else {
        return Err("usage: seeds VECTORS DOCUMENTS CORPUS".into());
    };
    let mut seeds = Seeds::default();
    for file in ["golden.json", "malformed.json", "overlay-credit.json"] {
        let text = fs::read_to_string(vectors.join(file))?;
        let file: File = serde_json::from_str(&text)?;
        file.vectors.iter().for_each(|vector| seeds.vector(vector));
    }
    for folder in ["captures", "bench"] {
        for entry in fs::read_dir(vectors.join(folder))? {
            let path = entry?.path();
            if path.ends_with("table32.bin") {
                seeds.table(&fs::read(path)?);
            } else if path.extension().is_some_and(|extension| extension == "bin") {
                seeds.stream(&fs::read(path)?);
            }
        }
    }
    let accepted = urls::ACCEPTED.iter().map(|(url, ..)| url);
    for url in accepted.chain(refusals::REFUSED.iter().map(|(url, ..)| url)) {
        seeds.add("url", &[], url.as_bytes());
    }
    seeds.documents(&documents)?;
    seeds.write(&corpus)?;
    println!("{} seeds", seeds.0.len());
    Ok(())
}

/// A file of vectors, as far as it is octets.
#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Vector {
    #[serde(with = "hex::serde")]
    frame_hex: Vec<u8>,
    #[serde(with = "hex::serde")]
    frames_hex: Vec<u8>,
    #[serde(with = "hex::serde")]
    preceding_hex: Vec<u8>,
    #[serde(with = "hex::serde")]
    input_hex: Vec<u8>,
    /// A table with its length, sound or not.
    #[serde(with = "hex::serde", alias = "table_hex")]
    hex: Vec<u8>,
}

/// Inputs with the target that each is for.
#[derive(Default)]
struct Seeds(BTreeSet<(&'static str, Vec<u8>)>);

impl Seeds {
    /// `parameters` are what the target reads before the octets.
    fn add(&mut self, target: &'static str, parameters: &[u8], octets: &[u8]) {
        if octets.len() <= LONGEST {
            self.0.insert((target, [parameters, octets].concat()));
        }
    }

    fn vector(&mut self, vector: &Vector) {
        self.table(&vector.hex);
        self.stream(&vector.frame_hex);
        self.stream(&vector.frames_hex);
        self.stream(&vector.preceding_hex);
        self.stream(&vector.input_hex);
    }

    /// What a connection carries in one direction, damaged or not, and everything in it.
    fn stream(&mut self, octets: &[u8]) {
        self.add("frame", &[0, 0, 0, 0], octets);
        self.add("frame", &[16, 0, 32, 0], octets);
        self.add("stream", &[3, 1, 7, 30, 0, 0], octets);
        let mut rest = octets;
        if let Ok(Some(_)) = ProtocolHeader::decode(rest) {
            rest = &rest[ProtocolHeader::LENGTH..];
        }
        while let Ok(Some(frame)) = Frame::decode(rest, FrameLimits::NONE) {
            let length = frame.encoded_len();
            self.add("frame", &[0, 0, 0, 0], &rest[..length]);
            self.frame(&frame);
            rest = &rest[length..];
        }
    }

    fn frame(&mut self, frame: &Frame<'_>) {
        let payload = frame.payload;
        match frame.kind {
            FrameKind::Method => {
                self.add("methods", &[0, 0], payload);
                self.add("differential", &[1], payload);
                if let Ok(method) = AnyMethod::decode(payload) {
                    self.tables(method.fields());
                }
            }
            FrameKind::Header => {
                self.add("properties", &[0, 0, 1, 2], payload);
                self.add("differential", &[2], payload);
                let properties = ContentHeader::decode(payload)
                    .and_then(|header| header.properties::<basic::Properties<'_>>());
                if let Ok(properties) = properties {
                    self.tables(properties.fields());
                }
            }
            FrameKind::Body | FrameKind::Heartbeat => {}
        }
    }

    fn tables(&mut self, fields: Fields<'_>) {
        for (_, value) in fields {
            if let FieldValue::Table(table) = value {
                let octets = written(table.encoded_len(), |out| out.table("table", &table));
                self.table(&octets.unwrap_or_default());
            }
        }
    }

    /// A table with its length.
    fn table(&mut self, octets: &[u8]) {
        if let Some((_, contents)) = octets.split_first_chunk::<4>() {
            self.add("tables", &[], contents);
            self.add("differential", &[0], octets);
        }
    }

    /// Documents that are sound, and overlays with every kind of mistake on what they extend.
    fn documents(&mut self, folder: &Path) -> io::Result<()> {
        let golden = folder.join("golden");
        let base = fs::read(golden.join("base.xml"))?;
        let every_shape = fs::read(golden.join("every-shape.xml"))?;
        self.add("specs", &[], &every_shape);
        self.add("specs", &[], &base);
        for (name, base) in [
            ("golden", base.as_slice()),
            ("diagnostics/overlays", &base),
            ("diagnostics/warnings", &base),
            ("diagnostics/bundled", &[]),
        ] {
            for entry in fs::read_dir(folder.join(name))? {
                let path = entry?.path();
                if path.extension().is_some_and(|extension| extension == "xml") {
                    let overlay = fs::read(path)?;
                    self.add("specs", &[], &[base, &[0xFF], &overlay].concat());
                }
            }
        }
        Ok(())
    }

    fn write(&self, corpus: &Path) -> io::Result<()> {
        for (number, (target, octets)) in self.0.iter().enumerate() {
            let folder = corpus.join(target);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("seed-{number:04}")), octets)?;
        }
        Ok(())
    }
}

/// The targets see no more than 4096 octets.
const LONGEST: usize = 4000;
