//! What is known of a rack whose checks passed, in words.

/// Checks that look at the same kind of thing.
struct Group {
    name: &'static str,
    /// A check, and what is so when it passed.
    checks: &'static [(&'static str, &'static str)],
}

const GROUPS: [Group; 4] = [
    Group {
        name: "machine",
        checks: &[
            ("connect", "login works"),
            ("root", "commands run as root"),
            ("cpu", "enough processors"),
            ("memory", "enough memory"),
            ("disk", "enough room on the disk"),
            ("writable", "its folders can be written"),
            ("cgroup", "the kernel can keep programs apart (cgroups)"),
            ("swap", "swap is off"),
            ("sysctl", "the kernel passes packets on"),
        ],
    },
    Group {
        name: "programs",
        checks: &[
            ("programs", "what kubeadm calls is there"),
            ("runtime", "a container runtime answers"),
            ("kubelet", "the kubelet starts at boot"),
            ("version", "kubeadm and kubelet fit the wanted release"),
        ],
    },
    Group {
        name: "place",
        checks: &[
            ("ports", "the ports are free"),
            ("leftovers", "nothing is left of an earlier cluster"),
            ("name", "it knows its own name"),
            ("address", "its address is its own"),
            ("endpoint", "the control plane's address can be reached"),
        ],
    },
    Group {
        name: "together",
        checks: &[
            ("clock", "clocks agree"),
            ("machine-id", "no two have one machine-id"),
            ("product-uuid", "no two have one product-uuid"),
            ("mac", "no two have one hardware address (MAC)"),
        ],
    },
];

/// For `passed` checks, group by group: its name, and what is so. A check that isn't ours is named as it is.
pub fn meaning<'a>(passed: &[&'a str]) -> Vec<(&'static str, Vec<&'a str>)> {
    let known = |check: &str| GROUPS.iter().any(|group| group.checks.iter().any(|(name, _)| *name == check));
    let groups = GROUPS.iter().map(|group| {
        let said = group.checks.iter().filter(|(name, _)| passed.contains(name)).map(|(_, says)| *says);
        (group.name, said.collect())
    });
    let others = passed.iter().copied().filter(|check| !known(check)).collect();
    groups.chain([("others", others)]).filter(|(_, said): &(_, Vec<&str>)| !said.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::CHECKS;
    use super::*;

    #[test]
    fn every_check_has_words() {
        let told = meaning(&CHECKS);
        assert!(told.iter().all(|(group, _)| *group != "others"), "{told:?}");
        assert_eq!(told.iter().map(|(_, said)| said.len()).sum::<usize>(), CHECKS.len());
        assert_eq!(
            meaning(&["swap", "theirs"]),
            [("machine", vec!["swap is off"]), ("others", vec!["theirs"])]
        );
    }
}
