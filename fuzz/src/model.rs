//! The grammar of tables written down a second time, from the standard and its errata, without the codec.

use std::mem;

/// How deep tables and arrays may stand in a table.
pub const DEEPEST: usize = 64;

/// Why octets are no table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Damage {
    /// Something stands deeper than [`DEEPEST`].
    TooDeep,
    /// A length or a tag is wrong.
    Other,
}

/// Rewrites the contents of a table as an encoder would write its values, which is as long: tags `U` and `L`
/// become `s` and `l`, booleans 0 or 1. Returns how deep it is nested.
///
/// # Errors
/// The first damage, going from front to back; what comes before it may have been rewritten.
pub fn canonicalize(octets: &mut [u8]) -> Result<usize, Damage> {
    table(octets, 0)
}

fn table(mut rest: &mut [u8], depth: usize) -> Result<usize, Damage> {
    let mut deepest = depth;
    while !rest.is_empty() {
        let length = take(&mut rest, 1)?[0];
        take(&mut rest, length.into())?;
        deepest = deepest.max(value(&mut rest, depth)?);
    }
    Ok(deepest)
}

fn array(mut rest: &mut [u8], depth: usize) -> Result<usize, Damage> {
    let mut deepest = depth;
    while !rest.is_empty() {
        deepest = deepest.max(value(&mut rest, depth)?);
    }
    Ok(deepest)
}

fn value(rest: &mut &mut [u8], depth: usize) -> Result<usize, Damage> {
    let tag = &mut take(rest, 1)?[0];
    match *tag {
        b'U' => *tag = b's',
        b'L' => *tag = b'l',
        _ => {}
    }
    let size = match *tag {
        b'V' => 0,
        b't' => {
            let boolean = &mut take(rest, 1)?[0];
            *boolean = u8::from(*boolean != 0);
            0
        }
        b'b' | b'B' => 1,
        b's' | b'u' => 2,
        b'I' | b'i' | b'f' => 4,
        b'D' => 5,
        b'l' | b'd' | b'T' => 8,
        b'S' | b'x' => length(rest)?,
        b'F' | b'A' if depth == DEEPEST => return Err(Damage::TooDeep),
        b'F' => {
            let length = length(rest)?;
            return table(take(rest, length)?, depth + 1);
        }
        b'A' => {
            let length = length(rest)?;
            return array(take(rest, length)?, depth + 1);
        }
        _ => return Err(Damage::Other),
    };
    take(rest, size)?;
    Ok(depth)
}

fn length(rest: &mut &mut [u8]) -> Result<usize, Damage> {
    let octets = take(rest, 4)?.iter();
    Ok(octets.fold(0, |length, octet| length << 8 | usize::from(*octet)))
}

fn take<'t>(rest: &mut &'t mut [u8], length: usize) -> Result<&'t mut [u8], Damage> {
    let (head, tail) = mem::take(rest)
        .split_at_mut_checked(length)
        .ok_or(Damage::Other)?;
    *rest = tail;
    Ok(head)
}
