//! systemd's units on a machine, and what their programs read from the disk when they start.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Node;

/// A unit other than the kubelet's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unit {
    /// What the process is called.
    pub(crate) program: String,
    /// Where it listens while it runs.
    pub(crate) ports: BTreeSet<u16>,
    pub(crate) active: bool,
    pub(crate) enabled: bool,
    pub(crate) pid: u32,
}

/// What `systemctl` is told to do with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Start,
    Stop,
    Restart,
    Enable,
    Disable,
    Mask,
    Unmask,
}

/// containerd's configuration.
pub(crate) const CONTAINERD_CONFIG: &str = "/etc/containerd/config.toml";
/// Where Debian's unit of the kubelet takes `KUBELET_EXTRA_ARGS` from.
pub(crate) const KUBELET_DEFAULTS: &str = "/etc/default/kubelet";
/// `HAProxy`'s configuration.
pub(crate) const HAPROXY_CONFIG: &str = "/etc/haproxy/haproxy.cfg";
pub(crate) const HAPROXY: &str = "haproxy";
pub(crate) const CONTAINERD: &str = "containerd";
pub(crate) const KUBELET: &str = "kubelet";

/// What `containerd config default` prints, as far as a cluster depends on it.
pub(crate) const CONTAINERD_DEFAULT: &str = "disabled_plugins = []\nimports = []\nversion = 2\n\n[grpc]\n  address = \"/run/containerd/containerd.sock\"\n\n[plugins]\n  [plugins.\"io.containerd.grpc.v1.cri\"]\n    sandbox_image = \"registry.k8s.io/pause:3.9\"\n    [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\n      runtime_type = \"io.containerd.runc.v2\"\n      [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]\n        SystemdCgroup = false\n";

/// What the distribution's package of containerd leaves in its place.
pub(crate) const CONTAINERD_PACKAGED: &str = "#   Copyright 2018-2022 Docker Inc.\n\ndisabled_plugins = [\"cri\"]\n\n#root = \"/var/lib/containerd\"\n#state = \"/run/containerd\"\n";

/// A machine made ready for Kubernetes.
pub(crate) fn containerd_made_ready() -> String {
    CONTAINERD_DEFAULT.replace("SystemdCgroup = false", "SystemdCgroup = true")
}

/// The value of `name = value` where it isn't commented out.
fn setting<'a>(toml: &'a str, name: &str) -> Option<&'a str> {
    toml.lines().find_map(|line| {
        let (key, value) = line.trim().split_once('=')?;
        (key.trim() == name).then(|| value.trim())
    })
}

impl Node {
    /// Whether there is such a unit.
    pub(crate) fn has_unit(&self, unit: &str) -> bool {
        unit == KUBELET || self.units.contains_key(unit)
    }

    /// Does as `systemctl` is told; false where there is no such unit, or it can't be started.
    pub(crate) fn order(&mut self, order: Order, unit: &str, now: i64) -> bool {
        if unit == KUBELET {
            return self.order_kubelet(order, now);
        }
        let pid = self.pid();
        let Some(found) = self.units.get_mut(unit) else { return false };
        match order {
            Order::Start if found.active => return true,
            Order::Start | Order::Restart => (found.active, found.pid) = (true, pid),
            Order::Stop => found.active = false,
            Order::Enable | Order::Unmask => found.enabled = true,
            Order::Disable | Order::Mask => found.enabled = false,
        }
        if unit == CONTAINERD && matches!(order, Order::Start | Order::Restart | Order::Stop) {
            self.read_containerd();
        }
        true
    }

