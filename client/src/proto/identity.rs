//! What a message that came back is recognised by.

use std::hash::{DefaultHasher, Hash, Hasher};

use amqp_methods::{Content as _, FieldValue, basic};

use crate::message::{Content, Returned};

/// Bodies are hashed in blocks of this size, the last one shorter, so that it makes no difference in which pieces they
/// come: a hasher promises nothing about octets that are written to it otherwise divided.
const BLOCK: usize = 256;

/// What stands for a publish: exchange, key, properties and body.
///
/// The header `BCC` is left out, because RabbitMQ strips it; so are headers without any entry.
pub(super) fn identity(
    exchange: &[u8],
    routing_key: &[u8],
    properties: &basic::Properties<'_>,
    body: &[u8],
) -> u64 {
    let mut hasher = DefaultHasher::new();
    for block in body.chunks(BLOCK) {
        hasher.write(block);
    }
    hasher.write_u64(body.len() as u64);
    with_the_rest(hasher, exchange, routing_key, properties)
}

/// The same of what the server sent back; none without its body.
pub(super) fn identity_of(returned: &Returned) -> Option<u64> {
    let body = returned.body()?;
    Some(identity(
        returned.exchange().as_bytes(),
        returned.routing_key().as_bytes(),
        &returned.properties(),
        body,
    ))
}

/// The part of an identity that is the body's, of a body that comes in pieces which nobody keeps.
#[derive(Clone, Debug)]
pub(super) struct PassingBody {
    hasher: DefaultHasher,
    /// The beginning of a block.
    block: [u8; BLOCK],
    /// How long that is; less than a block.
    begun: usize,
    length: u64,
}

impl PassingBody {
    pub(super) fn new() -> Self {
        Self {
            hasher: DefaultHasher::new(),
            block: [0; BLOCK],
            begun: 0,
            length: 0,
        }
    }

    pub(super) fn piece(&mut self, mut octets: &[u8]) {
        self.length += octets.len() as u64;
        if self.begun > 0 {
            let room = self.block.get_mut(self.begun..).unwrap_or_default();
            let taken = room.len().min(octets.len());
            let (head, rest) = octets.split_at(taken);
            for (to, octet) in room.iter_mut().zip(head) {
                *to = *octet;
            }
            self.begun += taken;
            octets = rest;
            if self.begun < BLOCK {
                return;
            }
            self.hasher.write(&self.block);
        }
        let blocks = octets.chunks_exact(BLOCK);
        let rest = blocks.remainder();
        for block in blocks {
            self.hasher.write(block);
        }
        for (to, octet) in self.block.iter_mut().zip(rest) {
            *to = *octet;
        }
        self.begun = rest.len();
    }

    /// The identity of the message whose body it was.
    pub(super) fn identity_of(mut self, content: &Content) -> u64 {
        if self.begun > 0 {
            let last = self.block.get(..self.begun).unwrap_or_default();
            self.hasher.write(last);
        }
        self.hasher.write_u64(self.length);
        let method: basic::Return<'_> = content.method().unwrap_or_default();
        with_the_rest(
            self.hasher,
            method.exchange.as_bytes(),
            method.routing_key.as_bytes(),
            &content.properties(),
        )
    }
}

fn with_the_rest(
    mut hasher: DefaultHasher,
    exchange: &[u8],
    routing_key: &[u8],
    properties: &basic::Properties<'_>,
) -> u64 {
    exchange.hash(&mut hasher);
    routing_key.hash(&mut hasher);
    for (name, value) in properties.fields() {
        match value {
            FieldValue::Octet(octet) => (name, octet).hash(&mut hasher),
            FieldValue::ShortStr(text) => (name, text.as_bytes()).hash(&mut hasher),
            FieldValue::Timestamp(time) => (name, time).hash(&mut hasher),
            FieldValue::Table(table) => {
                for (key, value) in table.iter().flatten() {
                    if key.as_bytes() != b"BCC" {
                        (name, key.as_bytes()).hash(&mut hasher);
                        format!("{value:?}").hash(&mut hasher);
                    }
                }
            }
            _ => {}
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use amqp_methods::{ContentBlock, Method as _};
    use proptest::prelude::*;

    use super::*;

    /// A returned message with that key, as its frames leave it.
    fn content(key: &str, size: usize) -> Content {
        let key_length = u8::try_from(key.len()).unwrap();
        let mut block = ContentBlock::default();
        block.begin(&[b"\x01\x38\0\x01e", &[key_length][..], key.as_bytes()].concat());
        let mut header = b"\0\x3c\0\0".to_vec();
        header.extend((size as u64).to_be_bytes());
        header.extend(b"\x08\0\x05");
        block.header(&header);
        block.finish(basic::Return::ID, None)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_pieces_of_a_body_make_no_difference(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..700), 0..8),
        ) {
            let body = pieces.concat();
            let properties = basic::Properties::default().priority(5);
            let whole = identity(b"e", b"key", &properties, &body);
            let mut passing = PassingBody::new();
            for piece in &pieces {
                passing.piece(piece);
            }
            prop_assert_eq!(passing.clone().identity_of(&content("key", body.len())), whole);
            prop_assert_ne!(passing.clone().identity_of(&content("other", body.len())), whole);
            // One octet more is another body.
            passing.piece(&[0]);
            prop_assert_ne!(passing.identity_of(&content("key", body.len())), whole);
        }
    }
}
