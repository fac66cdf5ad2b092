//! A node for the tests: a real sshd on 127.0.0.1, run by whoever runs the tests, with keys, configuration and a `PATH`
//! of its own in a folder that goes with it.

use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kubestep::ids::NodeName;
use kubestep::inventory::model::{Become, BecomeMethod, PasswordSource, Ssh};
use kubestep::secret::{Redactor, Secret};
use kubestep::transport::ssh::{Fleet, LinkEvent, SshOptions, Target};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// Where sshd is, or a loud word and nothing.
pub fn sshd() -> Option<PathBuf> {
    let found = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/sbin/sshd", "/usr/lib/ssh/sshd"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.exists());
    if found.is_none() {
        skipped("sshd is not installed");
    }
    found
}

/// Says that a test did not run, past the harness, which keeps only what the macros print.
pub fn skipped(why: &str) {
    use std::io::Write as _;
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "\n*** SKIPPED {name}: {why} ***");
}

/// Whether a program is on PATH.
pub fn has(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).exists()))
}

/// A running sshd.
#[derive(Debug)]
pub struct Node {
    pub folder: TempDir,
    pub port: u16,
    sshd: Child,
    said: Arc<Mutex<String>>,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.sshd.kill();
        let _ = self.sshd.wait();
    }
}

fn make_key(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "kubestep-test", "-f"])
        .arg(path)
        .stdin(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
}

impl Node {
    /// Starts one with further lines of `sshd_config(5)`; none where sshd is not installed.
    pub fn start(config: &str) -> Option<Self> {
        let sshd = sshd()?;
        let folder = tempfile::Builder::new().prefix("ks").tempdir_in("/tmp").unwrap();
        let at = |name: &str| folder.path().join(name);
        for key in ["host_key", "key", "stranger"] {
            make_key(&at(key));
        }
        std::fs::copy(at("key.pub"), at("authorized_keys")).unwrap();
        std::fs::create_dir(at("bin")).unwrap();
        std::fs::write(at("ssh_config"), "").unwrap();
        if is_root() {
            std::fs::create_dir_all("/run/sshd").unwrap();
        }
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let text = format!(
                "{config}\nPort {port}\nListenAddress 127.0.0.1\nHostKey {host}\nAuthorizedKeysFile {keys}\n\
                 StrictModes no\nUsePAM no\nPidFile none\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
                 PermitRootLogin yes\nPrintMotd no\nSetEnv k_root={root} HOME={home} PATH={bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
                host = at("host_key").display(),
                keys = at("authorized_keys").display(),
                bin = at("bin").display(),
                home = folder.path().display(),
                root = at("root").display(),
            );
            std::fs::write(at("sshd_config"), text).unwrap();
            let mut child = Command::new(&sshd)
                .args(["-D", "-e", "-f"])
                .arg(at("sshd_config"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let said = Arc::new(Mutex::new(String::new()));
            let (log, stderr) = (Arc::clone(&said), child.stderr.take().unwrap());
            let (ready, listens) = std::sync::mpsc::channel();
            std::thread::spawn(move || {
                for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                    if line.contains("Server listening") {
                        let _ = ready.send(());
                    }
                    let mut log = log.lock().unwrap();
                    log.push_str(&line);
                    log.push('\n');
                }
            });
            if listens.recv_timeout(Duration::from_secs(10)).is_ok()
                && TcpStream::connect(("127.0.0.1", port)).is_ok()
            {
                let node = Self { folder, port, sshd: child, said };
                node.know(port);
                return Some(node);
            }
            let _ = child.kill();
            let _ = child.wait();
            assert!(said.lock().unwrap().contains("in use"), "sshd: {}", said.lock().unwrap());
        }
        panic!("no free port for sshd");
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What sshd logged.
    pub fn log(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Writes our host key into `known_hosts`, for `port`.
    pub fn know(&self, port: u16) {
        let key = std::fs::read_to_string(self.at("host_key.pub")).unwrap();
        let line = format!("[127.0.0.1]:{port} {key}");
        std::fs::write(self.at("known_hosts"), line).unwrap();
    }

    /// Puts an executable script on the node's PATH.
    pub fn put_bin(&self, name: &str, text: &str) {
        let path = self.at("bin").join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn target(&self) -> Target {
        Target {
            name: name(),
            ssh: Ssh {
                address: "127.0.0.1".into(),
                port: Some(self.port),
                key_path: Some(self.at("key")),
                config_path: Some(self.at("ssh_config")),
                ..Ssh::default()
            },
            r#become: Become { method: BecomeMethod::None, password: PasswordSource::None },
            password: None,
        }
    }

    pub fn options(&self) -> SshOptions {
        SshOptions {
            known_hosts: Some(self.at("known_hosts")),
            base_dir: self.at("run").display().to_string(),
            ..SshOptions::new(Secret::new("a seed for tests"))
        }
    }

    pub fn fleet(&self) -> Console {
        Console::new(self.target(), self.options())
    }
}

/// A fleet of one node and what it says of its link.
#[derive(Debug)]
pub struct Console {
    pub fleet: Fleet,
    pub links: mpsc::Receiver<LinkEvent>,
}

impl Console {
    pub fn new(target: Target, options: SshOptions) -> Self {
        let (send, links) = mpsc::channel(100);
        Self { fleet: Fleet::new(vec![target], options, Redactor::default(), send).unwrap(), links }
    }
}

pub fn name() -> NodeName {
    NodeName::new("bettley").unwrap()
}

pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}
