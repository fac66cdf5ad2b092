//! From bare machines to a cluster, and once more over it, with every kubeadm.

use kubestep::sim::Scenario;

use super::world::{GOLDENTOOTH, World, on_virtual_time, parsed};

async fn bring_up(version: &str, leaves: bool) {
    let world = World::new(parsed(GOLDENTOOTH), version, Scenario::uneventful());
    let first = if leaves { world.console().leaves() } else { world.console() }.go().await;
    first.assert_exit(0);
    assert!(first.story.verified(&world.nodes()), "{}", first.text);
    assert_eq!(world.secrets.lock().unwrap().len(), 2, "a token and a certificate key were used");
    world.assert_healthy().await;
    let calls = world.rack.calls();
    assert!(calls.iter().all(|call| call.rc == Some(0)), "{calls:#?}");

    let again = if leaves { world.console().leaves() } else { world.console() }.go().await;
    again.assert_exit(0);
    assert_eq!(world.rack.calls(), calls, "the second run has nothing to do");
    assert!(again.story.verified(&world.nodes()), "{}", again.text);
    world.assert_healthy().await;
}

macro_rules! releases {
    ($($groups:ident $leaves:ident $version:literal)*) => {
        $(
            #[test]
            fn $groups() {
                on_virtual_time(bring_up($version, false));
            }

            #[test]
            fn $leaves() {
                on_virtual_time(bring_up($version, true));
            }
        )*
    };
}

releases! {
    groups_of_1_20_2 leaves_of_1_20_2 "v1.20.2"
    groups_of_1_22 leaves_of_1_22 "v1.22.17"
    groups_of_1_27 leaves_of_1_27 "v1.27.16"
    groups_of_1_28 leaves_of_1_28 "v1.28.15"
    groups_of_1_29 leaves_of_1_29 "v1.29.6"
    groups_of_1_31 leaves_of_1_31 "v1.31.4"
    groups_of_1_33 leaves_of_1_33 "v1.33.0"
    groups_of_1_34_3 leaves_of_1_34_3 "v1.34.3"
    groups_of_1_36 leaves_of_1_36 "v1.36.2"
}
