//! Going back and forth in the run's time.

use std::time::Duration;

use super::events;
use crate::ids::{Attempt, StepId};
use crate::journal::tape::{NoteKind, Spot};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::logs::Logs;
use crate::tui::model::Model;
use crate::tui::rack::RowId;
use crate::tui::travel::{Moment, Past, Playing, Present, Prints, Request, SPEEDS, Travel, step_of};

/// How far the arrows go.
const STRIDE: Duration = Duration::from_secs(5);

/// Opens the time bar, or closes it and comes back to now.
pub(super) fn toggle(model: &mut Model) -> Vec<Effect> {
    match &model.travel {
        Some(travel) if travel.replays.is_some() => {
            model.say("the time bar stays: a replay has no other time");
            Vec::new()
        }
        Some(_) => {
            come_back(model);
            Vec::new()
        }
        None => {
            let end = model.run.end.as_ref().map_or(model.now, |end| end.duration.min(model.now));
            let mut travel = Travel::back(end);
            let asked = ask(model, &mut travel);
            model.travel = Some(Box::new(travel));
            vec![asked]
        }
    }
}

/// Does what a key of the time bar is for.
pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let by_notes = matches!(action, Action::NoteBefore | Action::NextNote | Action::NextTrouble);
    if by_notes && model.travel.as_ref().is_some_and(|travel| !travel.landed) {
        model.say("the journal is being read");
        return Vec::new();
    }
    let Some(mut travel) = model.travel.take() else { return Vec::new() };
    let mut wanted = None;
    match action {
        Action::Earlier => wanted = Some(Spot::Time(travel.time.saturating_sub(STRIDE))),
        Action::Later => wanted = Some(Spot::Time(travel.time.saturating_add(STRIDE))),
        Action::NoteBefore => wanted = Some(before(&travel)),
        Action::NextNote => {
            wanted = travel.chart.next_after(travel.place, |_| true).map(|note| Spot::Event(note.place));
        }
        Action::NextTrouble => {
            let first = || travel.chart.next_after(0, NoteKind::is_trouble);
            let found = travel.chart.next_after(travel.place, NoteKind::is_trouble).or_else(first);
            match found {
                Some(note) => {
                    wanted = Some(Spot::Event(note.place));
                    travel.points = true;
                }
                None => model.say("nothing went wrong in this run"),
            }
        }
        Action::Beginning => wanted = Some(Spot::Time(Duration::ZERO)),
        // How long it is may not be known yet.
        Action::Now if travel.replays.is_some() => wanted = Some(Spot::Event(usize::MAX)),
        Action::Now => wanted = Some(Spot::Time(travel.length())),
        Action::Play => {
            travel.playing = if travel.is_playing() { Playing::Stopped } else { Playing::Starting };
            // At the end of a recording it begins anew; at the end of what has happened so far is now.
            if travel.is_playing() && travel.time >= travel.length() && travel.replays.is_some() {
                wanted = Some(Spot::Time(Duration::ZERO));
            }
        }
        _ => {}
    }
    if wanted.is_some() && action != Action::Play {
        travel.playing = Playing::Stopped;
    }
    let leaves = action == Action::Now && travel.replays.is_none();
    let mut effects = Vec::new();
    if let Some(spot) = wanted {
        effects.push(go(model, &mut travel, spot));
    } else if action == Action::NextNote {
        model.say(if travel.replays.is_some() {
            "this is the end of the run"
        } else {
            "nothing more has happened yet"
        });
    }
    model.travel = Some(travel);
    if leaves {
        come_back(model);
        return Vec::new();
    }
    effects
}

/// To that time, as pointed at on the time bar.
pub(super) fn go_to(model: &mut Model, time: Duration) -> Vec<Effect> {
    let Some(mut travel) = model.travel.take() else { return Vec::new() };
    travel.playing = Playing::Stopped;
    let asked = travel.landed.then(|| go(model, &mut travel, Spot::Time(time)));
    model.travel = Some(travel);
    asked.into_iter().collect()
}

/// The event of note before: before the one that made this moment what it is.
fn before(travel: &Travel) -> Spot {
    let here = travel.chart.last_before(travel.place);
    let at_it = here.is_some_and(|note| travel.spot == Spot::Event(note.place));
    let place = match here {
        Some(note) if at_it => note.place.saturating_sub(1),
        Some(note) => note.place,
        None => 0,
    };
    Spot::Event(travel.chart.last_before(place).map_or(0, |note| note.place))
}

