//! The protocol as data, for tools that iterate: names, ids, types, rules, values.

use core::fmt;

use crate::error::{EncodeError, EncodeErrorKind};
use crate::hidden::Hidden;
use crate::method_id::MethodId;
use crate::types::{FieldTable, LongStr, ShortStr, Timestamp};
use crate::writer::Writer;

/// A whole protocol, as the specification describes it.
#[derive(Debug)]
#[non_exhaustive]
pub struct ProtocolInfo {
    /// Version: major, minor, revision.
    pub version: (u8, u8, u8),
    /// Default TCP port.
    pub port: u16,
    /// Named numbers.
    pub constants: &'static [ConstantInfo],
    /// Classes in the order of the specification.
    pub classes: &'static [ClassInfo],
    /// Every named rule of the specification.
    pub rules: &'static [RuleInfo],
}

impl ProtocolInfo {
    /// For generated code.
    #[inline]
    pub const fn new(
        version: (u8, u8, u8),
        port: u16,
        constants: &'static [ConstantInfo],
        classes: &'static [ClassInfo],
        rules: &'static [RuleInfo],
    ) -> Self {
        Self {
            version,
            port,
            constants,
            classes,
            rules,
        }
    }

    /// The method with that id.
    #[inline]
    pub fn method(&self, id: MethodId) -> Option<&'static MethodInfo> {
        let mut methods = self.classes.iter().flat_map(|class| class.methods);
        methods.find(|method| method.id == id).copied()
    }
}

/// A named number.
#[derive(Debug)]
pub struct ConstantInfo {
    /// `frame-min-size`
    pub name: &'static str,
    /// Value.
    pub value: u32,
    /// `Some(false)` for a reply code that closes a channel, `Some(true)` for one that closes the
    /// connection, none for other numbers.
    pub hard_error: Option<bool>,
}

/// A class of methods.
#[derive(Debug)]
pub struct ClassInfo {
    /// `basic`
    pub name: &'static str,
    /// Class id.
    pub id: u16,
    /// Methods in the order of the specification.
    pub methods: &'static [&'static MethodInfo],
    /// Content properties in wire order.
    pub properties: &'static [FieldInfo],
}

/// A method.
#[derive(Debug)]
pub struct MethodInfo {
    /// `basic.publish`
    pub name: &'static str,
    /// Class and method id.
    pub id: MethodId,
    /// Whether the specification marks it synchronous.
    pub synchronous: bool,
    /// Whether a content header and body follow it.
    pub content: bool,
    /// Whether the specification marks it deprecated.
    pub deprecated: bool,
    /// Whether a client may receive it.
    pub client_receives: bool,
    /// Whether a server may receive it.
    pub server_receives: bool,
    /// The methods that answer it.
    pub replies: &'static [MethodId],
    /// Arguments in wire order, reserved ones included.
    pub fields: &'static [FieldInfo],
}

/// An argument of a method, or a content property.
#[derive(Debug)]
pub struct FieldInfo {
    /// `routing-key`
    pub name: &'static str,
    /// Domain it belongs to; empty for a bare type.
    pub domain: &'static str,
    /// Type on the wire.
    pub wire: WireType,
    /// Present on the wire without a meaning: written as zero, read and ignored.
    pub reserved: bool,
    /// Whether nobody may see the value. `Debug` of the method or the properties hides it; tools that print values
    /// should show [`Hidden`] instead.
    pub secret: bool,
}

/// A named rule of the specification.
#[derive(Debug)]
pub struct RuleInfo {
    /// Where it stands: `exchange`, `channel.open`, `basic.qos/prefetch-size`, `domain delivery-tag`.
    pub scope: &'static str,
    /// Its name within the scope.
    pub name: &'static str,
    /// Name of the constant for the reply code when it is broken.
    pub on_failure: Option<&'static str>,
    /// What it demands.
    pub text: &'static str,
}

/// The elementary types of the wire.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum WireType {
    /// One bit; neighbours share an octet.
    Bit,
    /// Unsigned, 8 bits.
    Octet,
    /// Unsigned, 16 bits.
    Short,
    /// Unsigned, 32 bits.
    Long,
    /// Unsigned, 64 bits.
    LongLong,
    /// Up to 255 octets.
    ShortStr,
    /// Up to 2^32 - 1 octets.
    LongStr,
    /// Seconds since the epoch.
    Timestamp,
    /// Field table.
    Table,
}

