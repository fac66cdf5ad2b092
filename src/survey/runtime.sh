# The socket that the kubelet was told to use, else the first that is there.
runtime_socket() {
  for settings in /var/lib/kubelet/kubeadm-flags.env /var/lib/kubelet/instance-config.yaml /var/lib/kubelet/config.yaml; do
    [ -r "$settings" ] && while IFS= read -r line || [ -n "$line" ]; do
      case $line in
        *ontainer*untime*ndpoint*unix://*)
          line=${line#*unix://}
          line=${line%%[\"\' ]*}
          [ -S "$line" ] && echo "$line" && return
          ;;
      esac
    done <"$settings"
  done
  for socket in /run/containerd/containerd.sock /run/crio/crio.sock /run/cri-dockerd.sock /run/dockershim.sock; do
    [ -S "$socket" ] && echo "$socket" && return
  done
}
