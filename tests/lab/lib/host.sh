# shellcheck shell=bash
# What the lab needs of the host it runs on.

CGROUPS=/sys/fs/cgroup
CONTROLLERS=(cpu cpuacct cpuset memory devices freezer blkio pids) # version 1 hierarchies, each mounted by itself
HIERARCHIES=("${CONTROLLERS[@]}" systemd unified)

# Ends with a sentence per thing that is missing.
require_host() {
  local missing=() name
  [[ -f $LAB_CACHE/complete ]] || missing+=("Kubernetes is not built yet: run tests/lab/build once")
  for name in "${HIERARCHIES[@]}"; do
    mountpoint -q "$CGROUPS/$name" || missing+=("$CGROUPS/$name is not mounted: the lab's machines use cgroup version 1")
  done
  for name in ip unshare nsenter haproxy containerd runc etcdctl ssh-keygen jq openssl; do
    command -v "$name" >/dev/null || missing+=("$name is not installed: run tests/lab/build once")
  done
  grep -qw overlay /proc/filesystems || modprobe -q overlay || missing+=("the kernel has no overlay file system")
  ((${#missing[@]} == 0)) || die "this host can't carry a rack:$(printf '\n  %s' "${missing[@]}")"
}

# kube-proxy wants this kernel setting to have its own value, and ends when it can't write it: that only the host's own
# network namespace can do. Every machine shows the host's value, so the host takes kube-proxy's while a rack is up.
CONNTRACK_MAX=/proc/sys/net/netfilter/nf_conntrack_max

agree_with_kube_proxy() {
  local wanted=$((32768 * $(nproc)))
  ((wanted > 131072)) || wanted=131072
  [[ -e $CONNTRACK_MAX ]] || modprobe -q nf_conntrack || true
  [[ -e $CONNTRACK_MAX && $(<"$CONNTRACK_MAX") != "$wanted" ]] || return 0
  cat "$CONNTRACK_MAX" >"$LAB_HOME/conntrack-max"
  echo "$wanted" >"$CONNTRACK_MAX"
}

disagree_with_kube_proxy() {
  [[ ! -s $LAB_HOME/conntrack-max ]] || cat "$LAB_HOME/conntrack-max" >"$CONNTRACK_MAX"
}
