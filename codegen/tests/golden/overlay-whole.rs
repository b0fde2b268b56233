// Generated from the specification. To change it, change the specification or the generator.

/// `queue`, class 50: work with queues.
///
/// # Methods
///
/// | method | id | direction | answered by |
/// |---|---|---|---|
/// | [`queue.declare`](queue::Declare) | 10 | client → server | [`queue.declare-ok`](queue::DeclareOk) |
/// | [`queue.declare-ok`](queue::DeclareOk) | 11 | not said |  |
///
/// # Rules
///
/// - `limit`: Not too many.
pub mod queue {
    use ::amqp_methods::{
        Content, Decode, DecodeContent, DecodeError, DecodeErrorKind, EncodeError, FieldInfo,
        FieldValue, Hidden, LongStr, Method, MethodId, MethodInfo, Reader, Reply, Request,
        ShortStr, Writer,
    };

    /// The properties of `queue` content.
    ///
    /// Absent and empty are two different things on the wire, and here.
    #[derive(Clone, Default, Eq, PartialEq)]
    pub struct Properties<'a> {
        /// `content-type`
        ///
        /// A shortstr: up to 255 octets. Set by [`content_type`](method@Self::content_type).
        pub content_type: Option<ShortStr<'a>>,
        /// `type`
        ///
        /// A longstr: octets, their length in 32 bits. A secret: `Debug` shows `***`. Set by
        /// [`type`](method@Self::type).
        pub r#type: Option<LongStr<'a>>,
    }

    /// Hides secrets.
    impl ::core::fmt::Debug for Properties<'_> {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Properties")
                .field("content_type", &self.content_type)
                .field("type", &self.r#type.is_some().then_some(Hidden))
                .finish()
        }
    }

    impl<'a> Properties<'a> {
        /// Sets [`content-type`](field@Self::content_type).
        #[inline]
        #[must_use]
        pub fn content_type(mut self, content_type: impl Into<ShortStr<'a>>) -> Self {
            self.content_type = Some(content_type.into());
            self
        }

        /// Sets [`type`](field@Self::type).
        #[inline]
        #[must_use]
        pub fn r#type(mut self, r#type: impl Into<LongStr<'a>>) -> Self {
            self.r#type = Some(r#type.into());
            self
        }

        /// The same properties, owning what they borrowed.
        #[inline]
        pub fn into_owned(self) -> Properties<'static> {
            Properties {
                content_type: self.content_type.map(ShortStr::into_owned),
                r#type: self.r#type.map(LongStr::into_owned),
            }
        }
    }

    impl Content for Properties<'_> {
        const CLASS_ID: u16 = 50;
        const PROPERTIES: &'static [FieldInfo] = super::description::PROPERTIES__QUEUE;

        #[inline(always)]
        fn encoded_len(&self) -> usize {
            2 + self.content_type.as_ref().map_or(0, ShortStr::encoded_len)
                + self.r#type.as_ref().map_or(0, LongStr::encoded_len)
        }

        #[inline(always)]
        fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
            out.short(
                u16::from(self.content_type.is_some()) << 15
                    | u16::from(self.r#type.is_some()) << 14,
            );
            if let Some(value) = &self.content_type {
                out.short_str("content-type", value)?;
            }
            if let Some(value) = &self.r#type {
                out.long_str("type", value)?;
            }
            Ok(())
        }

        #[inline]
        fn property(&self, index: usize) -> Option<FieldValue<'_>> {
            match index {
                0 => {
                    self.content_type
                        .as_ref()
                        .map(|value| FieldValue::ShortStr(value.reborrow()))
                }
                1 => self.r#type.as_ref().map(|value| FieldValue::LongStr(value.reborrow())),
                _ => None,
            }
        }
    }

    impl<'a> DecodeContent<'a> for Properties<'a> {
        #[inline(always)]
        fn read(&mut self, list: &mut Reader<'a>) -> Result<(), DecodeError> {
            let [first, second] = list.property_flags()?;
            if first & !0xc001 != 0 || second & !0x0001 != 0 {
                return Err(
                    list.error(DecodeErrorKind::UndefinedPropertyFlag, "property-flags"),
                );
            }
            if first & 1 << 15 != 0 {
                self.content_type = Some(list.short_str("content-type")?);
            }
            if first & 1 << 14 != 0 {
                self.r#type = Some(list.long_str("type")?);
            }
            Ok(())
        }
    }

    /// `queue.declare`, method 10 of class 50.
    ///
    /// Sent by the client to the server. Answered by
    /// [`queue.declare-ok`](super::queue::DeclareOk), unless [`no-wait`](field@Self::no_wait)
    /// is set.
    ///
    /// **Deprecated**: the specification advises against it.
    ///
    /// # On the wire
    ///
    /// Class 50, method 10, then the arguments:
    ///
    /// | argument | type |
    /// |---|---|
    /// | [`queue`](field@Self::queue) | shortstr |
    /// | [`lazy`](field@Self::lazy) | bit 0 of an octet |
    /// | [`no-wait`](field@Self::no_wait) | bit 1 |
    /// | [`exclusive`](field@Self::exclusive) | bit 2 |
    /// | [`priority`](field@Self::priority) | octet |
    #[derive(Clone, Default, Eq, PartialEq)]
    pub struct Declare<'a> {
        /// Its name.
        ///
        /// Domain [`queue-name`](super::PROTOCOL#queue-name), a shortstr: up to 255 octets. The
        /// specification wants it of at most 127 octets and not empty. A secret: `Debug` shows
        /// `***`. Set by [`queue`](method@Self::queue).
        pub queue: ShortStr<'a>,
        /// Late.
        ///
        /// A bit. Set by [`lazy`](method@Self::lazy).
        pub lazy: bool,
        /// `no-wait`
        ///
        /// A bit. Set by [`no_wait`](method@Self::no_wait).
        pub no_wait: bool,
        /// `exclusive`
        ///
        /// A bit. Set by [`exclusive`](method@Self::exclusive).
        pub exclusive: bool,
        /// Urgency.
        ///
        /// Domain [`priority`](super::PROTOCOL#priority), an octet. Set by
        /// [`priority`](method@Self::priority).
        pub priority: u8,
    }

    /// Hides secrets.
    impl ::core::fmt::Debug for Declare<'_> {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Declare")
                .field("queue", &Hidden)
                .field("lazy", &self.lazy)
                .field("no_wait", &self.no_wait)
                .field("exclusive", &self.exclusive)
                .field("priority", &self.priority)
                .finish()
        }
    }

    impl<'a> Declare<'a> {
        /// `queue.declare` with its [`queue`](field@Self::queue) and
        /// [`priority`](field@Self::priority); everything else is off or empty.
        #[inline]
        pub fn new(queue: impl Into<ShortStr<'a>>, priority: u8) -> Self {
            Self {
                queue: queue.into(),
                priority,
                ..Default::default()
            }
        }

        /// Sets [`queue`](field@Self::queue).
        #[inline]
        #[must_use]
        pub fn queue(mut self, queue: impl Into<ShortStr<'a>>) -> Self {
            self.queue = queue.into();
            self
        }

        /// Sets [`lazy`](field@Self::lazy).
        #[inline]
        #[must_use]
        pub fn lazy(mut self, lazy: bool) -> Self {
            self.lazy = lazy;
            self
        }

        /// Sets [`no-wait`](field@Self::no_wait).
        #[inline]
        #[must_use]
        pub fn no_wait(mut self, no_wait: bool) -> Self {
            self.no_wait = no_wait;
            self
        }

        /// Sets [`exclusive`](field@Self::exclusive).
        #[inline]
        #[must_use]
        pub fn exclusive(mut self, exclusive: bool) -> Self {
            self.exclusive = exclusive;
            self
        }

        /// Sets [`priority`](field@Self::priority).
        #[inline]
        #[must_use]
        pub fn priority(mut self, priority: u8) -> Self {
            self.priority = priority;
            self
        }

        /// The same method, owning what it borrowed.
        #[inline]
        pub fn into_owned(self) -> Declare<'static> {
            Declare {
                queue: self.queue.into_owned(),
                lazy: self.lazy,
                no_wait: self.no_wait,
                exclusive: self.exclusive,
                priority: self.priority,
            }
        }
    }

    impl Method for Declare<'_> {
        const ID: MethodId = MethodId::new(50, 10);
        const NAME: &'static str = "queue.declare";
        const INFO: &'static MethodInfo = &super::description::QUEUE_DECLARE;

        #[inline(always)]
        fn encoded_len(&self) -> usize {
            2 + self.queue.encoded_len()
        }

        #[inline(always)]
        fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
            out.short_str("queue", &self.queue)?;
            out.octet(
                u8::from(self.lazy) | u8::from(self.no_wait) << 1
                    | u8::from(self.exclusive) << 2,
            );
            out.octet(self.priority);
            Ok(())
        }

        #[inline]
        fn field(&self, index: usize) -> Option<FieldValue<'_>> {
            Some(
                match index {
                    0 => FieldValue::ShortStr(self.queue.reborrow()),
                    1 => FieldValue::Bit(self.lazy),
                    2 => FieldValue::Bit(self.no_wait),
                    3 => FieldValue::Bit(self.exclusive),
                    4 => FieldValue::Octet(self.priority),
                    _ => return None,
                },
            )
        }
    }

    impl<'a> Decode<'a> for Declare<'a> {
        #[inline(always)]
        fn decode(args: &mut Reader<'a>) -> Result<Self, DecodeError> {
            let queue = args.short_str("queue")?;
            let bits = args.octet("lazy")?;
            let priority = args.octet("priority")?;
            Ok(Self {
                queue,
                lazy: bits & 0b001 != 0,
                no_wait: bits & 0b010 != 0,
                exclusive: bits & 0b100 != 0,
                priority,
            })
        }
    }

    impl Request for Declare<'_> {
        type Reply = DeclareOk;

        #[inline]
        fn expects_reply(&self) -> bool {
            !self.no_wait
        }
    }

    impl Reply for Declare<'static> {
        const IDS: &'static [MethodId] = &[Self::ID];

        #[inline]
        fn from_method(id: MethodId, args: Reader<'_>) -> Result<Self, DecodeError> {
            if id != Self::ID {
                return Err(args.error(DecodeErrorKind::Mismatch, "method-id"));
            }
            Ok(Declare::from_args(args)?.into_owned())
        }
    }

    /// `queue.declare-ok`, method 11 of class 50.
    ///
    /// The specification does not say who sends it. Answers
    /// [`queue.declare`](super::queue::Declare).
    ///
    /// # On the wire
    ///
    /// Class 50, method 11, without arguments.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct DeclareOk;

    impl Method for DeclareOk {
        const ID: MethodId = MethodId::new(50, 11);
        const NAME: &'static str = "queue.declare-ok";
        const INFO: &'static MethodInfo = &super::description::QUEUE_DECLARE_OK;

        #[inline(always)]
        fn encoded_len(&self) -> usize {
            0
        }

        #[inline(always)]
        fn encode(&self, _: &mut Writer<'_>) -> Result<(), EncodeError> {
            Ok(())
        }

        #[inline]
        fn field(&self, _: usize) -> Option<FieldValue<'_>> {
            None
        }
    }

    impl<'a> Decode<'a> for DeclareOk {
        #[inline(always)]
        fn decode(_: &mut Reader<'a>) -> Result<Self, DecodeError> {
            Ok(Self)
        }
    }

    impl Reply for DeclareOk {
        const IDS: &'static [MethodId] = &[Self::ID];

        #[inline]
        fn from_method(id: MethodId, args: Reader<'_>) -> Result<Self, DecodeError> {
            if id != Self::ID {
                return Err(args.error(DecodeErrorKind::Mismatch, "method-id"));
            }
            Self::from_args(args)
        }
    }
}

