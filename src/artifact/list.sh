# What is there in the folders where Kubernetes keeps its files, a line each, and where WHEN is not finer than a second
# the sums of what is in them:
#   f MODE OWNER SIZE WHEN PATH    l MODE OWNER 0 WHEN PATH -> TARGET    d MODE OWNER 0 0 PATH    SHA256  PATH
# Paths are without the first slash. WHEN is another one after each writing. The last line is "end": without it the
# list is not whole. Of the kubelet's folder only what is the node's own, never what belongs to pods; of etcd's only that
# it is there.
k_list() (
  cd "${k_root-}/" || exit
  set --
  for k_d in etc/kubernetes etc/cni/net.d var/lib/kubelet var/lib/etcd; do
    [ ! -d "$k_d" ] || set -- "$@" "$k_d"
  done
  if [ "$#" != 0 ]; then
    k_l=$(
      find "$@" -path var/lib/etcd -prune -printf 'd %m %u:%g 0 0 %p\n' \
        -o -path 'var/lib/kubelet/*' -type d ! -name pki -prune -o -name '*_manager_state' \
        -o -type f -printf 'f %m %u:%g %s %i.%T@.%C@ %p\n' \
        -o -type l -printf 'l %m %u:%g 0 %i %p -> %l\n'
    )
    # busybox has no -printf.
    [ -n "$k_l" ] || k_l=$(
      find "$@" -path var/lib/etcd -prune -exec stat -c 'd %a %U:%G 0 0 %n' {} + \
        -o -path 'var/lib/kubelet/*' -type d ! -name pki -prune -o -name '*_manager_state' \
        -o -type f -exec stat -c 'f %a %U:%G %s %i.%Y.%Z %n' {} + -exec sha256sum {} + \
        -o -type l -exec stat -c 'l %a %U:%G 0 %i %N' {} +
    )
    printf '%s\n' "$k_l"
  fi
  echo end
) 2>/dev/null
