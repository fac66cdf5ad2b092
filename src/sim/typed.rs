//! Lines that people type on a node while a run goes on.

use std::sync::Arc;

use super::Rack;
use super::deeds;
use super::kubeadm::{self, Process};
use super::work::Heard;
use crate::ids::NodeName;
use crate::transport::request::Reply;

impl Rack {
    /// Does on `node` what is typed there, as root, and gives what it printed; kubeadm takes its time.
    pub async fn typed(&self, node: &NodeName, line: &str) -> Reply {
        let commands = deeds::split(line);
        let kubeadm = commands.first().filter(|command| command.words[0] == "kubeadm");
        let Some(kubeadm) = kubeadm else {
            return self.world(|world| deeds::run(world, node.as_str(), line));
        };
        let heard = Arc::new(Heard::default());
        let process = Process::new(self.0.store.clone(), node.as_str(), line, heard.clone());
        let rc = kubeadm::main(process, kubeadm.words[1..].to_vec(), self.0.plot.clone()).await;
        heard.reply(rc)
    }
}
