# Given: endpoint_host, endpoint_port (empty without an endpoint), cri_socket, asked_ms.
clock() {
  now=$(date +%s%3N)
  case $now in
    *[!0-9]*) say epoch_s "$(date +%s)" ;;
    ?????????????) say epoch_ms "$now" ;;
    *) say epoch_s "$(date +%s)" ;;
  esac
  say asked_ms "$asked_ms"
}

machine() {
  say uid "$(id -u)"
  for release in /etc/os-release /usr/lib/os-release; do
    [ -r "$release" ] || continue
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in PRETTY_NAME=*) say os "${line#PRETTY_NAME=}" ;; esac
    done <"$release"
    break
  done
  say kernel "$(uname -r)"
  say arch "$(uname -m)"
  say cpus "$(nproc || getconf _NPROCESSORS_ONLN || grep -c '^processor' /proc/cpuinfo)"
  while read -r name value _; do
    case $name in MemTotal:) say memory_kib "$value" && break ;; esac
  done </proc/meminfo
  say hostname "$(uname -n)"
  say machine_id "$(first_line /etc/machine-id || first_line /var/lib/dbus/machine-id)"
  say product_uuid "$(first_line /sys/class/dmi/id/product_uuid)"
}

cgroups() {
  if [ -r /sys/fs/cgroup/cgroup.controllers ]; then
    say cgroup 2
    case " $(first_line /sys/fs/cgroup/cgroup.controllers) " in
      *" memory "*) say cgroup_memory yes ;;
      *) say cgroup_memory no ;;
    esac
  elif [ -r /proc/cgroups ]; then
    say cgroup 1
    memory=no
    while read -r name _ _ enabled; do
      [ "$name $enabled" = "memory 1" ] && memory=yes
    done </proc/cgroups
    say cgroup_memory "$memory"
  fi
}

swap() {
  [ -r /proc/swaps ] && while read -r device _; do
    [ "$device" = Filename ] || say swap "$device"
  done </proc/swaps
}

# Interfaces of real hardware; a BMC's USB network has the same address on every machine, and is left out.
macs() {
  found=
  for port in /sys/class/net/*; do
    [ -e "$port/device" ] && [ "$(first_line "$port/type")" = 1 ] || continue
    case $(readlink "$port/device/driver") in */cdc_* | */rndis_host) continue ;; esac
    say mac "$(first_line "$port/address")"
    found=yes
  done
  [ "$found" ] || for port in /sys/class/net/eth* /sys/class/net/en*; do
    [ -r "$port/address" ] && say mac "$(first_line "$port/address")"
  done
}

addresses() {
  if have ip; then
    limit 2 ip -o addr show | while read -r _ _ family address _; do
      case $family in inet | inet6) say address "$address" ;; esac
    done
  else
    candidate=
    [ -r /proc/net/fib_trie ] && while read -r mark value kind _; do
      case "$mark $kind" in
        "|-- "*) candidate=$value ;;
        "/32 LOCAL") say address "$candidate" ;;
      esac
    done </proc/net/fib_trie
    [ -r /proc/net/if_inet6 ] && while read -r address _; do say address "$address"; done </proc/net/if_inet6
  fi
}

kubernetes_programs() {
  say kubectl "$(yes_no have kubectl)"
  for program in crictl conntrack ip iptables mount nsenter ebtables ethtool socat tc touch cp losetup; do
    have "$program" || say missing_program "$program"
  done
}

phases() {
  fences=
  telling=
  limit 10 kubeadm "$1" --help | while IFS= read -r line; do
    case $line in
      *"executes the following phases"*) telling=yes ;;
      '```') fences=x$fences ;;
    esac
    [ "$telling" ] && say "help.$1" "$line"
    [ "$fences" = xx ] && break
  done
}