/// Wants to be at `spot`: the screen follows when the journal has answered.
fn go(model: &mut Model, travel: &mut Travel, spot: Spot) -> Effect {
    let notes = &travel.chart.notes;
    (travel.spot, travel.time) = match spot {
        Spot::Time(time) => {
            let time = time.min(travel.length());
            (Spot::Time(time), time)
        }
        Spot::Event(place) => {
            let note = notes.binary_search_by_key(&place, |note| note.place).ok().map(|at| notes[at]);
            let end = if place >= travel.chart.events { travel.chart.length } else { Duration::ZERO };
            (spot, note.map_or(end, |note| note.at))
        }
    };
    // As far as the notes tell; the answer says it exactly.
    travel.place = match travel.spot {
        Spot::Event(place) => place,
        Spot::Time(time) => {
            let passed = notes.partition_point(|note| note.at <= time);
            notes[..passed].last().map_or(0, |note| note.place)
        }
    };
    ask(model, travel)
}

fn ask(model: &Model, travel: &mut Travel) -> Effect {
    travel.pending = true;
    Effect::Past(Request::Moment(travel.spot, model.panes.shown(&model.run)))
}

/// The wall's clock has gone on.
pub(super) fn frame(model: &mut Model, wall: Duration) -> Vec<Effect> {
    let Some(mut travel) = model.travel.take() else { return Vec::new() };
    let mut effects = Vec::new();
    if travel.is_playing() && travel.landed {
        let since = match travel.playing {
            Playing::At(since) => since,
            _ => wall,
        };
        travel.playing = Playing::At(wall);
        let passed = wall.saturating_sub(since);
        let passed =
            Duration::try_from_secs_f64(passed.as_secs_f64() * travel.speed).unwrap_or(Duration::MAX);
        let time = travel.chart.past_gaps(travel.time.saturating_add(passed));
        let length = travel.length();
        if time >= length {
            travel.playing = Playing::Stopped;
        }
        effects.push(go(model, &mut travel, Spot::Time(time)));
        if time >= length && travel.replays.is_none() {
            model.travel = Some(travel);
            come_back(model);
            model.say("this is now");
            return Vec::new();
        }
    }
    model.travel = Some(travel);
    effects
}

/// Slower or faster: what is played, or the simulated world.
pub(super) fn hurry(model: &mut Model, up: bool) -> Vec<Effect> {
    let speed = match (&mut model.travel, &mut model.world) {
        (Some(travel), _) => &mut travel.speed,
        (None, Some(world)) => {
            // Whoever asks for another speed wants time to pass.
            world.still = false;
            &mut world.speed
        }
        (None, None) => return Vec::new(),
    };
    let next = if up {
        SPEEDS.into_iter().find(|next| *next > *speed)
    } else {
        SPEEDS.into_iter().rev().find(|next| *next < *speed)
    };
    match next {
        Some(next) => *speed = next,
        None => model.say(if up { "it goes no faster" } else { "it goes no slower" }),
    }
    passes(model)
}

/// Lets the simulated world stand still, or go on.
pub(super) fn still(model: &mut Model) -> Vec<Effect> {
    if let Some(world) = model.world.as_mut() {
        world.still ^= true;
    }
    passes(model)
}

/// The world is told how its time passes.
fn passes(model: &Model) -> Vec<Effect> {
    let world = model.world.filter(|_| model.travel.is_none());
    world.map(|world| Effect::Hurry(if world.still { 0.0 } else { world.speed })).into_iter().collect()
}

/// Back to the run as it is now.
pub(super) fn come_back(model: &mut Model) {
    let Some(travel) = model.travel.take() else { return };
    if travel.replays.is_some() {
        model.travel = Some(travel);
        return;
    }
    if let Some(Present { run, logs, now, panes }) = travel.present {
        let cursor = cursor(model, travel.cursor);
        (model.run, model.logs, model.now, model.panes) = (run, logs, now, panes);
        model.rack.look_again(&model.run, cursor);
        model.rack.follow(&model.run);
        model.panes.forget();
    }
    model.dirty = true;
}

