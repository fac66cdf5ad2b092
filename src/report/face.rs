//! Where faces write.

use std::io;

pub use crate::runner::Face;

/// Where a face writes.
pub type Sink = Box<dyn io::Write + Send>;
