use super::*;

/// A folder of its own for each test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("amqp-codegen-{}-{name}", std::process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const CREDIT: &str = "
    <amqp><class name='basic'><method name='credit-ok' index='201'>
      <chassis name='client' implement='MUST'/>
      <field name='available' domain='long'/>
    </method></class></amqp>";

#[test]
fn the_bundled_documents_resolve_without_warnings() {
    let config = Config::new();
    assert_eq!(config.warnings().unwrap(), []);
    assert!(config.model().unwrap().classes.len() >= 7);
}

#[test]
fn the_output_is_named_after_the_last_overlay() {
    let name = |config: Config| config.output_name().display().to_string();
    assert_eq!(name(Config::new()), "protocol.rs");
    assert_eq!(name(Config::new().base("spec/mine.xml")), "protocol.rs");
    assert_eq!(
        name(Config::new().extend("a.xml").extend("spec/credit.xml")),
        "credit.rs"
    );
    assert_eq!(
        name(Config::new().extend("a.xml").file_name("b.rs")),
        "b.rs"
    );
}

#[test]
fn every_input_is_a_dependency() {
    assert_eq!(Config::new().dependencies(), ["build.rs"]);
    let config = Config::new().base("b.xml").extend("c.xml").extend("d.xml");
    assert_eq!(config.dependencies(), ["b.xml", "c.xml", "d.xml"]);
}

#[test]
fn a_runtime_is_a_path() {
    for runtime in ["crate", "::amqp_methods", "self::wire", "a::_b::c1"] {
        assert!(
            Config::new().runtime(runtime).checked_runtime().is_ok(),
            "{runtime}"
        );
    }
    for runtime in [
        "", "::", "a:b", "a::", "_", "1a", "a b", "::::a", "a-b", "{",
    ] {
        let error = Config::new().runtime(runtime).source().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Options, "{runtime}");
    }
}

#[test]
fn only_a_changed_output_is_written() {
    let folder = Folder::new("rewrite");
    let overlay = folder.write("credit.xml", CREDIT);
    let config = Config::new()
        .extend(&overlay)
        .out_dir(folder.0.join("out/deep"));
    let output = config.generate().unwrap();
    assert_eq!(output, folder.0.join("out/deep/credit.rs"));
    assert_eq!(
        fs::read_to_string(&output).unwrap(),
        config.source().unwrap()
    );

    let touched = || fs::metadata(&output).unwrap().modified().unwrap();
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
    fs::File::options()
        .write(true)
        .open(&output)
        .unwrap()
        .set_modified(old)
        .unwrap();
    config.generate().unwrap();
    assert_eq!(touched(), old);
    fs::write(&output, "// stale").unwrap();
    config.generate().unwrap();
    assert_ne!(touched(), old);
}

#[test]
fn an_extension_emits_less_than_the_whole() {
    let folder = Folder::new("whole");
    let extension = Config::new().extend(folder.write("credit.xml", CREDIT));
    let whole = extension.clone().standalone(true);
    assert_eq!(extension.model().unwrap(), whole.model().unwrap());
    let (extension, whole) = (extension.source().unwrap(), whole.source().unwrap());
    assert!(extension.len() < whole.len());
    assert!(extension.contains("CreditOk") && !extension.contains("DeclareOk"));
    assert!(whole.contains("CreditOk") && whole.contains("DeclareOk"));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = Config::new().extend("no/such.xml").model().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Read);
    assert_eq!(error.to_string(), "cannot read no/such.xml");
}

#[test]
fn a_document_of_other_octets_is_an_error() {
    let folder = Folder::new("latin");
    let path = folder.0.join("latin.xml");
    fs::write(&path, b"<amqp>\xe4</amqp>").unwrap();
    let error = Config::new().extend(path).model().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Read);
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let folder = Folder::new("blocked");
    let file = folder.write("file", "");
    let error = Config::new().out_dir(file).generate().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Write);
}
