//! The driver: the engine's effects become work on nodes, and what happens there becomes its inputs.

mod config;
mod context;
mod drive;
mod evict;
mod evidence;
mod face;
mod finish;
mod halt;
mod hands;
mod invitation;
mod kubeadm;
mod material;
mod members;
mod outcome;
mod perform;
mod planner;
mod recorder;
mod report;
mod restore;
mod shell;
mod shown;
mod undo;
mod verify;
mod visit;
mod wait;
mod watch;

pub use context::{Context, INIT_CONFIG, JOIN_CONFIG};
pub use drive::{Ending, Run};
pub use face::Face;
pub use hands::Hands;
pub use material::{BadCertificate, Material, ca_hash};
pub use planner::{Goal, Plan, Planner};
pub use recorder::Recorder;
pub use shown::shown_configs;