/// `confirm`, class 85.
///
/// # Methods
///
/// | method | id | direction | answered by |
/// |---|---|---|---|
/// | [`confirm.select`](confirm::Select) | 10 | not said |  |
pub mod confirm {
    use ::amqp_methods::{
        Decode, DecodeError, DecodeErrorKind, EncodeError, FieldValue, Hidden, LongStr,
        Method, MethodId, MethodInfo, Reader, Reply, Writer,
    };

    /// `confirm.select`, method 10 of class 85.
    ///
    /// The specification does not say who sends it. Not answered.
    ///
    /// # On the wire
    ///
    /// Class 85, method 10, then the arguments:
    ///
    /// | argument | type |
    /// |---|---|
    /// | [`password`](field@Self::password) | longstr |
    /// | [`type`](field@Self::type) | octet |
    #[derive(Clone, Default, Eq, PartialEq)]
    pub struct Select<'a> {
        /// `password`
        ///
        /// A longstr: octets, their length in 32 bits. A secret: `Debug` shows `***`. Set by
        /// [`password`](method@Self::password).
        pub password: LongStr<'a>,
        /// `type`
        ///
        /// An octet. Set by [`type`](method@Self::type).
        pub r#type: u8,
    }

    /// Hides secrets.
    impl ::core::fmt::Debug for Select<'_> {
        #[inline]
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.debug_struct("Select")
                .field("password", &Hidden)
                .field("type", &self.r#type)
                .finish()
        }
    }

    impl<'a> Select<'a> {
        /// `confirm.select` with its [`password`](field@Self::password) and
        /// [`type`](field@Self::type).
        #[inline]
        pub fn new(password: impl Into<LongStr<'a>>, r#type: u8) -> Self {
            Self {
                password: password.into(),
                r#type,
            }
        }

        /// Sets [`password`](field@Self::password).
        #[inline]
        #[must_use]
        pub fn password(mut self, password: impl Into<LongStr<'a>>) -> Self {
            self.password = password.into();
            self
        }

        /// Sets [`type`](field@Self::type).
        #[inline]
        #[must_use]
        pub fn r#type(mut self, r#type: u8) -> Self {
            self.r#type = r#type;
            self
        }

        /// The same method, owning what it borrowed.
        #[inline]
        pub fn into_owned(self) -> Select<'static> {
            Select {
                password: self.password.into_owned(),
                r#type: self.r#type,
            }
        }
    }

    impl Method for Select<'_> {
        const ID: MethodId = MethodId::new(85, 10);
        const NAME: &'static str = "confirm.select";
        const INFO: &'static MethodInfo = &super::description::CONFIRM_SELECT;

        #[inline(always)]
        fn encoded_len(&self) -> usize {
            1 + self.password.encoded_len()
        }

        #[inline(always)]
        fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
            out.long_str("password", &self.password)?;
            out.octet(self.r#type);
            Ok(())
        }

        #[inline]
        fn field(&self, index: usize) -> Option<FieldValue<'_>> {
            Some(
                match index {
                    0 => FieldValue::LongStr(self.password.reborrow()),
                    1 => FieldValue::Octet(self.r#type),
                    _ => return None,
                },
            )
        }
    }

    impl<'a> Decode<'a> for Select<'a> {
        #[inline(always)]
        fn decode(args: &mut Reader<'a>) -> Result<Self, DecodeError> {
            let password = args.long_str("password")?;
            let r#type = args.octet("type")?;
            Ok(Self { password, r#type })
        }
    }

    impl Reply for Select<'static> {
        const IDS: &'static [MethodId] = &[Self::ID];

        #[inline]
        fn from_method(id: MethodId, args: Reader<'_>) -> Result<Self, DecodeError> {
            if id != Self::ID {
                return Err(args.error(DecodeErrorKind::Mismatch, "method-id"));
            }
            Ok(Select::from_args(args)?.into_owned())
        }
    }
}

