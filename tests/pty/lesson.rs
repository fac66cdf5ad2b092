//! A lesson at the console: pages turned, things done, left and taken up again.

use super::terminal::Start;

const LESSON: &[&str] = &["lesson", "one-control-plane", "--speed", "40"];

#[test]
fn a_lesson_goes_on_where_it_was_left() {
    let mut terminal = Start::kubestep(LESSON).go();
    terminal.is_taken();
    terminal.shows("1/27 Two machines");
    terminal.shows("0/2 nodes");
    terminal.send("\r");
    terminal.shows("2/27 The words you need");
    terminal.send("\r");
    terminal.shows("3/27 The screen");
    // Forward without doing what stands there, then everything up to here is done at once.
    terminal.send("))))");
    terminal.shows("7/27 The cluster's authority");
    terminal.shows("○ run init/certs/ca on bettley");
    terminal.send("\r");
    terminal.shows("✔ run init/certs/ca on bettley");
    terminal.send("\r");
    terminal.shows("8/27 The most secret file");
    terminal.send("1");
    terminal.shows("✖ That one is handed to everybody.");
    terminal.send("2");
    terminal.shows("✔ Right. Only the key signs.");
    terminal.send("q");
    terminal.shows("Leave the lesson?");
    terminal.send("y");
    assert_eq!(terminal.wait(), 0);
    let mut again = Start::kubestep(LESSON).beside(&terminal).go();
    let (_, said) = terminal.end();
    assert!(said.contains("page 8 of 27; `kubestep lesson one-control-plane` goes on there"), "{said}");

    again.is_taken();
    again.shows("8/27 The most secret file");
    // The run is where the pages before left it, and the answer is known.
    again.shows("✔ Right. Only the key signs.");
    again.shows("ca  safe to retry");
    again.shows("next: init/certs/apiserver on bettley");
    again.send("(");
    again.shows("✔ run init/certs/ca on bettley");
    again.send("qy");
    assert_eq!(again.wait(), 0);
    let fresh = Start::kubestep(&[LESSON, &["--fresh"]].concat()).beside(&again).go();
    fresh.shows("1/27 Two machines");
}

#[test]
fn any_page_can_be_begun_with_and_a_class_sees_the_keys() {
    let mut terminal = Start::kubestep(&[LESSON, &["--page", "18", "--present"]].concat()).go();
    terminal.is_taken();
    terminal.shows("18/27 The cluster keeps its own settings");
    terminal.shows("next: init/upload-config/kubeadm on bettley");
    terminal.send("'");
    terminal.shows("keys: '");
    terminal.shows("17 It comes alive");
    terminal.send("k\r");
    terminal.shows("17/27 It comes alive");
    terminal.shows("keys: '  k  enter");
    terminal.send("qy");
    assert_eq!(terminal.end().0, 0);
}
