//! A small extension written by hand: for the tests of the core and of the driver alike.
#![allow(dead_code, reason = "each of the two uses its part")]

use amqp_methods::{
    ClassInfo, Content, Decode, DecodeContent, DecodeError, DecodeErrorKind, EncodeError,
    FieldInfo, FieldValue, Method, MethodId, MethodInfo, ProtocolInfo, Reader, Reply, Request,
    ShortStr, WireType, Writer,
};

/// Its class, among those for private use.
pub(crate) const CLASS: u16 = 61_440;
/// The class `connection`, to which it adds.
const CONNECTION: u16 = 10;
/// The same for `basic`.
const BASIC: u16 = 60;

const NUMBER: FieldInfo = FieldInfo {
    name: "number",
    domain: "",
    wire: WireType::Long,
    reserved: false,
    secret: false,
};

const SUBJECT: FieldInfo = FieldInfo {
    name: "subject",
    domain: "",
    wire: WireType::ShortStr,
    reserved: false,
    secret: false,
};

/// A method whose only argument is a number.
macro_rules! method {
    ($name:ident, $class:expr, $index:literal, $text:literal, $content:literal, $replies:expr) => {
        #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
        pub(crate) struct $name(pub(crate) u32);

        impl Method for $name {
            const ID: MethodId = MethodId::new($class, $index);
            const NAME: &'static str = $text;
            const CONTENT: bool = $content;
            const INFO: &'static MethodInfo = &MethodInfo {
                name: $text,
                id: MethodId::new($class, $index),
                synchronous: false,
                content: $content,
                deprecated: false,
                client_receives: true,
                server_receives: true,
                replies: $replies,
                fields: &[NUMBER],
            };

            fn encoded_len(&self) -> usize {
                4
            }

            fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
                out.long(self.0);
                Ok(())
            }

            fn field(&self, index: usize) -> Option<FieldValue<'_>> {
                (index == 0).then_some(FieldValue::Long(self.0))
            }
        }

        impl Decode<'_> for $name {
            fn decode(args: &mut Reader<'_>) -> Result<Self, DecodeError> {
                args.long("number").map(Self)
            }
        }

        impl Reply for $name {
            const IDS: &'static [MethodId] = &[MethodId::new($class, $index)];

            fn from_method(id: MethodId, args: Reader<'_>) -> Result<Self, DecodeError> {
                if id != Self::ID {
                    return Err(DecodeError::new(DecodeErrorKind::Mismatch, "method-id", 0));
                }
                Self::from_args(args)
            }
        }
    };
}

method!(Ask, CLASS, 10, "probe.ask", false, &[AskOk::ID]);
method!(AskOk, CLASS, 11, "probe.ask-ok", false, &[]);
method!(Tell, CLASS, 20, "probe.tell", false, &[]);
method!(Put, CLASS, 30, "probe.put", true, &[PutOk::ID]);
method!(PutOk, CLASS, 31, "probe.put-ok", false, &[]);
method!(Post, CLASS, 40, "probe.post", true, &[]);
method!(Fetch, CLASS, 50, "probe.fetch", false, &[Fetched::ID]);
method!(Fetched, CLASS, 51, "probe.fetched", true, &[]);
method!(Noted, CLASS, 60, "probe.noted", false, &[]);
method!(Pushed, CLASS, 70, "probe.pushed", true, &[]);
method!(Echoed, BASIC, 210, "basic.echoed", true, &[]);
method!(
    Quota,
    CONNECTION,
    200,
    "connection.quota",
    false,
    &[QuotaOk::ID]
);
method!(QuotaOk, CONNECTION, 201, "connection.quota-ok", false, &[]);
method!(Advise, CONNECTION, 210, "connection.advise", false, &[]);
method!(Warned, CONNECTION, 220, "connection.warned", false, &[]);

impl Request for Ask {
    type Reply = AskOk;
}

impl Request for Put {
    type Reply = PutOk;
}

impl Request for Fetch {
    type Reply = Fetched;
}

impl Request for Quota {
    type Reply = QuotaOk;
}

/// What contents of the class carry.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Properties<'a> {
    pub(crate) subject: Option<ShortStr<'a>>,
}

impl<'a> Properties<'a> {
    pub(crate) fn new(subject: &'a str) -> Self {
        let subject = Some(ShortStr::from(subject));
        Self { subject }
    }
}

impl Content for Properties<'_> {
    const CLASS_ID: u16 = CLASS;
    const PROPERTIES: &'static [FieldInfo] = &[SUBJECT];

    fn encoded_len(&self) -> usize {
        2 + self.subject.as_ref().map_or(0, ShortStr::encoded_len)
    }

    fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
        out.short(u16::from(self.subject.is_some()) << 15);
        if let Some(subject) = &self.subject {
            out.short_str("subject", subject)?;
        }
        Ok(())
    }

    fn property(&self, index: usize) -> Option<FieldValue<'_>> {
        let subject = self.subject.as_ref().filter(|_| index == 0)?;
        Some(FieldValue::ShortStr(subject.reborrow()))
    }
}

impl<'a> DecodeContent<'a> for Properties<'a> {
    fn read(&mut self, list: &mut Reader<'a>) -> Result<(), DecodeError> {
        if list.property_flags()? == [1 << 15, 0] {
            self.subject = Some(list.short_str("subject")?);
        }
        Ok(())
    }
}

/// What a client is told of it.
pub(crate) static PROTOCOL: ProtocolInfo = ProtocolInfo::new(
    (0, 9, 1),
    5672,
    &[],
    &[
        ClassInfo {
            name: "connection",
            id: CONNECTION,
            methods: &[Quota::INFO, QuotaOk::INFO, Advise::INFO, Warned::INFO],
            properties: &[],
        },
        ClassInfo {
            name: "basic",
            id: BASIC,
            methods: &[Echoed::INFO],
            properties: &[],
        },
        ClassInfo {
            name: "probe",
            id: CLASS,
            methods: &[
                Ask::INFO,
                AskOk::INFO,
                Tell::INFO,
                Put::INFO,
                PutOk::INFO,
                Post::INFO,
                Fetch::INFO,
                Fetched::INFO,
                Noted::INFO,
                Pushed::INFO,
            ],
            properties: &[SUBJECT],
        },
    ],
    &[],
);
