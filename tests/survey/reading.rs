//! Answers that are cut off, wrong or hostile.

use std::time::Duration;

use kubestep::survey::facts::Facts;
use kubestep::survey::{look, probe};
use proptest::prelude::*;

fn parse(output: &str, now_ms: i64, round_trip_ms: u64) -> Facts {
    probe::parse(output, now_ms, Duration::from_millis(round_trip_ms), &|_, _| Vec::new())
}

#[test]
fn the_clocks_offset_is_to_the_middle_of_the_round_trip() {
    assert_eq!(parse("epoch_ms=100500\n", 100_000, 200).clock_offset_ms, 400);
    assert_eq!(parse("epoch_s=100\n", 100_000, 0).clock_offset_ms, 500);
    assert_eq!(parse("asked_ms=100400\nepoch_ms=100500\n", 100_000, 0).clock_offset_ms, 100);
    assert_eq!(parse("epoch_ms=soon\n", 100_000, 0).clock_offset_ms, 0);
    assert_eq!(parse("epoch_s=9223372036854775807\n", -5, 0).clock_offset_ms, i64::MAX);
}

#[test]
fn values_are_made_harmless_and_put_into_one_shape() {
    let facts = parse(
        "os='Alpine \u{1b}[31mLinux\u{1b}[0m v3.20'\r\nmac=02:AB:00:00:00:01\nmac=00:00:00:00:00:00\nmac=x\n\
         address=10.4.0.11/20\naddress=127.0.0.1/8\naddress=::1/128\naddress=fe800000000000000000000000000001\naddress=evil;id\n\
         listening=6443\nlistening=6443\nlistening=22\nlistening=70000\nlistening=0\n\
         cri_socket=unix:///run/containerd/containerd.sock\ncri_socket=/run/crio/crio.sock\n\
         kubelet=Kubernetes v1.29.6\nkubelet_enabled=not-found\nkubelet_state=System has not been booted with systemd\n\
         ca_hash=sha256:nothex\nserver=\"https://10.4.0.10:6443\"\nfree_kib=2048\nmemory_kib=4096\ncgroup=3\nno line\n=x\nUPPER=1\n",
        0,
        0,
    );
    assert_eq!(facts.os, "Alpine Linux v3.20");
    assert_eq!(facts.macs, ["02:ab:00:00:00:01"]);
    assert_eq!(facts.addresses, ["10.4.0.11", "fe80::1"]);
    assert_eq!(facts.listening, [22, 6443]);
    assert_eq!(facts.cri_sockets, ["unix:///run/containerd/containerd.sock", "unix:///run/crio/crio.sock"]);
    assert_eq!(facts.kubelet.map(|v| v.to_string()), Some("v1.29.6".to_owned()));
    assert_eq!((facts.kubelet_enabled.as_str(), facts.kubelet_state.as_str()), ("", ""));
    assert_eq!((facts.ca_hash, facts.server.as_deref()), (None, Some("https://10.4.0.10:6443")));
    assert_eq!((facts.free_mib, facts.memory_mib, facts.cgroup), (Some(2), 4, 0));
}

#[test]
fn an_answer_is_whole_only_with_its_last_line() {
    assert!(probe::is_whole("uid=0\nend=yes\n"));
    assert!(!probe::is_whole("uid=0\nend=ye"));
    assert!(!probe::is_whole("os=end=yes\n"));
}

#[test]
fn a_look_without_an_answer_says_so() {
    let look = look::parse("");
    assert!(!look.ready);
    assert_eq!(look.waiting_for, "no answer from the node yet");
    assert_eq!((look.facts, look.stuck), (Vec::new(), None));
}

#[test]
fn looks_are_put_into_words() {
    let waits = |output: &str| look::parse(output).waiting_for;
    for (output, words) in [
        (
            "what=kubelet\nkubelet.config=no\n",
            "the kubelet, which waits for its configuration: /var/lib/kubelet/config.yaml is not there",
        ),
        (
            "what=kubelet\nkubelet.state=active\nkubelet.healthz=refused\n",
            "the kubelet: it runs, but nothing answers on its health port yet",
        ),
        ("what=kubelet\nkubelet.state=failed\n", "the kubelet, which failed"),
        (
            "what=api-server\ntarget=T\nmanifest=etcd\n",
            "the API server at T: there is no manifest of it in /etc/kubernetes/manifests",
        ),
        (
            "what=api-server\ntarget=T\nkubelet.healthz=refused\nkubelet.state=inactive\n",
            "the API server at T, which needs the kubelet, which is not running",
        ),
        (
            "what=api-server\ntarget=T\napi.answer=http 500\napi.failing=etcd\n",
            "the API server at T, which is up but not done with etcd",
        ),
        (
            "what=api-server\ntarget=T\napi.answer=refused\ncontainer=etcd Exited 2\ncontainer.log=etcd bind: cannot assign requested address\n",
            "the API server at T, which needs etcd, and that keeps ending (2 restarts): `bind: cannot assign requested address`",
        ),
        (
            "what=api-server\ntarget=T\napi.answer=refused\ncontainer=kube-apiserver Running 0\n",
            "the API server at T, which runs but has not opened its port yet",
        ),
        (
            "what=api-server\ntarget=T\napi.answer=refused\n",
            "the API server at T, whose container the kubelet has not started yet",
        ),
        (
            "what=endpoint\ntarget=T\nendpoint.answer=timeout\n",
            "the control-plane endpoint T: no answer from there",
        ),
        ("what=endpoint\ntarget=T\nready=yes\n", "the endpoint T answers"),
    ] {
        assert_eq!(waits(output), words);
    }
    let stuck = look::parse(
        "what=api-server\ncontainer=etcd Exited 2\ncontainer.log=etcd bind: cannot assign requested address\n",
    );
    assert_eq!(stuck.stuck.expect("a known trouble").rule, "cannot-assign-address");
    // etcd 3.4 under the manifest that kubeadm 1.20 writes for a member that is in the list already.
    let stuck = look::parse(
        "what=api-server\ncontainer=etcd Exited 3\ncontainer.log=etcd etcdmain: couldn't find local name \"gardener\" in the initial cluster configuration\n",
    );
    assert_eq!(stuck.stuck.expect("a known trouble").rule, "etcd-stale-member");
    let stuck = look::parse("what=endpoint\ntarget=k8s.example:6443\nendpoint.answer=no-name\n").stuck;
    assert_eq!(
        stuck.map(|known| (known.rule, known.look)),
        Some(("endpoint-name".into(), vec!["getent hosts 'k8s.example'".into()]))
    );
}

proptest! {
    #[test]
    fn any_text_can_be_read(output in "[a-z._=/: 0-9\u{1b}\r\n-]{0,300}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let raw = String::from_utf8_lossy(&bytes);
        for text in [output.as_str(), &raw] {
            parse(text, 0, 0);
            look::parse(text);
        }
    }

    #[test]
    fn what_is_read_holds_no_control_characters(value in any::<String>()) {
        let output: String = ["os", "hostname", "swap", "server", "missing_program", "leftover", "kernel"]
            .iter()
            .map(|key| format!("{key}={value}\n"))
            .collect();
        let text = serde_json::to_string(&parse(&output, 0, 0)).unwrap();
        let again: Facts = serde_json::from_str(&text).unwrap();
        for held in [&again.os, &again.hostname, &again.kernel].into_iter().chain(&again.swap).chain(&again.server) {
            prop_assert!(!held.chars().any(char::is_control), "{held:?}");
        }
    }
}
