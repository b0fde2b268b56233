//! What is shown of what nobody may see.

use core::fmt;

/// What `Debug` shows in place of a secret: `***`, whatever the secret is and how long.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct Hidden;

impl fmt::Debug for Hidden {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
