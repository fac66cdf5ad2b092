//! More lines than a console can take: none is lost in the journal, and keys are answered all the while.

use std::time::{Duration, Instant};

use super::terminal::{Start, Terminal};

/// Of 60 bytes or so each.
const WORDS: &str = "flooding with a line as kubeadm prints them: number";
/// One of the certificates is there: the flood has ended.
const OVER: &str = "1/11";
const ANSWER: Duration = Duration::from_millis(50);
const MEMORY: u64 = 200;

/// A demo whose first certificate comes with so many lines, and stops behind it.
fn flooded(lines: u32, speed: &str) -> Terminal {
    let scenario = format!(
        "name: flood\nabout: kubeadm talks\nfaults:\n  - {{ node: bettley, phase: init/certs/ca, kind: talk, times: {lines}, output: \"{WORDS}\" }}\n"
    );
    let start = Start::kubestep(&[
        "demo",
        "--workers",
        "1",
        "--control-planes",
        "1",
        "--leaves",
        "--speed",
        speed,
        "--break",
        "certs/apiserver",
        "--scenario",
        "flood.yaml",
    ]);
    let mut terminal = start.with("flood.yaml", &scenario).go();
    terminal.is_taken();
    terminal.shows("paused");
    terminal.send("c");
    terminal
}

/// The journal has all lines, each once, in their order.
fn assert_whole(terminal: &Terminal, lines: u32) {
    let mut next = 1;
    for line in terminal.journal().lines().filter(|line| line.contains(WORDS)) {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        for line in event["lines"].as_array().unwrap() {
            if let Some(number) = line.as_str().unwrap().strip_prefix(WORDS) {
                assert_eq!(number.trim().parse::<u32>().unwrap(), next);
                next += 1;
            }
        }
    }
    assert_eq!(next, lines + 1);
}

#[test]
fn no_line_of_a_flood_is_lost_in_the_journal_and_keys_are_heard_meanwhile() {
    let lines = 150_000;
    let mut terminal = flooded(lines, "5");
    terminal.shows(WORDS);
    terminal.answers();
    terminal.shows(OVER);
    assert_whole(&terminal, lines);
}

#[test]
#[ignore = "a measurement, not a test"]
fn measure_a_million_lines() {
    let lines = 1_000_000;
    let mut terminal = flooded(lines, "1");
    terminal.shows(WORDS);
    let begun = Instant::now();
    let mut times = Vec::new();
    while !terminal.sees(OVER) {
        assert!(!terminal.sees("✖"), "slower than the phase may take:\n{}", terminal.screen());
        times.push(terminal.answers());
    }
    println!("1,000,000 lines in {:.1?}, {} keys", begun.elapsed(), times.len());
    times.sort();
    let memory = terminal.most_memory();
    println!(
        "a key: median {:.1?}, most {:.1?}; {memory} MB at most, the simulated machine's own log included",
        times[times.len() / 2],
        times[times.len() - 1]
    );
    assert_whole(&terminal, lines);
    assert!(times[times.len() - 1] <= ANSWER, "{ANSWER:?} are allowed");
    assert!(memory <= MEMORY, "{MEMORY} MB are allowed");
}
