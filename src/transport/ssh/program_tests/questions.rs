//! Short requests.

use super::super::program::Task;
use super::node::{Said, on_each_shell, read, wait_for};
use crate::secret::Secret;

#[test]
fn a_question_is_answered_on_both_streams() {
    on_each_shell(|node| {
        let ask = |text: &str| read(node.start(Task::Ask { text: &Secret::new(text) }));
        let said = ask("echo out; echo err >&2; cat; echo \"$k_mark$k_text\"; exit 3");
        let errors = "err\n".to_owned();
        assert_eq!(
            said,
            Said { end: Some("3".into()), output: "out\n\n".into(), errors },
            "{:?}",
            node.shell
        );
        assert_eq!(ask("false; x='").end.as_deref().map(|rc| rc != "0"), Some(true), "{:?}", node.shell);
    });
}

#[test]
fn a_question_ends_when_the_console_goes() {
    on_each_shell(|node| {
        let began = node.pipe("began");
        let text = Secret::new("echo >$HERE/began; sleep 1000; echo late");
        let mut child = node.start(Task::Ask { text: &text });
        wait_for(began);
        drop(child.stdin.take());
        let said = read(child);
        assert_eq!((said.end, said.output.as_str()), (None, ""), "{:?}", node.shell);
    });
}
