//! A journal that is still being written, read to its end and on.

use std::fs::{File, TryLockError};
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::time::Duration;

use super::{ReadError, Reader};
use crate::event::{Envelope, EventKind};

/// How long the file's end is left alone before it is looked at again.
const PAUSE: Duration = Duration::from_millis(200);

/// The events of a journal as they come; ends with the run, or when nobody writes the journal any more.
pub fn follow<W: FnMut(Duration)>(path: &Path, wait: W) -> Result<Followed<W>, ReadError> {
    let opened = File::open(path).and_then(|file| Ok((file.try_clone()?, file)));
    let (file, watched) = opened.map_err(|source| ReadError::Io { path: path.to_owned(), source })?;
    let tail = Tail { file, watched, wait };
    Ok(Followed { reader: Reader::new(BufReader::new(tail), path), over: false })
}

/// See [`follow`].
#[derive(Debug)]
pub struct Followed<W: FnMut(Duration)> {
    reader: Reader<BufReader<Tail<W>>>,
    over: bool,
}

impl<W: FnMut(Duration)> Iterator for Followed<W> {
    type Item = Result<Envelope, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let next = self.reader.next();
        self.over = matches!(&next, Some(Ok(event)) if matches!(event.kind, EventKind::RunFinished { .. }));
        next
    }
}

/// A file whose end is only its end once nobody writes it.
#[derive(Debug)]
struct Tail<W> {
    file: File,
    watched: File,
    wait: W,
}

impl<W: FnMut(Duration)> Read for Tail<W> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            // Asked before the read: what was written before the writer went away is read.
            let written = is_written(&self.watched);
            let count = self.file.read(buffer)?;
            if count > 0 || !written {
                return Ok(count);
            }
            (self.wait)(PAUSE);
        }
    }
}

/// Whether somebody holds the journal as a writer does. Where that can't be known, somebody may.
fn is_written(file: &File) -> bool {
    match file.try_lock() {
        Ok(()) => {
            let _ = file.unlock();
            false
        }
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => true,
    }
}
