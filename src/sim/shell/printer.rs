//! Where the streams of a program go: to the screen, into a buffer, or nowhere.

use std::sync::{Arc, Mutex, PoisonError};

use super::super::kubeadm::output::Sink;
use crate::transport::request::Reply;

/// Bytes of a reply's output, and of what goes through a pipe or into a file.
pub(super) const MOST: usize = 1024 * 1024;
/// Bytes of a reply's errors.
const MOST_ERRORS: usize = 64 * 1024;

/// Shows what a line prints, in pieces and in order.
pub trait Screen: Send + Sync {
    /// Takes a piece; `error` says that it is the standard error's.
    fn put(&self, error: bool, bytes: &[u8]);
}

/// Bytes up to a limit.
#[derive(Debug, Clone)]
pub(super) struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    pub(super) fn new() -> Self {
        Self(Arc::default())
    }

    pub(super) fn put(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MOST.saturating_sub(kept.len()).min(bytes.len());
        kept.extend_from_slice(&bytes[..room]);
    }

    pub(super) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Where one stream ends up.
#[derive(Clone)]
pub(super) enum Drain {
    /// On the screen, as the standard error or not.
    Screen(Arc<dyn Screen>, bool),
    Buffer(Buffer),
    Nowhere,
}

impl Drain {
    pub(super) fn put(&self, bytes: &[u8]) {
        match self {
            Self::Screen(screen, error) => screen.put(*error, bytes),
            Self::Buffer(buffer) => buffer.put(bytes),
            Self::Nowhere => {}
        }
    }
}

/// Both streams of a program.
#[derive(Clone)]
pub(super) struct Printer {
    pub(super) out: Drain,
    pub(super) err: Drain,
}

impl Printer {
    pub(super) fn say(&self, text: &str) {
        self.out.put(text.as_bytes());
    }

    pub(super) fn complain(&self, text: &str) {
        self.err.put(text.as_bytes());
    }
}

impl Sink for Printer {
    fn line(&self, error: bool, text: &str) {
        let drain = if error { &self.err } else { &self.out };
        drain.put(format!("{text}\n").as_bytes());
    }
}

/// Collects what is printed, up to a reply's limits.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// The errors among the output, as on a screen.
    mixed: bool,
    streams: Mutex<(Vec<u8>, Vec<u8>)>,
}

impl Heard {
    /// One that puts errors where the output is.
    pub(crate) fn mixed() -> Self {
        Self { mixed: true, ..Self::default() }
    }

    pub(crate) fn reply(&self, rc: i32) -> Reply {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let (out, err) = std::mem::take(&mut *streams);
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Reply { rc, stdout: text(out), stderr: text(err) }
    }
}

impl Screen for Heard {
    fn put(&self, error: bool, bytes: &[u8]) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let error = error && !self.mixed;
        let (kept, most) = if error { (&mut streams.1, MOST_ERRORS) } else { (&mut streams.0, MOST) };
        let room = most.saturating_sub(kept.len()).min(bytes.len());
        kept.extend_from_slice(&bytes[..room]);
    }
}
