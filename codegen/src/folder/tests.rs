use std::env;

use super::*;
use crate::Document;

/// A folder of its own for each test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("amqp-codegen-{}-folder-{name}", std::process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn standard() -> Config {
    Config::new().base(Document::Amqp091)
}

#[test]
fn every_class_has_a_file() {
    let files = standard().files().unwrap();
    let names: Vec<_> = files
        .iter()
        .map(|(name, _)| name.to_str().unwrap())
        .collect();
    let expected = [
        "mod.rs",
        "connection.rs",
        "channel.rs",
        "exchange.rs",
        "queue.rs",
        "basic.rs",
        "tx.rs",
        "any_method.rs",
        "constants.rs",
        "description.rs",
    ];
    assert_eq!(names, expected);
    assert_eq!(files, standard().files().unwrap());
    for (name, text) in &files {
        assert_eq!(text.lines().next(), Some(HEADER), "{}", name.display());
    }
}

#[test]
#[cfg(feature = "format")]
fn the_root_reads_as_a_table_of_contents() {
    let files = standard().files().unwrap();
    let (_, root) = &files[0];
    assert!(root.contains("\npub mod basic;\n"), "{root}");
}

/// Item for item, the files are the one file taken apart.
#[test]
fn the_files_are_the_source() {
    let tokens = |text: &str| text.parse::<proc_macro2::TokenStream>().unwrap();
    let config = standard().format(false);
    let files = config.files().unwrap();
    let (_, root) = &files[0];
    let mut joined = tokens(root).to_string();
    for (name, text) in &files[1..] {
        let name = name.file_stem().unwrap().to_str().unwrap();
        let declaration = tokens(&format!("mod {name};")).to_string();
        let definition = tokens(&format!("mod {name} {{ {text} }}")).to_string();
        assert_eq!(joined.matches(&declaration).count(), 1, "{name}");
        joined = joined.replace(&declaration, &definition);
    }
    let whole = tokens(&config.source().unwrap()).to_string();
    assert!(joined == whole);
}

#[test]
fn only_what_was_generated_is_replaced_or_removed() {
    let folder = Folder::new("stale");
    let first = standard().write_files(&folder.0).unwrap();
    assert_eq!((first.written.len(), first.removed.len()), (10, 0));

    fs::write(folder.0.join("notes.rs"), "// Ours.\n").unwrap();
    fs::write(folder.0.join("single.rs"), standard().source().unwrap()).unwrap();
    fs::write(folder.0.join("list.txt"), format!("{HEADER}\n")).unwrap();
    fs::create_dir(folder.0.join("deep.rs")).unwrap();
    let second = standard().without(["tx"]).write_files(&folder.0).unwrap();
    assert_eq!(second.removed, [folder.0.join("tx.rs")]);
    assert!(second.unchanged.contains(&folder.0.join("basic.rs")));
    assert!(second.written.contains(&folder.0.join("mod.rs")));
    let expected = [
        "any_method.rs",
        "basic.rs",
        "channel.rs",
        "connection.rs",
        "constants.rs",
        "deep.rs",
        "description.rs",
        "exchange.rs",
        "list.txt",
        "mod.rs",
        "notes.rs",
        "queue.rs",
        "single.rs",
    ];
    assert_eq!(folder.names(), expected);

    let third = standard().without(["tx"]).write_files(&folder.0).unwrap();
    assert_eq!((third.written.len(), third.removed.len()), (0, 0));
}

#[test]
fn a_file_that_somebody_wrote_stops_everything() {
    let folder = Folder::new("foreign");
    let path = folder.0.join("queue.rs");
    fs::write(&path, "mod mine;\n").unwrap();
    let error = standard().write_files(&folder.0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Write);
    let expected = format!(
        "{} is there already, and was not generated into a folder",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(folder.names(), ["queue.rs"]);
    assert_eq!(fs::read_to_string(path).unwrap(), "mod mine;\n");
}

#[test]
#[cfg(unix)]
fn a_link_is_neither_followed_nor_removed() {
    let folder = Folder::new("link");
    let elsewhere = Folder::new("link-target");
    let target = elsewhere.0.join("old.rs");
    fs::write(&target, format!("{HEADER}\n")).unwrap();
    std::os::unix::fs::symlink(&target, folder.0.join("old.rs")).unwrap();
    let done = standard().write_files(&folder.0).unwrap();
    assert_eq!(done.removed, [] as [PathBuf; 0]);

    std::os::unix::fs::symlink(&target, folder.0.join("link.rs")).unwrap();
    fs::remove_file(folder.0.join("queue.rs")).unwrap();
    std::os::unix::fs::symlink(&target, folder.0.join("queue.rs")).unwrap();
    assert!(standard().write_files(&folder.0).is_err());
    assert_eq!(fs::read_to_string(target).unwrap(), format!("{HEADER}\n"));
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = Folder::new("blocked");
    let file = folder.0.join("file");
    fs::write(&file, "").unwrap();
    let error = standard().write_files(file.join("protocol")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Write);
}