pub use any_method::AnyMethod;

mod any_method {
    use ::amqp_methods::{
        Decode as _, DecodeError, DynMethod, EncodeError, Fields, Method as _, MethodId,
        MethodInfo, Reader, UnknownMethod, Writer,
    };
    use super::{queue, confirm};

    /// Any method of the protocol, and those that nobody knows.
    #[derive(Clone, Debug, Eq, PartialEq)]
    #[non_exhaustive]
    #[allow(clippy::large_enum_variant, reason = "a boxed method would be an allocation")]
    pub enum AnyMethod<'a> {
        /// `queue.declare`
        QueueDeclare(queue::Declare<'a>),
        /// `queue.declare-ok`
        QueueDeclareOk(queue::DeclareOk),
        /// `confirm.select`
        ConfirmSelect(confirm::Select<'a>),
        /// A method that the specification does not name.
        Unknown(UnknownMethod<'a>),
    }

    impl<'a> AnyMethod<'a> {
        /// Reads the payload of a method frame: id and arguments.
        ///
        /// # Errors
        /// Arguments that are not those of the method, or fewer octets than an id takes.
        #[inline]
        pub fn decode(payload: &'a [u8]) -> Result<Self, DecodeError> {
            let (id, args) = MethodId::split_payload(payload)?;
            Self::from_args(id, args)
        }

        /// Reads the arguments of method `id`.
        ///
        /// # Errors
        /// Arguments that are not those of the method.
        #[inline]
        pub fn from_args(id: MethodId, args: Reader<'a>) -> Result<Self, DecodeError> {
            match id {
                queue::Declare::ID => queue::Declare::from_args(args).map(Self::QueueDeclare),
                queue::DeclareOk::ID => {
                    queue::DeclareOk::from_args(args).map(Self::QueueDeclareOk)
                }
                confirm::Select::ID => {
                    confirm::Select::from_args(args).map(Self::ConfirmSelect)
                }
                _ => Ok(Self::Unknown(UnknownMethod::new(id, args))),
            }
        }

        /// The same method, owning what it borrowed.
        #[inline]
        pub fn into_owned(self) -> AnyMethod<'static> {
            match self {
                Self::QueueDeclare(method) => AnyMethod::QueueDeclare(method.into_owned()),
                Self::QueueDeclareOk(method) => AnyMethod::QueueDeclareOk(method),
                Self::ConfirmSelect(method) => AnyMethod::ConfirmSelect(method.into_owned()),
                Self::Unknown(method) => AnyMethod::Unknown(method.into_owned()),
            }
        }

        #[inline]
        fn as_dyn(&self) -> &dyn DynMethod {
            match self {
                Self::QueueDeclare(method) => method,
                Self::QueueDeclareOk(method) => method,
                Self::ConfirmSelect(method) => method,
                Self::Unknown(method) => method,
            }
        }
    }

    impl DynMethod for AnyMethod<'_> {
        #[inline]
        fn id(&self) -> MethodId {
            self.as_dyn().id()
        }

        #[inline]
        fn info(&self) -> Option<&'static MethodInfo> {
            self.as_dyn().info()
        }

