//! What is written for `tracing`, or nothing where the feature is off.
//!
//! Events are written by the macros of `tracing` itself. Without the feature their names stand for macros that look at
//! what an event would hold, in code that never runs.

#[cfg(not(feature = "tracing"))]
mod nothing {
    macro_rules! nothing {
        ($($field:tt)*) => {
            if false {
                $crate::trace::look!($($field)*);
            }
        };
    }

    macro_rules! look {
        () => {};
        (% $name:ident $(, $($rest:tt)*)?) => { $crate::trace::look!(@ $name $(, $($rest)*)?) };
        (? $name:ident $(, $($rest:tt)*)?) => { $crate::trace::look!(@ $name $(, $($rest)*)?) };
        ($name:ident = % $value:expr $(, $($rest:tt)*)?) => { $crate::trace::look!(@ $value $(, $($rest)*)?) };
        ($name:ident = ? $value:expr $(, $($rest:tt)*)?) => { $crate::trace::look!(@ $value $(, $($rest)*)?) };
        ($name:ident = $value:expr $(, $($rest:tt)*)?) => { $crate::trace::look!(@ $value $(, $($rest)*)?) };
        ($name:ident $(, $($rest:tt)*)?) => { $crate::trace::look!(@ $name $(, $($rest)*)?) };
        ($message:literal $(,)?) => {};
        (@ $value:expr $(, $($rest:tt)*)?) => {
            let _ = &$value;
            $crate::trace::look!($($($rest)*)?)
        };
    }

    pub(crate) use {look, nothing};
}

#[cfg(not(feature = "tracing"))]
pub(crate) use nothing::{
    look, nothing as debug, nothing as error, nothing as info, nothing as trace, nothing as warn,
};
