//! Signals that are about the terminal.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interrupt {
    /// The window has another size.
    Resized,
    /// The process goes on after a stop.
    Continued,
}

/// Changes of the window's size, and being continued after a stop.
#[derive(Debug)]
pub(super) struct Interrupts {
    size: Signal,
    goes_on: Signal,
    provoked: Provoked,
}

impl Interrupts {
    /// Within a runtime.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            size: signal(SignalKind::window_change())?,
            goes_on: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
            provoked: Provoked::new()?,
        })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Interrupt {
        tokio::select! {
            _ = self.size.recv() => Interrupt::Resized,
            _ = self.goes_on.recv() => Interrupt::Continued,
            () = self.provoked.panic() => Interrupt::Resized,
        }
    }

    /// Returns when the process goes on after a stop.
    pub(super) async fn continued(&mut self) {
        self.goes_on.recv().await;
    }
}

/// Makes the console panic when a test sends SIGUSR2; in builds for tests alone.
#[derive(Debug)]
struct Provoked(#[cfg(debug_assertions)] Signal);

impl Provoked {
    #[cfg(debug_assertions)]
    fn new() -> io::Result<Self> {
        Ok(Self(signal(SignalKind::user_defined2())?))
    }

    #[cfg(debug_assertions)]
    #[expect(clippy::panic, reason = "a test asks for it")]
    async fn panic(&mut self) {
        self.0.recv().await;
        panic!("provoked in the console");
    }

    #[cfg(not(debug_assertions))]
    #[expect(clippy::unnecessary_wraps, reason = "the other one may fail")]
    const fn new() -> io::Result<Self> {
        Ok(Self())
    }

    #[cfg(not(debug_assertions))]
    async fn panic(&mut self) {
        std::future::pending().await
    }
}
