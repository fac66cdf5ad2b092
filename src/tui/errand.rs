//! Carries out what the model wants done outside.

use std::io::{self, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_current_process_group, kill_process};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use tokio::process::Command;
use tokio::sync::oneshot;

use super::card;
use super::console::Leaving;
use super::desk::Desk;
use super::effect::Effect;
use super::message::Message;
use super::outside::Opened;
use super::travel::{Projector, Request};
use super::update::update;
use super::{outside, terminal};
use crate::ids::{Attempt, NodeName, StepId};
use crate::runner::{Answer, Ask, Question};

/// Where nobody does job control, the stop does not come; waited for it no longer than this.
const STOP: Duration = Duration::from_millis(500);
/// How late a signal may come that was meant for a child.
const STRAGGLERS: Duration = Duration::from_millis(100);

impl Desk {
    pub(super) async fn carry_out(&mut self, effect: Effect) -> io::Result<Option<Leaving>> {
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
            Effect::UseMouse(on) => {
                self.setting.mouse = on;
                terminal::use_mouse(on)?;
            }
            Effect::Suspend => self.suspend().await?,
            Effect::Copy(text) => {
                let (sequence, said) = outside::copy(&text);
                terminal::tell(sequence.as_bytes())?;
                self.model.say(said);
            }
            Effect::Call(_) if !self.setting.bell => {}
            Effect::Call(text) => {
                let call = outside::call(&text, self.focus, |name| std::env::var_os(name));
                terminal::tell(call.as_bytes())?;
            }
            Effect::Page { step, attempt } => self.page(step, attempt).await?,
            Effect::Shell(node) => match self.setting.outside.shells.on(&node) {
                Ok(Opened::Program(ssh)) => {
                    let says =
                        format!("A shell on {node}; the run goes on. `exit` leads back to the console.");
                    self.lend(ssh, Some(&says)).await?;
                }
                Ok(Opened::Here(simulated)) => self.simulated_shell(node, simulated).await?,
                Err(why) => self.model.say(why),
            },
            Effect::Config(node) => self.ask(&node, Question::Config),
            Effect::List(node) => {
                self.model.say(format!("asking {node} for its files"));
                self.ask(&node, Question::Files);
            }
            Effect::Edit => self.edit().await?,
            Effect::Type { node, command } => self.type_in(node, command),
            Effect::Keep(progress) => {
                if let Some(path) = &self.setting.outside.progress
                    && let Err(error) = outside::keep(path, &progress)
                {
                    self.model.say(format!("the page can't be kept in {}: {error}", path.display()));
                }
            }
            Effect::Hurry(speed) => self.setting.clock.set_speed(speed),
            Effect::Past(request) => self.recall(request),
            Effect::Look { step, number } => self.look(&step, number),
        }
        Ok(None)
    }

    /// Types something on a simulated node, for the lesson.
    fn type_in(&self, node: NodeName, command: String) {
        let (answer, come) = oneshot::channel();
        let ask = Ask { node: node.clone(), what: Question::Typed(command.clone()), answer };
        if self.setting.asks.try_send(ask).is_err() {
            return;
        }
        let to = self.answers.0.clone();
        tokio::spawn(async move {
            let answer = come.await.unwrap_or_else(|_| Answer::Refused("the run is over".to_owned()));
            let _ = to.send(Message::Typed { node, command, answer }).await;
        });
    }

    /// Asks the journal; its answer comes as a message.
    fn recall(&mut self, request: Request) {
        if self.projector.is_none() {
            let journal = self.setting.outside.journal.clone().ok_or("this run has no journal".to_owned());
            let started = journal
                .and_then(|path| Projector::start(path, self.answers.0.clone()).map_err(|e| e.to_string()));
            match started {
                Ok(projector) => self.projector = Some(projector),
                Err(why) => {
                    update(&mut self.model, Message::Past(Err(why)));
                }
            }
        }
        if let Some(projector) = &self.projector {
            projector.ask(request);
        }
    }

    /// Asks the step's node what one of the diagnosis' commands says.
    fn look(&mut self, step: &StepId, number: usize) {
        let end = self.model.run.step(step).and_then(|step| step.end.as_ref());
        let Some(command) = end.and_then(|end| end.diagnosis.as_ref()?.look.get(number)).cloned() else {
            return;
        };
        self.model.say(format!("asking {}: {command}", step.node));
        self.ask(&step.node, Question::Look(command));
    }

    fn ask(&mut self, node: &NodeName, what: Question) {
        let (answer, come) = oneshot::channel();
        let ask = Ask { node: node.clone(), what: what.clone(), answer };
        if self.setting.asks.try_send(ask).is_err() {
            self.model.say("the run is over, or has too many questions to answer already");
            return;
        }
        let (to, node) = (self.answers.0.clone(), node.clone());
        tokio::spawn(async move {
            let answer = come.await.unwrap_or_else(|_| Answer::Refused("the run is over".to_owned()));
            let _ = to.send(Message::Answered { node, what, answer }).await;
        });
    }

    /// Stops this process until it is continued.
    async fn suspend(&mut self) -> io::Result<()> {
        self.give_back()?;
        let mut out = io::stdout().lock();
        let _ = writeln!(out, "kubestep is stopped; what runs on the nodes goes on. `fg` leads back.");
        drop(out);
        kill_current_process_group(Signal::TSTP)?;
        // Every thread is stopped, but perhaps not at once: drawing now would draw on the shell's screen.
        let went_on = tokio::time::timeout(STOP, self.interrupts.continued()).await;
        self.retake()?;
        if went_on.is_err() {
            self.model.say("nobody here could continue a stopped kubestep: it was not stopped");
        }
        Ok(())
    }

    async fn page(&mut self, step: StepId, attempt: Attempt) -> io::Result<()> {
        let Some(journal) = self.setting.outside.journal.clone() else {
            self.model.say("this run has no journal");
            return Ok(());
        };
        let mut pager = match outside::pager(|name| std::env::var_os(name), in_path) {
            Ok(pager) => pager,
            Err(why) => {
                self.model.say(why);
                return Ok(());
            }
        };
        let (read, write) = io::pipe()?;
        pager.stdin(Stdio::from(read));
        // In a thread of its own: a pager reads when it likes. It ends with the pager.
        let pouring = std::thread::Builder::new()
            .name("pager".to_owned())
            .spawn(move || outside::pour(&journal, &step, attempt, write))?;
        self.lend(pager, None).await?;
        if let Ok(Err(error)) = pouring.join() {
            self.model.say(format!("not all of the output could be shown: {error}"));
        }
        Ok(())
    }

    async fn edit(&mut self) -> io::Result<()> {
        let Some(file) = self.model.inventory.as_ref().map(|inventory| inventory.file.clone()) else {
            self.model.say("a run that is replayed has no inventory");
            return Ok(());
        };
        match outside::editor(&file, |name| std::env::var_os(name)) {
            Ok(editor) => {
                if self.lend(editor, None).await? {
                    self.hold_against(&file);
                }
            }
            Err(why) => self.model.say(why),
        }
        Ok(())
    }

    /// Shows what an edited inventory changes, to be applied if the operator wants it.
    fn hold_against(&mut self, file: &std::path::Path) {
        let Some(present) = self.model.inventory.clone() else { return };
        match outside::read_again(file) {
            Ok((edited, found)) => {
                match card::revision(&self.model.run, &present, edited, outside::found_in(&found)) {
                    Some(page) => self.model.lay(page),
                    None => self.model.say(format!("{} says what it said before", file.display())),
                }
            }
            Err(page) => self.model.lay(page),
        }
    }

    /// Lends the terminal to a program until it ends; whether it could be started. Meanwhile nothing is read and
    /// nothing drawn, and the run goes on.
    async fn lend(&mut self, mut command: Command, says: Option<&str>) -> io::Result<bool> {
        let program = command.as_std().get_program().to_string_lossy().into_owned();
        self.give_back()?;
        let modes = tcgetattr(io::stdin())?;
        if let Some(says) = says {
            let _ = writeln!(io::stdout().lock(), "{says}");
        }
        terminal::lend(true);
        let started = command.spawn();
        // It may hold an end of a pipe that the child must see closed.
        drop(command);
        let ended = match started {
            Ok(mut child) => tokio::select! {
                status = child.wait() => status.map(Some),
                () = self.setting.asked.cancelled() => {
                    if let Some(pid) = child.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
                        let _ = kill_process(pid, Signal::TERM);
                    }
                    Ok(None)
                }
            },
            Err(error) => Err(error),
        };
        // A key that ended the child was a signal to us as well, and that one may come a little later.
        if matches!(&ended, Ok(Some(status)) if status.signal().is_some()) {
            tokio::time::sleep(STRAGGLERS).await;
        }
        terminal::lend(false);
        // Whatever it left behind must not be what we give back in the end.
        tcsetattr(io::stdin(), OptionalActions::Now, &modes)?;
        if self.setting.asked.is_cancelled() || terminal::panicked() {
            return Ok(false);
        }
        self.retake()?;
        match ended {
            Ok(Some(status)) if !status.success() => self.model.say(format!("{program} ended with {status}")),
            Err(error) => {
                self.model.say(format!("{program} could not be run: {error}"));
                return Ok(false);
            }
            _ => {}
        }
        Ok(true)
    }

    fn give_back(&mut self) -> io::Result<()> {
        terminal::tell(self.title.clear().as_bytes())?;
        terminal::give_back();
        Ok(())
    }
}

fn in_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}
