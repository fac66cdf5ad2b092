//! A kubeadm process from its command line to its exit status.

use super::args::Args;
use super::config::{self, Config};
use super::failure::{Exit, Outcome};
use super::process::Process;
use super::workflow::{self, Plan};
use super::{help, tools};
use crate::catalog::Command;
use crate::ids::PhaseId;
use crate::sim::calls::{Call, Stretch};
use crate::sim::fault::{Meddling, Plot};
use crate::sim::phases;
use crate::version::Version;

/// What a running init, join or reset has at hand.
pub(crate) struct Kubeadm {
    pub(crate) process: Process,
    pub(crate) version: Version,
    pub(crate) command: Command,
    pub(crate) args: Args,
    pub(crate) config: Config,
    /// The whole command rather than single phases of it.
    pub(crate) whole: bool,
    /// The certificate key that upload-certs made up, where the configuration has none.
    pub(crate) made_key: std::sync::OnceLock<String>,
    /// The token that bootstrap-token made up.
    pub(crate) made_token: std::sync::OnceLock<String>,
    /// What a join learnt of the cluster.
    pub(crate) joined: std::sync::OnceLock<phases::discovery::Joined>,
    /// Set by a reset that found etcd's data on the node.
    pub(crate) had_etcd: std::sync::OnceLock<()>,
}

/// Runs kubeadm with `line` and gives its exit status. `plot` may bring faults in.
pub(crate) async fn main(process: Process, line: Vec<String>, plot: Plot) -> i32 {
    let version = process.world(|world| world.nodes.get(&process.node).map(|node| node.kubeadm.clone()));
    let Some(version) = version else { return 127 };
    let call = process.world(|world| {
        let (node, begun) = (process.node.clone(), world.now);
        world.calls.push(Call { node, args: line.clone(), begun, rc: None, phases: Vec::new() });
        world.calls.len() - 1
    });
    let rc = at_work(&process, call, &line, &version, &plot).await;
    process.world(|world| {
        if let Some(call) = world.calls.get_mut(call) {
            call.rc = Some(rc);
        }
    });
    rc
}

async fn at_work(process: &Process, call: usize, line: &[String], version: &Version, plot: &Plot) -> i32 {
    process.work(60).await;
    match dispatch(process, call, line, version, plot).await {
        Ok(rc) | Err(Exit::Silent(rc)) => rc,
        Err(Exit::Bare { text, rc }) => {
            complain(process, version, &text);
            rc
        }
        Err(Exit::Phase(text)) => {
            complain(process, version, &text);
            1
        }
    }
}

/// The error on the standard error, with `error: ` before it since 1.34 (#132080).
fn complain(process: &Process, version: &Version, text: &str) {
    let prefix = if version.at_least(34) { "error: " } else { "" };
    process.err(format!("{prefix}{}", text.trim_end()));
    process.err("To see the stack trace of this error execute with --v=5 or higher");
}

async fn dispatch(
    process: &Process,
    call: usize,
    line: &[String],
    version: &Version,
    plot: &Plot,
) -> Outcome<i32> {
    let args = Args::parse(line).map_err(Exit::bare)?;
    let command = match args.words.first().map(String::as_str) {
        Some("init") => Command::Init,
        Some("join") => Command::Join,
        Some("reset") => Command::Reset,
        _ => return tools::run(process, &args, version).await,
    };
    let (paths, whole) = match workflow::plan(command, &args, version)? {
        Plan::Help(path, rc) => {
            process.say(help::text(&path, version));
            return Ok(rc);
        }
        Plan::Phases { paths, whole } => (paths, whole),
    };
    let config = if command == Command::Reset {
        Config { skipped: args.list("skip-phases"), ..Config::default() }
    } else {
        config::load(process, &args, version, command == Command::Join)?
    };
    let paths = if whole { workflow::without(paths, &config.skipped, command, version)? } else { paths };
    let kubeadm = Kubeadm {
        process: process.clone(),
        version: version.clone(),
        command,
        args,
        config,
        whole,
        made_key: std::sync::OnceLock::new(),
        made_token: std::sync::OnceLock::new(),
        joined: std::sync::OnceLock::new(),
        had_etcd: std::sync::OnceLock::new(),
    };
    kubeadm.begin(&paths)?;
    if command == Command::Reset {
        phases::reset::prologue(&kubeadm).await;
    }
    for path in &paths {
        let begun = process.world(|world| world.now);
        kubeadm.phase(path, plot).await?;
        process.world(|world| {
            let (phase, ended) = (format!("{command}/{path}"), world.now);
            if let Some(call) = world.calls.get_mut(call) {
                call.phases.push(Stretch { phase, begun, ended });
            }
        });
    }
    kubeadm.finish(&paths);
    Ok(0)
}

impl Kubeadm {
    /// What is said and looked at before the first phase.
    fn begin(&self, paths: &[String]) -> Outcome {
        match self.command {
            Command::Init if self.whole => {
                let version = self.config.cluster.as_ref().map(|cluster| cluster.version.to_string());
                self.process.say(format!("[init] Using Kubernetes version: {}", version.unwrap_or_default()));
            }
            // Phases that come after the node has an admin.conf want it instead of discovery (cmd/join.go).
            Command::Join if !self.whole => {
                let wants_admin = |path: &String| {
                    path == "control-plane-prepare/control-plane"
                        || path.starts_with("control-plane-join")
                        || matches!(
                            path.as_str(),
                            "etcd-join" | "kubelet-wait-bootstrap" | "wait-control-plane"
                        )
                };
                if paths.len() < 5
                    && paths.iter().all(wants_admin)
                    && !self.process.has(crate::sim::model::paths::ADMIN)
                {
                    return Err(Exit::bare(
                        "File /etc/kubernetes/admin.conf does not exists. Please use 'kubeadm join phase control-plane-prepare' subcommands to generate it.",
                    ));
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn phase(&self, path: &str, plot: &Plot) -> Outcome {
        let id = PhaseId::new(format!("{}/{path}", self.command));
        let ran = match plot.meddle(&self.process, &id).await? {
            Meddling::None => phases::run(self, path).await,
            Meddling::Skip => return Ok(()),
            Meddling::KillAfter(ms) => tokio::select! {
                biased;
                ran = phases::run(self, path) => ran,
                () = self.process.wait(ms) => Err(Exit::Silent(137)),
            },
        };
        ran.map_err(|exit| match exit {
            Exit::Phase(text) => Exit::bare(format!("error execution phase {path}: {text}")),
            other => other,
        })
    }

    /// What the whole command says at its end.
    fn finish(&self, paths: &[String]) {
        if !self.whole || paths.is_empty() {
            return;
        }
        match self.command {
            Command::Init if self.version.at_least(26) => {}
            Command::Init => phases::finale::init(self),
            Command::Join => phases::finale::join(self),
            Command::Reset => phases::reset::epilogue(self),
        }
    }

    /// Of init; a join has it from the cluster.
    pub(crate) fn cluster(&self) -> Outcome<&config::ClusterConfig> {
        self.config
            .cluster
            .as_ref()
            .or_else(|| self.joined.get().map(|joined| &joined.cluster))
            .ok_or_else(|| Exit::phase("the configuration of the cluster is not known"))
    }
}
