//! Which classes of the documents go into the protocol.

use crate::{
    Config,
    error::{Error, ErrorKind},
    resolve,
    resolve::same_name,
    spec::{Class, Spec},
};

/// Choices among the classes of the documents, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    only: Option<Vec<String>>,
    without: Vec<String>,
    unresolved: Vec<String>,
}

impl Config {
    /// Leaves out all classes but these. May be called again for more.
    pub fn classes(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let only = self.selection.only.get_or_insert_default();
        only.extend(names.into_iter().map(Into::into));
        self
    }

    /// Leaves out these classes.
    pub fn without(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names = names.into_iter().map(Into::into);
        self.selection.without.extend(names);
        self
    }

    /// Leaves out this class if it is there and names a domain, type or reply that does not exist.
    pub fn allow_unresolved(mut self, class: impl Into<String>) -> Self {
        self.selection.unresolved.push(class.into());
        self
    }
}

impl Selection {
    /// Finds names that no class of a document has.
    pub(crate) fn check(&self, spec: &Spec) -> Result<(), Error> {
        let only = self.only.iter().flatten();
        for name in only.chain(&self.without) {
            if !spec
                .classes
                .iter()
                .any(|class| same_name(name, &class.name))
            {
                let message = format!("there is no class `{name}`");
                return Err(Error::new(ErrorKind::Options, message));
            }
        }
        Ok(())
    }

    /// Takes out of a document what is not wanted.
    pub(crate) fn apply(&self, spec: &mut Spec) {
        let named =
            |names: &[String], class: &Class| names.iter().any(|name| same_name(name, &class.name));
        if let Some(only) = &self.only {
            spec.classes.retain(|class| named(only, class));
        }
        spec.classes.retain(|class| !named(&self.without, class));
        if self.unresolved.is_empty() {
            return;
        }
        let classes = std::mem::take(&mut spec.classes);
        let mut alone = spec.clone();
        spec.classes = classes;
        spec.classes.retain(|class| {
            if !named(&self.unresolved, class) {
                return true;
            }
            alone.classes = vec![class.clone()];
            !resolve(&alone).is_err_and(|error| error.kind() == ErrorKind::Unresolved)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The classes of 0-9-1 that are left.
    fn left(config: Config) -> Vec<String> {
        let classes = config.base(crate::Base::Amqp091).model().unwrap().classes;
        classes.into_iter().map(|class| class.name).collect()
    }

    #[test]
    fn classes_are_chosen_by_name() {
        assert_eq!(
            left(Config::new().classes(["tx", "basic"])),
            ["basic", "tx"]
        );
        assert_eq!(
            left(Config::new().without(["tx", "basic"])),
            ["connection", "channel", "exchange", "queue"]
        );
        assert_eq!(
            left(Config::new().classes(["tx", "basic"]).without(["tx"])),
            ["basic"]
        );
    }

    #[test]
    fn a_class_that_is_not_there_is_an_error() {
        for config in [
            Config::new().classes(["tx", "task"]),
            Config::new().without(["task"]),
        ] {
            let error = config.model().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Options);
            assert_eq!(error.to_string(), "there is no class `task`");
        }
    }

    #[test]
    fn a_class_that_may_be_unresolved_is_left_out_only_if_it_is() {
        let field = |domain| {
            format!(
                "<class name='a' index='1' handler='a'><field name='f' domain='{domain}'/></class>"
            )
        };
        let classes = |domain| {
            let text = format!(
                "<amqp major='0' minor='9' port='1'><domain name='d' type='bit'/>\
                 {}<class name='b' index='2' handler='b'/></amqp>",
                field(domain)
            );
            let mut spec = crate::parse("x", &text).unwrap();
            Config::new()
                .allow_unresolved("a")
                .selection
                .apply(&mut spec);
            spec.classes.len()
        };
        assert_eq!(classes("d"), 2);
        assert_eq!(classes("e"), 1);
    }
}
