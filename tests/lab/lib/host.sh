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
