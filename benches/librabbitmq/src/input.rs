//! The streaming decoder, which the library feeds with what it reads from its socket.

use std::ptr::NonNull;

use crate::values::Octets;
use crate::{Decoded, Error, Properties, ffi, layout};

/// A connection that has no socket: `amqp_handle_input` and the buffers around it.
pub struct Input {
    state: NonNull<ffi::ConnectionState>,
    /// Of the frame handed out last, whose buffers can be used again.
    channel: u16,
}

/// A protocol header, which servers answer with that want another version. It changes nothing but the state.
const GREETING: &[u8] = b"AMQP\0\0\x09\x01";

/// A frame, decoded to the end.
pub enum Frame<'a> {
    /// A method that the library has decoded, by class and method in one number.
    Method(u32),
    /// The head of a content.
    Header {
        /// Octets of body to come.
        body_size: u64,
        /// Its properties, where they are of class `basic`, as all that have any are.
        properties: Option<Decoded<'a>>,
    },
    /// A piece of a body.
    Body(&'a [u8]),
    /// A sign of life.
    Heartbeat,
}

impl Input {
    /// Takes frames of up to `frame_max` octets, envelope included.
    ///
    /// # Errors
    /// What the library refuses.
    ///
    /// # Panics
    /// No memory, or a library with other structs than this crate.
    pub fn new(frame_max: i32) -> Result<Self, Error> {
        layout::check();
        // SAFETY: has no conditions.
        let state = unsafe { ffi::amqp_new_connection() };
        let state = NonNull::new(state).expect("memory for a connection");
        let mut input = Self { state, channel: 0 };
        // Before it has heard of the server, the library refuses to be tuned, by ending the program.
        let mut first = GREETING;
        input.next(&mut first)?;
        // SAFETY: the state is new and ours.
        let status = unsafe { ffi::amqp_tune_connection(state.as_ptr(), 0, frame_max, 0) };
        Error::check(status)?;
        Ok(input)
    }

    /// Takes octets from the front of `octets`: until a frame is complete, or all of them.
    ///
    /// # Errors
    /// What the library refuses. The stream cannot be understood from here on.
    #[inline]
    pub fn next(&mut self, octets: &mut &[u8]) -> Result<Option<Frame<'_>>, Error> {
        let state = self.state.as_ptr();
        // SAFETY: the state is sound and ours alone; nothing of the last frame is borrowed any more. The library
        // leaves alone what is still needed.
        unsafe { ffi::amqp_maybe_release_buffers_on_channel(state, self.channel) };
        let mut frame = ffi::Frame {
            frame_type: 0,
            channel: 0,
            payload: ffi::Payload { body: Octets::NONE },
        };
        // SAFETY: as above; the octets are read within their length, and `frame` is a place of ours.
        let taken = unsafe { ffi::amqp_handle_input(state, Octets::new(octets), &raw mut frame) };
        *octets = &octets[Error::check(taken)?..];
        self.channel = frame.channel;
        // SAFETY: the library has just written it, and what it points to stays until the next call.
        Ok(unsafe { read(&frame) })
    }
}

/// # Safety
/// The library wrote the frame, and its buffers stay for `'a`.
#[inline]
unsafe fn read<'a>(frame: &ffi::Frame<'a>) -> Option<Frame<'a>> {
    let payload = &frame.payload;
    match frame.frame_type {
        1 => {
            // SAFETY: the member of this type of frame, as all below.
            let method = unsafe { payload.method };
            Some(Frame::Method(method.id))
        }
        2 => {
            // SAFETY: see above.
            let content = unsafe { payload.properties };
            let basic = content.class == Properties::CLASS;
            Some(Frame::Header {
                body_size: content.body_size,
                // SAFETY: properties of this class are such a struct, in a pool that stays for `'a`.
                properties: basic.then(|| unsafe { Decoded::at(content.decoded) }),
            })
        }
        3 => {
            // SAFETY: see above.
            let body = unsafe { payload.body };
            Some(Frame::Body(body.as_slice()))
        }
        8 => Some(Frame::Heartbeat),
        // Zero: no frame yet, or one of a kind that the library ignores. 65: a protocol header.
        _ => None,
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        // SAFETY: the state is sound, ours alone, and not used again. There is no socket whose end could fail.
        unsafe { ffi::amqp_destroy_connection(self.state.as_ptr()) };
    }
}
