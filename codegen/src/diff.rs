//! What differs between two protocols, and what each difference does to peers.

mod change;
mod display;
mod effect;
mod fields;
mod words;

use std::collections::{HashMap, HashSet};

pub use change::{
    Change, ClassChange, ConstantChange, Difference, DomainChange, FieldChange, Meaning,
    MethodChange, Receivers,
};
pub use effect::Effect;

use crate::{
    model::{Class, Constant, Domain, Method, Model},
    spec::Position,
};

/// Compares two protocols, the older one first.
///
/// Items match by name; arguments and properties also by their place, so that one that got another name is not
/// taken for two. Labels, prose and rules are not compared, nor is the order of anything but arguments and
/// properties; nor whether one is marked `secret`, which is no matter of the wire and of no peer. What a class or method that is new or gone consists of is reported as well, down to its methods
/// and properties.
///
/// The changes come in the order of the documents: constants, domains, then class by class, of each list first
/// what is gone. Two protocols without a difference give an empty list.
///
/// ```
/// use amqp_codegen::{Config, diff, diff::Effect};
///
/// # fn main() -> Result<(), amqp_codegen::Error> {
/// # let (old, new) = (Config::new().model()?, Config::new().model()?);
/// let changes = diff(&old, &new);
/// let effect = changes.iter().map(|change| change.effect()).max();
/// if effect == Some(Effect::Breaking) {
///     println!("peers of the older protocol do not understand the newer one");
/// }
/// # assert_eq!(effect, None);
/// # Ok(())
/// # }
/// ```
pub fn diff(old: &Model, new: &Model) -> Vec<Change> {
    let mut changes = Changes::default();
    protocol(old, new, &mut changes);
    constants(&old.constants, &new.constants, &mut changes);
    domains(&old.domains, &new.domains, &mut changes);
    classes(&old.classes, &new.classes, &mut changes);
    changes.0
}

/// The changes found so far.
#[derive(Default)]
struct Changes(Vec<Change>);

impl Changes {
    fn push(&mut self, difference: Difference, old: Option<&Position>, new: Option<&Position>) {
        self.0.push(Change {
            difference,
            old: old.cloned(),
            new: new.cloned(),
        });
    }
}

fn protocol(old: &Model, new: &Model, changes: &mut Changes) {
    if old.version != new.version {
        let (old, new) = (old.version, new.version);
        changes.push(Difference::Version { old, new }, None, None);
    }
    if old.port != new.port {
        let (old, new) = (old.port, new.port);
        changes.push(Difference::Port { old, new }, None, None);
    }
}

fn constants(old: &[Constant], new: &[Constant], changes: &mut Changes) {
    let matched = Matched::new(old, new, |constant| &constant.name);
    let named = |constant: &Constant, change| Difference::Constant {
        name: constant.name.clone(),
        change,
    };
    for old in matched.gone {
        let (value, kind) = (old.value, old.kind);
        let change = ConstantChange::Removed { value, kind };
        changes.push(named(old, change), Some(&old.position), None);
    }
    for (old, new) in matched.present {
        let Some(old) = old else {
            let (value, kind) = (new.value, new.kind);
            let change = ConstantChange::Added { value, kind };
            changes.push(named(new, change), None, Some(&new.position));
            continue;
        };
        let mut differs =
            |change| changes.push(named(new, change), Some(&old.position), Some(&new.position));
        if old.value != new.value {
            let (old, new) = (old.value, new.value);
            differs(ConstantChange::Value { old, new });
        }
        if old.kind != new.kind {
            let (old, new) = (old.kind, new.kind);
            differs(ConstantChange::Kind { old, new });
        }
    }
}

fn domains(old: &[Domain], new: &[Domain], changes: &mut Changes) {
    let matched = Matched::new(old, new, |domain| &domain.name);
    let named = |domain: &Domain, change| Difference::Domain {
        name: domain.name.clone(),
        change,
    };
    for old in matched.gone {
        let change = DomainChange::Removed { wire: old.wire };
        changes.push(named(old, change), Some(&old.position), None);
    }
    for (old, new) in matched.present {
        match old {
            None => {
                let change = DomainChange::Added { wire: new.wire };
                changes.push(named(new, change), None, Some(&new.position));
            }
            Some(old) if old.wire != new.wire => {
                let difference = named(
                    new,
                    DomainChange::Type {
                        old: old.wire,
                        new: new.wire,
                    },
                );
                changes.push(difference, Some(&old.position), Some(&new.position));
            }
            Some(_) => {}
        }
    }
}

