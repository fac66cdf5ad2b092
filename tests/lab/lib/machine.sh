# shellcheck shell=bash
# A machine from the outside: power on, power off, go in.

power_on() {
  local name=$1 home=$LAB_HOME/$1
  address_of "$name" >/dev/null
  init_pid "$name" >/dev/null && die "$name is on already"
  mkdir -p "$home"/{upper/etc/ssh,work,root,containerd,kubelet,log}
  make_host_key "$name"
  plug_in "$name"
  make_cgroups "lab-$name"
  (
    join_cgroups "lab-$name"
    exec setsid ip netns exec "lab-$name" \
      unshare -m -C -p -u -i --fork --kill-child bash "$LAB_DIR/lab" first-process "$name"
  ) >>"$home/console.log" 2>&1 </dev/null &
  echo $! >"$home/pid"
}

# Nothing is told of its end: neither processes nor peers.
power_off() {
  local name=$1 pids
  address_of "$name" >/dev/null
  kill -9 "$(cat "$LAB_HOME/$name/pid" 2>/dev/null)" 2>/dev/null || true
  for _ in {1..50}; do
    mapfile -t pids < <(find "$CGROUPS/pids/lab-$name" -name cgroup.procs -exec cat {} + 2>/dev/null)
    ((${#pids[@]})) || break
    kill -9 "${pids[@]}" 2>/dev/null || true
    sleep 0.1
  done
  unplug "$name"
  remove_cgroups "lab-$name"
  rm -f "$LAB_HOME/$name/pid"
}

# Keys are made before the first boot and known to the operator from the start, as after a careful installation.
make_host_key() {
  local name=$1 key=$LAB_HOME/$1/upper/etc/ssh/ssh_host_ed25519_key
  [[ -f $key ]] && return
  ssh-keygen -q -t ed25519 -N '' -C "root@$name" -f "$key"
  echo "$name,$(address_of "$name") $(cut -d' ' -f1,2 "$key.pub")" >>"$LAB_HOME/known_hosts"
}

make_cgroups() {
  local group=$1 hierarchy knob
  for hierarchy in "${HIERARCHIES[@]}"; do mkdir -p "$CGROUPS/$hierarchy/$group"; done
  for knob in cpuset.cpus cpuset.mems; do cat "$CGROUPS/cpuset/$knob" >"$CGROUPS/cpuset/$group/$knob"; done
  echo 1 >"$CGROUPS/cpuset/$group/cgroup.clone_children"
}

# The calling (sub)shell and what it starts from now on.
join_cgroups() {
  local hierarchy
  for hierarchy in "${HIERARCHIES[@]}"; do echo "$BASHPID" >"$CGROUPS/$hierarchy/$1/cgroup.procs"; done
}

remove_cgroups() {
  local hierarchy
  for hierarchy in "${HIERARCHIES[@]}"; do
    [[ ! -d $CGROUPS/$hierarchy/$1 ]] || find "$CGROUPS/$hierarchy/$1" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
}

# The machine's systemd, as the host numbers it.
init_pid() {
  local launcher
  launcher=$(cat "$LAB_HOME/$1/pid" 2>/dev/null) || return 1
  pgrep -P "$launcher"
}

any_machine_on() {
  local member
  [[ -e $RACK_FILE ]] || return
  while IFS= read -r member; do
    ! init_pid "$(name_of "$member")" >/dev/null || return 0
  done <"$RACK_FILE"
  return 1
}

enter() {
  local name=$1 pid
  shift
  pid=$(init_pid "$name") || { echo "lab: $name is not on" >&2; return 1; }
  nsenter -t "$pid" -m -p -n -u -i -C -r -w "$@"
}

await_ready() {
  local name deadline=$((SECONDS + 120))
  for name in "$@"; do
    until enter "$name" test -e /run/lab-ready 2>/dev/null </dev/null; do
      ((SECONDS < deadline)) || {
        tail -3 "$LAB_HOME/$name/console.log" >&2
        die "$name did not come up within two minutes"
      }
      sleep 0.2
    done
  done
  echo "up: $*"
}