impl WireType {
    /// The value of this type that a reserved field holds: zero or empty.
    #[inline]
    pub fn zero(self) -> FieldValue<'static> {
        match self {
            Self::Bit => FieldValue::Bit(false),
            Self::Octet => FieldValue::Octet(0),
            Self::Short => FieldValue::Short(0),
            Self::Long => FieldValue::Long(0),
            Self::LongLong => FieldValue::LongLong(0),
            Self::ShortStr => FieldValue::ShortStr(ShortStr::default()),
            Self::LongStr => FieldValue::LongStr(LongStr::default()),
            Self::Timestamp => FieldValue::Timestamp(Timestamp::default()),
            Self::Table => FieldValue::Table(FieldTable::default()),
        }
    }
}

/// The value of an argument or property.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FieldValue<'a> {
    /// A bit.
    Bit(bool),
    /// An octet.
    Octet(u8),
    /// 16 bits.
    Short(u16),
    /// 32 bits.
    Long(u32),
    /// 64 bits.
    LongLong(u64),
    /// A short string.
    ShortStr(ShortStr<'a>),
    /// A long string.
    LongStr(LongStr<'a>),
    /// A time stamp.
    Timestamp(Timestamp),
    /// A field table.
    Table(FieldTable<'a>),
}

impl FieldValue<'_> {
    /// The type this value has on the wire.
    #[inline]
    pub const fn wire(&self) -> WireType {
        match self {
            Self::Bit(_) => WireType::Bit,
            Self::Octet(_) => WireType::Octet,
            Self::Short(_) => WireType::Short,
            Self::Long(_) => WireType::Long,
            Self::LongLong(_) => WireType::LongLong,
            Self::ShortStr(_) => WireType::ShortStr,
            Self::LongStr(_) => WireType::LongStr,
            Self::Timestamp(_) => WireType::Timestamp,
            Self::Table(_) => WireType::Table,
        }
    }

    #[inline]
    fn encoded_len(&self) -> usize {
        match self {
            Self::Bit(_) | Self::Octet(_) => 1,
            Self::Short(_) => 2,
            Self::Long(_) => 4,
            Self::LongLong(_) | Self::Timestamp(_) => 8,
            Self::ShortStr(value) => value.encoded_len(),
            Self::LongStr(value) => value.encoded_len(),
            Self::Table(value) => value.encoded_len(),
        }
    }

    #[inline]
    fn encode(&self, field: &'static str, out: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Self::Bit(value) => out.octet(u8::from(*value)),
            Self::Octet(value) => out.octet(*value),
            Self::Short(value) => out.short(*value),
            Self::Long(value) => out.long(*value),
            Self::LongLong(value) => out.longlong(*value),
            Self::Timestamp(value) => out.timestamp(*value),
            Self::ShortStr(value) => return out.short_str(field, value),
            Self::LongStr(value) => return out.long_str(field, value),
            Self::Table(value) => return out.table(field, value),
        }
        Ok(())
    }
}

/// Names and values of a method's arguments or of the properties that are present, in wire order.
///
/// Values that are secrets are among them. Whoever prints values asks for their
/// [descriptions](Self::described) as well, which tell; `Debug` of all of them together hides secrets.
pub struct Fields<'m>(std::vec::IntoIter<(&'static FieldInfo, FieldValue<'m>)>);

impl<'m> Fields<'m> {
    /// Asks `value` for each of `fields`; what it does not know is left out.
    #[inline]
    pub fn collect(
        fields: &'static [FieldInfo],
        value: impl Fn(usize) -> Option<FieldValue<'m>>,
    ) -> Self {
        Self::of(fields, &value)
    }

    /// Compiled once, not once for each method.
    #[inline]
    fn of(fields: &'static [FieldInfo], value: &dyn Fn(usize) -> Option<FieldValue<'m>>) -> Self {
        let present = fields
            .iter()
            .enumerate()
            .filter_map(|(index, field)| Some((field, value(index)?)));
        Self(present.collect::<Vec<_>>().into_iter())
    }

