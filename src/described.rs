//! Reads arguments by the description of their method alone, reserved ones included.

use amqp_methods::{DecodeError, DecodeErrorKind, FieldValue, MethodInfo, Reader, WireType};

/// Names and values of all arguments, in wire order.
///
/// Generated methods leave out what is reserved. Clients set it nevertheless, so whoever compares octets
/// has to see it.
///
/// # Errors
/// Octets that are no such arguments.
pub fn read_arguments<'a>(
    info: &'static MethodInfo,
    args: &mut Reader<'a>,
) -> Result<Vec<(&'static str, FieldValue<'a>)>, DecodeError> {
    let mut values = Vec::with_capacity(info.fields.len());
    // The octet that the present run of bits shares, and how many bits of it have been read.
    let mut run: Option<(u8, u32)> = None;
    for field in info.fields {
        let name = field.name;
        if field.wire == WireType::Bit {
            let (octet, used) = match run {
                Some((octet, used)) if used < u8::BITS => (octet, used),
                _ => (args.octet(name)?, 0),
            };
            values.push((name, FieldValue::Bit(octet >> used & 1 != 0)));
            run = Some((octet, used + 1));
            continue;
        }
        run = None;
        let value = match field.wire {
            WireType::Octet => FieldValue::Octet(args.octet(name)?),
            WireType::Short => FieldValue::Short(args.short(name)?),
            WireType::Long => FieldValue::Long(args.long(name)?),
            WireType::LongLong => FieldValue::LongLong(args.longlong(name)?),
            WireType::ShortStr => FieldValue::ShortStr(args.short_str(name)?),
            WireType::LongStr => FieldValue::LongStr(args.long_str(name)?),
            WireType::Timestamp => FieldValue::Timestamp(args.timestamp(name)?),
            WireType::Table => FieldValue::Table(args.table(name)?),
            _ => return Err(args.error(DecodeErrorKind::Mismatch, name)),
        };
        values.push((name, value));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method_info;

    #[test]
    fn bits_share_octets_and_reserved_arguments_show() {
        let octets = [0, 0, 0, 0, 0, 0, 0, 1, 0b1000_0010, 0b1, 7];
        let handle = method_info("parcel.handle").unwrap();
        let mut reader = Reader::new(&octets);
        let values = read_arguments(handle, &mut reader).unwrap();
        let set = values
            .iter()
            .filter(|(_, value)| *value == FieldValue::Bit(true));
        let set: Vec<_> = set.map(|(name, _)| *name).collect();
        assert_eq!(set, ["upright", "signed", "express"]);
        assert!(reader.is_empty());

        let mut reader = Reader::new(b"\x01/\x00\x01");
        let open = read_arguments(method_info("connection.open").unwrap(), &mut reader);
        assert_eq!(
            open.unwrap().last(),
            Some(&("reserved-2", FieldValue::Bit(true)))
        );
    }
}
