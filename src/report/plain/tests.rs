#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use super::*;
use crate::report::story::{Page, events, show};

fn shown(style: Style, verbose: bool) -> String {
    let page = Page::default();
    let options = PlainOptions {
        style,
        verbose,
        journal: Some(PathBuf::from("/home/op/.local/state/kubestep/runs/20261122-095103-4f2a/events.jsonl")),
        resume: Some("kubestep run inventory/goldentooth.yaml --auto --resume".into()),
    };
    show(&mut Plain::new(page.sink(), options), &events());
    page.text()
}

#[test]
fn a_run_reads_calmly() {
    insta::assert_snapshot!("plain", shown(Style { unicode: true, ..Style::PLAIN }, false));
}

#[test]
fn verbose_shows_what_kubeadm_prints() {
    insta::assert_snapshot!("plain-verbose-ascii", shown(Style::PLAIN, true));
}
