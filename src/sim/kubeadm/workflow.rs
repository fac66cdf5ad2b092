//! Which phases a command line runs, in which order, and what is said when it names none.

use super::args::Args;
use super::failure::Exit;
use crate::catalog::{Command, Phase, tree};
use crate::version::Version;

/// What a command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Plan {
    /// The help of this command path, on the standard output, and this exit status.
    Help(Vec<String>, i32),
    /// These phases, by path without their command, groups before their children.
    Phases {
        paths: Vec<String>,
        /// The whole command, not single phases of it.
        whole: bool,
    },
}

/// Finds the phases of `command` that `args` ask for.
pub(crate) fn plan(command: Command, args: &Args, version: &Version) -> Result<Plan, Exit> {
    let phases = tree(command, version);
    let words: Vec<&str> =
        args.words.iter().skip(1).map(String::as_str).filter(|word| !word.contains(':')).collect();
    let help = |extra: &[&str], rc| {
        let mut path = vec![command.as_str().to_owned()];
        path.extend(extra.iter().map(|word| (*word).to_owned()));
        Ok(Plan::Help(path, rc))
    };
    if words.first() != Some(&"phase") {
        if args.has("help") {
            return help(&[], 0);
        }
        return Ok(Plan::Phases {
            paths: phases.iter().map(|phase| path(command, phase)).collect(),
            whole: true,
        });
    }
    let strict = version.at_least(32);
    let visible = |wanted: &str| phases.iter().find(|phase| !phase.hidden && path(command, phase) == wanted);
    let (Some(top), child) = (words.get(1), words.get(2)) else {
        return help(&["phase"], i32::from(strict));
    };
    let Some(found) = visible(top) else {
        if strict && !args.has("help") {
            return Err(invalid_subcommand(&format!("{command} phase"), top));
        }
        // `phase` itself takes none of the phases' flags.
        if let Some((flag, _)) =
            args.flags.iter().find(|(name, _)| !["help", "v", "rootfs"].contains(&name.as_str()))
        {
            return Err(Exit::bare(format!("unknown flag: --{flag}")));
        }
        return help(&["phase"], 0);
    };
    if args.has("help") {
        return help(&words, 0);
    }
    let inside = |group: &str| -> Vec<String> {
        let start = format!("{group}/");
        phases
            .iter()
            .map(|phase| path(command, phase))
            .filter(|p| p == group || p.starts_with(&start))
            .collect()
    };
    match (found.group, child) {
        (false, _) => Ok(Plan::Phases { paths: vec![(*top).to_owned()], whole: false }),
        (true, None) => help(&words, i32::from(strict)),
        (true, Some(&"all")) if *top != "etcd" => Ok(Plan::Phases { paths: inside(top), whole: false }),
        (true, Some(child)) => {
            let wanted = format!("{top}/{child}");
            if wanted == "certs/sa" && !version.at_least(31) && args.value("config").is_some() {
                // It learned to read a configuration with #125396.
                Err(Exit::bare("unknown flag: --config"))
            } else if visible(&wanted).is_some() {
                Ok(Plan::Phases { paths: vec![wanted], whole: false })
            } else if strict {
                Err(invalid_subcommand(&format!("{command} phase {top}"), child))
            } else {
                Err(Exit::bare(format!("unknown command \"{child}\" for \"kubeadm {command} phase {top}\"")))
            }
        }
    }
}

fn invalid_subcommand(of: &str, word: &str) -> Exit {
    Exit::bare(format!("invalid subcommand \"{word}\"\nSee 'kubeadm {of} -h' for help and examples"))
}

fn path(command: Command, phase: &Phase) -> String {
    let id = phase.id.as_str();
    id.strip_prefix(command.as_str()).unwrap_or(id).trim_start_matches('/').to_owned()
}

/// Takes the phases out that are to be skipped, or says that there is none of that name.
pub(crate) fn without(
    paths: Vec<String>,
    skipped: &[String],
    command: Command,
    version: &Version,
) -> Result<Vec<String>, Exit> {
    let known: Vec<String> = tree(command, version).iter().map(|phase| path(command, phase)).collect();
    if let Some(unknown) = skipped.iter().find(|name| !known.contains(name)) {
        return Err(Exit::bare(format!("invalid phase name: {unknown}")));
    }
    let left_out = |path: &String| {
        skipped.iter().any(|name| {
            path == name || path.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    Ok(paths.into_iter().filter(|path| !left_out(path)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn of(line: &str, minor: u16) -> Result<Plan, Exit> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let command = if words[0] == "init" { Command::Init } else { Command::Join };
        plan(command, &Args::parse(&words).unwrap(), &Version::new(1, minor, 0))
    }

    #[test]
    fn unknown_and_hidden_phases_print_help_and_succeed_until_1_31() {
        for line in [
            "init phase nosuch",
            "init phase wait-control-plane",
            "join phase check-etcd",
            "init phase certs",
            "init phase",
        ] {
            assert!(matches!(of(line, 29), Ok(Plan::Help(_, 0))), "{line}");
        }
        assert!(matches!(of("init phase certs nosuch", 29), Err(Exit::Bare { rc: 1, .. })));
        assert!(matches!(of("init phase nosuch", 32), Err(Exit::Bare { rc: 1, .. })));
        assert!(matches!(of("init phase certs", 32), Ok(Plan::Help(_, 1))));
        let Ok(Plan::Phases { paths, whole: false }) = of("init phase wait-control-plane", 34) else {
            panic!()
        };
        assert_eq!(paths, ["wait-control-plane"]);
    }

    #[test]
    fn groups_run_their_children_in_order() {
        let Ok(Plan::Phases { paths, .. }) = of("init phase kubeconfig all", 29) else { panic!() };
        let expected = ["", "/admin", "/super-admin", "/kubelet", "/controller-manager", "/scheduler"];
        assert_eq!(paths, expected.map(|leaf| format!("kubeconfig{leaf}")));
        let Ok(Plan::Phases { paths, .. }) = of("init phase certs ca", 20) else { panic!() };
        assert_eq!(paths, ["certs/ca"]);
    }

    #[test]
    fn skipping_takes_groups_out_whole() {
        let version = Version::new(1, 29, 0);
        let Ok(Plan::Phases { paths, whole: true }) = of("join", 29) else { panic!() };
        let left = without(
            paths.clone(),
            &["control-plane-prepare".into(), "preflight".into()],
            Command::Join,
            &version,
        )
        .unwrap();
        assert_eq!(left[0], "check-etcd");
        assert!(without(paths, &["nosuch".into()], Command::Join, &version).is_err());
    }
}
