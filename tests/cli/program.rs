//! The program in a place of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A working directory with a state directory in it.
pub(crate) struct Place {
    folder: TempDir,
}

/// What one call came to.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The inventories that ship.
pub(crate) fn shipped(name: &str) -> String {
    format!("{}/inventory/{name}", env!("CARGO_MANIFEST_DIR"))
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.path().join("state")
    }

    /// Puts a file there and gives back its name.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path().join(name), text).unwrap();
        name.to_owned()
    }

    /// kubestep there: no terminal, 100 columns, nothing of the tester's own settings.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubestep"));
        command
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("KUBESTEP_STATE_DIR", self.state())
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("COLUMNS", "100")
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Done {
        Self::finish(&mut self.command(args))
    }

    pub(crate) fn finish(command: &mut Command) -> Done {
        let output = command.output().unwrap();
        Done {
            code: output.status.code().expect("an exit status, not a signal"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Done {
    /// It went well and had nothing to complain of.
    pub(crate) fn well(self) -> Self {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        self
    }

    /// It ended with `code`, having said nothing but on standard error.
    pub(crate) fn refused(self, code: i32) -> String {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{}", self.err);
        self.err
    }

    /// Standard output as objects, one a line.
    pub(crate) fn objects(&self) -> Vec<Value> {
        objects(&self.out)
    }
}

pub(crate) fn objects(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// A text where the run's name and the folder of the test are always the same.
pub(crate) fn settled(text: &str, place: &Place) -> String {
    let run = regex::Regex::new(r"\b20\d{6}-\d{6}-[0-9a-f]{4}\b").unwrap();
    run.replace_all(&text.replace(&place.path().display().to_string(), "[FOLDER]"), "[RUN]").into_owned()
}