fn classes(old: &[Class], new: &[Class], changes: &mut Changes) {
    let owners: HashMap<_, _> = old.iter().map(|class| (class.index, &class.name)).collect();
    let matched = Matched::new(old, new, |class| &class.name);
    let named = |class: &Class, change| Difference::Class {
        name: class.name.clone(),
        change,
    };
    for old in matched.gone {
        let change = ClassChange::Removed { index: old.index };
        changes.push(named(old, change), Some(&old.position), None);
        contents(Some(old), None, changes);
    }
    for (old, new) in matched.present {
        let Some(old) = old else {
            let change = ClassChange::Added {
                index: new.index,
                instead_of: owners.get(&new.index).map(|name| (*name).clone()),
            };
            changes.push(named(new, change), None, Some(&new.position));
            contents(None, Some(new), changes);
            continue;
        };
        let mut differs =
            |change| changes.push(named(new, change), Some(&old.position), Some(&new.position));
        if old.index != new.index {
            let (old, new) = (old.index, new.index);
            differs(ClassChange::Index { old, new });
        }
        if old.handler != new.handler {
            let (old, new) = (old.handler.clone(), new.handler.clone());
            differs(ClassChange::Handler { old, new });
        }
        contents(Some(old), Some(new), changes);
    }
}

/// The properties and methods of a class, which one of the two sides may not have.
fn contents(old: Option<&Class>, new: Option<&Class>, changes: &mut Changes) {
    let Some(class) = new.or(old).map(|class| &class.name) else {
        return;
    };
    let named = |name, change| Difference::Property {
        class: class.clone(),
        name,
        change,
    };
    let (before, after) = (
        old.map_or(&[][..], |class| &class.properties),
        new.map_or(&[][..], |class| &class.properties),
    );
    fields::compare(before, after, changes, named);
    let (before, after) = (
        old.map_or(&[][..], |class| &class.methods),
        new.map_or(&[][..], |class| &class.methods),
    );
    compare_methods(class, before, after, changes);
}

fn compare_methods(class: &str, old: &[Method], new: &[Method], changes: &mut Changes) {
    let owners: HashMap<_, _> = old.iter().map(|item| (item.index, &item.name)).collect();
    let matched = Matched::new(old, new, |method| &method.name);
    let named = |method: &Method, change| Difference::Method {
        class: class.to_owned(),
        name: method.name.clone(),
        change,
    };
    for old in matched.gone {
        let change = MethodChange::Removed { index: old.index };
        changes.push(named(old, change), Some(&old.position), None);
    }
    for (old, new) in matched.present {
        let Some(old) = old else {
            let change = MethodChange::Added {
                index: new.index,
                instead_of: owners.get(&new.index).map(|name| (*name).clone()),
            };
            changes.push(named(new, change), None, Some(&new.position));
            continue;
        };
        for change in method(old, new) {
            changes.push(named(new, change), Some(&old.position), Some(&new.position));
        }
        fields::compare(&old.fields, &new.fields, changes, |name, change| {
            Difference::Argument {
                class: class.to_owned(),
                method: new.name.clone(),
                name,
                change,
            }
        });
    }
}

/// What differs between two methods of the same name, arguments aside.
fn method(old: &Method, new: &Method) -> Vec<MethodChange> {
    let mut changes = Vec::new();
    if old.index != new.index {
        let (old, new) = (old.index, new.index);
        changes.push(MethodChange::Index { old, new });
    }
    let receivers = (Receivers::of(old), Receivers::of(new));
    if receivers.0 != receivers.1 {
        let (old, new) = receivers;
        changes.push(MethodChange::Receivers { old, new });
    }
    if old.content != new.content {
        changes.push(MethodChange::Content(new.content));
    }
    if old.synchronous != new.synchronous {
        changes.push(MethodChange::Synchronous(new.synchronous));
    }
    if old.deprecated != new.deprecated {
        changes.push(MethodChange::Deprecated(new.deprecated));
    }
    let set = |method: &Method| method.replies.iter().cloned().collect::<HashSet<_>>();
    if set(old) != set(new) {
        let (old, new) = (old.replies.clone(), new.replies.clone());
        changes.push(MethodChange::Replies { old, new });
    }
    changes
}

/// Two lists whose items match by name.
struct Matched<'m, T> {
    /// Only in the older list, in its order.
    gone: Vec<&'m T>,
    /// The newer list in its order, each item with its older self.
    present: Vec<(Option<&'m T>, &'m T)>,
}

impl<'m, T> Matched<'m, T> {
    fn new(old: &'m [T], new: &'m [T], name: impl Fn(&T) -> &str) -> Self {
        let newer: HashSet<_> = new.iter().map(&name).collect();
        let older: HashMap<_, _> = old.iter().map(|item| (name(item), item)).collect();
        Self {
            gone: old
                .iter()
                .filter(|item| !newer.contains(name(item)))
                .collect(),
            present: new
                .iter()
                .map(|item| (older.get(name(item)).copied(), item))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests;
