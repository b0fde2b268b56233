//! `amqp_handle_input`, which the C client feeds with what it reads from its socket.
//!
//! It copies each frame, and decodes tables to the end. What is behind it is given back frame by frame.

#![allow(clippy::unwrap_used)] // the frames are sound

use std::hint::black_box;

use leveret_librabbitmq::{Frame, Input};

use super::{Reads, mix};
use crate::workloads::fixtures::FRAME_MAX;
use crate::workloads::{LIBRABBITMQ, Side};

pub fn decode(reads: Reads) -> Side {
    Side::new(LIBRABBITMQ, move || {
        let stream = black_box(mix::frames());
        let size = match reads {
            Reads::Of(size) => size,
            // As much as it says in one number how much it took.
            Reads::One => i32::MAX as usize,
        };
        let mut input = Input::new(FRAME_MAX as i32).unwrap();
        let mut count = 0;
        for mut read in stream.chunks(size) {
            while !read.is_empty() {
                let Some(frame) = input.next(&mut read).unwrap() else {
                    continue;
                };
                take(&frame);
                count += 1;
            }
        }
        assert_eq!(count, mix::FRAMES);
    })
}

fn take(frame: &Frame<'_>) {
    match frame {
        Frame::Method(id) => {
            black_box(id);
        }
        Frame::Header {
            body_size,
            properties,
        } => {
            black_box(body_size);
            black_box(properties);
        }
        Frame::Body(body) => {
            black_box(body);
        }
        Frame::Heartbeat => {}
    }
}
