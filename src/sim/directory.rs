//! A world kept in a folder, so that separate processes can share it.
//!
//! `world.json` holds everything but the disks; each node's files lie as real files below `NODE/`. A lock on `lock`
//! makes one process at a time look.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::model::World;
use super::model::disk::{Disk, File};

/// A folder with a world in it.
#[derive(Debug)]
pub(crate) struct Directory {
    root: PathBuf,
}

impl Directory {
    /// Opens the folder; a folder without a world gets the one that `fresh` makes.
    pub(crate) fn open(root: &Path, fresh: impl FnOnce() -> World) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        let directory = Self { root: root.to_owned() };
        let _lock = directory.lock()?;
        if !directory.root.join("world.json").exists() {
            let world = fresh();
            directory.save(&world, &World::default())?;
        }
        Ok(directory)
    }

    fn lock(&self) -> io::Result<fs::File> {
        let file = fs::File::create(self.root.join("lock"))?;
        rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive)?;
        Ok(file)
    }

    /// Looks at the world, alone. A folder that can't be read is an empty world; what can't be written is lost.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        let _lock = self.lock();
        let mut world = self.load().unwrap_or_default();
        let before = world.clone();
        let result = look(&mut world);
        if let Err(error) = self.save(&world, &before) {
            tracing::error!(%error, root = %self.root.display(), "the simulated world could not be saved");
        }
        result
    }

    fn load(&self) -> io::Result<World> {
        let text = fs::read_to_string(self.root.join("world.json"))?;
        let mut world: World = serde_json::from_str(&text)?;
        for (name, node) in &mut world.nodes {
            let generation = node.kubelet.manifests_read;
            let top = self.root.join(name);
            read_below(&top, &top, &mut node.disk)?;
            node.disk.generation = generation.max(node.disk_generation);
            if fingerprint(&node.disk) != node.disk_fingerprint {
                // Somebody else wrote to the folder: an operator, or the transport.
                node.disk.generation += 1;
            }
        }
        Ok(world)
    }

    fn save(&self, world: &World, before: &World) -> io::Result<()> {
        let mut world = world.clone();
        for (name, node) in &mut world.nodes {
            let old = before.nodes.get(name).map(|node| &node.disk);
            write_changes(&self.root.join(name), &node.disk, old)?;
            node.disk_generation = node.disk.generation;
            node.disk_fingerprint = fingerprint(&node.disk);
        }
        let text = serde_json::to_string(&world)?;
        let part = self.root.join("world.json.part");
        fs::write(&part, text)?;
        fs::rename(part, self.root.join("world.json"))
    }
}

fn fingerprint(disk: &Disk) -> u64 {
    let mut all = String::new();
    for (path, file) in disk.all() {
        let _ = writeln!(
            all,
            "{path} {} {}",
            file.content.len(),
            super::jitter::mix(0, &String::from_utf8_lossy(&file.content))
        );
    }
    super::jitter::mix(0, &all)
}

fn read_below(top: &Path, folder: &Path, disk: &mut Disk) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        let meta = fs::symlink_metadata(&path)?;
        if meta.is_dir() {
            read_below(top, &path, disk)?;
        } else if meta.is_file()
            && let Ok(inside) = path.strip_prefix(top)
        {
            let file = File {
                content: fs::read(&path)?,
                mode: meta.permissions().mode() & 0o7777,
                owner: "root".into(),
                mtime: meta.mtime() * 1000,
            };
            disk.restore(format!("/{}", inside.display()), file);
        }
    }
    Ok(())
}

fn write_changes(top: &Path, disk: &Disk, before: Option<&Disk>) -> io::Result<()> {
    for (path, file) in disk.all() {
        if before
            .and_then(|before| before.file(path))
            .is_some_and(|old| old.content == file.content && old.mode == file.mode)
        {
            continue;
        }
        let real = top.join(path.trim_start_matches('/'));
        if let Some(folder) = real.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&real, &file.content)?;
        fs::set_permissions(&real, fs::Permissions::from_mode(file.mode))?;
    }
    for (path, _) in before.into_iter().flat_map(Disk::all) {
        if !disk.has(path) {
            let _ = fs::remove_file(top.join(path.trim_start_matches('/')));
        }
    }
    Ok(())
}
