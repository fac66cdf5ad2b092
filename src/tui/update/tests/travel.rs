//! Back and forth in the run's time, under keys, with the journal in memory.

use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use crate::event::Envelope;
use crate::ids::RunId;
use crate::journal::tape::{Spot, Tape};
use crate::tui::action::{Action, Key, Scope, may};
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::model::{Model, World};
use crate::tui::testing::{self, Demo, screen};
use crate::tui::travel::{Request, Travel, answer};
use crate::tui::update::update;

/// A console with its journal.
struct Player {
    model: Model,
    tape: Tape<Cursor<Vec<u8>>>,
}

fn lines(events: &[Envelope]) -> Vec<u8> {
    events.iter().map(|event| event.to_line().unwrap() + "\n").collect::<String>().into_bytes()
}

impl Player {
    /// A replay, standing at its beginning.
    fn replay(events: &[Envelope], width: u16, height: u16) -> Self {
        let mut player = Self::live(events, events.len(), width, height);
        player.model = testing::model(width, height);
        player.model.travel = Some(Box::new(Travel::replay(RunId::new("20261122-100000-4f2a"), 1.0)));
        player.model.over = true;
        let first =
            answer(&mut player.tape, Request::Moment(Spot::Time(Duration::ZERO), Vec::new())).unwrap();
        player.say(Message::Past(Ok(first)));
        player.press("space");
        player
    }

    /// A run that has come to its event `now`; the journal has them all.
    fn live(events: &[Envelope], now: usize, width: u16, height: u16) -> Self {
        let mut model = testing::model(width, height);
        testing::play(&mut model, events[..now].to_vec());
        Self { model, tape: Tape::new(Cursor::new(lines(events)), Path::new("events.jsonl")) }
    }

    fn say(&mut self, message: Message) -> Vec<Effect> {
        let mut left = Vec::new();
        let mut effects = update(&mut self.model, message);
        while let Some(effect) = effects.pop() {
            match effect {
                Effect::Past(request) => {
                    let past = answer(&mut self.tape, request).unwrap();
                    effects.extend(update(&mut self.model, Message::Past(Ok(past))));
                }
                other => left.push(other),
            }
        }
        left
    }

    fn press(&mut self, keys: &str) -> Vec<Effect> {
        let keys: Vec<Key> = keys.split_whitespace().map(|key| key.parse().unwrap()).collect();
        keys.into_iter().flat_map(|key| self.say(Message::Key(key.event()))).collect()
    }

    fn word(&self) -> &str {
        self.model.word.as_ref().map_or("", |(_, word)| word)
    }

    /// Everything but the header, the time bar and the keys.
    fn body(&self) -> String {
        body(&screen(&self.model), self.model.travel.is_some())
    }
}

fn body(screen: &str, has_time_bar: bool) -> String {
    let lines: Vec<&str> = screen.lines().collect();
    let end = lines.len() - 2 - usize::from(has_time_bar);
    lines[1..end].join("\n")
}

/// As it was on the screen of one who never went anywhere.
fn as_it_was(events: &[Envelope], place: usize, time: Duration, keys: &str) -> String {
    let mut model = testing::model(120, 99);
    testing::play(&mut model, events[..place].to_vec());
    update(&mut model, Message::Tick(time));
    testing::press(&mut model, keys);
    body(&screen(&model), false)
}

fn failing() -> Vec<Envelope> {
    Demo::rack(1, 2)
        .faults(&["{ node: w001, phase: join/kubelet-start, kind: fail, attempts: [], output: 'no' }"])
        .events()
}

#[test]
fn every_moment_of_a_replay_looks_as_it_did() {
    let events = Demo::rack(1, 1).events();
    // High enough for everything: how far the tree is scrolled is the operator's.
    let mut player = Player::replay(&events, 120, 100);
    player.press("end 2 home");
    let length = events.last().unwrap().elapsed;
    for _ in 0..30 {
        player.press("right");
        let travel = player.model.travel.as_ref().unwrap();
        let (time, place) = (travel.time, travel.place);
        assert_eq!(place, events.iter().filter(|event| event.elapsed <= time).count());
        assert_eq!(player.body(), as_it_was(&events, place, time, "2"), "{time:?}");
        if time == length {
            break;
        }
    }
    // And back again, from event to event.
    for _ in 0..40 {
        player.press(",");
        let travel = player.model.travel.as_ref().unwrap();
        assert_eq!(player.body(), as_it_was(&events, travel.place, travel.time, "2"), "{:?}", travel.time);
    }
}

