//! The loop: what happened into the model, what it wants done outside, and the screen at most thirty times a second.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::Event;
use tokio::sync::{mpsc, watch};
use tokio::time::Sleep;

use super::console::{Leaving, Setting};
use super::effect::Effect;
use super::hints;
use super::input::Tty;
use super::interrupts::{Interrupt, Interrupts};
use super::message::Message;
use super::model::{Model, World};
use super::outside::{Focus, Title};
use super::terminal::{self, Guard};
use super::travel::{Projector, Request, Travel};
use super::update::update;
use super::view::view;
use crate::inventory::model::Inventory;
use crate::state::RunState;

/// Time between two frames at least.
const FRAME: Duration = Duration::from_millis(33);
/// So much sooner where a key was pressed meanwhile.
const SOONER: Duration = Duration::from_millis(25);
/// How often times on the screen go on.
const TICK: Duration = Duration::from_millis(500);
/// How often what is played from the journal moves on.
const PLAYED: Duration = Duration::from_millis(66);
/// Events taken at once, so that keys come in between.
const EVENTS: usize = 4096;
/// Answers that wait to be shown.
const ANSWERS: usize = 8;
/// Keys taken in a row, so that events come in between.
const KEYS: usize = 64;

/// Where everything comes together.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) setting: Setting,
    pub(super) guard: Guard,
    pub(super) model: Model,
    pub(super) tty: Tty,
    pub(super) interrupts: Interrupts,
    pub(super) title: Title,
    pub(super) focus: Focus,
    /// What was asked of nodes comes back here.
    pub(super) answers: (mpsc::Sender<Message>, mpsc::Receiver<Message>),
    /// What was typed in shells on simulated nodes.
    pub(super) shell_history: Vec<String>,
    /// Reads the journal, once somebody looks back.
    pub(super) projector: Option<Projector>,
    /// The terminal's size has changed since the last frame.
    resized: bool,
    /// Keys since anything else was heard.
    keys: usize,
    /// Runs while the last frame is too young for another.
    rest: Option<Pin<Box<Sleep>>>,
    /// Somebody waits for the next frame, which comes sooner.
    hurries: bool,
}

impl Desk {
    /// Within a runtime.
    pub(super) fn new(setting: Setting, guard: Guard) -> io::Result<Self> {
        let size = guard.screen.size()?;
        let mut model = Model::new(setting.theme.clone(), setting.keys.clone(), size);
        model.mouse = setting.mouse;
        model.look = Some(setting.look.clone());
        model.inventory = setting.inventory.as_ref().map(|inventory| Arc::clone(&inventory.borrow()));
        let speed = setting.clock.speed();
        model.world = setting.simulated.then_some(World { speed, still: false });
        if let Some((run, speed)) = &setting.replays {
            model.travel = Some(Box::new(Travel::replay(run.clone(), *speed)));
            model.over = true;
        }
        model.lesson.clone_from(&setting.lesson);
        if model.lesson.is_some() {
            model.focus = super::model::Focus::Lesson;
        } else if let Some(mark) = &setting.outside.hinted
            && hints::is_first(mark)
        {
            model.say(hints::text(&model.keys));
        }
        Ok(Self {
            model,
            tty: Tty::open()?,
            interrupts: Interrupts::new()?,
            title: Title::of(|name| std::env::var_os(name)),
            focus: Focus::Unknown,
            answers: mpsc::channel(ANSWERS),
            shell_history: Vec::new(),
            projector: None,
            resized: false,
            keys: 0,
            rest: None,
            hurries: false,
            setting,
            guard,
        })
    }

