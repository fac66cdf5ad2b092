# What kubeadm keeps in the cluster. Values of Secrets stay here: only names, lengths and times are printed.
k_kube() { timeout 8 kubectl --kubeconfig "${k_root-}/etc/kubernetes/admin.conf" --request-timeout=5s "$@" 2>/dev/null; }
k_map() {
  k_text=$(k_kube -n "$1" get configmap "$2" -o json) || return
  printf '=configmap %s/%s\n' "$1" "$2"
  printf '%s\n' "$k_text" | sed 's/^/|/'
}
k_secret='{{range $key, $value := .data}}|key {{$key}} {{len (base64decode $value)}}
{{end}}'
k_meta='=secret {{.metadata.namespace}}/{{.metadata.name}}
|type {{.type}}
|created {{.metadata.creationTimestamp}}
{{range .metadata.ownerReferences}}|owner {{.kind}} {{.name}}
{{end}}'
if [ "$k_config" ]; then
  k_map kube-system kubeadm-config
  for k_name in $(k_kube -n kube-system get configmap -o name | grep '/kubelet-config'); do
    k_map kube-system "${k_name#*/}"
  done
fi
[ -z "$k_keys" ] || k_kube -n kube-system get secret kubeadm-certs -o "go-template=$k_meta$k_secret"
if [ "$k_invitation" ]; then
  k_map kube-public cluster-info
  k_kube -n kube-system get secret --field-selector type=bootstrap.kubernetes.io/token -o "go-template={{range .items}}$k_meta$k_secret{{with .data.expiration}}|expires {{base64decode .}}
{{end}}{{with .data.description}}|says {{base64decode .}}
{{end}}{{if index .data \"usage-bootstrap-authentication\"}}|use let a node log in for the first time
{{end}}{{if index .data \"usage-bootstrap-signing\"}}|use sign cluster-info
{{end}}{{end}}"
fi
echo =end
