set -- @ARGS@
pki=/etc/kubernetes/pki/etcd
pair=
for name in healthcheck-client server; do
  [ -z "$pair" ] && [ -s "$pki/$name.crt" ] && [ -s "$pki/$name.key" ] && pair=$pki/$name
done
if [ -z "$pair" ]; then
  echo "there is no etcd member on this node: $pki has no client certificate" >&2
  exit 69
fi
set -- --endpoints=https://127.0.0.1:2379 --cacert="$pki/ca.crt" --cert="$pair.crt" --key="$pair.key" "$@"
export ETCDCTL_API=3
if command -v crictl >/dev/null 2>&1; then
  id=$(crictl ps --quiet --state Running --name '^etcd$' 2>/dev/null | head -n 1)
  if [ -n "$id" ] && crictl exec "$id" etcdctl version >/dev/null 2>&1; then
    exec crictl exec "$id" etcdctl "$@" </dev/null
  fi
fi
if command -v etcdctl >/dev/null 2>&1; then
  exec etcdctl "$@" </dev/null
fi
export KUBECONFIG=/etc/kubernetes/admin.conf HOME=/root
pod=etcd-$(sed -n 's/^ *- *--name=//p' /etc/kubernetes/manifests/etcd.yaml 2>/dev/null | head -n 1)
[ "$pod" != etcd- ] || pod=etcd-$(hostname)
if command -v kubectl >/dev/null 2>&1; then
  exec kubectl exec -n kube-system "$pod" -- etcdctl "$@" </dev/null
fi
echo "no way to etcdctl: it is neither on the node nor reachable in the etcd container" >&2
exit 69
