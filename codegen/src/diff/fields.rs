//! Arguments and properties: lists in which the place matters as much as the name.

use std::collections::{HashMap, HashSet};

use super::{
    Changes,
    change::{Difference, FieldChange, Meaning},
};
use crate::{
    model::{Assert, Field, Property, WireType},
    spec::Position,
};

/// What arguments and properties have in common.
pub(super) struct Slot<'m> {
    name: &'m str,
    wire: WireType,
    domain: Option<&'m str>,
    reserved: bool,
    /// For bits that share octets: the number within the octet.
    bit: Option<u8>,
    asserts: &'m [Assert],
    position: &'m Position,
}

impl<'m> From<&'m Field> for Slot<'m> {
    fn from(field: &'m Field) -> Self {
        Self {
            name: &field.name,
            wire: field.wire,
            domain: field.domain.as_deref(),
            reserved: field.reserved,
            bit: field.bit,
            asserts: &field.asserts,
            position: &field.position,
        }
    }
}

impl<'m> From<&'m Property> for Slot<'m> {
    fn from(property: &'m Property) -> Self {
        Self {
            name: &property.name,
            wire: property.wire,
            domain: property.domain.as_deref(),
            // The standard has one, and marks it by its name only.
            reserved: property.name == "reserved",
            // A property that is a bit is its presence flag, and shares nothing.
            bit: None,
            asserts: &[],
            position: &property.position,
        }
    }
}

/// Reports how `new` differs from `old`.
pub(super) fn compare<'m, F>(
    old: &'m [F],
    new: &'m [F],
    changes: &mut Changes,
    difference: impl Fn(String, FieldChange) -> Difference,
) where
    Slot<'m>: From<&'m F>,
{
    let slots = |fields: &'m [F]| fields.iter().map(Slot::from).collect::<Vec<_>>();
    let (old, new) = (&slots(old), &slots(new));
    let origins = origins(old, new);
    let mut survives = vec![false; old.len()];
    for origin in &origins {
        if let Some(at) = origin.at() {
            survives[at] = true;
        }
    }
    for (at, slot) in old.iter().enumerate().filter(|(at, _)| !survives[*at]) {
        let (place, wire) = (at + 1, slot.wire);
        let change = FieldChange::Removed { place, wire };
        changes.push(
            difference(slot.name.to_owned(), change),
            Some(slot.position),
            None,
        );
    }
    let spare_bits = spare_bits(new, &origins);
    let last_known = origins.iter().rposition(|origin| origin.at().is_some());
    for (at, slot) in new.iter().enumerate() {
        let named = |change| difference(slot.name.to_owned(), change);
        let (place, wire, spare_bit) = (at + 1, slot.wire, spare_bits[at]);
        let Some(from) = origins[at].at() else {
            let change = match last_known {
                Some(last) if last > at => FieldChange::Inserted {
                    place,
                    wire,
                    spare_bit,
                },
                _ => FieldChange::Appended {
                    place,
                    wire,
                    spare_bit,
                },
            };
            changes.push(named(change), None, Some(slot.position));
            continue;
        };
        let older = &old[from];
        if matches!(origins[at], Origin::Moved(_)) {
            let (old, new) = (from + 1, place);
            let change = FieldChange::Moved { old, new };
            changes.push(named(change), Some(older.position), Some(slot.position));
        }
        for change in slot_changes(older, slot, place) {
            changes.push(named(change), Some(older.position), Some(slot.position));
        }
    }
}

/// Where a field comes from, by its index in the older list.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Origin {
    /// Nowhere.
    New,
    /// It kept its place, perhaps not its name.
    Kept(usize),
    /// It kept its name, and others that kept theirs have overtaken it.
    Moved(usize),
}

impl Origin {
    fn at(self) -> Option<usize> {
        match self {
            Self::New => None,
            Self::Kept(at) | Self::Moved(at) => Some(at),
        }
    }
}

