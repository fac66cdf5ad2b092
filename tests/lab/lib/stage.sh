# shellcheck shell=bash
# What the scripts that play something on the rack have in common.
# shellcheck disable=SC2034  # the scripts use these

HERE=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
LAB_HOME=${LAB_HOME:-/var/tmp/k8s-lab}
RESULTS=${LAB_RESULTS:-/var/tmp/k8s-lab-results} # transcripts, kept after the rack is gone
ENDPOINT=10.4.0.10:6443
VERSION=v1.20.2
POD_SUBNET=192.168.0.0/16
SERVICE_SUBNET=172.16.0.0/20
ADMIN_CONF=/etc/kubernetes/admin.conf

lab() { "$HERE/lab" "$@"; }

first_control_plane() { lab nodes control-planes | awk 'NR == 1 { print $1 }'; }

# kubectl on a control plane, as the cluster's administrator.
kubectl_on() {
  local node=$1
  shift
  lab exec "$node" kubectl --kubeconfig "$ADMIN_CONF" "$@" </dev/null
}

# Milliseconds of a clock that only goes forward.
now_ms() { awk '{ printf "%d", $1 * 1000 }' /proc/uptime; }

in_seconds() { awk -v ms="$1" 'BEGIN { printf "%.1f", ms / 1000 }'; }

# Waits until so many nodes are Ready; non-zero when they aren't within the seconds given.
await_nodes_ready() {
  local count=$1 deadline=$((SECONDS + $2)) node
  node=$(first_control_plane)
  until [[ $(kubectl_on "$node" get nodes --no-headers 2>/dev/null | awk '$2 == "Ready"' | wc -l) == "$count" ]]; do
    ((SECONDS < deadline)) || return 1
    sleep 0.3
  done
}
