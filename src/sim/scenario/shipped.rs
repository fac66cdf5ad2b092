//! The scenarios that ship with kubestep.

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        /// By name, in the order of the alphabet.
        pub(super) const SHIPPED: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../scenarios/", $name, ".yaml")))),*];
    };
}

shipped![
    "balancer-empty",
    "certs-expired",
    "cgroup-driver",
    "clock-behind",
    "cri-disabled",
    "etcd-port-closed",
    "first-api-slow",
    "flaky-links",
    "goldentooth",
    "image-pull",
    "inotify-limit",
    "ip-forward",
    "kubelet-flag",
    "kubelet-masked",
    "leftovers",
    "name-taken",
    "no-cni",
    "port-in-use",
    "stale-etcd-member",
    "swap-everywhere",
    "swap-on",
    "token-gone",
    "unsigned-request",
    "worker-dies",
    "wrong-address",
    "wrong-authority",
];
