//! The terminal's input.

use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::pin::Pin;

use crossterm::event::Event;
use rustix::fs::{Mode, OFlags};
use tokio::net::unix::pipe::Receiver;
use tokio::time::Sleep;

use super::parser::Parser;

/// Read at once.
const CHUNK: usize = 16 * 1024;

/// The terminal, read only while somebody waits for [`Tty::next`].
#[derive(Debug)]
pub(in crate::tui) struct Tty {
    /// Not a pipe, but read like one. Opened anew: what is set on it must not be set on the standard input that we share with the shell.
    input: Receiver,
    parser: Parser,
    chunk: Vec<u8>,
    /// Runs while something has begun whose rest has not come.
    silence: Option<Pin<Box<Sleep>>>,
}

impl Tty {
    /// The terminal of standard input. Within a runtime.
    pub(in crate::tui) fn open() -> io::Result<Self> {
        // By its own name: `/dev/tty` can't be waited for everywhere.
        let path = rustix::termios::ttyname(io::stdin(), Vec::new()).map_or_else(
            |_| PathBuf::from("/dev/tty"),
            |name| PathBuf::from(std::ffi::OsString::from_vec(name.into_bytes())),
        );
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
        Ok(Self {
            input: Receiver::from_file_unchecked(file)?,
            parser: Parser::default(),
            chunk: vec![0; CHUNK],
            silence: None,
        })
    }

    /// The next thing typed; an error once the terminal is gone. May be dropped at any point.
    pub(in crate::tui) async fn next(&mut self) -> io::Result<Event> {
        loop {
            if let Some(event) = self.parser.next() {
                return Ok(event);
            }
            let Some(patience) = self.parser.patience() else {
                self.silence = None;
                self.input.readable().await?;
                self.read()?;
                continue;
            };
            // Kept when this future is dropped: whatever else happens must not make the silence longer.
            let silence = self.silence.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
            tokio::select! {
                biased;
                ready = self.input.readable() => {
                    ready?;
                    self.silence = None;
                    self.read()?;
                }
                () = silence => {
                    self.silence = None;
                    self.parser.settle();
                }
            }
        }
    }

    fn read(&mut self) -> io::Result<()> {
        match self.input.try_read(&mut self.chunk) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                self.parser.feed(&self.chunk[..count]);
                Ok(())
            }
            // It wasn't ready after all.
            Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Forgets what was typed and not read yet: it was meant for somebody else.
    pub(in crate::tui) fn forget(&mut self) {
        self.parser = Parser::default();
        let _ = rustix::termios::tcflush(&self.input, rustix::termios::QueueSelector::IFlush);
    }
}
