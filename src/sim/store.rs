//! Where the world is kept, and the clock by which it changes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::directory::Directory;
use super::model::World;
use crate::clock::Clock;

/// A shared world: in memory for the simulated rack, in a folder for the stand-in executable.
#[derive(Clone)]
pub(crate) struct Store {
    place: Place,
    clock: Clock,
}

#[derive(Clone)]
enum Place {
    Memory(Arc<Mutex<World>>),
    Folder(Arc<Directory>),
}

impl Store {
    pub(crate) fn in_memory(world: World, clock: Clock) -> Self {
        Self { place: Place::Memory(Arc::new(Mutex::new(world))), clock }
    }

    pub(crate) fn in_folder(directory: Directory, clock: Clock) -> Self {
        Self { place: Place::Folder(Arc::new(directory)), clock }
    }

    /// Milliseconds since 1970, by the store's clock.
    pub(crate) fn now(&self) -> i64 {
        self.clock.at(self.clock.elapsed()).as_millisecond()
    }

    /// Looks at the world as it is now, and perhaps changes it.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        let now = self.now();
        match &self.place {
            Place::Memory(world) => {
                let mut world = world.lock().unwrap_or_else(PoisonError::into_inner);
                world.advance(now);
                look(&mut world)
            }
            Place::Folder(directory) => directory.with(|world| {
                world.advance(now);
                look(world)
            }),
        }
    }

    /// A file of the machine that this process itself runs on; the stand-in executable finds its configuration there.
    pub(crate) fn outside(&self, path: &str) -> Option<String> {
        match self.place {
            Place::Memory(_) => None,
            Place::Folder(_) => std::fs::read_to_string(path).ok(),
        }
    }

    /// Waits by the store's clock.
    pub(crate) async fn sleep(&self, ms: u64) {
        self.clock.sleep(Duration::from_millis(ms)).await;
    }
}
