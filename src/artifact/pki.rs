//! All certificates of a cluster as a tree: who signed whom.

use super::cards::Block;
use super::certificate::{Certificate, certificates};
use super::change::Artifact;
use super::kubeconfig;
use super::place::{Place, place};

/// Where a certificate is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Holder {
    /// The file.
    pub path: String,
    /// The node.
    pub node: String,
}

/// A certificate, where it is, and what it signed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Branch {
    /// It.
    pub certificate: Certificate,
    /// In the order of paths.
    pub holders: Vec<Holder>,
    /// Nodes that have its key, by the file of the same name beside it.
    pub keys: Vec<String>,
    /// Those that it signed.
    pub signed: Vec<Branch>,
}

/// The whole of it: authorities, and at the end what nobody here signed.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Pki {
    /// Those that signed themselves, and those whose signer is not among the files.
    pub roots: Vec<Branch>,
}

impl Pki {
    /// Of all files, each with its node.
    pub fn of<'a>(files: impl Iterator<Item = (&'a str, &'a Artifact)>) -> Self {
        let mut found: Vec<Branch> = Vec::new();
        let mut keys: Vec<(String, String)> = Vec::new();
        for (node, file) in files {
            if place(&file.path) == Place::Key {
                keys.push((file.path.trim_end_matches(".key").to_owned(), node.to_owned()));
            }
            let Some(text) = &file.content else { continue };
            let certificates = match place(&file.path) {
                Place::Certificate => certificates(text),
                Place::Kubeconfig => kubeconfig::certificates(text),
                _ => continue,
            };
            for certificate in certificates {
                let holder = Holder { path: file.path.clone(), node: node.to_owned() };
                match found.iter_mut().find(|known| known.certificate.fingerprint == certificate.fingerprint)
                {
                    Some(known) => known.holders.push(holder),
                    None => found.push(Branch {
                        certificate,
                        holders: vec![holder],
                        keys: Vec::new(),
                        signed: Vec::new(),
                    }),
                }
            }
        }
        for branch in &mut found {
            branch.holders.sort();
            branch.holders.dedup();
            for holder in &branch.holders {
                let stem = holder.path.trim_end_matches(".crt");
                if keys.iter().any(|(path, node)| path == stem && *node == holder.node) {
                    branch.keys.push(holder.node.clone());
                }
            }
            branch.keys.dedup();
        }
        found.sort_by(|a, b| rank(a).cmp(&rank(b)));
        Self { roots: grow(found) }
    }

    /// The tree, to be read.
    pub fn blocks(&self, now: Option<i64>) -> Vec<Block> {
        if self.roots.is_empty() {
            return vec![Block::Say("No certificates are known yet.".to_owned())];
        }
        let mut blocks = Vec::new();
        for root in &self.roots {
            root.twigs(0, now, &mut blocks);
        }
        blocks
    }
}

/// Authorities before others, and as kubeadm makes them.
fn rank(branch: &Branch) -> (usize, &[Holder]) {
    const ORDER: [&str; 3] = ["pki/ca.crt", "pki/etcd/ca.crt", "pki/front-proxy-ca.crt"];
    let known = |holder: &Holder| ORDER.iter().position(|end| holder.path.ends_with(end));
    let place = branch.holders.iter().filter_map(known).min().unwrap_or(ORDER.len());
    (place + usize::from(!branch.certificate.authority), &branch.holders)
}

fn grow(found: Vec<Branch>) -> Vec<Branch> {
    let signer = |branch: &Branch| {
        if branch.certificate.is_self_signed() {
            return None;
        }
        found.iter().position(|other| {
            other.certificate.fingerprint != branch.certificate.fingerprint
                && branch.certificate.is_signed_by(&other.certificate)
        })
    };
    let signers: Vec<Option<usize>> = found.iter().map(signer).collect();
    let mut rest: Vec<Option<Branch>> = found.into_iter().map(Some).collect();
    // Whoever is signed by one that comes later goes first; chains are short.
    let depth = |mut at: usize| {
        let mut depth = 0;
        while let Some(up) = signers.get(at).copied().flatten().filter(|_| depth < signers.len()) {
            at = up;
            depth += 1;
        }
        depth
    };
    let mut order: Vec<usize> = (0..rest.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse((depth(*at), *at)));
    for at in order {
        let Some(up) = signers.get(at).copied().flatten() else { continue };
        let Some(branch) = rest.get_mut(at).and_then(Option::take) else { continue };
        match rest.get_mut(up) {
            Some(Some(signer)) => signer.signed.insert(0, branch),
            _ => {
                if let Some(place) = rest.get_mut(at) {
                    *place = Some(branch);
                }
            }
        }
    }
    rest.into_iter().flatten().collect()
}

impl Branch {
    fn twigs(&self, depth: usize, now: Option<i64>, blocks: &mut Vec<Block>) {
        let certificate = &self.certificate;
        let mut says = Vec::new();
        let own = |path: &str| !certificate.authority || place(path) == Place::Certificate;
        for (path, nodes) in self.places().into_iter().filter(|(path, _)| own(path)) {
            says.push(format!("{path} on {}", nodes.join(", ")));
        }
        let trusting = self.holders.iter().filter(|holder| !own(&holder.path)).count();
        if trusting > 0 {
            says.push(format!("{trusting} kubeconfigs trust it"));
        }
        if certificate.authority && !self.keys.is_empty() {
            says.push(format!("its key is on {}", self.keys.join(", ")));
        }
        if depth == 0 && !certificate.is_self_signed() {
            says.push(format!("signed by {}, which is not among the files", certificate.issuer));
        }
        let until = now.map_or_else(
            || format!("until {}", super::certificate::day(certificate.until)),
            |now| certificate.standing(now),
        );
        let names = if certificate.sans.is_empty() || certificate.authority {
            String::new()
        } else {
            format!("; {}", certificate.sans.join(", "))
        };
        let uses: Vec<&str> = [("serve", "serves"), ("log in as a client", "logs in")]
            .into_iter()
            .filter(|(usage, _)| certificate.usages.iter().any(|own| own == usage))
            .map(|(_, word)| word)
            .collect();
        let kind = if certificate.authority { "authority".to_owned() } else { uses.join(" and ") };
        says.push(format!("{kind}, {until}, {}{names}", certificate.key));
        blocks.push(Block::Twig(depth, certificate.subject.clone(), says.join("\n")));
        for branch in &self.signed {
            branch.twigs(depth + 1, now, blocks);
        }
    }

    /// Paths, and the nodes that have each.
    fn places(&self) -> Vec<(&str, Vec<&str>)> {
        let mut places: Vec<(&str, Vec<&str>)> = Vec::new();
        for holder in &self.holders {
            match places.iter_mut().find(|(path, _)| *path == holder.path) {
                Some((_, nodes)) => nodes.push(&holder.node),
                None => places.push((&holder.path, vec![&holder.node])),
            }
        }
        places
    }
}
