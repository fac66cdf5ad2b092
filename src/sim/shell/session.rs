//! What a shell keeps from line to line.

use std::collections::BTreeMap;

/// Variables that are kept.
const MOST_VARIABLES: usize = 500;
/// Bytes of a variable that are kept.
const LONGEST_VALUE: usize = 64 * 1024;

/// A shell's folder, variables and last exit status. Root's, as every command of kubestep is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub(super) folder: String,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) status: i32,
    pub(super) over: bool,
    /// Of the terminal, where there is one.
    pub(super) columns: Option<usize>,
}

impl Default for Session {
    /// That of a script: nothing but what every login has.
    fn default() -> Self {
        let variables = [
            ("HOME", "/root"),
            ("LANG", "C.UTF-8"),
            ("LOGNAME", "root"),
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
            ("SHELL", "/bin/bash"),
            ("USER", "root"),
        ];
        let variables =
            variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { folder: "/root".into(), variables, status: 0, over: false, columns: None }
    }
}

impl Session {
    /// That of an operator, whose profile names admin.conf to kubectl.
    pub fn login() -> Self {
        let mut session = Self::default();
        session.set("KUBECONFIG", "/etc/kubernetes/admin.conf");
        session
    }

    /// The terminal is so wide.
    pub const fn set_columns(&mut self, columns: usize) {
        self.columns = Some(columns);
    }

    /// `exit` was said.
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// The last line was ended by C-c.
    pub const fn interrupt(&mut self) {
        self.status = 130;
    }

    /// Exit status of the last line.
    pub const fn status(&self) -> i32 {
        self.status
    }

    /// What stands before the cursor on `host`.
    pub fn prompt(&self, host: &str) -> String {
        let folder = match self.folder.strip_prefix("/root") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("~{rest}"),
            _ => self.folder.clone(),
        };
        format!("root@{host}:{folder}# ")
    }

    pub(super) fn variable(&self, name: &str) -> &str {
        self.variables.get(name).map_or("", String::as_str)
    }

    /// Whether there was room for it.
    pub(super) fn set(&mut self, name: &str, value: &str) -> bool {
        let room = self.variables.len() < MOST_VARIABLES || self.variables.contains_key(name);
        let fits = room && value.len() <= LONGEST_VALUE;
        if fits {
            self.variables.insert(name.to_owned(), value.to_owned());
        }
        fits
    }

    /// `path` from this folder, absolute, without `.` and `..`.
    pub(super) fn absolute(&self, path: &str) -> String {
        let mut parts: Vec<&str> = Vec::new();
        let start = if path.starts_with('/') { "" } else { self.folder.as_str() };
        for part in start.split('/').chain(path.split('/')) {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }
}
