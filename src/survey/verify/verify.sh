kube() { limit 8 kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=5s "$@"; }

local_kubelet() {
  say kubelet "$(kubelet_unit_state)"
  ask_kubelet
  say healthz "$answer"
}

nodes() {
  kube get nodes -o 'go-template={{range .items}}{{$node := .metadata.name -}}
{{range .status.conditions}}{{if eq .type "Ready"}}node={{$node}} {{.status}} {{.reason}}
{{if ne .status "True"}}node.message={{$node}} {{printf "%q" .message}}
{{end}}{{end}}{{end -}}
{{range $key, $value := .metadata.labels}}node.label={{$node}} {{$key}}={{$value}}
{{end -}}
{{range .spec.taints}}node.taint={{$node}} {{.key}}{{if .value}}={{.value}}{{end}}:{{.effect}}
{{end}}{{end}}' 2>&1
}

pods() {
  kube -n kube-system get pods -l tier=control-plane -o 'go-template={{range .items}}{{$ready := "False" -}}
{{range .status.conditions}}{{if eq .type "Ready"}}{{$ready = .status}}{{end}}{{end}}{{$restarts := 0 -}}
{{range .status.containerStatuses}}{{$restarts = .restartCount}}{{end -}}
pod={{.spec.nodeName}} {{index .metadata.labels "component"}} {{.status.phase}} {{$ready}} {{$restarts}}
{{end}}'
}

cluster() {
  [ -r /etc/kubernetes/admin.conf ] || { say api no && say api.error "there is no /etc/kubernetes/admin.conf"; return; }
  have kubectl || { say api no && say api.error "there is no kubectl"; return; }
  if told=$(nodes); then
    say api yes
    printf '%s\n' "$told"
    pods
  else
    say api no
    while case $told in *"$nl"*) true ;; *) false ;; esac do told=${told#*"$nl"}; done
    say api.error "${told:-kubectl gave no answer}"
  fi
}

# etcdctl of the node, or the one in etcd's own container; whichever lists members first.
members() {
  if [ ! -e /etc/kubernetes/manifests/etcd.yaml ]; then
    say etcd no
    return
  fi
  say etcd yes
  pki=/etc/kubernetes/pki/etcd
  who=healthcheck-client
  [ -r "$pki/$who.crt" ] || who=server
  set -- etcdctl --endpoints=https://127.0.0.1:2379 --cacert="$pki/ca.crt" --cert="$pki/$who.crt" --key="$pki/$who.key" \
    --dial-timeout=2s --command-timeout=4s member list
  trouble="no etcdctl on the node, and none in the container could be run"
  if have etcdctl; then
    listed=$(limit 5 env ETCDCTL_API=3 "$@" 2>&1) && say_members && return
    trouble=$listed
  fi
  socket=$(runtime_socket)
  if have crictl && [ "$socket" ]; then
    container=$(limit 3 crictl --runtime-endpoint "unix://$socket" --timeout 2s ps -q --state Running --name '^etcd$')
    container=${container%%"$nl"*}
    case $container in
      '' | *[!0-9a-f]*) ;;
      *)
        listed=$(limit 6 crictl --runtime-endpoint "unix://$socket" exec "$container" "$@" 2>&1) && say_members && return
        trouble=$listed
        ;;
    esac
  fi
  if have kubectl && [ -r /etc/kubernetes/admin.conf ]; then
    while read -r _ argument _; do
      case $argument in --name=*) member=${argument#--name=} ;; esac
    done </etc/kubernetes/manifests/etcd.yaml
    listed=$(kube -n kube-system exec "etcd-$member" -c etcd -- "$@" 2>&1) && say_members && return
    trouble=${listed:-$trouble}
  fi
  say etcd.error "$trouble"
}

say_members() {
  case $listed in *", started, "* | *", unstarted, "*) ;; *) return 1 ;; esac
  printf '%s\n' "$listed" | while IFS= read -r line; do
    case $line in *", started, "* | *", unstarted, "*) say member "$line" ;; esac
  done
}

local_kubelet &
cluster &
members &
wait
say end yes