        #[inline]
        fn encoded_len(&self) -> usize {
            self.as_dyn().encoded_len()
        }

        #[inline]
        fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
            self.as_dyn().encode(out)
        }

        #[inline]
        fn fields(&self) -> Fields<'_> {
            self.as_dyn().fields()
        }
    }
}

/// Why a channel or connection was closed, or a message returned.
///
/// A soft error closes a channel: the connection and its other channels go on. A hard error closes the
/// connection. Peers may send codes that the specification does not name.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ReplyCode(u16);

impl ReplyCode {
    /// Nothing there.
    ///
    /// `not-found`, 404, a soft error: it closes a channel, and the connection goes on.
    pub const NOT_FOUND: Self = Self(404);

    /// `no-route`, 312, a soft error: it closes a channel, and the connection goes on.
    pub const NO_ROUTE: Self = Self(312);

    /// The reply code with that number.
    #[inline]
    pub const fn new(code: u16) -> Self {
        Self(code)
    }

    /// The number on the wire.
    #[inline]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// Whether the specification has it close the connection, not only a channel.
    ///
    /// It says what a code usually does, not which method carried it: RabbitMQ closes connections with
    /// 403 as well.
    #[inline]
    pub const fn is_hard(self) -> bool {
        false
    }

    /// The name in the specification.
    #[inline]
    pub const fn name(self) -> Option<&'static str> {
        Some(
            match self {
                Self::NOT_FOUND => "not-found",
                Self::NO_ROUTE => "no-route",
                _ => return None,
            },
        )
    }
}

