//! The loop: what happened into the model, what it wants done outside, and the screen at most thirty times a second.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossterm::event::{Event, EventStream};
use futures::StreamExt as _;
use ratatui::layout::Size;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Sleep;

use super::action::Keymap;
use super::effect::Effect;
use super::feed::Inbox;
use super::look::Look;
use super::message::Message;
use super::model::Model;
use super::terminal::{self, Guard};
use super::theme::Theme;
use super::update::update;
use super::view::view;
use crate::clock::Clock;
use crate::engine::Command;
use crate::inventory::model::Inventory;
use crate::state::RunState;

/// Time between two frames at least.
const FRAME: Duration = Duration::from_millis(33);
/// How often times on the screen go on.
const TICK: Duration = Duration::from_millis(500);
/// Events taken at once, so that keys come in between.
const EVENTS: usize = 4096;

/// How the operator left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// The run is over.
    Over,
    /// What runs on the nodes goes on without us.
    Detached,
    /// The terminal is gone, or the process is asked to end.
    Gone,
}

/// What the console is given.
#[derive(Debug)]
pub struct Setting {
    /// The run's time.
    pub clock: Clock,
    /// Its events.
    pub inbox: Arc<Inbox>,
    /// The way to the engine.
    pub commands: mpsc::Sender<Command>,
    /// What the operator wants.
    pub inventory: Option<Box<Inventory>>,
    /// Colours and glyphs: what there is, and what is taken.
    pub look: Look,
    /// Of these.
    pub theme: Theme,
    /// Whether the mouse is used.
    pub mouse: bool,
}

/// The console in its own thread, so that neither the run nor the screen waits for the other.
#[derive(Debug)]
pub struct Console {
    thread: JoinHandle<io::Result<RunState>>,
    left: oneshot::Receiver<Leaving>,
}

impl Console {
    /// Takes the terminal and begins to draw.
    pub fn open(setting: Setting) -> io::Result<Self> {
        let (tell, left) = oneshot::channel();
        let guard = Guard::take(setting.mouse)?;
        let thread = std::thread::Builder::new().name("console".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let mut desk = Desk::new(setting, guard)?;
            let left = runtime.block_on(desk.work());
            let Desk { guard, model, .. } = desk;
            drop(guard);
            let _ = tell.send(*left.as_ref().unwrap_or(&Leaving::Gone));
            left.map(|_| model.run)
        })?;
        Ok(Self { thread, left })
    }

    /// Waits until the operator leaves; the terminal is given back then.
    pub async fn left(&mut self) -> Leaving {
        (&mut self.left).await.unwrap_or(Leaving::Gone)
    }

    /// What became of the run as far as the console saw it.
    pub fn close(self) -> io::Result<RunState> {
        self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the console failed")))
    }
}

struct Desk {
    setting: Setting,
    guard: Guard,
    model: Model,
    /// Runs while the last frame is too young for another.
    rest: Option<Pin<Box<Sleep>>>,
}

impl Desk {
    fn new(setting: Setting, guard: Guard) -> io::Result<Self> {
        let size = guard.screen.size()?;
        let mut model = Model::new(setting.theme.clone(), Keymap::default(), size);
        model.look = Some(setting.look.clone());
        model.inventory.clone_from(&setting.inventory);
        Ok(Self { setting, guard, model, rest: None })
    }

    async fn work(&mut self) -> io::Result<Leaving> {
        let mut keys = EventStream::new();
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let inbox = Arc::clone(&self.setting.inbox);
        loop {
            if Guard::is_lost() {
                return Ok(Leaving::Gone);
            }
            self.draw()?;
            let message = tokio::select! {
                biased;
                key = keys.next() => match key {
                    Some(Ok(event)) => heard(event),
                    _ => return Ok(Leaving::Gone),
                },
                () = over(&mut self.rest), if self.rest.is_some() => {
                    self.rest = None;
                    None
                }
                () = inbox.ready() => Some(Message::Events(inbox.take(EVENTS))),
                _ = tick.tick() => Some(Message::Tick(self.setting.clock.elapsed())),
            };
            let Some(message) = message else { continue };
            for effect in update(&mut self.model, message) {
                if let Some(leaving) = self.carry_out(effect, &mut keys)? {
                    return Ok(leaving);
                }
            }
            if inbox.is_over() && !self.model.over {
                update(&mut self.model, Message::Over);
            }
        }
    }

    /// Draws if there is something new, and the last frame is old enough.
    fn draw(&mut self) -> io::Result<()> {
        if !self.model.dirty || self.rest.is_some() {
            return Ok(());
        }
        self.model.dirty = false;
        self.guard.screen.draw(|frame| view(&self.model, frame))?;
        self.rest = Some(Box::pin(tokio::time::sleep(FRAME)));
        Ok(())
    }

    fn carry_out(&mut self, effect: Effect, keys: &mut EventStream) -> io::Result<Option<Leaving>> {
        match effect {
            Effect::Command(command) => {
                if self.setting.commands.try_send(command).is_err() {
                    self.model.say("the run takes no more commands now");
                }
            }
            Effect::Leave(leaving) => return Ok(Some(leaving)),
            Effect::Redraw => {
                self.guard.screen.clear()?;
                self.model.dirty = true;
            }
            Effect::Suspend => {
                terminal::give_back();
                rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?;
                terminal::enter(self.setting.mouse)?;
                *keys = EventStream::new();
                self.guard.screen.clear()?;
                self.model.size = self.guard.screen.size()?;
                self.model.dirty = true;
            }
            Effect::Copy(_)
            | Effect::Call(_)
            | Effect::Page { .. }
            | Effect::Look { .. }
            | Effect::Shell(_) => {
                self.model.say("not there yet");
            }
        }
        Ok(None)
    }
}

async fn over(rest: &mut Option<Pin<Box<Sleep>>>) {
    if let Some(rest) = rest {
        rest.await;
    }
}

fn heard(event: Event) -> Option<Message> {
    Some(match event {
        Event::Key(key) => Message::Key(key),
        Event::Mouse(mouse) => Message::Mouse(mouse),
        Event::Paste(text) => Message::Paste(text),
        Event::Resize(width, height) => Message::Resized(Size { width, height }),
        Event::FocusGained => Message::Focused(true),
        Event::FocusLost => Message::Focused(false),
    })
}
