//! Every exit status, by a call that ends with it, and what is said on the way.

use crate::program::{Place, shipped};

/// A rack whose one worker may fail, and a scenario in which it does.
fn lenient(place: &Place) -> (String, String) {
    let rack = place.file(
        "rack.yaml",
        "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: { name: lenient }\nspec:\n  kubernetes: { version: v1.29.6, podSubnet: 192.168.0.0/16 }\n  hosts:\n    - { name: c1, role: control-plane, ssh: { address: 10.4.0.11 } }\n    - { name: w1, role: worker, ssh: { address: 10.4.0.12 } }\n    - { name: w2, role: worker, ssh: { address: 10.4.0.13 } }\n  options: { onFailure: { workers: continue, maxFailedWorkers: 1 } }\n",
    );
    let scenario = place.file(
        "broken.yaml",
        "name: broken\nabout: One worker can't join.\nfaults:\n  - { node: w2, phase: join/kubelet-start, kind: fail, attempts: [], output: \"error execution phase kubelet-start: boom\" }\n",
    );
    (rack, scenario)
}

#[test]
fn zero_is_done() {
    let done = Place::new().run(&["demo", "--auto"]).well();
    assert!(done.out.contains("everything is as asked"), "{}", done.out);
}

#[test]
fn one_is_a_failed_step() {
    let done = Place::new().run(&["demo", "--auto", "--scenario", "leftovers"]);
    assert_eq!((done.code, done.err.as_str()), (1, ""), "{}", done.out);
    assert!(done.out.contains("an earlier kubeadm stopped half-way"), "{}", done.out);
}

#[test]
fn two_is_bad_usage() {
    let place = Place::new();
    let goldentooth = shipped("goldentooth.yaml");
    for (args, said) in [
        (&["demo", "--speed", "0"][..], "write a number above 0"),
        (&["demo", "--nosuch"], "unexpected argument '--nosuch'"),
        (
            &["demo", "--scenario", "nosuch"],
            "kubestep: nosuch: there is no such scenario; there are balancer-empty, ",
        ),
        (
            &["demo", "--scenario", "nosuch.yaml"],
            "kubestep: can't read the scenario nosuch.yaml: No such file",
        ),
        (&["demo", "--kubernetes", "9"], "`9` is not a Kubernetes version: write it like v1.29.6"),
        (&["demo", "--only", "jost"], "kubestep: the inventory has no host `jost`; did you mean `jast`?"),
        (&["demo", "--only", "Jast"], "is not a node name"),
        (&["demo", "--break", "kubelet-strat"], "there is no such phase; did you mean `kubelet-start`?"),
        (&["demo", "--until", "verify"], "there is no such phase"),
        (&["demo", "--skip", "addon"], "write it as PHASE=REASON"),
        (&["demo", "--timeout", "15"], "write a time like 90s, 15m or 1h"),
        (&["run"], "<INVENTORY>"),
        (&["run", "x.yaml", "--resume", "--fresh"], "cannot be used with '--fresh'"),
        (&["plan", &goldentooth, "--offline", "--only", "nosuch"], "its hosts are bettley, cargyll, "),
        (&["reset", &goldentooth, "--yes", "jost"], "did you mean `jast`?"),
        (&["reset", &goldentooth], "there is no terminal to ask at: say --yes"),
        (&["replay", "20200101"], "kubestep: there is no run `20200101`; `kubestep runs` lists them"),
        (&["replay", "last"], "kubestep: there are no runs yet"),
    ] {
        let err = place.run(args).refused(2);
        assert!(err.contains(said), "{args:?}: {err}");
    }
    assert!(!place.state().join("runs").exists(), "nothing of all that is a run");
}

#[test]
fn two_is_a_bad_inventory_and_every_mistake_is_located() {
    let place = Place::new();
    let file = place.file(
        "rack.yaml",
        "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: { name: rack }\nspec:\n  kubernetes: { version: v1.29.6, podSubnet: 10.0.0.0/99 }\n  hosts:\n    - { name: a, rolle: worker }\n    - { name: a, role: worker }\n",
    );
    let said: Vec<String> = [
        &["run", &file, "--auto"][..],
        &["check", &file],
        &["plan", &file],
        &["plan", &file, "--offline", "--output", "json"],
        &["reset", &file, "--yes"],
        &["demo", "--inventory", &file],
    ]
    .iter()
    .map(|args| place.run(args).refused(2))
    .collect();
    assert!(said.iter().all(|other| *other == said[0]), "{said:#?}");
    insta::assert_snapshot!("bad_inventory", said[0]);
}