impl From<u16> for ReplyCode {
    #[inline]
    fn from(code: u16) -> Self {
        Self(code)
    }
}

impl ::core::fmt::Display for ReplyCode {
    #[inline]
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} {name}", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}

pub use description::PROTOCOL;

mod description {
    use ::amqp_methods::{
        ClassInfo, ConstantInfo, FieldInfo, MethodId, MethodInfo, ProtocolInfo, RuleInfo,
        WireType,
    };

    /// The protocol as data, for tools that iterate.
    ///
    /// AMQP 0-9-1; the port is 5672.
    ///
    /// # Domains
    ///
    /// Named types: what an argument or a property is, whatever it belongs to.
    ///
    /// ## `bit`
    ///
    /// A bit.
    ///
    /// ## `queue-name`
    ///
    /// A shortstr: up to 255 octets.
    ///
    /// ## `priority`
    ///
    /// An octet.
    pub static PROTOCOL: ProtocolInfo = ProtocolInfo::new(
        (0, 9, 1),
        5672,
        CONSTANTS,
        CLASSES,
        RULES,
    );

    const CONSTANTS: &[ConstantInfo] = &[
        ConstantInfo {
            name: "not-found",
            value: 404,
            hard_error: Some(false),
        },
        ConstantInfo {
            name: "no-route",
            value: 312,
            hard_error: Some(false),
        },
    ];

