//! What the client says of itself.

use amqp_methods::{EncodeError, FieldTable, Value};

use super::ConnectionParameters;

impl ConnectionParameters {
    /// The table for `connection.start-ok`: ours, with what the application adds or puts in place of it.
    ///
    /// RabbitMQ acts on three of the capabilities; the others are courtesy. They say what this client does, so the
    /// application may add some but not take one back.
    pub(crate) fn introduction(&self) -> Result<FieldTable<'static>, EncodeError> {
        let theirs = &self.client_properties;
        let mut table = FieldTable::builder();
        for (name, value) in OURS {
            if find(theirs, name).is_none() {
                table = table.entry(*name, *value);
            }
        }
        for (name, value) in theirs.iter().map_while(Result::ok) {
            let is_ours = name == CAPABILITIES || name == NAME && self.connection_name.is_some();
            if !is_ours {
                table = table.entry(name, value);
            }
        }
        table = table.entry(CAPABILITIES, capabilities(theirs)?);
        match &self.connection_name {
            Some(name) => table.entry(NAME, name.as_str()).build(),
            None => table.build(),
        }
    }
}

fn capabilities(theirs: &FieldTable<'_>) -> Result<FieldTable<'static>, EncodeError> {
    let mut table = FieldTable::builder();
    for capability in OUR_CAPABILITIES {
        table = table.entry(*capability, true);
    }
    if let Some(Value::Table(theirs)) = find(theirs, CAPABILITIES) {
        for (name, value) in theirs.iter().map_while(Result::ok) {
            if !OUR_CAPABILITIES.iter().any(|ours| name == *ours) {
                table = table.entry(name, value);
            }
        }
    }
    table.build()
}

/// An entry of a table that `validate` has found to be sound.
fn find<'t>(table: &'t FieldTable<'_>, name: &str) -> Option<Value<'t>> {
    table.get(name).ok().flatten()
}

const OURS: &[(&str, &str)] = &[
    ("product", "leveret"),
    ("version", env!("CARGO_PKG_VERSION")),
    ("platform", "Rust"),
    ("information", "Licensed under MIT OR Apache-2.0"),
];
const OUR_CAPABILITIES: &[&str] = &[
    "authentication_failure_close",
    "basic.nack",
    "connection.blocked",
    "consumer_cancel_notify",
    "exchange_exchange_bindings",
    "publisher_confirms",
];
const CAPABILITIES: &str = "capabilities";
const NAME: &str = "connection_name";

#[cfg(test)]
mod tests {
    use super::*;

    fn introduction(properties: FieldTable<'static>) -> FieldTable<'static> {
        let parameters = ConnectionParameters::default().client_properties(properties);
        parameters.introduction().unwrap()
    }

    /// How often each name is there.
    fn count(table: &FieldTable<'_>, name: &str) -> usize {
        let names = table.iter().map(|entry| entry.unwrap().0);
        names.filter(|other| other == name).count()
    }

    #[test]
    fn ours_are_there_without_a_word_of_the_application() {
        let table = introduction(FieldTable::new());
        assert_eq!(table.get_str("product"), Ok(Some("leveret")));
        assert_eq!(table.get_str(NAME), Ok(None));
        let capabilities = table.get_table(CAPABILITIES).unwrap().unwrap();
        assert_eq!(capabilities.iter().count(), OUR_CAPABILITIES.len());
    }

    #[test]
    fn theirs_are_merged_and_take_no_capability_back() {
        let capabilities = FieldTable::builder()
            .entry("basic.nack", false)
            .entry("x-ours", true);
        let table = introduction(
            FieldTable::builder()
                .entry("product", "billing")
                .entry("x-team", 7)
                .entry(CAPABILITIES, capabilities.build().unwrap())
                .build()
                .unwrap(),
        );
        assert_eq!(table.get_str("product"), Ok(Some("billing")));
        assert_eq!(table.get_i64("x-team"), Ok(Some(7)));
        assert_eq!(table.get_str("platform"), Ok(Some("Rust")));
        for name in ["product", CAPABILITIES] {
            assert_eq!(count(&table, name), 1, "{name}");
        }
        let capabilities = table.get_table(CAPABILITIES).unwrap().unwrap();
        assert_eq!(capabilities.get_bool("basic.nack"), Ok(Some(true)));
        assert_eq!(capabilities.get_bool("x-ours"), Ok(Some(true)));
        assert_eq!(count(&capabilities, "basic.nack"), 1);
    }

    #[test]
    fn capabilities_that_are_no_table_are_left_out() {
        let table = FieldTable::builder().entry(CAPABILITIES, 7).build();
        let table = introduction(table.unwrap());
        assert!(table.get_table(CAPABILITIES).unwrap().is_some());
    }

    #[test]
    fn the_name_of_the_connection_counts_more_than_a_property() {
        let properties = FieldTable::builder().entry(NAME, "theirs").build().unwrap();
        let table = introduction(properties.clone());
        assert_eq!(table.get_str(NAME), Ok(Some("theirs")));
        let parameters = ConnectionParameters::default()
            .client_properties(properties)
            .connection_name("ours");
        let table = parameters.introduction().unwrap();
        assert_eq!(table.get_str(NAME), Ok(Some("ours")));
        assert_eq!(count(&table, NAME), 1);
    }
}
