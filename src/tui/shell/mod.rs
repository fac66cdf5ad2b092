//! A shell on a simulated node, in the terminal: a prompt below what the terminal showed before the console.
//!
//! The console's own reader reads the keys, so that nobody else reads the terminal; the console's thread waits here meanwhile,
//! and the run goes on.

mod editor;
mod veil;

use std::io;
use std::sync::Arc;

use crossterm::event::{Event, KeyCode, KeyModifiers};
use unicode_width::UnicodeWidthStr as _;

use self::editor::{Asked, Editor};
use self::veil::Veil;
use super::desk::Desk;
use super::outside::Simulated;
use super::terminal;
use crate::ids::NodeName;
use crate::sim::{Session, is_unfinished};

/// Keys typed while a line runs that are kept for the next.
const AHEAD: usize = 256;
/// Columns of a terminal that doesn't tell its size.
const COLUMNS: u16 = 80;

/// How a line ended.
enum Ended {
    /// By itself.
    Done,
    /// By C-c.
    Stopped,
    /// The shell ends with it.
    Over,
}

/// A shell that somebody sits at.
struct Sitting<'a> {
    desk: &'a mut Desk,
    node: NodeName,
    simulated: Simulated,
    session: Session,
    editor: Editor,
    /// Lines of a command that is not finished.
    begun: String,
    ahead: Vec<Event>,
}

impl Desk {
    /// Lends the terminal to a shell on `node` until it is left.
    pub(super) async fn simulated_shell(&mut self, node: NodeName, simulated: Simulated) -> io::Result<()> {
        terminal::tell(self.title.clear().as_bytes())?;
        terminal::step_aside()?;
        let says = format!(
            "A shell on {node}, which is simulated; the run goes on. `help` says what there is, `exit` or C-d\r\nleads back to the console.\r\n"
        );
        terminal::tell(says.as_bytes())?;
        let history = std::mem::take(&mut self.shell_history);
        let mut sitting = Sitting {
            desk: self,
            node,
            simulated,
            session: Session::login(),
            editor: Editor::new(history),
            begun: String::new(),
            ahead: Vec::new(),
        };
        let sat = sitting.sit().await;
        let history = sitting.editor.into_history();
        self.shell_history = history;
        sat?;
        if self.setting.asked.is_cancelled() || terminal::panicked() {
            return Ok(());
        }
        self.retake()
    }
}

