//! `kubestep runs export` and `import`: a run in one file, for someone else.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use color_eyre::eyre::{Context as _, Result, bail};

use crate::journal::bundle::{self, Privacy};
use crate::journal::{RunEntry, StateDir};

use super::args::ExportArgs;
use super::exit::Exit;
use super::history::find;

pub(super) fn export(args: &ExportArgs) -> Result<Exit> {
    let dir = StateDir::find(|name| std::env::var_os(name))?;
    let run = find(&dir, &args.run)?;
    let file =
        args.file.clone().unwrap_or_else(|| PathBuf::from(format!("{}.{}", run.id, bundle::EXTENSION)));
    let privacy = if args.anonymous { Privacy::Anonymous } else { Privacy::Personal };
    let out = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file) {
        Ok(out) => out,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{} is there already; name another file", file.display())
        }
        Err(error) => return Err(error).wrap_err_with(|| format!("can't write {}", file.display())),
    };
    // Root's is everybody's.
    let home = std::env::home_dir().filter(|home| home != Path::new("/root"));
    let packed = bundle::pack(&run.journal, &run.id, privacy, home.as_deref(), std::io::BufWriter::new(out));
    if packed.is_err() {
        let _ = std::fs::remove_file(&file);
    }
    packed?;
    writeln!(std::io::stdout(), "{}", file.display())?;
    let left = if args.anonymous {
        "names, addresses, users, home folders, machine-ids, MACs, fingerprints and certificates are replaced"
    } else {
        "users, home folders, machine-ids, MACs, fingerprints and certificates are replaced; names and addresses are as they were (--anonymous replaces them too)"
    };
    writeln!(
        std::io::stderr(),
        "kubestep: {left}. Look through it with `kubestep replay {0}` before you pass it on.",
        file.display()
    )?;
    Ok(Exit::Done)
}

pub(super) fn import(file: &Path) -> Result<Exit> {
    let dir = StateDir::find(|name| std::env::var_os(name))?;
    let header = bundle::import(file, &dir)?;
    writeln!(std::io::stdout(), "{}", header.run)?;
    writeln!(std::io::stderr(), "kubestep: `kubestep replay {}` shows it", header.run)?;
    Ok(Exit::Done)
}

/// An earlier run, or one from a file; that one is gone when this is dropped.
pub(super) struct Shown {
    pub(super) run: RunEntry,
    unpacked: Option<tempfile::NamedTempFile>,
}

impl Shown {
    /// The journal to be named to the operator; none where it is gone afterwards.
    pub(super) fn journal(&self) -> Option<PathBuf> {
        self.unpacked.is_none().then(|| self.run.journal.clone())
    }
}

/// What `replay` is to show: a run by its name, or the file of one.
pub(super) fn shown(name: &str) -> Result<Shown> {
    let path = Path::new(name);
    let is_path = name.contains('/') || path.extension().is_some();
    if !is_path {
        let dir = StateDir::find(|name| std::env::var_os(name))?;
        return Ok(Shown { run: find(&dir, name)?, unpacked: None });
    }
    let unpacked = bundle::unpack(path)?;
    let id = unpacked.header.run.clone();
    let mut file = tempfile::NamedTempFile::new()?;
    unpacked.write(std::io::BufWriter::new(file.as_file_mut()))?;
    let run = RunEntry::of(id, file.path()).ok_or_else(|| color_eyre::eyre::eyre!("{name} has gone"))?;
    Ok(Shown { run, unpacked: Some(file) })
}
