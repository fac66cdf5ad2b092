# shellcheck shell=bash
# The golden image: what every machine has beyond the host's own file system, in a tmpfs laid over it.

# The host's services that must not start on the machines.
OFF=(etcd haproxy postgresql mysql mariadb redis-server nginx docker apache2)

lay_golden_image() {
  mountpoint -q "$GOLDEN_IMAGE" || {
    mkdir -p "$GOLDEN_IMAGE"
    mount -t tmpfs -o mode=755,size=3g tmpfs "$GOLDEN_IMAGE"
  }
  add_kubernetes
  choose_services
  add_names
  add_users
}

remove_golden_image() { umount -l "$GOLDEN_IMAGE" 2>/dev/null || true; }

add_kubernetes() {
  mkdir -p "$GOLDEN_IMAGE"/usr/local/{bin,lib/lab,share/lab} "$GOLDEN_IMAGE/opt/cni"
  install -m755 "$LAB_CACHE"/bin/{kubelet,kubectl} "$GOLDEN_IMAGE/usr/local/bin/"
  install -m755 "$LAB_CACHE/bin/kubeadm" "$GOLDEN_IMAGE/usr/local/lib/lab/" # behind node/usr/local/bin/kubeadm
  cp "$LAB_CACHE"/images/*.tar "$GOLDEN_IMAGE/usr/local/share/lab/"
  cp -a "$LAB_DIR"/node/. "$GOLDEN_IMAGE/"
  chown -R root:root "$GOLDEN_IMAGE/etc" "$GOLDEN_IMAGE/usr"
  chmod 755 "$GOLDEN_IMAGE"/usr/local/bin/*
  ln -sfn /usr/lib/cni "$GOLDEN_IMAGE/opt/cni/bin"
}

choose_services() {
  local units=$GOLDEN_IMAGE/etc/systemd/system unit
  local wanted=$units/multi-user.target.wants
  mkdir -p "$wanted"
  for unit in "${OFF[@]}"; do ln -sfn /dev/null "$units/$unit.service"; done
  for unit in containerd ssh; do ln -sfn "/lib/systemd/system/$unit.service" "$wanted/$unit.service"; done
  for unit in kubelet lab-ready; do ln -sfn "/etc/systemd/system/$unit.service" "$wanted/$unit.service"; done
}

add_names() {
  local member
  {
    echo "127.0.0.1 localhost"
    for member in "$BALANCER" "${CONTROL_PLANES[@]}" "${WORKERS[@]}"; do echo "${member#*:} ${member%%:*}"; done
  } >"$GOLDEN_IMAGE/etc/hosts"
  echo "nameserver 127.0.0.1" >"$GOLDEN_IMAGE/etc/resolv.conf"
}

# root; ops, whose sudo asks for nothing; pi, whose sudo asks for the password "raspberry".
add_users() {
  local etc=$GOLDEN_IMAGE/etc home
  mkdir -p "$etc"/{ssh/sshd_config.d,sudoers.d}
  printf 'HostKey /etc/ssh/ssh_host_ed25519_key\nUseDNS no\n' >"$etc/ssh/sshd_config.d/lab.conf"
  extend_table passwd 'ops:x:4001:4001::/home/ops:/bin/bash' 'pi:x:4002:4002::/home/pi:/bin/bash'
  extend_table group 'ops:x:4001:' 'pi:x:4002:'
  extend_table shadow 'ops:*:19000:0:99999:7:::' "pi:$(openssl passwd -6 raspberry):19000:0:99999:7:::"
  chmod 640 "$etc/shadow"
  printf 'ops ALL=(ALL) NOPASSWD: ALL\npi ALL=(ALL) ALL\n' >"$etc/sudoers.d/lab"
  chmod 440 "$etc/sudoers.d/lab"
  for home in root home/ops home/pi; do admit_operator "$GOLDEN_IMAGE/$home"; done
  chown -R 4001:4001 "$GOLDEN_IMAGE/home/ops"
  chown -R 4002:4002 "$GOLDEN_IMAGE/home/pi"
}

# The host's own table of that name with the lab's lines in place of any of those users.
extend_table() {
  local table=$1
  shift
  { grep -v -E '^(ops|pi):' "/etc/$table"; printf '%s\n' "$@"; } >"$GOLDEN_IMAGE/etc/$table"
}

admit_operator() {
  local home=$1
  mkdir -p "$home/.ssh"
  cp "$LAB_HOME/id_ed25519.pub" "$home/.ssh/authorized_keys"
  chmod 700 "$home/.ssh"
  chmod 600 "$home/.ssh/authorized_keys"
  : >"$home/.bashrc"
  : >"$home/.profile"
  : >"$home/.bash_profile"
}
