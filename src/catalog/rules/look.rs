//! Read-only commands that several rules name.

pub(super) const KUBECTL: &str = "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes -o wide";
pub(super) const KUBELET_STATUS: &str = "systemctl status kubelet --no-pager";
pub(super) const KUBELET_LOG: &str = "journalctl -u kubelet -n 100 --no-pager";
pub(super) const CONTAINERS: &str = "crictl ps -a";
pub(super) const LISTENERS: &str = "ss -ltnp";
pub(super) const ETCD_MEMBERS: &str = "crictl exec $(crictl ps -q --name etcd) etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key member list -w table";
pub(super) const ETCD_HEALTH: &str = "crictl exec $(crictl ps -q --name etcd) etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key endpoint health --cluster";
