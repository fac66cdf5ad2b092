//! How soon the console is there, and how soon it answers. Measurements that no test run waits for: `just measure`.

use std::time::{Duration, Instant};

use super::terminal::Start;

const STARTS: usize = 10;
const KEYS: usize = 40;
const FIRST_FRAME: Duration = Duration::from_millis(100);
const ANSWER: Duration = Duration::from_millis(50);

/// Median and most, in milliseconds.
fn figures(times: &mut [Duration]) -> String {
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    format!("median {:.1} ms, most {:.1} ms", ms(times[times.len() / 2]), ms(times[times.len() - 1]))
}

#[test]
#[ignore = "a measurement, not a test"]
fn measure_the_first_frame() {
    for workers in ["6", "197"] {
        let mut times = Vec::new();
        for _ in 0..STARTS {
            let begun = Instant::now();
            let terminal = Start::kubestep(&["demo", "--workers", workers]).go();
            terminal.shows("bettley");
            times.push(begun.elapsed());
        }
        println!("first frame, 3 control planes and {workers} workers: {}", figures(&mut times));
        assert!(times[STARTS / 2] <= FIRST_FRAME, "{FIRST_FRAME:?} are allowed");
    }
}

/// Two hundred nodes, each at work, all open: down the tree, and to the list of keys and back.
#[test]
#[ignore = "a measurement, not a test"]
fn measure_keys_among_two_hundred_nodes() {
    let mut terminal = Start::kubestep(&["demo", "--workers", "197", "--speed", "20"]).go();
    terminal.is_taken();
    terminal.shows("paused");
    terminal.send("c");
    terminal.shows("[preflight]");
    let mut times: Vec<Duration> = (0..KEYS).map(|_| terminal.answers()).collect();
    println!("a key among 200 nodes at work: {}", figures(&mut times));
    assert!(times[KEYS / 2] <= ANSWER, "{ANSWER:?} are allowed");
}