    /// Until somebody leaves; an error means that the terminal is gone.
    pub(super) async fn work(&mut self) -> io::Result<Leaving> {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut played = tokio::time::interval(PLAYED);
        played.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let begin = played.tick().await;
        if let Some(travel) = &self.model.travel {
            let first = Effect::Past(Request::Moment(travel.spot, Vec::new()));
            self.carry_out(first).await?;
        }
        let inbox = Arc::clone(&self.setting.inbox);
        let asked = self.setting.asked.clone();
        let mut inventories = self.setting.inventory.clone();
        loop {
            self.draw()?;
            let message = if self.keys >= KEYS {
                self.keys = 0;
                Some(Message::Events(inbox.take(EVENTS)))
            } else {
                tokio::select! {
                    // What can't wait before what can.
                    biased;
                    () = terminal::panic() => return Ok(Leaving::Failed),
                    () = asked.cancelled() => return Ok(Leaving::Gone),
                    () = over(&mut self.rest), if self.rest.is_some() => {
                        self.rest = None;
                        None
                    }
                    interrupt = self.interrupts.next() => {
                        match interrupt {
                            // A window that is dragged tells of every step; the next frame asks once.
                            Interrupt::Resized => {
                                self.resized = true;
                                self.model.dirty = true;
                            }
                            Interrupt::Continued => self.retake()?,
                        }
                        None
                    }
                    event = self.tty.next() => {
                        self.keys += 1;
                        self.heard(event?)
                    }
                    Some(answer) = self.answers.1.recv() => Some(answer),
                    Some(inventory) = next(&mut inventories) => Some(Message::Inventory(inventory)),
                    () = inbox.ready() => Some(Message::Events(inbox.take(EVENTS))),
                    at = played.tick(), if self.plays() => Some(Message::Frame(at.duration_since(begin))),
                    _ = tick.tick() => Some(Message::Tick(self.setting.clock.elapsed())),
                }
            };
            let Some(message) = message else { continue };
            match &message {
                Message::Events(batch) => {
                    self.keys = 0;
                    for ((step, _), lines) in &batch.dropped {
                        tracing::warn!(%step, lines, "output came faster than the console takes it; the journal has it");
                    }
                    if batch.is_empty() && !inbox.is_over() {
                        continue;
                    }
                }
                Message::Tick(_) | Message::Frame(_) => self.keys = 0,
                _ => {}
            }
            for effect in update(&mut self.model, message) {
                if let Some(leaving) = self.carry_out(effect).await? {
                    return Ok(leaving);
                }
            }
            if inbox.is_over() && !self.model.over {
                update(&mut self.model, Message::Over);
            }
        }
    }

    fn plays(&self) -> bool {
        self.model.travel.as_ref().is_some_and(|travel| travel.is_playing())
    }

    /// Gives the terminal back.
    pub(super) fn leave(mut self) -> RunState {
        let _ = terminal::tell(self.title.clear().as_bytes());
        drop(self.guard);
        self.model.by_now().clone()
    }

    /// Draws if there is something new, and the last frame is old enough.
    fn draw(&mut self) -> io::Result<()> {
        if !self.model.dirty || self.rest.is_some() {
            return Ok(());
        }
        if std::mem::take(&mut self.resized) {
            let size = self.guard.screen.size()?;
            update(&mut self.model, Message::Resized(size));
        }
        self.model.dirty = false;
        self.guard.screen.draw(|frame| view(&self.model, frame))?;
        self.guard.paper.show()?;
        let title = self.title.change(self.model.by_now());
        if !title.is_empty() {
            terminal::tell(title.as_bytes())?;
        }
        self.rest = Some(Box::pin(tokio::time::sleep(FRAME)));
        self.hurries = false;
        Ok(())
    }

    /// Takes the terminal again, whatever became of it meanwhile, and draws everything anew.
    pub(super) fn retake(&mut self) -> io::Result<()> {
        terminal::enter(self.setting.mouse)?;
        self.tty.forget();
        self.guard.screen.clear()?;
        self.resized = true;
        self.model.dirty = true;
        Ok(())
    }

    /// Lets the next frame come sooner: somebody waits for it.
    fn hurry(&mut self) {
        if let Some(rest) = &mut self.rest
            && !std::mem::replace(&mut self.hurries, true)
            && let Some(soon) = rest.deadline().checked_sub(SOONER)
        {
            rest.as_mut().reset(soon);
        }
    }

    fn heard(&mut self, event: Event) -> Option<Message> {
        Some(match event {
            Event::Key(key) => {
                self.hurry();
                Message::Key(key)
            }
            Event::Mouse(mouse) => Message::Mouse(mouse),
            Event::Paste(text) => Message::Paste(text),
            Event::FocusGained => {
                self.focus = Focus::Here;
                Message::Focused(true)
            }
            Event::FocusLost => {
                self.focus = Focus::Elsewhere;
                Message::Focused(false)
            }
            // The terminal's input does not tell of sizes.
            Event::Resize(..) => return None,
        })
    }
}

/// The inventory, when it has changed; none when there will be no other.
async fn next(inventories: &mut Option<watch::Receiver<Arc<Inventory>>>) -> Option<Arc<Inventory>> {
    let Some(receiver) = inventories else { return std::future::pending().await };
    if receiver.changed().await.is_ok() {
        return Some(Arc::clone(&receiver.borrow_and_update()));
    }
    *inventories = None;
    None
}

async fn over(rest: &mut Option<Pin<Box<Sleep>>>) {
    if let Some(rest) = rest {
        rest.await;
    }
}