#[test]
fn one_looks_back_while_the_run_goes_on_and_comes_back_to_now() {
    let events = failing();
    let half = events.len() / 2;
    let mut player = Player::live(&events, half, 120, 40);
    // The journal is ahead of the screen, as it is written first.
    let before = player.body();
    player.press("O left left");
    assert!(screen(&player.model).contains("PAST"), "{}", screen(&player.model));
    let past = player.body();
    assert_ne!(past, before);
    testing::play(&mut player.model, events[half..].to_vec());
    assert_eq!(player.body(), past, "what is looked at stays as it is");
    assert_eq!(player.model.by_now().seq, events.len() as u64);
    player.press("esc");
    assert!(player.model.travel.is_none());
    let mut stayed = testing::model(120, 40);
    testing::play(&mut stayed, events.clone());
    let (at, follow) = (player.model.rack.at, player.model.rack.top);
    stayed.rack.select(at);
    stayed.rack.top = follow;
    testing::press(&mut stayed, "z z");
    assert_eq!(player.model.run, stayed.run);
    assert_eq!(player.model.now, stayed.now);
    for (step, attempt) in player.model.panes.shown(&player.model.run) {
        assert_eq!(player.model.logs.of(&step, attempt), stayed.logs.of(&step, attempt));
    }
}

#[test]
fn nothing_is_done_to_the_cluster_from_the_past_and_the_reason_is_said() {
    let events = failing();
    for (mut player, why) in [
        (Player::live(&events, events.len() / 2, 100, 30), "you look at the past: esc leads back to now"),
        (Player::replay(&events, 100, 30), "this is a replay, there is no cluster behind it"),
    ] {
        if player.model.travel.is_none() {
            player.press("O left");
        }
        let acts = Action::list().iter().filter(|entry| {
            (entry.scope == Scope::Run && !matches!(entry.action, Action::Mark | Action::Unmark))
                || matches!(entry.action, Action::Shell | Action::Edit)
        });
        for entry in acts.filter(|entry| entry.action != Action::Pause) {
            assert_eq!(may(&player.model, entry.action), Err(why.to_owned()), "{}", entry.name);
            for key in entry.keys {
                assert_eq!(player.press(key), [], "{key}");
                assert_eq!(player.word(), format!("{}: {why}", entry.short));
                assert!(player.model.overlays.is_empty(), "{key} asks");
            }
        }
        // space is the time bar's.
        assert_eq!(player.press("space"), []);
        assert!(player.model.travel.as_ref().unwrap().is_playing());
    }
}

#[test]
fn a_diagnosis_can_be_read_in_a_replay_but_asks_no_node() {
    let events = failing();
    let mut player = Player::replay(&events, 100, 40);
    player.press("!");
    assert!(screen(&player.model).contains("fails"), "{}", screen(&player.model));
    player.press("D");
    assert_eq!(player.model.overlays.len(), 1);
    assert_eq!(player.press("1"), []);
    // What a node answers lies over the card, which is there again afterwards.
    assert_eq!(player.model.overlays.len(), 1);
    player.press("esc");
    assert_eq!(player.model.overlays.len(), 0);
}

