//! A shell on a simulated node.

use rustix::process::Signal;

use super::leaving::ended;
use super::terminal::Terminal;

/// The shell of the rack's first node.
fn open(terminal: &mut Terminal) {
    terminal.send("gt");
    terminal.shows("which is simulated");
    terminal.shows("root@bettley:~#");
}

#[test]
fn a_shell_shows_the_node_and_leads_back_to_the_console_as_it_was() {
    let mut terminal = ended();
    for way_out in ["exit\r", "\x04"] {
        open(&mut terminal);
        terminal.send("ls /etc/kubernetes\r");
        terminal.shows("controller-manager.conf");
        terminal.send("kubectl get nodes\r");
        terminal.shows("inchfield");
        // Left and right, to the begin and to the end, out with a word, completion.
        terminal.send("cho two words\x01e\x05\x17\x1b[D\x1b[C>/tmp/x\r");
        terminal.shows("echo two >/tmp/x");
        terminal.send("cat /tmp/\t\r");
        terminal.shows("cat /tmp/x");
        terminal.send("\x1b[A\x1b[A\x15cat /etc/kubernetes/pki/sa.key\r");
        terminal.shows("[secret]");
        terminal.hides("PRIVATE KEY");
        terminal.send(way_out);
        terminal.is_taken();
        terminal.shows(" 126/126 ");
    }
    terminal.send("q");
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn what_runs_in_a_shell_is_ended_by_its_key_and_the_lines_after_it_are_not_lost() {
    let mut terminal = ended();
    open(&mut terminal);
    terminal.send("sleep 100000\r");
    terminal.send("\x03");
    terminal.send("echo ended with $?\r");
    terminal.shows("ended with 130");
    terminal.send("echo 'begun\r");
    terminal.send("and done'; exit 3\r");
    terminal.is_taken();
    terminal.told("begun\r\nand done");
    terminal.shows(" 126/126 ");
    terminal.send("q");
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn the_terminal_is_given_back_from_a_shell_too() {
    for signal in [Signal::TERM, Signal::USR2] {
        let mut terminal = ended();
        open(&mut terminal);
        terminal.send("sleep 100000\r");
        terminal.signal(signal);
        let _ = terminal.end();
    }
}
