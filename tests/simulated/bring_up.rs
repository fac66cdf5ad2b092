//! A whole cluster, from bare machines to Ready nodes.

use kubestep::sim::Scenario;
use kubestep::survey::check;
use kubestep::survey::facts::Membership;

use super::driver::{Cluster, name};

async fn whole(version: &str) {
    let cluster = Cluster::goldentooth(version, Scenario::uneventful());
    for host in &cluster.inventory.hosts {
        let facts = cluster.facts(&host.name).await;
        assert_eq!(facts.membership(), Membership::Fresh);
        let errors: Vec<_> = check::node(&cluster.inventory, host, &facts)
            .into_iter()
            .filter(|finding| finding.severity == kubestep::diag::Severity::Error)
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    Box::pin(cluster.bring_up()).await;
    assert_eq!(cluster.wrong().await, []);
    let took = cluster.clock.elapsed();
    assert!((60..240).contains(&took.as_secs()), "a bring-up of {took:?}");
    // kubelets hold certificates of their own, and no token is left lying about
    for node in cluster.planes.iter().chain(&cluster.workers) {
        let conf = cluster.read(node, "/etc/kubernetes/kubelet.conf").await.unwrap();
        assert!(conf.contains("kubelet-client-current.pem"), "{conf}");
        assert_eq!(cluster.read(node, "/etc/kubernetes/bootstrap-kubelet.conf").await, None, "{node}");
    }
    assert_eq!(cluster.facts(&name("fenn")).await.membership(), Membership::ControlPlane);
    assert_eq!(cluster.facts(&name("jast")).await.membership(), Membership::Worker);
    assert_eq!(cluster.read(&name("fenn"), "/etc/kubernetes/super-admin.conf").await, None);
}

macro_rules! whole {
    ($($test:ident $version:literal)*) => {
        $(#[tokio::test(start_paused = true)]
        async fn $test() {
            whole($version).await;
        })*
    };
}

whole! {
    from_nothing_to_ready_with_1_20 "v1.20.2"
    from_nothing_to_ready_with_1_22 "v1.22.17"
    from_nothing_to_ready_with_1_24 "v1.24.17"
    from_nothing_to_ready_with_1_27 "v1.27.16"
    from_nothing_to_ready_with_1_29 "v1.29.6"
    from_nothing_to_ready_with_1_30 "v1.30.4"
    from_nothing_to_ready_with_1_31 "v1.31.4"
    from_nothing_to_ready_with_1_32 "v1.32.4"
    from_nothing_to_ready_with_1_33 "v1.33.0"
    from_nothing_to_ready_with_1_34 "v1.34.3"
    from_nothing_to_ready_with_1_35 "v1.35.1"
    from_nothing_to_ready_with_1_36 "v1.36.2"
}