impl Sitting<'_> {
    async fn sit(&mut self) -> io::Result<()> {
        self.paint()?;
        while let Some(event) = self.next().await? {
            let asked = match event {
                Event::Key(key) => self.editor.key(key),
                Event::Paste(text) => {
                    self.editor.insert(&text);
                    Asked::Changed
                }
                Event::Resize(..) => Asked::Changed,
                _ => Asked::Nothing,
            };
            match asked {
                Asked::Nothing => {}
                Asked::Changed => self.paint()?,
                Asked::Complete => self.complete()?,
                Asked::Clear => {
                    terminal::tell(b"\x1b[H\x1b[2J")?;
                    self.paint()?;
                }
                Asked::Cancel => {
                    self.begun.clear();
                    self.session.interrupt();
                    terminal::tell(b"^C\r\n")?;
                    self.paint()?;
                }
                Asked::Leave => {
                    terminal::tell(b"exit\r\n")?;
                    return Ok(());
                }
                Asked::Run(line) => {
                    // All of it, however long: what scrolled out of the window too.
                    let shown = line.replace('\n', "\r\n> ");
                    terminal::tell(format!("\r\x1b[K{}{shown}\r\n", self.prompt()).as_bytes())?;
                    self.begun += &line;
                    if is_unfinished(&self.begun) {
                        self.begun.push('\n');
                    } else {
                        let line = std::mem::take(&mut self.begun);
                        match self.run(&line).await? {
                            Ended::Over => return Ok(()),
                            Ended::Stopped => terminal::tell(b"^C\r\n")?,
                            Ended::Done => {}
                        }
                    }
                    self.paint()?;
                }
            }
        }
        Ok(())
    }

    /// What is typed next; none when the console has to end.
    async fn next(&mut self) -> io::Result<Option<Event>> {
        if !self.ahead.is_empty() {
            return Ok(Some(self.ahead.remove(0)));
        }
        let asked = self.desk.setting.asked.clone();
        tokio::select! {
            biased;
            () = terminal::panic() => Ok(None),
            () = asked.cancelled() => Ok(None),
            _ = self.desk.interrupts.next() => {
                // After a stop the terminal may be in another mode.
                terminal::step_aside()?;
                Ok(Some(Event::Resize(0, 0)))
            }
            event = self.desk.tty.next() => event.map(Some),
        }
    }

    async fn run(&mut self, line: &str) -> io::Result<Ended> {
        let columns = self.desk.guard.screen.size().map_or(COLUMNS, |size| size.width);
        self.session.set_columns(usize::from(columns));
        let veil = Arc::new(Veil::new(self.simulated.redactor.clone()));
        let asked = self.desk.setting.asked.clone();
        let mut work = Box::pin(self.simulated.rack.shell_on(
            &self.node,
            &mut self.session,
            line,
            Arc::clone(&veil) as _,
        ));
        let ended = loop {
            tokio::select! {
                biased;
                () = terminal::panic() => return Ok(Ended::Over),
                () = asked.cancelled() => return Ok(Ended::Over),
                // After a stop the terminal may be in another mode.
                _ = self.desk.interrupts.next() => terminal::step_aside()?,
                event = self.desk.tty.next() => match event? {
                    Event::Key(key)
                        if key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL) =>
                    {
                        self.ahead.clear();
                        break Ok(None);
                    }
                    event if self.ahead.len() < AHEAD => self.ahead.push(event),
                    _ => {}
                },
                ended = &mut work => break ended.map(Some),
            }
        };
        drop(work);
        veil.finish();
        match ended {
            Ok(Some(_)) if self.session.is_over() => Ok(Ended::Over),
            Ok(Some(_)) => Ok(Ended::Done),
            Ok(None) => {
                self.session.interrupt();
                Ok(Ended::Stopped)
            }
            Err(error) => {
                self.desk.model.say(format!("the shell ended: {error}"));
                Ok(Ended::Over)
            }
        }
    }

    fn prompt(&self) -> String {
        if self.begun.is_empty() { self.session.prompt(self.node.as_str()) } else { "> ".to_owned() }
    }

    /// Draws the line that is typed, over itself.
    fn paint(&self) -> io::Result<()> {
        let columns = self.desk.guard.screen.size().map_or(COLUMNS, |size| size.width);
        let mut prompt = self.prompt();
        // In a deep folder only its end is told, so that there is room to type.
        let most = usize::from(columns / 2).max(4);
        while prompt.width() > most {
            prompt.remove(0);
        }
        let room = usize::from(columns).saturating_sub(prompt.width());
        let (text, column) = self.editor.window(room);
        let at = prompt.width() + column;
        let back = if at == 0 { String::new() } else { format!("\x1b[{at}C") };
        terminal::tell(format!("\r\x1b[K{prompt}{text}\r{back}").as_bytes())
    }

    /// Completes the word before the cursor as far as that is certain, and shows what it could be.
    fn complete(&mut self) -> io::Result<()> {
        let before = self.editor.before();
        let found = self.simulated.rack.complete(&self.node, &self.session, &before);
        let typed: String = before.chars().skip(found.from).collect();
        match found.candidates.as_slice() {
            [] => {}
            [only] => {
                let end = if only.ends_with(['/', '=']) { "" } else { " " };
                self.editor.replace(found.from, &format!("{only}{end}"));
            }
            many => {
                let common = common(many);
                if common.chars().count() > typed.chars().count() {
                    self.editor.replace(found.from, &common);
                } else {
                    let names: Vec<&str> = many.iter().map(|path| last_part(path)).collect();
                    terminal::tell(format!("\r\n{}", self.columns(&names)).as_bytes())?;
                }
            }
        }
        self.paint()
    }

    /// Names side by side.
    fn columns(&self, names: &[&str]) -> String {
        const MOST: usize = 200;
        let columns = self.desk.guard.screen.size().map_or(COLUMNS, |size| size.width);
        let wide = names.iter().map(|name| name.width()).max().unwrap_or(1) + 2;
        let per_row = (usize::from(columns) / wide).max(1);
        let mut out = String::new();
        for row in names[..names.len().min(MOST)].chunks(per_row) {
            let cells: Vec<String> = row.iter().map(|name| format!("{name:<wide$}")).collect();
            out += &format!("{}\r\n", cells.concat().trim_end());
        }
        if names.len() > MOST {
            out += &format!("and {} more\r\n", names.len() - MOST);
        }
        out
    }
}

/// What all of them begin with.
fn common(names: &[String]) -> String {
    let Some((first, others)) = names.split_first() else { return String::new() };
    let mut common = first.clone();
    for other in others {
        while !other.starts_with(&common) {
            common.pop();
        }
    }
    common
}

/// `pki/` of `/etc/kubernetes/pki/`.
fn last_part(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    let at = trimmed.rfind('/').map_or(0, |at| at + 1);
    &path[at..]
}