runtime() {
  path=${cri_socket#unix://}
  for socket in "$path" /run/containerd/containerd.sock /run/crio/crio.sock /run/cri-dockerd.sock /run/dockershim.sock; do
    [ -S "$socket" ] && say cri_socket "unix://$socket"
  done
  if have crictl && [ -S "$path" ]; then
    limit 3 crictl --runtime-endpoint "unix://$path" --timeout 2s info >/dev/null 2>&1
    case $? in
      0) say cri_answers yes ;;
      124 | 137 | 143) ;; # slow is not dead
      *) say cri_answers no ;;
    esac
  fi
}

disk() {
  free=$(limit 2 df -Pk /var/lib | while read -r _ _ _ free _; do [ "$free" = Available ] || echo "$free"; done)
  [ "$free" ] && say free_kib "$free"
  for wanted in /run /etc/kubernetes /var/lib/kubelet; do
    there=$wanted
    while [ ! -d "$there" ]; do
      there=${there%/*}
      [ "$there" ] || there=/
    done
    trial=${there%/}/.kubestep-probe-$$
    mkdir "$trial" && rmdir "$trial" || say not_writable "$wanted"
  done
}

sysctls() {
  for name in net.ipv4.ip_forward net.ipv6.conf.default.forwarding net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables; do
    file=/proc/sys/
    rest=$name
    while :; do
      case $rest in
        *.*) file=$file${rest%%.*}/ ;;
        *) break ;;
      esac
      rest=${rest#*.}
    done
    say sysctl "$name=$(cat "$file$rest")"
  done
}

kubelet_unit() {
  say kubelet_state "$(kubelet_unit_state)"
  if have systemctl; then
    say kubelet_enabled "$(limit 2 systemctl is-enabled kubelet)"
  elif have rc-update; then
    case $(limit 2 rc-update show) in
      *kubelet*) say kubelet_enabled enabled ;;
      *) say kubelet_enabled disabled ;;
    esac
  fi
}

earlier() {
  for file in @LEFTOVERS@; do
    if [ -d "$file" ]; then
      for inside in "$file"/* "$file"/.[!.]*; do
        [ -e "$inside" ] && say leftover "$file" && break
      done
    elif [ -e "$file" ] || [ -L "$file" ]; then
      say leftover "$file"
    fi
  done
  [ -r /etc/kubernetes/kubelet.conf ] && while read -r name value _; do
    [ "$name" = server: ] && say server "$value" && break
  done </etc/kubernetes/kubelet.conf
}

# A long line, so it comes when nothing else is printing.
certificate() {
  [ -r /etc/kubernetes/pki/ca.crt ] || return
  body=
  inside=
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      *"BEGIN CERTIFICATE"*) inside=yes ;;
      *"END CERTIFICATE"*) break ;;
      *) [ "$inside" ] && body=$body$line ;;
    esac
  done </etc/kubernetes/pki/ca.crt
  say ca_cert "$body"
}

endpoint() {
  [ "$endpoint_host" ] || return
  takes_tcp "$endpoint_host" "$endpoint_port"
  case $? in
    0) say endpoint_answers yes ;;
    1) say endpoint_answers no ;;
  esac
}

own_name() {
  name=$(uname -n)
  if have getent; then
    say name_resolves "$(yes_no limit 2 getent hosts "$name")"
  elif grep -qw -- "$name" /etc/hosts; then
    say name_resolves yes
  elif have nslookup; then
    say name_resolves "$(yes_no limit 2 nslookup "$name")"
  fi
}

# What takes its time goes side by side. A line is one write of less than PIPE_BUF, so lines stay whole.
clock
if have kubeadm; then
  { version=$(limit 10 kubeadm version -o short) && say kubeadm "$version"; } &
  for command in init join reset; do phases "$command" & done
fi
if have kubelet; then
  { version=$(limit 10 kubelet --version) && say kubelet "$version"; } &
fi
runtime &
kubelet_unit &
endpoint &
own_name &
disk &
machine
cgroups
swap
macs
addresses
kubernetes_programs
sysctls
listening_ports | say_each listening
earlier
wait
certificate
say end yes