#[test]
fn time_passes_at_the_speed_asked_for_and_stops_at_the_end() {
    let events = Demo::rack(1, 1).events();
    let mut player = Player::replay(&events, 100, 30);
    let second = |n: u64| Message::Frame(Duration::from_secs(n));
    player.press("space");
    for n in 10..=12 {
        player.say(second(n));
    }
    assert_eq!(player.model.now, Duration::from_secs(2), "the first picture begins the count");
    player.press("> >");
    player.say(second(13));
    assert_eq!(player.model.now, Duration::from_secs(6));
    player.press("space");
    player.say(second(20));
    assert_eq!(player.model.now, Duration::from_secs(6), "stopped");
    player.press("space");
    player.say(second(30));
    player.say(second(31));
    assert_eq!(player.model.now, Duration::from_secs(10), "a stop is no time");
    for n in 32..2_000 {
        player.say(second(n));
    }
    let travel = player.model.travel.as_ref().unwrap();
    assert_eq!((travel.time, travel.is_playing()), (events.last().unwrap().elapsed, false));
    assert!(player.model.run.end.is_some());
    player.press("space");
    assert_eq!(player.model.now, Duration::ZERO, "from the beginning again");
    assert_eq!(player.press("q"), [Effect::Leave(crate::tui::Leaving::Over)]);
}

#[test]
fn played_to_its_end_the_past_of_a_live_run_is_now() {
    let events = Demo::rack(1, 1).events();
    let mut player = Player::live(&events, 60, 100, 30);
    player.press("O left space");
    for n in 0..20 {
        player.say(Message::Frame(Duration::from_secs(n)));
    }
    assert!(player.model.travel.is_none());
    assert_eq!(player.word(), "this is now");
    player.press("O left q");
    assert!(player.model.travel.is_none(), "who leaves is asked about the run as it is now");
    assert!(screen(&player.model).contains("What shall become of it?"));
}

#[test]
fn the_cursor_stays_where_it_was_put_also_over_times_when_that_was_not_there() {
    let events = failing();
    let mut player = Player::replay(&events, 100, 40);
    player.press("end 2");
    let there = player.model.rack.selected().unwrap().id.clone();
    player.press("j j j j j j");
    let put = player.model.rack.selected().unwrap().id.clone();
    assert_ne!(put, there);
    player.press("home");
    assert_ne!(player.model.rack.selected().map(|row| &row.id), Some(&put));
    player.press("end");
    assert_eq!(player.model.rack.selected().unwrap().id, put);
}

#[test]
fn the_bar_can_be_clicked() {
    let events = failing();
    let mut player = Player::replay(&events, 120, 40);
    player.press("end");
    let row = screen(&player.model).lines().position(|line| line.contains('●')).unwrap();
    let line = screen(&player.model).lines().nth(row).unwrap().to_owned();
    let end = line.chars().position(|c| c == '●').unwrap();
    let start = line.chars().position(|c| c == '━').unwrap();
    let click = crossterm::event::MouseEvent {
        kind: crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Left),
        column: u16::try_from(usize::midpoint(start, end)).unwrap(),
        row: u16::try_from(row).unwrap(),
        modifiers: crossterm::event::KeyModifiers::NONE,
    };
    player.say(Message::Mouse(click));
    let half = events.last().unwrap().elapsed / 2;
    assert!(player.model.now.abs_diff(half) < half / 20, "{:?} {half:?}", player.model.now);
}

#[test]
fn header_and_time_bar_are_as_they_were_drawn() {
    let events = failing();
    for (width, height) in [(80, 24), (120, 40)] {
        let mut player = Player::replay(&events, width, height);
        insta::assert_snapshot!(format!("replay-start-{width}x{height}"), screen(&player.model));
        player.press("! < <");
        insta::assert_snapshot!(format!("replay-failure-{width}x{height}"), screen(&player.model));
        let mut player = Player::live(&events, events.len() / 2, width, height);
        player.press("O left left space >");
        insta::assert_snapshot!(format!("past-{width}x{height}"), screen(&player.model));
    }
}