    fn order_kubelet(&mut self, order: Order, now: i64) -> bool {
        let kubelet = &mut self.kubelet;
        match order {
            Order::Start | Order::Restart if kubelet.unit_fails || kubelet.masked => return false,
            Order::Start if kubelet.healthy_at.is_some() => {}
            Order::Start | Order::Restart => kubelet.start(now),
            Order::Stop => kubelet.stop(),
            Order::Enable if kubelet.masked => return false,
            Order::Enable => kubelet.enabled = true,
            Order::Disable => kubelet.enabled = false,
            Order::Mask => (kubelet.masked, kubelet.enabled) = (true, false),
            Order::Unmask => kubelet.masked = false,
        }
        true
    }

    /// containerd reads its configuration when it starts, and not again.
    pub(crate) fn read_containerd(&mut self) {
        let Some(active) = self.units.get(CONTAINERD).map(|unit| unit.active) else { return };
        let config = self.disk.text(CONTAINERD_CONFIG).unwrap_or_default();
        let disabled = setting(config, "disabled_plugins")
            .is_some_and(|list| list.contains("\"cri\"") || list.contains("\"io.containerd.grpc.v1.cri\""));
        self.hardware.cri_answers = active && !disabled;
        self.hardware.systemd_cgroup = setting(config, "SystemdCgroup") == Some("true");
    }

    /// `server` lines of `HAProxy`'s configuration: their addresses, without ports.
    pub(super) fn haproxy_servers(&self) -> impl Iterator<Item = &str> {
        let lines = self.disk.text(HAPROXY_CONFIG).unwrap_or_default().lines();
        lines
            .filter_map(|line| line.trim().strip_prefix("server ")?.split_whitespace().nth(1))
            .filter_map(|address| address.split(':').next())
    }

    /// Everything that is enabled, after a boot.
    pub(super) fn start_units(&mut self) {
        for unit in self.units.values_mut() {
            unit.active = unit.enabled;
        }
        self.read_containerd();
        self.hardware.swap = self.fstab_swap();
    }

    /// What /etc/fstab wants to be swapped to.
    pub(crate) fn fstab_swap(&self) -> Vec<String> {
        let lines = self.disk.text("/etc/fstab").unwrap_or_default().lines();
        let fields = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
        fields
            .filter(|fields| fields.get(2) == Some(&"swap") && !fields[0].starts_with('#'))
            .map(|fields| fields[0].to_owned())
            .collect()
    }

    /// What the operator's own file adds to the kubelet's command line.
    pub(crate) fn extra_args(&self) -> &str {
        extra_args(self.disk.text(KUBELET_DEFAULTS).unwrap_or_default())
    }

    /// The program that listens on `port`, other than Kubernetes' own, and its process.
    pub(crate) fn holder(&self, port: u16) -> Option<(&str, u32)> {
        let unit = self.units.values().find(|unit| unit.active && unit.ports.contains(&port))?;
        Some((&unit.program, unit.pid))
    }

    /// Whether the machine drops what others send to `port`.
    pub(crate) fn drops(&self, port: u16) -> bool {
        self.firewall.iter().any(|rule| {
            let words: Vec<&str> = rule.split_whitespace().collect();
            let after = |flag: &str| {
                words.windows(2).find(|pair| pair[0] == flag).map(|pair| pair[1]).unwrap_or_default()
            };
            let refuses = matches!(after("-j"), "DROP" | "REJECT");
            let ports = if after("--dport").is_empty() { after("--dports") } else { after("--dport") };
            refuses && ports.split(',').any(|range| within(range, port))
        })
    }

    /// Whether the registry's name leads nowhere by the machine's own list of hosts.
    pub(crate) fn hosts_block(&self, registry: &str) -> bool {
        matches!(self.address_in_hosts(registry), Some("0.0.0.0" | "127.0.0.1"))
    }

    /// The address of a name in the machine's own list of hosts.
    pub(crate) fn address_in_hosts(&self, wanted: &str) -> Option<&str> {
        self.disk.text("/etc/hosts")?.lines().find_map(|line| {
            let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
            let address = words.next()?;
            words.any(|name| name == wanted).then_some(address)
        })
    }
}

