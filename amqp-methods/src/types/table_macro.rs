//! Tables and arrays written as they read.

/// A [`FieldTable`](crate::FieldTable) from names and values, in order.
///
/// Values are whatever converts into a [`Value`](crate::Value); tables and arrays nest. A number without a suffix
/// is 32 bits wide, as in all of Rust.
///
/// ```
/// use amqp_methods::{array, queue, table};
///
/// let declare = queue::Declare::new("jobs").arguments(table! {
///     "x-queue-type" => "quorum",
///     "x-max-length-bytes" => 5_000_000_000_i64,
/// });
/// assert_eq!(declare.arguments.get_str("x-queue-type")?, Some("quorum"));
///
/// let tenant = String::from("acme");
/// let headers = table! {
///     "x-tenant" => &tenant,
///     "x-routes" => array!["eu", "us"],
///     "x-trace" => table! { "id" => "0af7", "sampled" => true },
///     format!("x-{tenant}") => 1,
/// };
/// assert_eq!(headers.iter().count(), 4);
/// # Ok::<(), amqp_methods::ValueError>(())
/// ```
///
/// # Errors
/// None here: a table cannot be built from a name of more than 255 octets, or from values nested beyond
/// [`MAX_TABLE_DEPTH`](crate::MAX_TABLE_DEPTH), and encoding it says so. [`TableBuilder`](crate::TableBuilder) says it
/// at once. A literal that is too long for a name does not even compile, as long as all names are single tokens:
///
/// ```compile_fail,E0080
/// let headers = amqp_methods::table! {
///     "a name of 256 octets, which is one more than fits: ............................................\
///      ...............................................................................................\
///      .......................................................................................12" => 1,
/// };
/// ```
///
/// There is no 64-bit unsigned integer on the wire; [`Value`](crate::Value) has a `TryFrom` for those that fit:
///
/// ```compile_fail,E0277
/// let headers = amqp_methods::table! { "x-size" => 5_u64 };
/// ```
#[macro_export]
macro_rules! table {
    () => {
        $crate::FieldTable::new()
    };
    ($($name:tt => $value:expr),+ $(,)?) => {
        $crate::FieldTable::from(
            $crate::FieldTable::builder()$(.entry($crate::__table_name!($name), $value))+
        )
    };
    ($($name:expr => $value:expr),+ $(,)?) => {
        $crate::FieldTable::from($crate::FieldTable::builder()$(.entry($name, $value))+)
    };
}

/// A name as it is; a literal is measured by the compiler.
#[doc(hidden)]
#[macro_export]
macro_rules! __table_name {
    ($name:literal) => {{
        const {
            assert!(
                $name.len() <= $crate::ShortStr::MAX,
                "the name of a table entry has more than 255 octets"
            );
        }
        $name
    }};
    ($name:expr) => {
        $name
    };
}

/// A [`FieldArray`](crate::FieldArray) of values, which need not have one type.
///
/// ```
/// use amqp_methods::{array, table};
///
/// let routes = array!["eu", 2, true, array![], table! { "weight" => 0.5 }];
/// assert_eq!(routes.to_string(), r#"["eu", 2, true, [], {weight: 0.5}]"#);
/// ```
///
/// # Errors
/// As with [`table!`]: what is nested too deep is reported when it is encoded.
#[macro_export]
macro_rules! array {
    () => {
        $crate::FieldArray::new()
    };
    ($($element:expr),+ $(,)?) => {
        $crate::FieldArray::from($crate::FieldArray::builder()$(.element($element))+)
    };
}
