//! Panes as they look.

use insta::assert_snapshot;

use super::rack::{Rack, id, theme};
use crate::event::StepOutcome;
use crate::ids::StepId;
use crate::tui::logs::{LogAction, Pane, Panes, Source, Times};
use crate::tui::theme::{Glyphs, Role};

const SIZES: [(u16, u16); 3] = [(38, 10), (80, 20), (120, 30)];

const CERTS: &str = "[certs] Using certificateDir folder \"/etc/kubernetes/pki\"
I1122 10:10:55.090838   29397 certs.go:112] creating a new certificate authority for ca
[certs] Generating \"ca\" certificate and key
[certs] Generating \"apiserver\" certificate and key
[certs] apiserver serving cert is signed for DNS names [bettley kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local] and IPs [172.16.0.1 10.4.0.11 10.4.0.10]";

const FAILED: &str = "[preflight] Running pre-flight checks
\t[WARNING Swap]: swap is supported for cgroup v2 only. The kubelet must be properly configured to use swap
error execution phase preflight: [preflight] Some fatal errors occurred:
\t[ERROR CRI]: container runtime is not running: output: time=\"2026-11-22\" level=fatal msg=\"validate service connection\"
, error: exit status 1
\t[ERROR Port-10250]: Port 10250 is in use 漢字
[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`
To see the stack trace of this error execute with --v=5 or higher";

fn certs() -> (Rack, StepId) {
    let (mut rack, step) = (Rack::new(), id("bettley", "init/certs"));
    rack.later(61_200);
    rack.start(&step, 1);
    rack.seen(&step, "init/certs/ca");
    rack.seen(&step, "init/certs/apiserver");
    rack.later(1_300);
    rack.print(&step, 1, CERTS);
    rack.later(700);
    (rack, step)
}

fn in_all_sizes(
    rack: &Rack,
    glyphs: Glyphs,
    why: Option<&str>,
    mut pane: impl FnMut((u16, u16)) -> Pane,
) -> String {
    SIZES.map(|size| rack.draw(&pane(size), size, glyphs, why)).join("\n")
}

#[test]
fn a_group_that_runs_with_its_leaves() {
    let (rack, step) = certs();
    assert_snapshot!(in_all_sizes(&rack, Glyphs::Unicode, None, |(width, height)| {
        let mut pane = Pane::new(Source::Pinned(step.clone()));
        rack.view(&mut pane, width, height);
        pane
    }));
}

#[test]
fn a_second_try_that_failed_searched_and_filtered() {
    let (mut rack, step) = certs();
    rack.end(&step, 1, StepOutcome::Failed, Some("exit status 1"));
    rack.start(&step, 2);
    rack.print(&step, 2, FAILED);
    rack.end(&step, 2, StepOutcome::Failed, Some("exit status 1"));
    assert_snapshot!(in_all_sizes(&rack, Glyphs::Unicode, None, |(width, height)| {
        let mut pane = Pane::new(Source::Pinned(step.clone()));
        let view = rack.view(&mut pane, width, height);
        pane.filter("error|swap", false, &view);
        pane.search("port", &view);
        pane
    }));
}

#[test]
fn long_lines_cut_with_times_and_lines_that_are_gone_in_ascii() {
    let (mut rack, step) = certs();
    let lost = 12_034;
    rack.logs.pass_over(step.clone(), crate::ids::Attempt::FIRST, lost);
    rack.print(&step, 1, &"[certs] and so on\n".repeat(30));
    assert_snapshot!(in_all_sizes(&rack, Glyphs::Ascii, None, |(width, height)| {
        let mut pane = Pane::new(Source::Pinned(step.clone()));
        (pane.wrap, pane.times) = (false, if width > 80 { Times::Calendar } else { Times::Run });
        let view = rack.view(&mut pane, width, height);
        pane.act(LogAction::Top, &view);
        pane.act(LogAction::Scroll(3), &view);
        pane.act(LogAction::Right, &view);
        pane
    }));
}

#[test]
fn older_lines_that_are_only_in_the_journal_and_a_selection() {
    let (mut rack, step) = (Rack::new(), id("cargyll", "init/certs"));
    rack.start(&step, 1);
    rack.logs.pass_over(step.clone(), crate::ids::Attempt::FIRST, 12_034);
    rack.print(&step, 1, FAILED);
    assert_snapshot!(in_all_sizes(&rack, Glyphs::Unicode, None, |(width, height)| {
        let mut pane = Pane::new(Source::Pinned(step.clone()));
        let view = rack.view(&mut pane, width, height);
        pane.act(LogAction::Top, &view);
        pane.act(LogAction::NextProblem, &view);
        pane.act(LogAction::Select, &view);
        pane.act(LogAction::Scroll(2), &view);
        pane
    }));
}

#[test]
fn steps_without_output() {
    let mut rack = Rack::new();
    let (group, wait, ours) =
        (id("bettley", "init/certs"), id("bettley", "wait-kubelet"), id("dalt", "connect"));
    rack.start(&wait, 1);
    rack.later(2_000);
    rack.wait(
        &wait,
        "The kubelet does not answer yet: it restarts again and again.",
        &[
            ("kubelet", "activating (auto-restart), 4 restarts"),
            ("port 10248", "closed"),
            (
                "last line",
                "failed to load Kubelet config file /var/lib/kubelet/config.yaml: no such file or directory",
            ),
        ],
    );
    rack.later(1_400);
    let shown = |step: &StepId, size: (u16, u16), why| {
        rack.draw(&Pane::new(Source::Pinned(step.clone())), size, Glyphs::Unicode, why)
    };
    let why = Some("It waits for init/preflight on bettley, which has not started.");
    let screens = [
        shown(&group, (38, 14), why),
        shown(&group, (80, 12), why),
        shown(&wait, (38, 16), None),
        shown(&wait, (80, 12), None),
        shown(&ours, (80, 6), None),
        rack.draw(&Pane::new(Source::Running), (38, 4), Glyphs::Unicode, None),
        rack.draw(&Pane::new(Source::Selected), (3, 2), Glyphs::Unicode, None),
    ];
    assert_snapshot!(screens.join("\n"));
}

#[test]
fn panes_side_by_side() {
    let (mut rack, step) = certs();
    let other = id("cargyll", "init/certs");
    rack.start(&other, 1);
    rack.print(&other, 1, FAILED);
    let mut panes = Panes::by_node(&"init/certs".into(), &rack.run).unwrap();
    rack.settle(&mut panes);
    assert_eq!(panes.get(0).unwrap().step(), Some(&step));
    assert_snapshot!([(120, 14), (80, 24)].map(|size| rack.draw_all(&panes, size)).join("\n"));
}

#[test]
fn every_kind_of_line_has_its_colour_and_matches_stand_out_of_it() {
    let (mut rack, step) = certs();
    rack.print(&step, 1, FAILED);
    let mut pane = Pane::new(Source::Pinned(step.clone()));
    let view = rack.view(&mut pane, 120, 30);
    pane.search("10250|swap", &view);
    pane.act(LogAction::NextMatch, &view);
    let theme = theme(Glyphs::Unicode);
    for (text, role) in [
        ("[certs] Using", Role::LogTag),
        ("Using certificateDir", Role::Text),
        ("I1122", Role::LogKlog),
        ("[WARNING", Role::LogWarning),
        ("swap is supported", Role::Match),
        ("error execution", Role::LogError),
        (", error: exit status 1", Role::LogError),
        ("10250]: Port", Role::MatchHere),
        ("To see the stack trace", Role::Dim),
    ] {
        assert_eq!(rack.style_at(&pane, text).fg, theme.style(role).fg, "{text}");
    }
    let looked_at = rack.style_at(&pane, "]: Port 10250");
    assert_eq!(looked_at.bg, theme.style(Role::Selection).bg);
    assert_ne!(rack.style_at(&pane, "10250]: Port").bg, looked_at.bg, "a match in the line looked at");
}