    /// The values with all that the specification says of their fields, and not the name alone.
    #[inline]
    pub fn described(self) -> impl ExactSizeIterator<Item = (&'static FieldInfo, FieldValue<'m>)> {
        self.0
    }
}

impl<'m> Iterator for Fields<'m> {
    type Item = (&'static str, FieldValue<'m>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(field, value)| (field.name, value))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Fields<'_> {}

/// Names and values, secrets hidden.
impl fmt::Debug for Fields<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (field, value) in self.0.as_slice() {
            match field.secret {
                true => map.entry(&field.name, &Hidden),
                false => map.entry(&field.name, value),
            };
        }
        map.finish()
    }
}

/// Encodes the arguments of a method from named values, for tools that know methods only by their
/// description; a field that `value` leaves out is zero or empty.
///
/// # Errors
/// A value of another type than its field, or one that the wire cannot hold.
pub fn encode_arguments<'v>(
    method: &'static MethodInfo,
    value: impl Fn(&FieldInfo) -> Option<FieldValue<'v>>,
) -> Result<Vec<u8>, EncodeError> {
    encode_values(method.fields, value).map_err(|error| error.in_method(method.name))
}

fn encode_values<'v>(
    fields: &'static [FieldInfo],
    value: impl Fn(&FieldInfo) -> Option<FieldValue<'v>>,
) -> Result<Vec<u8>, EncodeError> {
    let mut octets = Vec::new();
    // The octet that the present run of bits shares, and how many bits it holds.
    let mut run: Option<(u8, u8)> = None;
    for field in fields {
        let value = value(field).unwrap_or_else(|| field.wire.zero());
        if value.wire() != field.wire {
            return Err(EncodeError::new(EncodeErrorKind::WrongType, field.name));
        }
        if let FieldValue::Bit(bit) = value {
            let (shared, used) = run.unwrap_or((0, 0));
            let shared = shared | u8::from(bit) << used;
            run = Some((shared, used + 1));
            if used == 7 {
                octets.push(shared);
                run = None;
            }
            continue;
        }
        octets.extend(run.take().map(|(shared, _)| shared));
        let start = octets.len();
        octets.resize(start + value.encoded_len(), 0);
        let mut out = Writer::new(octets.get_mut(start..).unwrap_or_default());
        value.encode(field.name, &mut out)?;
        out.finish()?;
    }
    octets.extend(run.map(|(shared, _)| shared));
    Ok(octets)
}

/// Encodes flags and values of a property list from named values; what `value` leaves out is absent.
///
/// # Errors
/// A value of another type than its property, or one that the wire cannot hold.
pub fn encode_properties<'v>(
    properties: &'static [FieldInfo],
    value: impl Fn(&FieldInfo) -> Option<FieldValue<'v>>,
) -> Result<Vec<u8>, EncodeError> {
    let words = properties.len().div_ceil(15).max(1);
    let mut flags = vec![0_u16; words];
    let mut values = Vec::new();
    for (index, property) in properties.iter().enumerate() {
        let Some(value) = value(property) else {
            continue;
        };
        if value.wire() != property.wire {
            return Err(EncodeError::new(EncodeErrorKind::WrongType, property.name));
        }
        let word = index / 15;
        for (before, flags) in flags.iter_mut().take(word + 1).enumerate() {
            *flags |= if before == word {
                1 << (15 - index % 15)
            } else {
                1
            };
        }
        if property.wire != WireType::Bit {
            let start = values.len();
            values.resize(start + value.encoded_len(), 0);
            let mut out = Writer::new(values.get_mut(start..).unwrap_or_default());
            value.encode(property.name, &mut out)?;
            out.finish()?;
        }
    }
    // A word is written when it is the first, or when the one before it says that it follows.
    let mut octets = Vec::with_capacity(2 * words + values.len());
    let mut follows = true;
    for word in flags {
        if !follows {
            break;
        }
        octets.extend(word.to_be_bytes());
        follows = word & 1 != 0;
    }
    octets.append(&mut values);
    Ok(octets)
}
