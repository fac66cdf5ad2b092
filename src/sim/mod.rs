//! Simulated nodes: a transport like ssh, over machines that exist in memory.
//!
//! A [`Rack`] answers [`crate::transport::request::Request`]s as real nodes do. Its machines have disks, hardware, a kubelet,
//! static pods, an etcd cluster and an API server, and a kubeadm of a chosen release whose phases change all of that and
//! print in kubeadm's own grammar. Time is the [`crate::clock::Clock`]'s, virtual on a paused runtime. What goes wrong is said by a
//! [`Scenario`]. [`kubeadm_main`] is the same kubeadm as a process of its own, its world kept in a folder.

mod answers;
mod calls;
mod directory;
mod disturbance;
mod executable;
mod fault;
mod jitter;
mod kubeadm;
mod lines;
mod model;
mod phases;
mod rack;
mod runs;
mod scenario;
mod shell;
mod spec;
mod store;
mod work;

pub use calls::{Call, Stretch};
pub use executable::{init_folder, kubeadm_main};
pub use rack::Rack;
pub use scenario::{
    BalancerSetup, Deed, Fault, FaultKind, InvalidScenario, NodeSetup, Scenario, Trouble, UnitSetup, list,
};
pub use shell::{CLEAR, Completion, Screen, Session, is_unfinished};
pub use spec::{NodeSpec, RackSpec};
