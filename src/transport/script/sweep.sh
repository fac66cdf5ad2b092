# Removes what `kubeadm reset` leaves behind. It prints what it removes and what it leaves, and ends with 1 when
# something that had to go is still there.
#
# CNI configuration: kubeadm never touches /etc/cni/net.d, since others write there too. Only files by the names that
# the network add-ons' own daemons use go, and only if no package owns them; what the system image, a package or the
# operator put there stays, and is named.
# Packet filter: only chains by kube-proxy's and the add-ons' own prefixes, and rules that lead into them. The
# operator's own rules and chains are not written again, not even unchanged.
root=${k_root:-}
failed=0
removed() { echo "removed $*"; }
left() { echo "left $*"; }
wrong() { echo "still there: $*"; failed=1; }
have() { command -v "$1" >/dev/null 2>&1; }
owned() {
  if have dpkg-query; then dpkg-query -S "$1"
  elif have rpm; then rpm -qf "$1"
  elif have apk; then apk info --who-owns "$1"
  elif have pacman; then pacman -Qo "$1"
  else return 1
  fi >/dev/null 2>&1
}

if [ -z "$root" ]; then
  if have systemctl; then systemctl stop kubelet
  elif have rc-service; then rc-service kubelet stop
  fi >/dev/null 2>&1
fi

# Mounts below the kubelet's folder, the inner ones first. /proc/mounts writes a space as \040.
mounts() {
  while read -r _ place _; do
    case $place in "$1"/*) printf '%b\n' "$(printf '%s' "$place" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')" ;; esac
  done </proc/mounts | sort -r
}
mounts "$root/var/lib/kubelet" | while IFS= read -r place; do
  umount "$place" 2>/dev/null || umount -l "$place" 2>/dev/null
done

# A folder's content, never across a mount: there may be somebody's data behind it.
empty() {
  [ -d "$1" ] || return 0
  [ -n "$(ls -A "$1")" ] || return 0
  if [ -n "$(mounts "$1")" ]; then
    wrong "$1: something is still mounted below it"
  elif find "$1" -mindepth 1 -xdev -depth -delete; then
    removed "$1/*"
  else
    wrong "$1"
  fi
}
for folder in var/lib/kubelet var/lib/etcd etc/kubernetes/pki etc/kubernetes/manifests etc/kubernetes/tmp \
  var/lib/cni var/lib/dockershim run/kubernetes run/flannel var/lib/calico run/calico; do
  empty "$root/$folder"
done
for name in admin super-admin kubelet bootstrap-kubelet controller-manager scheduler; do
  file=$root/etc/kubernetes/$name.conf
  [ ! -e "$file" ] || { rm -f "$file" && removed "$file"; } || wrong "$file"
done

# root's own kubeconfig, if it is a copy of admin.conf and of nothing else.
file=$root/root/.kube/config
if [ -f "$file" ]; then
  if grep -q 'kubernetes-admin' "$file" && [ "$(grep -c '^ *server:' "$file")" = 1 ]; then
    { rm -f "$file" && removed "$file"; } || wrong "$file"
  else
    left "$file: it holds other clusters too"
  fi
fi

for file in "$root"/etc/cni/net.d/* "$root"/etc/cni/net.d/.kubernetes*; do
  [ -e "$file" ] || continue
  case ${file##*/} in
  *calico* | *canal* | *flannel* | *cilium* | *weave* | *kube-router* | *kuberouter* | *antrea* | *kindnet* | *multus* | \
    *whereabouts* | *ovn-kubernetes* | *kube-ovn* | *aws.conflist | *gke-ptp* | *terway* | *romana* | *contiv*)
    if owned "$file"; then
      left "$file: a package owns it"
    else
      { rm -rf "$file" && removed "$file"; } || wrong "$file"
    fi
    ;;
  *) left "$file: not written by a network add-on we know" ;;
  esac
done

# What iptables-restore --noflush has to do, from what iptables-save says.
cut_out() {
  awk '
    BEGIN { ours = "^(KUBE-|CNI-|FLANNEL|cali-|CILIUM_|OLD_CILIUM_|WEAVE|ANTREA-)" }
    /^\*/ { table = $0; chains = 0; rules = 0 }
    /^:/ { name = substr($1, 2); if (name ~ ours) chain[++chains] = name }
    /^-A/ {
      if ($2 ~ ours) next
      mine = /--comment "?(flanneld |cali:|cilium)/
      for (i = 3; i < NF; i++) if (($i == "-j" || $i == "-g") && $(i + 1) ~ ours) mine = 1
      if (mine) { sub(/^-A/, "-D"); rule[++rules] = $0 }
    }
    /^COMMIT/ && chains + rules {
      print table
      for (i = 1; i <= rules; i++) print rule[i]
      for (i = 1; i <= chains; i++) print "-F " chain[i]
      for (i = 1; i <= chains; i++) print "-X " chain[i]
      print "COMMIT"
    }'
}
filter() {
  have "$1-save" && have "$1-restore" || return 0
  plan=$("$1-save" 2>/dev/null | cut_out)
  [ -n "$plan" ] || return 0
  if printf '%s\n' "$plan" | "$1-restore" --noflush; then
    removed "$(printf '%s\n' "$plan" | grep -c '^-X') chains of $1"
  else
    wrong "chains of $1"
  fi
}
filter iptables
filter ip6tables
[ ! -s /proc/net/ip_tables_names ] || filter iptables-legacy
[ ! -s /proc/net/ip6_tables_names ] || filter ip6tables-legacy
if have nft; then
  for family in ip ip6; do
    ! nft list table "$family" kube-proxy >/dev/null 2>&1 || nft delete table "$family" kube-proxy
  done
fi

if have ip; then
  # kube-proxy's virtual servers are those on the addresses of its own interface.
  if have ipvsadm && ip link show kube-ipvs0 >/dev/null 2>&1; then
    for address in $(ip -o addr show dev kube-ipvs0 | awk '{ sub("/.*", "", $4); print $4 }'); do
      ipvsadm -Sn | awk -v a="$address" '$1 == "-A" && (index($3, a ":") == 1 || index($3, "[" a "]:") == 1) { print "-D", $2, $3 }'
    done | while read -r command; do ipvsadm $command; done
  fi
  for link in $(ip -o link show | awk -F': ' '{ sub("@.*", "", $2); print $2 }'); do
    case $link in
    cni0 | flannel.1 | flannel-v6.1 | flannel-wg | flannel-wg-v6 | kube-ipvs0 | kube-bridge | kube-dummy-if | nodelocaldns | \
      vxlan.calico | vxlan-v6.calico | wireguard.cali | wg-v6.cali | cali?????????* | cilium_host | cilium_net | cilium_vxlan | \
      cilium_geneve | cilium_wg0 | lxc_health | weave | vethwe-bridge | vethwe-datapath | antrea-gw0)
      ! ip link delete "$link" 2>/dev/null || removed "interface $link"
      ;;
    esac
  done
fi
if have ipset; then
  for name in $(ipset list -n 2>/dev/null); do
    case $name in KUBE-* | cali40* | cali60* | weave-*) ipset destroy "$name" 2>/dev/null ;; esac
  done
fi
exit "$failed"
