//! A subscriber that keeps all there is, for as long as it is looked at.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use leveret::Connection;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};

/// What was written in this thread since it was made.
pub(crate) struct Log {
    kept: Arc<Mutex<Kept>>,
    _guard: DefaultGuard,
}

/// An event.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) level: Level,
    /// The message and everything beside it.
    pub(crate) fields: String,
    /// The spans it stands in, the outermost first.
    pub(crate) spans: String,
}

#[derive(Default)]
struct Kept {
    written: Vec<Written>,
    spans: HashMap<u64, String>,
    entered: Vec<u64>,
    /// Spans with those that they follow from.
    follows: Vec<(String, String)>,
    /// What is used whenever something is written.
    used: Option<Connection>,
}

struct Keeper {
    level: Level,
    kept: Arc<Mutex<Kept>>,
    last: AtomicU64,
}

impl Log {
    /// Keeps what has at least that level.
    pub(crate) fn of(level: Level) -> Self {
        let kept = Arc::default();
        let keeper = Keeper {
            level,
            kept: Arc::clone(&kept),
            last: AtomicU64::new(0),
        };
        Self {
            kept,
            _guard: tracing::subscriber::set_default(keeper),
        }
    }

    /// From here on the subscriber uses the connection whenever something is written, as one may that sends logs there.
    pub(crate) fn uses(&self, connection: &Connection) {
        self.kept.lock().unwrap().used = Some(connection.clone());
    }

    /// The connection is not used any more.
    pub(crate) fn lets_go(&self) {
        let used = self.kept.lock().unwrap().used.take();
        drop(used);
    }

    pub(crate) fn written(&self) -> Vec<Written> {
        self.kept.lock().unwrap().written.clone()
    }

    /// The last span of that name, with the spans around it.
    pub(crate) fn span(&self, name: &str) -> String {
        let kept = self.kept.lock().unwrap();
        let named = |text: &&String| {
            let own = text.rsplit(" > ").next().unwrap_or_default();
            own.split(' ').next() == Some(name)
        };
        let mut spans: Vec<_> = kept.spans.iter().filter(|(_, text)| named(text)).collect();
        spans.sort();
        spans.last().expect("a span of that name").1.clone()
    }

    /// Spans, each with one that it follows from.
    pub(crate) fn follows(&self) -> Vec<(String, String)> {
        self.kept.lock().unwrap().follows.clone()
    }

    /// Keeps nothing of what was before.
    pub(crate) fn forget(&self) {
        let mut kept = self.kept.lock().unwrap();
        kept.written.clear();
        kept.spans.clear();
    }

    /// Everything.
    pub(crate) fn text(&self) -> String {
        let kept = self.kept.lock().unwrap();
        format!("{:#?}\n{:#?}", kept.written, kept.spans)
    }
}

impl Keeper {
    fn uses(&self) {
        let used = self.kept.lock().unwrap().used.clone();
        if let Some(connection) = used {
            // Takes the lock of the connection.
            connection.metrics();
        }
    }
}

impl Subscriber for Keeper {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }

    fn max_level_hint(&self) -> Option<tracing::level_filters::LevelFilter> {
        // Other tests keep more; what is too much here is told by `enabled`.
        Some(self.level.into())
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.uses();
        let id = 1 + self.last.fetch_add(1, Ordering::Relaxed);
        let mut kept = self.kept.lock().unwrap();
        let parent = match span.parent() {
            Some(parent) => Some(parent.into_u64()),
            None if span.is_contextual() => kept.entered.last().copied(),
            None => None,
        };
        let around = parent.and_then(|parent| kept.spans.get(&parent));
        let mut text = around.map_or_else(String::new, |around| format!("{around} > "));
        text.push_str(span.metadata().name());
        span.record(&mut Fields(&mut text));
        kept.spans.insert(id, text);
        Id::from_u64(id)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        self.uses();
        let mut kept = self.kept.lock().unwrap();
        if let Some(text) = kept.spans.get_mut(&id.into_u64()) {
            values.record(&mut Fields(text));
        }
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        let mut kept = self.kept.lock().unwrap();
        let texts = [span, follows].map(|id| kept.spans.get(&id.into_u64()).cloned());
        if let [Some(span), Some(follows)] = texts {
            kept.follows.push((span, follows));
        }
    }

    fn event(&self, event: &Event<'_>) {
        self.uses();
        let mut fields = String::new();
        event.record(&mut Fields(&mut fields));
        let mut kept = self.kept.lock().unwrap();
        let around = kept.entered.last().and_then(|id| kept.spans.get(id));
        let spans = around.cloned().unwrap_or_default();
        kept.written.push(Written {
            level: *event.metadata().level(),
            fields,
            spans,
        });
    }

    fn enter(&self, id: &Id) {
        self.uses();
        self.kept.lock().unwrap().entered.push(id.into_u64());
    }

    fn try_close(&self, _: Id) -> bool {
        self.uses();
        true
    }

    fn exit(&self, id: &Id) {
        self.uses();
        let mut kept = self.kept.lock().unwrap();
        let left = kept.entered.pop();
        assert_eq!(
            left,
            Some(id.into_u64()),
            "spans are left as they are entered"
        );
    }
}

struct Fields<'t>(&'t mut String);

impl Visit for Fields<'_> {
    fn record_u64(&mut self, field: &Field, value: u64) {
        let name = field.name();
        assert!(
            !name.starts_with("messaging."),
            "{name}: OpenTelemetry has numbers with a sign only"
        );
        self.record_debug(field, &value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}