/// The journal has answered.
pub(super) fn take_in(model: &mut Model, past: Result<Past, String>) -> Vec<Effect> {
    if model.travel.is_none() {
        return Vec::new();
    }
    match past {
        Err(why) => {
            model.say(why);
            if model.travel.as_ref().is_some_and(|travel| travel.replays.is_none()) {
                come_back(model);
            }
            Vec::new()
        }
        Ok(Past::Moment(moment)) => {
            land(model, *moment);
            Vec::new()
        }
        Ok(Past::Prints(place, prints)) => {
            if model.travel.as_ref().is_some_and(|travel| travel.place == place) {
                print(model, prints);
                model.dirty = true;
            }
            Vec::new()
        }
    }
}

fn land(model: &mut Model, moment: Moment) {
    let Some(mut travel) = model.travel.take() else { return };
    let target = cursor(model, travel.cursor.take());
    let former = std::mem::replace(&mut model.run, moment.run);
    let logs = std::mem::take(&mut model.logs);
    if !travel.landed && travel.replays.is_none() {
        travel.present = Some(Present { run: former, logs, now: model.now, panes: model.panes.clone() });
    }
    travel.landed = true;
    travel.loaded.clear();
    travel.chart = moment.chart;
    travel.last = moment.last;
    // An answer to what was asked before: what was asked last is still on its way.
    let arrived = moment.spot == travel.spot;
    if arrived {
        (travel.place, travel.time) = (moment.place, moment.time);
        if matches!(travel.spot, Spot::Event(_)) {
            travel.spot = Spot::Event(moment.place);
        }
        travel.pending = false;
    }
    model.now = moment.time;
    model.travel = Some(travel);
    print(model, moment.prints);
    model.rack.look_again(&model.run, target.clone());
    model.rack.follow(&model.run);
    if arrived {
        point(model);
    }
    if let Some(travel) = model.travel.as_mut() {
        let stands = model.rack.selected().map(|row| row.id.clone());
        let away = target.filter(|target| stands.as_ref() != Some(target) && model.rack.touched);
        travel.cursor = away.map(|target| (target, stands));
    }
    model.panes.forget();
    model.dirty = true;
}

/// From event to event, the cursor goes with them, unless the operator has put it elsewhere.
fn point(model: &mut Model) {
    let Some(travel) = model.travel.as_mut() else { return };
    let points = std::mem::take(&mut travel.points);
    let step = travel.last.as_ref().and_then(step_of).filter(|_| matches!(travel.spot, Spot::Event(_)));
    if let Some(step) = step.filter(|step| (points || !model.rack.touched) && model.run.step(step).is_some())
    {
        model.rack.show(&model.run, step);
    }
}

/// Where the cursor belongs: where the operator has put it, also if that was not there in the meantime.
fn cursor(model: &Model, kept: Option<(RowId, Option<RowId>)>) -> Option<RowId> {
    let stands = model.rack.selected().map(|row| row.id.clone());
    match kept {
        Some((belongs, stood)) if stood == stands => Some(belongs),
        _ => stands,
    }
}

fn print(model: &mut Model, prints: Prints) {
    for ((step, attempt), printed) in prints {
        let mut logs = Logs::default();
        if printed.older > 0 {
            logs.pass_over(step.clone(), attempt, printed.older);
        }
        for event in &printed.events {
            logs.apply(event);
        }
        model.logs.adopt(logs);
        if let Some(travel) = model.travel.as_mut() {
            travel.loaded.insert((step, attempt));
        }
    }
}

/// Asks for output that is to be seen and not there. Until it comes the screen stays as it is, so that nothing flickers.
pub(super) fn missing(model: &mut Model) -> Vec<Effect> {
    let shown = model.panes.shown(&model.run);
    let Some(travel) = model.travel.as_mut().filter(|travel| travel.landed && !travel.pending) else {
        return Vec::new();
    };
    let missing: Vec<(StepId, Attempt)> =
        shown.into_iter().filter(|shown| !travel.loaded.contains(shown)).collect();
    if missing.is_empty() {
        return Vec::new();
    }
    travel.loaded.extend(missing.iter().cloned());
    model.dirty = false;
    vec![Effect::Past(Request::Prints(travel.place, missing))]
}

/// Events of a run whose past is looked at.
pub(super) fn meanwhile(
    model: &mut Model,
    batch: crate::tui::feed::Batch,
) -> Option<crate::tui::feed::Batch> {
    let present = model.travel.as_mut().and_then(|travel| travel.present.as_mut());
    let Some(present) = present else { return Some(batch) };
    events::fold(&mut present.run, &mut present.logs, &mut present.now, batch, |run, step| {
        events::remember_config(run, model.inventory.as_deref(), &mut model.configs, step);
    });
    model.dirty = true;
    None
}