#[test]
fn a_simulated_worlds_time_is_hurried_slowed_and_stopped() {
    let events = Demo::rack(1, 1).events();
    let mut player = Player::live(&events, 60, 120, 40);
    assert_eq!(player.press("<"), []);
    assert_eq!(player.word(), "slower: on real machines time passes at its own pace");
    player.model.world = Some(World { speed: 1.0, still: false });
    assert_eq!(player.press("> >"), [Effect::Hurry(2.0), Effect::Hurry(4.0)]);
    assert!(screen(&player.model).contains(" x4 "));
    assert_eq!(player.press("0"), [Effect::Hurry(0.0)]);
    assert!(screen(&player.model).contains("time stands still"));
    assert_eq!(player.press("0 <"), [Effect::Hurry(4.0), Effect::Hurry(2.0)]);
    assert_eq!(
        player.press("0 <"),
        [Effect::Hurry(0.0), Effect::Hurry(1.0)],
        "another speed is a wish to go on"
    );
    player.press("O left");
    assert_eq!(player.press("> 0"), [], "the past has its own speed");
    assert!(player.model.travel.as_ref().unwrap().speed > 1.5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn whatever_keys_are_pressed_the_moment_shown_is_the_runs_own(
        keys in prop::collection::vec(prop::sample::select(vec![
            "left", "right", ",", ".", "!", "home", "end", "space", "<", ">", "j", "k", "1", "2", "h", "l",
            "V", "enter", "tab", "a", "z", "O", "g", "G", "[", "]", "f", "F", "B", "|", "_", "esc", "s", "c",
        ]), 0..40),
    ) {
        let events = failing();
        let mut player = Player::replay(&events, 100, 30);
        for key in keys {
            let effects = player.press(key);
            prop_assert!(effects.iter().all(|effect| !effect.reaches_out()), "{key}: {effects:?}");
            let place = usize::try_from(player.model.run.seq).unwrap();
            prop_assert_eq!(&player.model.run, &crate::state::RunState::fold(&events[..place]));
            screen(&player.model);
        }
    }
}

#[test]
fn what_is_played_is_folded_once_whatever_is_seen_of_it() {
    let events = Demo::rack(1, 12).events();
    let mut player = Player::replay(&events, 120, 40);
    // From the middle on, a picture every 40 ms.
    let middle = events.last().unwrap().elapsed / 2;
    player.say(Message::Frame(Duration::ZERO));
    player.press("home");
    while player.model.travel.as_ref().unwrap().time < middle {
        player.press("right");
    }
    let (place, before) = (player.model.travel.as_ref().unwrap().place, player.tape.folded());
    player.press("space");
    for picture in 1..200 {
        player.say(Message::Frame(Duration::from_millis(40 * picture)));
    }
    let seen = player.model.travel.as_ref().unwrap().place - place;
    let folded = player.tape.folded() - before;
    assert!(seen > 20, "{seen}");
    assert!(folded <= seen as u64, "{folded} events folded for {seen} that were passed");
}

/// How long moving about in a large run takes. By hand: `cargo test --release scrubbing -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn scrubbing_a_rack_of_200_nodes() {
    let events = Demo::rack(3, 197).at_once(200).events();
    let bytes = lines(&events).len();
    let start = std::time::Instant::now();
    let mut player = Player::replay(&events, 160, 50);
    println!("{} events, {} kB: opened in {:?}", events.len(), bytes / 1000, start.elapsed());
    let length = events.last().unwrap().elapsed;
    let mut times = Vec::new();
    for n in 0..60u32 {
        let to = length * (n * 37 % 60) / 60;
        let start = std::time::Instant::now();
        let effects = super::super::travel::go_to(&mut player.model, to);
        for effect in effects {
            let Effect::Past(request) = effect else { continue };
            let past = answer(&mut player.tape, request).unwrap();
            player.say(Message::Past(Ok(past)));
        }
        screen(&player.model);
        times.push(start.elapsed());
    }
    times.sort_unstable();
    println!("a seek and its picture: half within {:?}, the longest {:?}", times[30], times[59]);
    super::super::travel::go_to(&mut player.model, length / 3);
    player.press("space");
    let (mut told, mut drawn) = (Vec::new(), Vec::new());
    for picture in 1..200 {
        let start = std::time::Instant::now();
        player.say(Message::Frame(Duration::from_millis(40 * picture)));
        told.push(start.elapsed());
        screen(&player.model);
        drawn.push(start.elapsed());
    }
    told.sort_unstable();
    drawn.sort_unstable();
    println!(
        "a picture of what is played: half within {:?}, drawn {:?}; the longest {:?}",
        told[99], drawn[99], drawn[198]
    );
}