/// Finds out where each of `new` comes from: by name first; what is left between two that kept their order is
/// paired in order of place, where the types agree.
fn origins(old: &[Slot<'_>], new: &[Slot<'_>]) -> Vec<Origin> {
    let by_name: HashMap<_, _> = old.iter().map(|slot| slot.name).zip(0..).collect();
    let named: Vec<Option<usize>> = new
        .iter()
        .map(|slot| by_name.get(slot.name).copied())
        .collect();
    let kept = longest_ascending(&named);

    let mut origins = Vec::with_capacity(new.len());
    let mut has_name = vec![false; old.len()];
    for (at, from) in named.iter().enumerate() {
        origins.push(match from {
            None => Origin::New,
            Some(from) => {
                has_name[*from] = true;
                if kept[at] {
                    Origin::Kept(*from)
                } else {
                    Origin::Moved(*from)
                }
            }
        });
    }

    pair_renamed(old, new, &has_name, &mut origins);
    origins
}

/// Pairs what has lost its name with what has found one, between each two that kept their order.
fn pair_renamed(old: &[Slot<'_>], new: &[Slot<'_>], has_name: &[bool], origins: &mut [Origin]) {
    let mut fixed: Vec<(usize, usize)> = Vec::with_capacity(new.len() + 1);
    for (at, origin) in origins.iter().enumerate() {
        if let Origin::Kept(from) = origin {
            fixed.push((*from, at));
        }
    }
    fixed.push((old.len(), new.len()));

    let (mut from, mut at) = (0, 0);
    for (until_from, until_at) in fixed {
        let lost = (from..until_from).filter(|from| !has_name[*from]);
        let is_new = |at: &usize| origins[*at] == Origin::New;
        let found: Vec<_> = (at..until_at).filter(is_new).collect();
        for (from, at) in lost.zip(found) {
            if old[from].wire == new[at].wire {
                origins[at] = Origin::Kept(from);
            }
        }
        (from, at) = (until_from + 1, until_at + 1);
    }
}

/// Marks a longest run of fields whose older places ascend. The others have moved.
fn longest_ascending(places: &[Option<usize>]) -> Vec<bool> {
    // For each length, the end of the run of that length which ends lowest; for each field, what precedes it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![None; places.len()];
    for (at, place) in places.iter().enumerate() {
        let Some(place) = place else { continue };
        let length = ends.partition_point(|end| places[*end] < Some(*place));
        before[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut kept = vec![false; places.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        kept[at] = true;
        next = before[at];
    }
    kept
}

/// Which of the new fields are bits that an octet had room for: behind one that was there, and before none.
fn spare_bits(new: &[Slot<'_>], origins: &[Origin]) -> Vec<bool> {
    let mut spare = vec![false; new.len()];
    let mut start = 0;
    while start < new.len() {
        let shares = |slot: &Slot<'_>| slot.bit.is_some_and(|bit| bit > 0);
        let others = new[start + 1..].iter().take_while(|slot| shares(slot));
        let end = start + 1 + others.count();
        let known = (start..end).rev().find(|at| origins[*at].at().is_some());
        if let Some(last) = known {
            spare[last + 1..end].fill(true);
        }
        start = end;
    }
    spare
}

/// What differs between a field and its older self, the place among the others aside.
fn slot_changes(old: &Slot<'_>, new: &Slot<'_>, place: usize) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    let meaning = match (old.reserved, new.reserved) {
        (true, false) => Meaning::Gained,
        (false, true) => Meaning::Lost,
        _ => Meaning::Kept,
    };
    if old.name != new.name {
        let old = old.name.to_owned();
        changes.push(FieldChange::Renamed {
            place,
            old,
            meaning,
        });
    } else if meaning != Meaning::Kept {
        changes.push(FieldChange::Meaning { place, meaning });
    }
    if old.wire != new.wire {
        let (old, new) = (old.wire, new.wire);
        changes.push(FieldChange::Type { place, old, new });
    }
    if old.domain != new.domain {
        let (old, new) = (old.domain.map(Into::into), new.domain.map(Into::into));
        changes.push(FieldChange::Domain { place, old, new });
    }
    let (removed, added) = (
        without(old.asserts, new.asserts),
        without(new.asserts, old.asserts),
    );
    if !removed.is_empty() || !added.is_empty() {
        changes.push(FieldChange::Checks {
            place,
            removed,
            added,
        });
    }
    changes
}

/// Those of `asserts` that are not among `others`.
fn without(asserts: &[Assert], others: &[Assert]) -> Vec<Assert> {
    let others: HashSet<_> = others.iter().collect();
    let own = asserts.iter().filter(|assert| !others.contains(assert));
    own.cloned().collect()
}
