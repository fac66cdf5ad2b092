//! Where the values stand that are checked once everything is read.

use std::path::PathBuf;

use crate::inventory::cidr::Cidr;
use crate::inventory::yaml::{At, Span};

/// Places in the inventory, as far as their values were there and could be read.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// The list of hosts.
    pub(crate) hosts_at: Span,
    pub(crate) version: Option<Span>,
    pub(crate) endpoint: Option<Span>,
    pub(crate) pods: Option<At<Vec<Cidr>>>,
    pub(crate) services: Option<At<Vec<Cidr>>>,
    /// There is a service subnet, but it can't be read.
    pub(crate) services_unreadable: bool,
    pub(crate) cri_socket: Option<Span>,
    pub(crate) image_repository: Option<Span>,
    pub(crate) preflight: Vec<At<String>>,
    pub(crate) manifests: Vec<At<String>>,
    pub(crate) config: Option<At<PathBuf>>,
    pub(crate) dns_domain: Option<Span>,
    pub(crate) failed_workers: Option<Span>,
    /// One for each host of the model, in its order.
    pub(crate) hosts: Vec<HostPlaces>,
    /// Some hosts couldn't be read: don't count them.
    pub(crate) hosts_missing: bool,
}

/// Places of one host.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct HostPlaces {
    pub(crate) name: Span,
    pub(crate) address: Option<Span>,
    pub(crate) private: Option<Span>,
    pub(crate) key: Option<Span>,
    pub(crate) config: Option<Span>,
    pub(crate) method: Option<Span>,
    pub(crate) taints: Option<Span>,
    /// To be the first control plane.
    pub(crate) leader: bool,
}
