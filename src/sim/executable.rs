//! The simulated kubeadm as a process: the same model, its world in a folder that all nodes of a cluster share.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::directory::Directory;
use super::fault::Plot;
use super::kubeadm::output::Sink;
use super::kubeadm::{self, Process};
use super::spec::RackSpec;
use super::store::Store;
use crate::clock::Clock;

/// Simulated delays in this process are so many times shorter than in life.
const PACE: f64 = 0.02;

/// Makes the folder of a simulated cluster, for [`kubeadm_main`]; one that is there is left as it is.
pub fn init_folder(root: &Path, spec: &RackSpec, seed: u64) -> std::io::Result<()> {
    let clock = Clock::real();
    Directory::open(root, || spec.world(seed, PACE, clock.at(clock.elapsed()).as_millisecond())).map(drop)
}

/// Runs the simulated kubeadm with `args` on `node` of the cluster in the folder `root`, in real time but quickly, and gives its
/// exit status. Its configuration file may lie in the node's folder or on the machine itself.
pub fn kubeadm_main<O, E>(args: &[String], root: &Path, node: &str, stdout: O, stderr: E) -> i32
where
    O: Write + Send + 'static,
    E: Write + Send + 'static,
{
    let complain = |mut to: E, words: String| {
        let _ = writeln!(to, "{words}");
        70
    };
    if !root.join("world.json").exists() {
        return complain(stderr, format!("there is no simulated cluster in {}", root.display()));
    }
    let directory = match Directory::open(root, super::model::World::default) {
        Ok(directory) => directory,
        Err(error) => return complain(stderr, format!("{}: {error}", root.display())),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_time().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(stderr, error.to_string()),
    };
    runtime.block_on(async {
        let store = Store::in_folder(directory, Clock::real());
        if !store.with(|world| world.nodes.contains_key(node)) {
            return complain(
                stderr,
                format!("the simulated cluster in {} has no node {node}", root.display()),
            );
        }
        let sink = Arc::new(Streams { stdout: Mutex::new(stdout), stderr: Mutex::new(stderr) });
        let process = Process::new(store, node, &args.join(" "), sink);
        kubeadm::main(process, args.to_vec(), Plot::default()).await
    })
}

struct Streams<O, E> {
    stdout: Mutex<O>,
    stderr: Mutex<E>,
}

impl<O: Write + Send, E: Write + Send> Sink for Streams<O, E> {
    fn line(&self, error: bool, text: &str) {
        fn print(to: &Mutex<impl Write>, text: &str) {
            let mut to = to.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = writeln!(to, "{text}");
            let _ = to.flush();
        }
        if error { print(&self.stderr, text) } else { print(&self.stdout, text) }
    }
}
