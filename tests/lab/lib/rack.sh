# shellcheck shell=bash
# The rack's plan: which machines there are, where they stand, and where the lab keeps its things.
# shellcheck disable=SC2034  # the other parts use these

LAB_CACHE=${LAB_CACHE:-/var/cache/k8s-lab} # what build made
LAB_HOME=${LAB_HOME:-/var/tmp/k8s-lab}     # the machines' disks, keys and consoles
RACK_FILE=$LAB_HOME/nodes                  # the machines of the rack that is up, a name:address a line
GOLDEN_IMAGE=/mnt/k8s-lab                  # laid over the host's own / on every machine
SWITCH=k8s-lab                             # network namespace of the rack's switch, where the operator stands

OPERATOR_ADDRESS=10.4.0.1
NETWORK_BITS=20
BALANCER=allyrion:10.4.0.10
CONTROL_PLANES=(bettley:10.4.0.11 fenn:10.4.0.15 gardener:10.4.0.16)
WORKERS=(cargyll:10.4.0.12 dalt:10.4.0.13 erenford:10.4.0.14 harlton:10.4.0.17 inchfield:10.4.0.18 jast:10.4.0.19)

die() {
  echo "lab: $*" >&2
  exit 1
}

name_of() { echo "${1%%:*}"; }

address_of() {
  local member
  for member in "$BALANCER" "${CONTROL_PLANES[@]}" "${WORKERS[@]}"; do
    [[ ${member%%:*} == "$1" ]] && { echo "${member#*:}"; return; }
  done
  die "no machine is called '$1'"
}

is_control_plane() {
  local member
  for member in "${CONTROL_PLANES[@]}"; do [[ ${member%%:*} == "$1" ]] && return; done
  return 1
}

# The switch's end of a machine's cable.
port_of() { echo "lab$(address_of "$1" | cut -d. -f4)"; }

choose_members() {
  local control_planes=$1 workers=$2
  [[ $control_planes =~ ^[0-9]+$ && $workers =~ ^[0-9]+$ ]] || die "how many machines? '$control_planes $workers'"
  ((control_planes >= 1 && control_planes <= ${#CONTROL_PLANES[@]})) || die "the rack has 1 to ${#CONTROL_PLANES[@]} control planes"
  ((workers <= ${#WORKERS[@]})) || die "the rack has at most ${#WORKERS[@]} workers"
  printf '%s\n' "${CONTROL_PLANES[@]:0:control_planes}" "${WORKERS[@]:0:workers}"
}

make_operator_key() {
  [[ -f $LAB_HOME/id_ed25519 ]] || ssh-keygen -q -t ed25519 -N '' -C operator -f "$LAB_HOME/id_ed25519"
}

write_ssh_config() {
  local member
  for member in "${CONTROL_PLANES[@]}" "${WORKERS[@]}"; do
    printf 'Host %s %s\n  HostName %s\n' "${member%%:*}" "${member#*:}" "${member#*:}"
  done
  cat <<CONFIG
Host *
  User root
  IdentityFile $LAB_HOME/id_ed25519
  IdentitiesOnly yes
  StrictHostKeyChecking yes
  UserKnownHostsFile $LAB_HOME/known_hosts
CONFIG
}
