//! Whole screens, text and style: every size in all colours, every depth and ASCII at 80x24.

use std::fmt::Write as _;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use super::bench::{Bench, id};
use crate::diag::Severity;
use crate::event::{EventKind, Pace};
use crate::ids::{Attempt, NodeName};
use crate::survey::finding::Finding;
use crate::tui::model::Model;
use crate::tui::theme::{Depth, Glyphs, Themes};
use crate::tui::view::view;

const SIZES: [(u16, u16); 4] = [(60, 16), (80, 24), (120, 40), (200, 60)];

/// Text, then each cell's style by a letter, then what the letters mean.
fn painted(buffer: &Buffer) -> String {
    let mut styles: Vec<(Color, Color, Modifier)> = Vec::new();
    let (mut text, mut letters) = (String::new(), String::new());
    for row in buffer.content.chunks(usize::from(buffer.area.width)) {
        let (mut line, mut marks) = (String::new(), String::new());
        for cell in row {
            let style = (cell.fg, cell.bg, cell.modifier);
            let known = styles.iter().position(|other| *other == style).unwrap_or_else(|| {
                styles.push(style);
                styles.len() - 1
            });
            line.push_str(cell.symbol());
            marks.push(char::from(
                b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[known % 62],
            ));
        }
        let _ = writeln!(text, "{}", line.trim_end());
        let _ = writeln!(letters, "{marks}");
    }
    let legend = (0_u8..).zip(&styles).fold(String::new(), |mut legend, (n, (fg, bg, modifier))| {
        let letter = char::from(
            b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[usize::from(n) % 62],
        );
        let _ = writeln!(legend, "{letter} {fg} on {bg} {modifier:?}");
        legend
    });
    format!("{text}\n{letters}\n{legend}")
}

pub fn picture(model: &Model) -> String {
    let size = model.size;
    let Ok(mut terminal) = Terminal::new(TestBackend::new(size.width, size.height));
    let Ok(frame) = terminal.draw(|frame| view(model, frame));
    painted(frame.buffer)
}

fn prints(bench: &mut Bench, step: &str, lines: &[&str]) {
    let step = id(step);
    bench.happens(EventKind::StepOutput {
        node: step.node,
        phase: step.phase,
        attempt: Attempt::FIRST,
        lines: lines.iter().map(ToString::to_string).collect(),
    });
}

/// The first control plane is up, one worker is at work, and the other control plane failed.
fn amid(width: u16, height: u16, depth: Depth, glyphs: Glyphs) -> Bench {
    let mut bench = Bench::sized(width, height).first_is_up();
    bench.model.theme = Themes::shipped().theme("default-dark", depth, glyphs).unwrap();
    bench.happens(EventKind::PaceChanged { pace: Pace::Continuous });
    bench.starts("erenford:join/preflight");
    prints(
        &mut bench,
        "erenford:join/preflight",
        &["[preflight] Running pre-flight checks", "\t[WARNING Swap]: swap is on"],
    );
    bench.starts("cargyll:join/etcd-join");
    prints(
        &mut bench,
        "cargyll:join/etcd-join",
        &[
            "[etcd] Checking etcd cluster health",
            "I1122 10:10:55.090838   29397 local.go:156] [etcd] etcd endpoints read",
            "error execution phase control-plane-join/etcd: etcdserver: unhealthy cluster",
        ],
    );
    bench.ends("cargyll:join/etcd-join", crate::event::StepOutcome::Failed);
    bench.starts("fenn:join/preflight");
    prints(&mut bench, "fenn:join/preflight", &["[preflight] Running pre-flight checks"]);
    bench.press("!");
    bench
}

type Scene = (&'static str, fn(&mut Bench));

const SCENES: [Scene; 5] = [
    ("failure", |_| {}),
    ("matrix", |bench| {
        bench.press("V");
    }),
    ("panes", |bench| {
        bench.press("a");
    }),
    ("checks", |bench| {
        for (node, check, severity) in [
            ("bettley", "clock", Severity::Warning),
            ("cargyll", "swap", Severity::Error),
            ("fenn", "swap", Severity::Note),
        ] {
            let finding = Finding {
                check: check.into(),
                severity,
                message: format!("something about the {check}"),
                fix: Some("swapoff -a, and take swap out of /etc/fstab".into()),
            };
            bench.happens(EventKind::NodeFinding { node: NodeName::new(node).unwrap(), finding });
        }
        bench.press("C");
    }),
    ("question", |bench| {
        bench.press("r");
    }),
];

#[test]
fn every_size_in_all_colours() {
    for (name, scene) in SCENES {
        for (width, height) in SIZES {
            let mut bench = amid(width, height, Depth::True, Glyphs::Unicode);
            scene(&mut bench);
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), picture(&bench.model));
        }
    }
}

#[test]
fn every_depth_and_ascii() {
    for (name, scene) in SCENES {
        for (look, depth, glyphs) in [
            ("256", Depth::Indexed256, Glyphs::Unicode),
            ("16", Depth::Ansi16, Glyphs::Unicode),
            ("mono", Depth::Mono, Glyphs::Unicode),
            ("ascii", Depth::Ansi16, Glyphs::Ascii),
        ] {
            let mut bench = amid(80, 24, depth, glyphs);
            scene(&mut bench);
            let picture = picture(&bench.model);
            let screen = picture.split("\n\n").next().unwrap();
            assert!(glyphs == Glyphs::Unicode || screen.is_ascii(), "{name}: {screen}");
            insta::assert_snapshot!(format!("{name}-{look}"), picture);
        }
    }
}