/// `KUBELET_EXTRA_ARGS` of a file with defaults.
pub(super) fn extra_args(text: &str) -> &str {
    let line = text.lines().rev().find_map(|line| line.trim().strip_prefix("KUBELET_EXTRA_ARGS="));
    line.map(|value| value.trim().trim_matches('"')).unwrap_or_default()
}

/// Whether `port` lies in `2379:2380` or is `2380`.
fn within(range: &str, port: u16) -> bool {
    let (from, to) = range.split_once(':').unwrap_or((range, range));
    matches!((from.parse::<u16>(), to.parse::<u16>()), (Ok(from), Ok(to)) if (from..=to).contains(&port))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::Hardware;
    use super::*;

    fn node() -> Node {
        let version = "v1.29.6".parse().unwrap();
        let mut node = Node::new("jast", vec!["10.4.0.19".into()], version, Hardware::pi(1, "jast"));
        let unit = Unit { program: CONTAINERD.into(), active: true, enabled: true, ..Unit::default() };
        node.units.insert(CONTAINERD.into(), unit);
        node.disk.write(CONTAINERD_CONFIG, 0o644, containerd_made_ready());
        node.read_containerd();
        node
    }

    #[test]
    fn containerd_reads_its_configuration_only_when_it_starts() {
        let mut node = node();
        assert!(node.hardware.cri_answers && node.hardware.systemd_cgroup);
        node.disk.write(CONTAINERD_CONFIG, 0o644, CONTAINERD_PACKAGED);
        assert!(node.hardware.cri_answers, "not yet");
        assert!(node.order(Order::Restart, CONTAINERD, 0));
        assert!(!node.hardware.cri_answers);
        node.disk.write(CONTAINERD_CONFIG, 0o644, CONTAINERD_DEFAULT);
        node.order(Order::Restart, CONTAINERD, 0);
        assert!(node.hardware.cri_answers && !node.hardware.systemd_cgroup, "as the default has it");
        node.order(Order::Stop, CONTAINERD, 0);
        assert!(!node.hardware.cri_answers);
    }

    #[test]
    fn a_unit_holds_its_ports_while_it_runs() {
        let mut node = node();
        let unit = Unit { program: "nginx".into(), ports: [10_259].into(), active: true, ..Unit::default() };
        node.units.insert("nginx".into(), unit);
        assert_eq!(node.holder(10_259).unwrap().0, "nginx");
        assert!(node.listening(0).contains(&10_259));
        assert!(node.order(Order::Stop, "nginx", 0));
        assert!(!node.listening(0).contains(&10_259));
        assert!(!node.order(Order::Stop, "apache2", 0), "there is none");
    }

    #[test]
    fn rules_of_the_firewall_are_understood() {
        let mut node = node();
        node.firewall.push("-A INPUT -p tcp -m tcp --dport 2379:2380 -j DROP".into());
        assert!(node.drops(2380) && !node.drops(6443));
        node.firewall = vec!["-A INPUT -p tcp -m tcp --dport 2380 -j ACCEPT".into()];
        assert!(!node.drops(2380));
    }

    #[test]
    fn the_list_of_hosts_can_hide_a_registry() {
        let mut node = node();
        node.disk.write("/etc/hosts", 0o644, "127.0.0.1 localhost\n#0.0.0.0 registry.k8s.io\n");
        assert!(!node.hosts_block("registry.k8s.io"));
        node.disk.write("/etc/hosts", 0o644, "0.0.0.0 ads.example registry.k8s.io # no internet\n");
        assert!(node.hosts_block("registry.k8s.io"));
    }

    #[test]
    fn the_last_line_of_extra_arguments_counts() {
        let text = "# KUBELET_EXTRA_ARGS=--a\nKUBELET_EXTRA_ARGS=--b\nKUBELET_EXTRA_ARGS=\"--c=d --e\"\n";
        assert_eq!(extra_args(text), "--c=d --e");
        assert_eq!(extra_args(""), "");
    }
}
