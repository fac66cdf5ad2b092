//! The phases of `kubeadm init` that make keys, certificates and kubeconfigs.

use super::super::knowledge::Expectation::Line;
use super::super::knowledge::{Entry, LOCAL};

const LEAF_CERTIFICATE: Entry = Entry {
    undo: &[
        "rm /etc/kubernetes/pki/NAME.crt /etc/kubernetes/pki/NAME.key   # only when its names or addresses changed",
    ],
    ..LOCAL
};

/// All leaves of `init/certs` and `init/kubeconfig`.
pub(super) const PHASES: &[Entry] = &[
    Entry {
        path: "init/certs/ca",
        summary: "Makes the cluster's certificate authority, which signs everything but etcd and the front proxy.",
        provides: &["ca"],
        writes: &["/etc/kubernetes/pki/ca.crt", "/etc/kubernetes/pki/ca.key"],
        expect: Line(&["[certs] Generating \"ca\" ", "[certs] Using existing ca "]),
        ..LOCAL
    },
    Entry {
        path: "init/certs/apiserver",
        summary: "Makes the API server's serving certificate, for the node's name and address, the endpoint and the service address.",
        provides: &["apiserver.crt"],
        needs: &["ca"],
        writes: &["/etc/kubernetes/pki/apiserver.crt", "/etc/kubernetes/pki/apiserver.key"],
        expect: Line(&[
            "[certs] Generating \"apiserver\" ",
            "[certs] Using existing apiserver ",
            "[certs] apiserver serving cert",
        ]),
        ..LEAF_CERTIFICATE
    },
    Entry {
        path: "init/certs/apiserver-kubelet-client",
        summary: "Makes the certificate with which the API server logs in to kubelets.",
        provides: &["apiserver-kubelet-client.crt"],
        needs: &["ca"],
        writes: &[
            "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
            "/etc/kubernetes/pki/apiserver-kubelet-client.key",
        ],
        expect: Line(&[
            "[certs] Generating \"apiserver-kubelet-client\" ",
            "[certs] Using existing apiserver-kubelet-client ",
        ]),
        ..LEAF_CERTIFICATE
    },
    Entry {
        path: "init/certs/front-proxy-ca",
        summary: "Makes the authority for API extensions behind the API server.",
        provides: &["front-proxy-ca"],
        writes: &["/etc/kubernetes/pki/front-proxy-ca.crt", "/etc/kubernetes/pki/front-proxy-ca.key"],
        expect: Line(&["[certs] Generating \"front-proxy-ca\" ", "[certs] Using existing front-proxy-ca "]),
        ..LOCAL
    },
    Entry {
        path: "init/certs/front-proxy-client",
        summary: "Makes the certificate with which the API server logs in to API extensions.",
        provides: &["front-proxy-client.crt"],
        needs: &["front-proxy-ca"],
        writes: &["/etc/kubernetes/pki/front-proxy-client.crt", "/etc/kubernetes/pki/front-proxy-client.key"],
        expect: Line(&[
            "[certs] Generating \"front-proxy-client\" ",
            "[certs] Using existing front-proxy-client ",
        ]),
        ..LEAF_CERTIFICATE
    },
    Entry {
        path: "init/certs/etcd-ca",
        summary: "Makes etcd's own authority.",
        provides: &["etcd-ca"],
        writes: &["/etc/kubernetes/pki/etcd/ca.crt", "/etc/kubernetes/pki/etcd/ca.key"],
        expect: Line(&[
            "[certs] Generating \"etcd/ca\" ",
            "[certs] Using existing etcd/ca ",
            "[certs] External etcd mode: Skipping etcd/ca ",
        ]),
        ..LOCAL
    },
    Entry {
        path: "init/certs/etcd-server",
        summary: "Makes the certificate that etcd shows to its clients.",
        provides: &["etcd-server.crt"],
        needs: &["etcd-ca"],
        writes: &["/etc/kubernetes/pki/etcd/server.crt", "/etc/kubernetes/pki/etcd/server.key"],
        expect: Line(&[
            "[certs] Generating \"etcd/server\" ",
            "[certs] Using existing etcd/server ",
            "[certs] etcd/server serving cert",
            "[certs] External etcd mode: Skipping etcd/server ",
        ]),
        ..LEAF_CERTIFICATE
    },
    Entry {
        path: "init/certs/etcd-peer",
        summary: "Makes the certificate that etcd members show to each other.",
        provides: &["etcd-peer.crt"],
        needs: &["etcd-ca"],
        writes: &["/etc/kubernetes/pki/etcd/peer.crt", "/etc/kubernetes/pki/etcd/peer.key"],
        expect: Line(&[
            "[certs] Generating \"etcd/peer\" ",
            "[certs] Using existing etcd/peer ",
            "[certs] etcd/peer serving cert",
            "[certs] External etcd mode: Skipping etcd/peer ",
        ]),
        ..LEAF_CERTIFICATE
    },
    Entry {
        path: "init/certs/etcd-healthcheck-client",
        summary: "Makes the certificate with which kubeadm asks etcd for its health and its members.",
        provides: &["etcd-healthcheck-client.crt"],
        needs: &["etcd-ca"],
        writes: &[
            "/etc/kubernetes/pki/etcd/healthcheck-client.crt",
            "/etc/kubernetes/pki/etcd/healthcheck-client.key",
        ],
        expect: Line(&[
            "[certs] Generating \"etcd/healthcheck-client\" ",
            "[certs] Using existing etcd/healthcheck-client ",
            "[certs] External etcd mode: Skipping etcd/healthcheck-client ",
        ]),
        ..LEAF_CERTIFICATE
    },
    Entry {
        path: "init/certs/apiserver-etcd-client",
        summary: "Makes the certificate with which the API server logs in to etcd.",
        provides: &["apiserver-etcd-client.crt"],
        needs: &["etcd-ca"],
        writes: &[
            "/etc/kubernetes/pki/apiserver-etcd-client.crt",
            "/etc/kubernetes/pki/apiserver-etcd-client.key",
        ],
        expect: Line(&[
            "[certs] Generating \"apiserver-etcd-client\" ",
            "[certs] Using existing apiserver-etcd-client ",
            "[certs] External etcd mode: Skipping apiserver-etcd-client ",
        ]),
        ..LEAF_CERTIFICATE
    },
    Entry {
        path: "init/certs/sa",
        summary: "Makes the key pair that signs the tokens of service accounts.",
        provides: &["sa"],
        writes: &["/etc/kubernetes/pki/sa.key", "/etc/kubernetes/pki/sa.pub"],
        expect: Line(&["[certs] Generating \"sa\" ", "[certs] Using the existing \"sa\" "]),
        ..LOCAL
    },
    Entry {
        path: "init/kubeconfig/admin",
        summary: "Writes admin.conf, the administrator's way into the cluster.",
        provides: &["admin.conf"],
        needs: &["ca"],
        writes: &["/etc/kubernetes/admin.conf"],
        expect: Line(&[
            "[kubeconfig] Writing \"admin.conf\"",
            "[kubeconfig] Using existing kubeconfig file: \"/etc/kubernetes/admin.conf\"",
        ]),
        ..LOCAL
    },
    Entry {
        path: "init/kubeconfig/super-admin",
        summary: "Writes super-admin.conf, which gets past all access rules and grants admin.conf its rights.",
        provides: &["super-admin.conf"],
        needs: &["ca"],
        writes: &["/etc/kubernetes/super-admin.conf"],
        expect: Line(&[
            "[kubeconfig] Writing \"super-admin.conf\"",
            "[kubeconfig] Using existing kubeconfig file: \"/etc/kubernetes/super-admin.conf\"",
        ]),
        ..LOCAL
    },
    Entry {
        path: "init/kubeconfig/kubelet",
        summary: "Writes the kubeconfig with which this node's kubelet logs in.",
        provides: &["kubelet.conf"],
        needs: &["ca"],
        writes: &["/etc/kubernetes/kubelet.conf"],
        expect: Line(&[
            "[kubeconfig] Writing \"kubelet.conf\"",
            "[kubeconfig] Using existing kubeconfig file: \"/etc/kubernetes/kubelet.conf\"",
        ]),
        ..LOCAL
    },
    Entry {
        path: "init/kubeconfig/controller-manager",
        summary: "Writes the kubeconfig with which the controller manager logs in.",
        provides: &["controller-manager.conf"],
        needs: &["ca"],
        writes: &["/etc/kubernetes/controller-manager.conf"],
        expect: Line(&[
            "[kubeconfig] Writing \"controller-manager.conf\"",
            "[kubeconfig] Using existing kubeconfig file: \"/etc/kubernetes/controller-manager.conf\"",
        ]),
        ..LOCAL
    },
    Entry {
        path: "init/kubeconfig/scheduler",
        summary: "Writes the kubeconfig with which the scheduler logs in.",
        provides: &["scheduler.conf"],
        needs: &["ca"],
        writes: &["/etc/kubernetes/scheduler.conf"],
        expect: Line(&[
            "[kubeconfig] Writing \"scheduler.conf\"",
            "[kubeconfig] Using existing kubeconfig file: \"/etc/kubernetes/scheduler.conf\"",
        ]),
        ..LOCAL
    },
];
