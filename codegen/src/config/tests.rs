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
        name(Config::new().extend("spec/credit.v2.xml")),
        "credit.v2.rs"
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
    for runtime in [
        "crate",
        "crate::wire",
        "::amqp_methods",
        "self::wire",
        "super::super::wire",
        "self::super::a",
        "a::_b::c1",
    ] {
        assert!(
            Config::new().runtime(runtime).checked_runtime().is_ok(),
            "{runtime}"
        );
    }
    for runtime in [
        "",
        "::",
        "a:b",
        "a::",
        "_",
        "1a",
        "a b",
        "::::a",
        "a-b",
        "{",
        "fn",
        "a::Self",
        "r#fn",
        "a::crate",
        "::crate",
        "a::self",
        "self::self",
        "::super",
        "crate::super",
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
    let message = error.to_string();
    assert!(
        message.starts_with("cannot read no/such.xml: "),
        "{message}"
    );
}

#[test]
fn every_file_that_is_wrong_is_named() {
    let folder = Folder::new("several");
    let wrong = folder.write("wrong.xml", "<amqp><class/></amqp>");
    let config = Config::new().extend("no/such.xml").extend(wrong);
    let error = config.extend("nor/this.xml").model().unwrap_err();
    let kinds = error.diagnostics().iter().map(Diagnostic::kind);
    let expected = [ErrorKind::Read, ErrorKind::Attribute, ErrorKind::Read];
    assert_eq!(kinds.collect::<Vec<_>>(), expected);
}

#[test]
fn the_base_is_a_bundled_document_or_a_file() {
    let names = |config: Config| {
        let classes = config.model().unwrap().classes.into_iter();
        classes.map(|class| class.name).collect::<Vec<_>>()
    };
    let standard = ["connection", "channel", "exchange", "queue", "basic", "tx"];
    assert_eq!(names(Config::new().base(Document::Amqp091)), standard);
    let rabbitmq = names(Config::new().base(Document::RabbitMq));
    assert_eq!(rabbitmq, names(Config::new()));
    assert!(rabbitmq.contains(&"confirm".to_owned()));
    let folder = Folder::new("base");
    let file = folder.write("a.xml", "<amqp major='0' minor='9' port='1'/>");
    assert_eq!(names(Config::new().base(file)), Vec::<String>::new());
}

#[test]
fn classes_are_left_out() {
    let names = |config: Config| {
        let classes = config.model().unwrap().classes.into_iter();
        classes.map(|class| class.name).collect::<Vec<_>>()
    };
    let some = Config::new().classes(["connection", "queue", "basic"]);
    assert_eq!(names(some.clone()), ["connection", "queue", "basic"]);
    let fewer = some.without(["queue"]);
    assert_eq!(names(fewer), ["connection", "basic"]);
    let source = Config::new().without(["tx"]).source().unwrap();
    assert!(!source.contains("pub mod tx") && source.contains("pub mod queue"));
}

#[test]
fn an_unresolved_class_is_left_out_where_that_is_allowed() {
    let folder = Folder::new("unresolved");
    let base = folder.write(
        "base.xml",
        "<amqp major='0' minor='9' port='1'>
           <class name='file' index='1' handler='channel'><method name='m' index='1'/></class>
           <class name='message' index='2' handler='channel'>
             <method name='m' index='1'><field name='body' domain='content'/></method>
           </class></amqp>",
    );
    let config = Config::new().base(base);
    assert_eq!(
        config.model().unwrap_err().kind(),
        ErrorKind::Unresolved,
        "without leave it is an error"
    );
    let allowed = config.clone().allow_unresolved("message");
    assert_eq!(allowed.model().unwrap().classes.len(), 1);
    let warnings = allowed.warnings().unwrap();
    assert_eq!(
        warnings[0].message(),
        "class `message` is left out: the domain of `body` is not declared"
    );
    // Leave does not take away what is sound.
    let other = allowed.allow_unresolved("file");
    assert_eq!(other.model().unwrap().classes.len(), 1);
    assert_eq!(other.warnings().unwrap().len(), 1);
    // An overlay may mend it instead.
    let mended = folder.write(
        "mended.xml",
        "<amqp><class name='message'><method name='m'><field name='body' type='longstr'/></method></class></amqp>",
    );
    assert_eq!(config.extend(mended).model().unwrap().classes.len(), 2);
}

#[test]
fn an_overlay_may_complete_another_one() {
    let folder = Folder::new("chain");
    let more = folder.write(
        "more.xml",
        "<amqp><class name='basic'><method name='credit-ok'><chassis name='server'/></method></class></amqp>",
    );
    let credit = folder.write("credit.xml", CREDIT);
    let model = Config::new().extend(credit).extend(more).model().unwrap();
    let mut classes = model.classes.iter();
    let basic = classes.find(|class| class.name == "basic").unwrap();
    let mut methods = basic.methods.iter();
    let method = methods.find(|method| method.name == "credit-ok").unwrap();
    assert!(method.client_receives && method.server_receives);
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

#[test]
fn octets_of_another_encoding_are_told_from_mistakes_in_xml() {
    let folder = Folder::new("encodings");
    let text = "<amqp/>";
    let little: Vec<_> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<_> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = |mark: &[u8], octets: &[u8]| [mark, octets].concat();
    for octets in [
        marked(b"\xff\xfe", &little),
        marked(b"\xfe\xff", &big),
        little,
        big,
    ] {
        let path = folder.write("wide.xml", "");
        fs::write(&path, octets).unwrap();
        let error = Config::new().extend(&path).model().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Read);
        assert_eq!(
            error.to_string(),
            format!(
                "cannot read {}: it has two octets or more for each character",
                path.display()
            )
        );
    }
}