#[test]
fn two_is_a_file_that_is_not_there() {
    let said = Place::new().run(&["run", "nosuch.yaml", "--auto"]).refused(2);
    assert!(said.contains("can't read nosuch.yaml: No such file or directory"), "{said}");
}

#[test]
fn two_is_a_password_that_is_not_there() {
    let place = Place::new();
    let rack = |source: &str| {
        let text = format!(
            "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: {{ name: rack }}\nspec:\n  kubernetes: {{ version: v1.29.6 }}\n  hosts:\n    - {{ name: box, role: control-plane, ssh: {{ address: 127.0.0.1, port: 1, user: ops }}, become: {{ method: sudo, password: \"{source}\" }} }}\n"
        );
        place.file("rack.yaml", &text)
    };
    for (source, said) in [
        (
            "env:KUBESTEP_TEST_NO_SUCH",
            "takes the sudo password from $KUBESTEP_TEST_NO_SUCH, which is not set",
        ),
        ("cmd:exit 3", "command for the sudo password failed (exit status: 3)"),
        ("cmd:true", "command for the sudo password printed none"),
        ("prompt", "there is no terminal: use env:NAME or cmd:…"),
    ] {
        let err = place.run(&["check", &rack(source)]).refused(2);
        assert!(err.starts_with("kubestep: the inventory") && err.contains(said), "{err}");
        assert_eq!(err.lines().count(), 1, "{err}");
    }
    let empty = Place::finish(place.command(&["check", &rack("env:EMPTY")]).env("EMPTY", ""));
    assert!(empty.refused(2).contains("$EMPTY, which is not set"));
}

/// Where nothing listens.
fn dead(place: &Place) -> String {
    place.file(
        "dead.yaml",
        "apiVersion: kubestep/v1\nkind: Cluster\nmetadata: { name: dead }\nspec:\n  kubernetes: { version: v1.29.6 }\n  hosts:\n    - { name: box, role: control-plane, ssh: { address: 127.0.0.1, port: 1 } }\n  options: { timeouts: { connect: 1s } }\n",
    )
}

#[test]
fn three_is_a_node_out_of_reach() {
    const REFUSED: &str = "connection refused at 127.0.0.1: is sshd running there, on that port?";
    let place = Place::new();
    let rack = dead(&place);
    let run = place.run(&["run", &rack, "--auto"]);
    assert_eq!((run.code, run.err.as_str()), (3, ""));
    assert!(run.out.contains(REFUSED) && run.out.contains("a node could not be reached"), "{}", run.out);
    // Once, for as long as the inventory allows.
    assert!(!run.out.contains("retry"), "{}", run.out);
    let check = place.run(&["check", &rack]);
    assert_eq!((check.code, check.err.as_str()), (3, ""));
    assert!(check.out.contains(&format!("error: box: connect: {REFUSED}")), "{}", check.out);
    assert!(place.run(&["plan", &rack]).refused(3).contains(REFUSED));
    // It changed nothing, so that a new run needs no word on it.
    assert_eq!(place.run(&["run", &rack, "--auto"]).code, 3);
}

#[test]
fn three_is_a_simulated_node_out_of_reach_as_well() {
    let place = Place::new();
    let scenario = place.file(
        "away.yaml",
        "name: away\nabout: A control plane is switched off.\nfaults:\n  - { node: bettley, kind: unreachable }\n",
    );
    let done = place.run(&["demo", "--auto", "--scenario", &scenario]);
    assert_eq!((done.code, done.err.as_str()), (3, ""), "{}", done.out);
    assert!(done.out.contains("nothing was changed: bettley can't be reached"), "{}", done.out);
}

#[test]
fn four_is_done_but_for_workers_inside_the_budget() {
    let place = Place::new();
    let (rack, scenario) = lenient(&place);
    let done = place.run(&["demo", "--auto", "--inventory", &rack, "--scenario", &scenario]);
    assert_eq!((done.code, done.err.as_str()), (4, ""), "{}", done.out);
    assert!(done.out.contains("boom"), "{}", done.out);
    assert!(place.run(&["runs"]).well().out.contains("succeeded partly"));
}

#[test]
fn five_is_cancelled() {
    let place = Place::new();
    let limit = place.run(&["demo", "--auto", "--timeout", "10s"]);
    assert_eq!((limit.code, limit.err.as_str()), (5, ""), "{}", limit.out);
    assert!(limit.out.contains("the run's limit of 10.0s is used up"), "{}", limit.out);
    let stopped = place.run(&["demo", "--auto", "--break", "upload-certs"]);
    assert_eq!((stopped.code, stopped.err.as_str()), (5, ""), "{}", stopped.out);
    assert!(
        stopped.out.contains("stopped at the breakpoint before init/upload-certs on bettley"),
        "{}",
        stopped.out
    );
}
