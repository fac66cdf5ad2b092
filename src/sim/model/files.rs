//! A node's files as its programs see them: those on its disk, and those that its kernel makes up.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::Node;

/// Folders that an installed system has, with nothing in them or not.
const STANDING: &[&str] = &[
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/etc/cni/net.d",
    "/etc/containerd",
    "/etc/kubernetes/manifests",
    "/etc/modules-load.d",
    "/etc/sysctl.d",
    "/etc/systemd/system",
    "/home",
    "/opt/cni/bin",
    "/root",
    "/run",
    "/tmp",
    "/usr/bin",
    "/usr/lib/systemd/system",
    "/var/lib/containerd",
    "/var/lib/kubelet",
    "/var/log/containers",
    "/var/log/pods",
];

/// Files of one node; more of them do not fit on its disk.
const MOST_FILES: usize = 20_000;

/// A file that no disk holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Made {
    Text(String),
    Socket,
}

/// `/var/run` leads to `/run`.
fn place(path: &str) -> Cow<'_, str> {
    match path.strip_prefix("/var/run") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => Cow::Owned(format!("/run{rest}")),
        _ => Cow::Borrowed(path),
    }
}

fn is_made_up(path: &str) -> bool {
    ["/proc", "/sys", "/run"]
        .iter()
        .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

impl Node {
    /// What is in the file at `path`; none where there is no file that can be read.
    pub(crate) fn content(&self, path: &str) -> Option<Cow<'_, [u8]>> {
        let path = place(path);
        if let Some(file) = self.disk.file(&path) {
            return Some(Cow::Borrowed(&file.content));
        }
        match is_made_up(&path).then(|| self.made_up().remove(path.as_ref())).flatten()? {
            Made::Text(text) => Some(Cow::Owned(text.into_bytes())),
            Made::Socket => None,
        }
    }

    /// Whether `path` is a folder.
    pub(crate) fn is_folder(&self, path: &str) -> bool {
        let path = place(path);
        let below = format!("{}/", path.trim_end_matches('/'));
        path == "/"
            || self.disk.is_folder(&path)
            || STANDING.iter().any(|standing| *standing == path || standing.starts_with(&below))
            || is_made_up(&path) && self.made_up().keys().any(|made| made.starts_with(&below))
    }

    /// Whether there is anything at `path`.
    pub(crate) fn is_there(&self, path: &str) -> bool {
        let path = place(path);
        self.disk.has(&path)
            || self.is_folder(&path)
            || is_made_up(&path) && self.made_up().contains_key(path.as_ref())
    }

    /// Whether a socket is there.
    pub(crate) fn is_socket(&self, path: &str) -> bool {
        let path = place(path);
        is_made_up(&path) && self.made_up().get(path.as_ref()) == Some(&Made::Socket)
    }

    /// What is in the folder at `path`, without what is below that; none where there is no such folder.
    pub(crate) fn names_in(&self, path: &str) -> Option<BTreeSet<String>> {
        let path = place(path);
        if !self.is_folder(&path) {
            return None;
        }
        let below = format!("{}/", path.trim_end_matches('/'));
        let first = |path: &str| {
            let name = path.strip_prefix(&below)?.split('/').next()?;
            (!name.is_empty()).then(|| name.to_owned())
        };
        let mut names: BTreeSet<String> = self.disk.below(&path).filter_map(first).collect();
        names.extend(STANDING.iter().filter_map(|standing| first(standing)));
        if path == "/" {
            names.extend(["proc", "sys"].map(str::to_owned));
        } else if is_made_up(&path) {
            names.extend(self.made_up().keys().filter_map(|made| first(made)));
        }
        Some(names)
    }

    /// Whether a file can be written at `path`, or the kernel's words.
    pub(crate) fn may_write(&self, path: &str) -> Result<(), &'static str> {
        let path = place(path);
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if self.is_folder(&path) {
            Err("Is a directory")
        } else if path.starts_with("/proc/sys/") && self.made_up().contains_key(path.as_ref()) {
            Ok(())
        } else if is_made_up(&path) && !path.starts_with("/run") {
            Err("Permission denied")
        } else if self.hardware.not_writable.iter().any(|closed| path.starts_with(closed.as_str())) {
            Err("Read-only file system")
        } else if !folder.is_empty() && !self.is_folder(folder) {
            Err("No such file or directory")
        } else if self.disk.len() >= MOST_FILES {
            Err("No space left on device")
        } else {
            Ok(())
        }
    }

    /// Writes a file that keeps its mode, if it is there, and else has 0644.
    pub(crate) fn put(&mut self, path: &str, content: Vec<u8>) -> Result<(), &'static str> {
        self.may_write(path)?;
        let path = place(path);
        if let Some(setting) = path.strip_prefix("/proc/sys/") {
            let value = String::from_utf8_lossy(&content).trim().to_owned();
            if !value.is_empty() {
                self.hardware.sysctls.insert(setting.replace('/', "."), value);
            }
            return Ok(());
        }
        let mode = self.disk.file(&path).map_or(0o644, |file| file.mode);
        self.disk.write(&path, mode, content);
        Ok(())
    }

    /// What the kernel and running services show as files.
    fn made_up(&self) -> BTreeMap<String, Made> {
        let hardware = &self.hardware;
        let mut files = BTreeMap::new();
        for (setting, value) in &hardware.sysctls {
            // A setting that the kernel doesn't know has no file.
            if !value.is_empty() {
                files.insert(
                    format!("/proc/sys/{}", setting.replace('.', "/")),
                    Made::Text(format!("{value}\n")),
                );
            }
        }
        let mut text = |path: &str, text: String| files.insert(path.to_owned(), Made::Text(text));
        text("/proc/sys/kernel/hostname", format!("{}\n", hardware.hostname));
        text("/proc/version", format!("Linux version {} (simulated)\n", hardware.kernel));
        let mut swaps = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n".to_owned();
        for device in &hardware.swap {
            swaps += &format!("{device:<39} partition\t102396\t\t0\t\t-2\n");
        }
        text("/proc/swaps", swaps);
        let total = hardware.memory_mib * 1024;
        text(
            "/proc/meminfo",
            format!(
                "MemTotal:       {total:>8} kB\nMemFree:        {:>8} kB\nMemAvailable:   {:>8} kB\n",
                total / 2,
                total * 4 / 5
            ),
        );
        let memory = u8::from(hardware.cgroup_memory);
        let enabled = if hardware.cgroup_memory { " cgroup_enable=memory cgroup_memory=1" } else { "" };
        text(
            "/proc/cmdline",
            format!("console=tty1 root=PARTUUID=8a2b1c3d-02 rootfstype=ext4 rootwait{enabled}\n"),
        );
        text(
            "/proc/cgroups",
            format!(
                "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t0\t98\t1\ncpu\t0\t98\t1\nmemory\t0\t98\t{memory}\npids\t0\t98\t1\n"
            ),
        );
        if hardware.cgroup == 2 {
            let memory = if hardware.cgroup_memory { " memory" } else { "" };
            text("/sys/fs/cgroup/cgroup.controllers", format!("cpuset cpu io{memory} pids\n"));
        }
        if !hardware.product_uuid.is_empty() {
            text("/sys/class/dmi/id/product_uuid", format!("{}\n", hardware.product_uuid));
        }
        if let Some(mac) = hardware.macs.first() {
            text("/sys/class/net/eth0/address", format!("{mac}\n"));
        }
        for socket in &hardware.cri_sockets {
            files.insert(socket.trim_start_matches("unix://").to_owned(), Made::Socket);
        }
        files
    }
}