    const CLASSES: &[ClassInfo] = &[
        ClassInfo {
            name: "queue",
            id: 50,
            methods: &[&QUEUE_DECLARE, &QUEUE_DECLARE_OK],
            properties: PROPERTIES__QUEUE,
        },
        ClassInfo {
            name: "confirm",
            id: 85,
            methods: &[&CONFIRM_SELECT],
            properties: &[],
        },
    ];

    const RULES: &[RuleInfo] = &[
        RuleInfo {
            scope: "queue",
            name: "limit",
            on_failure: None,
            text: "Not too many.",
        },
    ];

    pub(super) const PROPERTIES__QUEUE: &[FieldInfo] = &[
        FieldInfo {
            name: "content-type",
            domain: "",
            wire: WireType::ShortStr,
            reserved: false,
            secret: false,
        },
        FieldInfo {
            name: "type",
            domain: "",
            wire: WireType::LongStr,
            reserved: false,
            secret: true,
        },
    ];

    pub(super) static QUEUE_DECLARE: MethodInfo = MethodInfo {
        name: "queue.declare",
        id: MethodId::new(50, 10),
        synchronous: true,
        content: false,
        deprecated: true,
        client_receives: false,
        server_receives: true,
        replies: &[MethodId::new(50, 11)],
        fields: &[
            FieldInfo {
                name: "queue",
                domain: "queue-name",
                wire: WireType::ShortStr,
                reserved: false,
                secret: true,
            },
            FieldInfo {
                name: "lazy",
                domain: "bit",
                wire: WireType::Bit,
                reserved: false,
                secret: false,
            },
            FieldInfo {
                name: "no-wait",
                domain: "bit",
                wire: WireType::Bit,
                reserved: false,
                secret: false,
            },
            FieldInfo {
                name: "exclusive",
                domain: "bit",
                wire: WireType::Bit,
                reserved: false,
                secret: false,
            },
            FieldInfo {
                name: "priority",
                domain: "priority",
                wire: WireType::Octet,
                reserved: false,
                secret: false,
            },
        ],
    };

    pub(super) static QUEUE_DECLARE_OK: MethodInfo = MethodInfo {
        name: "queue.declare-ok",
        id: MethodId::new(50, 11),
        synchronous: true,
        content: false,
        deprecated: false,
        client_receives: false,
        server_receives: false,
        replies: &[],
        fields: &[],
    };

    pub(super) static CONFIRM_SELECT: MethodInfo = MethodInfo {
        name: "confirm.select",
        id: MethodId::new(85, 10),
        synchronous: false,
        content: false,
        deprecated: false,
        client_receives: false,
        server_receives: false,
        replies: &[],
        fields: &[
            FieldInfo {
                name: "password",
                domain: "",
                wire: WireType::LongStr,
                reserved: false,
                secret: true,
            },
            FieldInfo {
                name: "type",
                domain: "",
                wire: WireType::Octet,
                reserved: false,
                secret: false,
            },
        ],
    };
}
