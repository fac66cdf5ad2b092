//! Failures of trust and membership: clocks, certificates, tokens, keys, etcd.

use super::Rule;
use super::look::{ETCD_HEALTH, ETCD_MEMBERS};

/// In the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "clock-skew",
        phases: &[],
        signs: &[&["certificate has expired or is not yet valid"], &["x509", "is not yet valid"]],
        cause: "The clocks of two nodes disagree, or a certificate really ran out.",
        fix: "Set the clock from the network (`timedatectl set-ntp true`); if the date is right, renew with `kubeadm certs renew`.",
        look: &[
            "timedatectl",
            "date -u",
            "openssl x509 -noout -dates -in /etc/kubernetes/pki/ca.crt",
            "kubeadm certs check-expiration",
        ],
    },
    Rule {
        name: "address-not-in-certificate",
        phases: &[],
        signs: &[&["x509: certificate is valid for", "not"], &["x509", "doesn't contain any ip sans"]],
        cause: "The API server's certificate doesn't name the address through which it was asked: the endpoint or the advertised address changed, or another interface was picked.",
        fix: "Name the address in apiServer.certSANs or advertise the right one, remove pki/apiserver.crt and pki/apiserver.key, and run certs/apiserver again.",
        look: &[
            "openssl x509 -noout -ext subjectAltName -in /etc/kubernetes/pki/apiserver.crt",
            "ip -br address",
        ],
    },
    Rule {
        name: "another-authority",
        phases: &[],
        signs: &[
            &["x509: certificate signed by unknown authority"],
            &["has got the wrong ca cert"],
            &["not signed by ca certificate"],
        ],
        cause: "A certificate or kubeconfig here comes from another cluster or an earlier try.",
        fix: "Reset this node with `kubeadm reset -f`, or remove the file that is named.",
        look: &[
            "ls -l /etc/kubernetes /etc/kubernetes/pki",
            "openssl x509 -noout -subject -dates -in /etc/kubernetes/pki/ca.crt",
        ],
    },
    Rule {
        name: "token",
        phases: &[],
        signs: &[
            &["jws signature"],
            &["token id", "is invalid for this cluster or it has expired"],
            &["configmap", "cluster-info", "not found"],
            &["kubeadm-config", "unauthorized"],
            &["get config map: unauthorized"],
        ],
        cause: "The cluster doesn't know the bootstrap token (any more): it expired, was deleted, or the controller manager that signs cluster-info isn't running.",
        fix: "On the first control plane run `kubeadm init phase bootstrap-token --skip-token-print --config /run/kubestep/init.yaml` again, which brings the run's token back (by hand: `kubeadm token create`); see that kube-controller-manager runs.",
        look: &[
            "kubeadm token list",
            "kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-public get cm cluster-info -o yaml",
            "crictl ps -a --name kube-controller-manager",
        ],
    },
    Rule {
        name: "ca-hash",
        phases: &[],
        signs: &[&["none of the public keys", "are pinned"], &["invalid public key hash"]],
        cause: "The authority that cluster-info names isn't the one whose hash was pinned: an old cluster-info, an old hash, or another cluster behind the endpoint.",
        fix: "Check that the endpoint leads to this cluster. Then run `kubeadm init phase bootstrap-token --skip-token-print --config /run/kubestep/init.yaml` on the first control plane, which writes cluster-info anew (by hand: compute the hash from ca.crt).",
        look: &[
            "kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-public get cm cluster-info -o yaml",
            "openssl x509 -pubkey -noout -in /etc/kubernetes/pki/ca.crt | openssl pkey -pubin -outform der | sha256sum",
        ],
    },
    Rule {
        name: "kubeadm-certs-missing",
        phases: &[],
        signs: &[
            &["kubeadm-certs", "was not found"],
            &["kubeadm-certs", "not found"],
            &["secret does not include the required certificate"],
        ],
        cause: "The Secret kubeadm-certs is gone: it lives for two hours only.",
        fix: "On the first control plane run `kubeadm init phase upload-certs --upload-certs --skip-certificate-key-print --config /run/kubestep/init.yaml`, which keeps the run's key.",
        look: &["kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system get secret kubeadm-certs"],
    },
    Rule {
        name: "certificate-key",
        phases: &[],
        signs: &[
            &["message authentication failed"],
            &["error decoding secret data with provided key"],
            &["error decoding certificate key"],
        ],
        cause: "The certificate key isn't the one with which the Secret kubeadm-certs was encrypted.",
        fix: "Run upload-certs again with the key of this run.",
        look: &[
            "kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system get secret kubeadm-certs -o jsonpath={.metadata.creationTimestamp}",
        ],
    },
    Rule {
        name: "etcd-stale-member",
        phases: &[],
        signs: &[&["peer urls already exists"], &["peerurl exists"], &["member id", "already exists"]],
        cause: "etcd still lists this node as a member from an earlier try.",
        fix: "Try again with the clean-up, which removes the member and empties /var/lib/etcd here; by hand, `etcdctl member list` and `etcdctl member remove ID` on a healthy control plane.",
        look: &[ETCD_MEMBERS],
    },
    Rule {
        name: "etcd-learner",
        phases: &[],
        signs: &[&["too many learner members"], &["can only promote a learner member which is in sync"]],
        cause: "This member can't catch up, or another one is still learning: etcd takes one new member at a time, and needs ports 2379 and 2380 open both ways.",
        fix: "Open 2379 and 2380 between control planes (`iptables -S INPUT` shows what is dropped), and try again with the clean-up, which removes a learner that never started.",
        look: &["iptables -S INPUT", ETCD_MEMBERS, "nc -vz PEER 2380"],
    },
    Rule {
        name: "etcd-unhealthy",
        phases: &[],
        signs: &[
            &["etcd cluster is not healthy"],
            &["timeout waiting for etcd cluster to be available"],
            &["etcdserver: unhealthy cluster"],
            &["not enough started members"],
            &["etcdserver: request timed out"],
            &["error syncing endpoints with etcd"],
            &["etcdserver: no leader"],
        ],
        cause: "etcd has no quorum or a member that doesn't answer; often ports 2379 and 2380 are blocked or a dead member is still listed.",
        fix: "Look at the members' health on a healthy control plane, remove the dead member, and open 2379 and 2380.",
        look: &[ETCD_HEALTH, ETCD_MEMBERS, "nc -vz PEER 2380"],
    },
];
