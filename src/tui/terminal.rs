//! The terminal: taken, and always given back.

use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use crossterm::{cursor, event, queue, style, terminal};
use ratatui::Terminal;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::sync::Notify;

use super::canvas::Canvas;
use super::paper::Paper;

/// Whether the terminal is ours now. Changed, and written under, only with standard output locked.
static OURS: AtomicBool = AtomicBool::new(false);
/// Whether a child of ours has it: keys that make signals are meant for the child then.
static LENT: AtomicBool = AtomicBool::new(false);
/// Whether something in this process has panicked.
static PANICKED: AtomicBool = AtomicBool::new(false);
static PANIC: Notify = Notify::const_new();
static HOOK: Once = Once::new();
/// How the terminal was when we took it.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// Clicks and the wheel, with coordinates beyond column 223; motion only while a button is held, so that idle hands send nothing.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l";

/// The screen we draw on.
pub(super) type Screen = Terminal<Canvas>;

/// The terminal while it is ours; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) screen: Screen,
    pub(super) paper: Paper,
}

impl Guard {
    /// Takes the terminal.
    pub(super) fn take(mouse: bool) -> io::Result<Self> {
        HOOK.call_once(|| {
            let former = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                PANICKED.store(true, Ordering::SeqCst);
                give_back();
                former(panic);
                PANIC.notify_one();
            }));
        });
        enter(mouse)?;
        let paper = Paper::default();
        Ok(Self { screen: Terminal::new(Canvas::new(paper.clone()))?, paper })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

/// Whether something in this process has panicked; the terminal was given back then.
pub(super) fn panicked() -> bool {
    PANICKED.load(Ordering::SeqCst)
}

/// Returns once something has panicked.
pub(super) async fn panic() {
    while !panicked() {
        PANIC.notified().await;
    }
}

/// Makes the terminal ours, also if it has been already: somebody may have changed it while we were stopped.
pub(super) fn enter(mouse: bool) -> io::Result<()> {
    let stdin = io::stdin();
    let found = tcgetattr(&stdin)?;
    let mut raw = found.clone();
    raw.make_raw();
    // From the background, this is where the kernel stops us until we are in the foreground.
    tcsetattr(&stdin, OptionalActions::Now, &raw)?;
    let mut out = io::stdout().lock();
    let was_ours = OURS.swap(true, Ordering::SeqCst);
    if !was_ours {
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
    }
    queue!(
        out,
        terminal::EnterAlternateScreen,
        event::EnableBracketedPaste,
        event::EnableFocusChange,
        cursor::Hide
    )?;
    if mouse {
        out.write_all(MOUSE_ON.as_bytes())?;
    }
    out.flush()
}

/// Shows what the terminal showed before, with a cursor; it stays ours, and is given back whatever happens.
pub(super) fn step_aside() -> io::Result<()> {
    let stdin = io::stdin();
    let mut raw = tcgetattr(&stdin)?;
    raw.make_raw();
    tcsetattr(&stdin, OptionalActions::Now, &raw)?;
    let mut out = io::stdout().lock();
    out.write_all(MOUSE_OFF.as_bytes())?;
    queue!(
        out,
        terminal::EndSynchronizedUpdate,
        event::DisableFocusChange,
        style::ResetColor,
        terminal::LeaveAlternateScreen,
        cursor::Show
    )?;
    out.flush()
}

/// Takes the mouse, or leaves it to the terminal.
pub(super) fn use_mouse(on: bool) -> io::Result<()> {
    tell(if on { MOUSE_ON } else { MOUSE_OFF }.as_bytes())
}

/// Writes to the terminal while it is ours, and not at all when it no longer is.
pub(super) fn tell(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if !OURS.load(Ordering::SeqCst) {
        return Ok(());
    }
    out.write_all(bytes)?;
    out.flush()
}

/// Gives the terminal back as it was; safe at any time, done once.
pub(super) fn give_back() {
    let mut out = io::stdout().lock();
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    // Every one is tried: a terminal that is gone must not keep the others from it.
    let _ = out.write_all(MOUSE_OFF.as_bytes());
    let _ = queue!(
        out,
        terminal::EndSynchronizedUpdate,
        event::DisableFocusChange,
        event::DisableBracketedPaste,
        style::ResetColor,
        terminal::LeaveAlternateScreen,
        cursor::Show
    );
    let _ = out.flush();
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(before) = before {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &before);
    }
}

/// Lends the given-back terminal to a child, or has it back.
pub(super) fn lend(lent: bool) {
    LENT.store(lent, Ordering::SeqCst);
}

/// Whether a program that the console started has the terminal: Ctrl-C and Ctrl-\ are meant for that one.
pub fn is_lent() -> bool {
    LENT.load(Ordering::SeqCst)
}
