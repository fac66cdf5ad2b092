//! A whole cluster, from bare machines to Ready nodes.

use std::time::Duration;

use kubestep::sim::Scenario;
use kubestep::survey::awaited::Awaited;

use super::driver::{Cluster, name};

async fn whole(version: &str) {
    let cluster = Cluster::new(version, 3, 6, Scenario::uneventful());
    cluster.bring_up_first().await;
    let hash = cluster.ca_hash().await;
    let planes = async {
        for node in &cluster.planes[1..] {
            cluster.join_plane(node, &hash).await;
        }
    };
    let worker = |index: usize| cluster.join_worker(&cluster.workers[index], &hash);
    tokio::join!(planes, worker(0), worker(1), worker(2), worker(3), worker(4), worker(5));
    for node in &cluster.planes {
        cluster.wait_for(node, Awaited::ApiServer).await;
    }
    cluster.clock.sleep(Duration::from_secs(15)).await;

    let nodes = cluster.kubectl("get nodes").await;
    assert_eq!(nodes.rc, 0, "{}", nodes.stderr);
    let ready = nodes.stdout.lines().filter(|line| line.contains(" Ready ")).count();
    assert_eq!(ready, 9, "{}", nodes.stdout);
    let planes = nodes.stdout.lines().filter(|line| line.contains("control-plane")).count();
    assert_eq!(planes, 3, "{}", nodes.stdout);
    let members = cluster.members().await;
    assert_eq!(members.len(), 3, "{members:?}");
    assert!(
        members.iter().all(|line| line.contains(", started, ") && line.ends_with(", false")),
        "{members:?}"
    );
    let took = cluster.clock.elapsed();
    assert!((60..240).contains(&took.as_secs()), "a bring-up of {took:?}");
    // kubelets hold certificates of their own, and no token is left lying about
    for node in cluster.planes.iter().chain(&cluster.workers) {
        assert!(
            cluster
                .read(node, "/etc/kubernetes/kubelet.conf")
                .await
                .unwrap()
                .contains("kubelet-client-current.pem")
        );
        assert_eq!(cluster.read(node, "/etc/kubernetes/bootstrap-kubelet.conf").await, None);
    }
    assert_eq!(cluster.read(&name("cp2"), "/etc/kubernetes/super-admin.conf").await, None);
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
