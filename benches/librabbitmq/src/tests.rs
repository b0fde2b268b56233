use super::*;

const ACK: &[u8] = b"\x01\x00\x01\x00\x00\x00\x0d\x00\x3c\x00\x50\0\0\0\0\0\0\0\x07\x01\xce";

#[test]
fn tables_come_back() {
    let nested = [Entry {
        key: "deep".into(),
        value: Value::text("down"),
    }];
    let elements = [Value::from(-1), Value::VOID];
    let entries = [
        ("flag", Value::from(true)),
        ("long", Value::from(1_i64 << 40)),
        ("half", Value::from(0.5)),
        ("time", Value::timestamp(1_700_000_000)),
        ("list", Array::new(&elements).into()),
        ("table", Table::new(&nested).into()),
    ];
    let entries = entries.map(|(key, value)| Entry {
        key: key.into(),
        value,
    });
    let mut octets = [0; 200];
    let written = encode_table(&Table::new(&entries), &mut octets).unwrap();

    let pool = Pool::new(4096);
    let (table, taken) = pool.decode_table(&octets).unwrap();
    assert_eq!(taken, written);
    let names = table.entries().iter().map(|entry| entry.key.as_slice());
    assert!(names.eq(["flag", "long", "half", "time", "list", "table"].map(str::as_bytes)));
    let values = [0, 1, 2, 3, 4, 5].map(|at: usize| table.entries()[at].value.view());
    let [
        View::Boolean(true),
        View::I64(long),
        View::F64(half),
        View::Timestamp(1_700_000_000),
        View::Array(list),
        View::Table(nested),
    ] = values
    else {
        panic!("other values")
    };
    assert_eq!((long, half), (1 << 40, 0.5));
    let [first, second] = list.elements() else {
        panic!("another length")
    };
    assert!(matches!(first.view(), View::I32(-1)));
    assert!(matches!(second.view(), View::Void));
    let [Entry { key, value }] = nested.entries() else {
        panic!("another length")
    };
    let View::Text(text) = value.view() else {
        panic!("no text")
    };
    assert_eq!(
        (key.as_slice(), text.as_slice()),
        (&b"deep"[..], &b"down"[..])
    );
}

#[test]
fn what_is_not_flagged_is_not_there() {
    let mut pool = Pool::new(4096);
    let mut octets = [0; 64];
    let full = Properties {
        flags: Properties::REPLY_TO | Properties::PRIORITY,
        reply_to: "answers".into(),
        priority: 9,
        ..Properties::EMPTY
    };
    let written = encode_properties(&full, &mut octets).unwrap();
    let decoded = pool.decode_properties(&octets[..written]).unwrap();
    assert_eq!(decoded.reply_to().unwrap().as_slice(), b"answers");
    assert_eq!((decoded.priority(), decoded.timestamp()), (Some(9), None));

    // In the same place of the pool, where the library leaves the old pointer.
    pool.recycle();
    let decoded = pool.decode_properties(&[0, 0]).unwrap();
    assert!(decoded.reply_to().is_none() && decoded.headers().is_none());
}

#[test]
fn arguments_are_those_of_the_method() {
    let pool = Pool::new(4096);
    let ack: &Ack = pool.decode_method(&ACK[11..20]).unwrap();
    assert_eq!((ack.delivery_tag, ack.multiple), (7, 1));
    let mut octets = [0; 9];
    assert_eq!(encode_method(ack, &mut octets), Ok(9));
    assert_eq!(octets, ACK[11..20]);
    assert!(encode_method(ack, &mut octets[..8]).is_err());
    assert!(pool.decode_method::<Ack>(&ACK[11..19]).is_err());
}

#[test]
fn frames_may_arrive_octet_by_octet() {
    let mut input = Input::new(131_072).unwrap();
    let mut frames = Vec::new();
    for octet in ACK.repeat(2).chunks(1) {
        let mut rest = octet;
        if let Some(frame) = input.next(&mut rest).unwrap() {
            let Frame::Method(id) = frame else {
                panic!("no method")
            };
            frames.push(id);
        }
        assert!(rest.is_empty());
    }
    assert_eq!(frames, [60 << 16 | 80; 2]);
}

#[test]
fn errors_have_the_words_of_the_library() {
    let mut input = Input::new(131_072).unwrap();
    let mut no_frame: &[u8] = b"\x01\x00\x00\x00\x00\x00\x00\x00";
    let error = input.next(&mut no_frame).err().unwrap();
    assert!(error.to_string().starts_with("librabbitmq: "), "{error}");
    assert!(version().starts_with("0."), "{}", version());
}
