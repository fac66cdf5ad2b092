//! kubestep brings a Kubernetes cluster up phase by phase.
//!
//! A module imports only from lower layers; `tests/architecture.rs` enforces it.
//!
//! ```text
//! L0 vocabulary  ids clock secret signature diag text version
//! L1 knowledge   catalog    what kubeadm offers, as data
//!                teaching   what its phases do and why, as text for people
//!                inventory  YAML to a model, or located diagnostics; renders kubeadm's config
//!                survey     what a node said of itself, and what is wrong with it or with the rack
//!                artifact   the files that Kubernetes keeps on a node: found, made safe to show, decoded
//! L2 plan        plan       inventory x catalog x survey -> steps and edges
//! L3 facts       event      owned, versioned, serialisable events
//!                state      RunState = fold(events), the read model of every front end
//!                lesson     pages beside a run: what to do, what to look at, questions
//! L4 decision    engine     Engine::handle(now, Input) -> Vec<Effect>, pure
//! L5 hands       transport  nodes over ssh, and what is sent to them
//!                sim        simulated nodes, the same thing to the driver
//! L6 driver      journal    append-only JSON lines; lock, resume, replay
//!                runner     the async shell around the engine
//! L7 faces       report     plain, json, github, junit
//!                tui        the console
//! L8 composition cli        picks transport, face and clock
//! ```
#![forbid(unsafe_code)]

pub mod clock;
pub mod diag;
pub mod ids;
pub mod secret;
pub mod signature;
pub mod text;
pub mod version;

pub mod artifact;
pub mod catalog;
pub mod inventory;
pub mod survey;
pub mod teaching;

pub mod plan;

pub mod event;
pub mod lesson;
pub mod state;

pub mod engine;

pub mod sim;
pub mod transport;

pub mod journal;
pub mod runner;

pub mod report;
pub mod tui;

pub mod cli;
