//! A lesson's page and its keys.

use std::sync::Arc;
use std::time::Duration;

use super::bench::Bench;
use crate::lesson::{Course, parse};
use crate::tui::lesson::Class;
use crate::tui::model::{Focus, World};

const LESSON: &str = "\
apiVersion: kubestep/v1
kind: Lesson
name: numbers
title: Numbers
about: Many answers.
rack: { version: v1.34.0, controlPlanes: [bettley], workers: [jast] }
pages:
  - title: Which one
    text: |
      One.

      Two.

      Three.

      Four.

      Five.
    ask:
      question: How many answers are there?
      choices:
        - { text: one, hint: There are more. }
        - { text: two, hint: There are more. }
        - { text: three, hint: There are more. }
        - { text: four, hint: There are more. }
        - { text: five, right: true }
      because: Five stand there.
  - title: In words
    text: Short.
    ask: { question: How many pages?, accept: ['2'], hint: Count them. }
";

/// A lesson on a rack of four nodes.
fn class() -> Bench {
    let mut bench = Bench::sized(100, 30);
    let lesson = parse("numbers.yaml", LESSON.to_owned(), &[]).unwrap();
    bench.model.lesson = Some(Class::new(Course::new(Arc::new(lesson)), false));
    bench.model.focus = Focus::Lesson;
    bench
}

#[test]
fn an_answer_may_have_a_number_that_no_node_has() {
    let mut bench = class();
    bench.press("1");
    assert!(bench.screen().contains("✖ There are more."), "{}", bench.screen());
    bench.press("9");
    assert!(bench.screen().contains("there are 5 answers"), "{}", bench.screen());
    bench.press("5");
    assert!(bench.screen().contains("✔ Right. Five stand there."), "{}", bench.screen());
    // Elsewhere a number is still a node's.
    bench.press("tab 9");
    assert!(bench.screen().contains("there are 4 nodes"), "{}", bench.screen());
}

#[test]
fn a_page_with_much_on_it_gets_the_room_it_needs() {
    let mut bench = class();
    let all = bench.screen();
    for text in ["One.", "Five.", "How many answers are there?", " 1  one", " 5  five", "1-5 answer"] {
        assert!(all.contains(text), "{text}\n{all}");
    }
    bench.press(")");
    let short = bench.screen();
    let height = |screen: &str, title: &str| screen.lines().position(|line| line.contains(title));
    assert!(height(&all, "Which one") < height(&short, "In words"), "{all}\n{short}");
}

#[test]
fn nothing_is_no_answer() {
    let mut bench = class();
    bench.press(") enter enter");
    assert!(!bench.screen().contains("Count them."), "{}", bench.screen());
    bench.press("enter 7 enter");
    assert!(bench.screen().contains("✖ Count them."), "{}", bench.screen());
    bench.press("enter 2 enter");
    assert!(bench.screen().contains("✔ Right."), "{}", bench.screen());
}

#[test]
fn a_word_stays_until_it_was_read() {
    let mut bench = Bench::paused();
    bench.press("9");
    assert!(bench.screen().contains("there are 4 nodes"), "{}", bench.screen());
    let (now, world) = (bench.model.now, World { speed: 10.0, still: false });
    bench.model.now = now + Duration::from_secs(9);
    assert!(!bench.screen().contains("there are 4 nodes"), "{}", bench.screen());
    // In a world in a hurry a reader needs more of its time.
    bench.model.world = Some(world);
    assert!(bench.screen().contains("there are 4 nodes"), "{}", bench.screen());
    bench.model.now = now + Duration::from_secs(81);
    assert!(!bench.screen().contains("there are 4 nodes"), "{}", bench.screen());
}

#[test]
fn a_class_reads_from_further_away() {
    let mut bench = class();
    bench.press(")");
    if let Some(class) = &mut bench.model.lesson {
        class.present = true;
    }
    let screen = bench.screen();
    let at = |text: &str| screen.lines().position(|line| line.contains(text)).unwrap();
    assert_eq!(at("How many pages?") - at("Short."), 4, "{screen}");
    bench.model.size.height = 16;
    let screen = bench.screen();
    assert!(screen.contains("How many pages?"), "{screen}");
}
