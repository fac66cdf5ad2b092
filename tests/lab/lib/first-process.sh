# shellcheck shell=bash
# A machine from the inside: its first process mounts its disks and devices, and becomes systemd.

DEVICES=(null zero full random urandom tty kmsg fuse)

become_systemd() {
  local name=$1 home=$LAB_HOME/$1 root=$LAB_HOME/$1/root
  mount --make-rprivate /
  mount -t overlay overlay -o "lowerdir=$GOLDEN_IMAGE:/,upperdir=$home/upper,workdir=$home/work" "$root"
  mount_kernel_views "$root"
  mount_cgroups "$root"
  mount_devices "$root"
  mount_disks "$home" "$root"
  name_machine "$name" "$root"
  mkdir -p "$root/oldroot"
  cd "$root" || exit
  pivot_root . oldroot
  umount -l /oldroot
  exec env -i container=lab PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --log-target=console --show-status=0
}

mount_kernel_views() {
  local root=$1
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mount -t tmpfs tmpfs "$root/tmp"
}

mount_cgroups() {
  local root=$1 name
  mount -t tmpfs tmpfs "$root$CGROUPS"
  for name in "${HIERARCHIES[@]}"; do mkdir -p "$root$CGROUPS/$name"; done
  for name in "${CONTROLLERS[@]}"; do mount -t cgroup -o "$name" cgroup "$root$CGROUPS/$name"; done
  mount -t cgroup -o none,name=systemd cgroup "$root$CGROUPS/systemd"
  mount -t cgroup2 cgroup2 "$root$CGROUPS/unified"
}

mount_devices() {
  local dev=$1/dev device
  mount -t tmpfs -o mode=755 tmpfs "$dev"
  for device in "${DEVICES[@]}"; do
    [[ -e /dev/$device ]] || continue
    touch "$dev/$device"
    mount --bind "/dev/$device" "$dev/$device"
  done
  mkdir -p "$dev"/{pts,shm,mqueue}
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$dev/pts"
  mount -t tmpfs tmpfs "$dev/shm"
  mount -t mqueue mqueue "$dev/mqueue"
  ln -s pts/ptmx "$dev/ptmx"
  ln -s /proc/self/fd "$dev/fd"
  ln -s /proc/self/fd/0 "$dev/stdin"
  ln -s /proc/self/fd/1 "$dev/stdout"
  ln -s /proc/self/fd/2 "$dev/stderr"
}

# containerd can't put an overlay on an overlay, so these lie on the host's own file system.
mount_disks() {
  local home=$1 root=$2
  mkdir -p "$root"/var/lib/{containerd,kubelet}
  mount --bind "$home/containerd" "$root/var/lib/containerd"
  mount --bind "$home/kubelet" "$root/var/lib/kubelet"
  mount --bind "$home/log" "$root/var/log"
}

name_machine() {
  local name=$1 root=$2 id=$LAB_HOME/$1/machine-id
  hostname "$name"
  echo "$name" >"$root/etc/hostname"
  [[ -s $id ]] || tr -d - </proc/sys/kernel/random/uuid >"$id"
  rm -f "$root/etc/machine-id"
  cp "$id" "$root/etc/machine-id"
}
