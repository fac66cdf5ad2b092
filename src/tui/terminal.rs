//! The terminal: taken, and always given back.

use std::io::{self, Write as _};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::{cursor, event, execute, terminal};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

/// Whether the terminal is ours now.
static OURS: AtomicBool = AtomicBool::new(false);
/// Whether a panic took it from us.
static LOST: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// Clicks and the wheel, with coordinates beyond column 223; no motion, so that idle hands send nothing.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l";

/// The screen we draw on.
pub(super) type Screen = Terminal<CrosstermBackend<io::Stdout>>;

/// The terminal while it is ours; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) screen: Screen,
}

impl Guard {
    /// Takes the terminal.
    pub(super) fn take(mouse: bool) -> io::Result<Self> {
        HOOK.call_once(|| {
            let former = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                LOST.store(true, Ordering::SeqCst);
                give_back();
                former(panic);
            }));
        });
        enter(mouse)?;
        Ok(Self { screen: Terminal::new(CrosstermBackend::new(io::stdout()))? })
    }

    /// Whether a panic somewhere has given the terminal back.
    pub(super) fn is_lost() -> bool {
        LOST.load(Ordering::SeqCst)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

/// Makes the terminal ours.
pub(super) fn enter(mouse: bool) -> io::Result<()> {
    OURS.store(true, Ordering::SeqCst);
    terminal::enable_raw_mode()?;
    execute!(
        io::stdout(),
        terminal::EnterAlternateScreen,
        event::EnableBracketedPaste,
        event::EnableFocusChange,
        cursor::Hide
    )?;
    if mouse { use_mouse(true) } else { Ok(()) }
}

/// Takes the mouse, or leaves it to the terminal.
pub(super) fn use_mouse(on: bool) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(if on { MOUSE_ON } else { MOUSE_OFF }.as_bytes())?;
    out.flush()
}

/// Gives the terminal back as it was; safe at any time, done once.
pub(super) fn give_back() {
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    // Every one is tried: a terminal that is gone must not keep the others from it.
    let _ = out.write_all(MOUSE_OFF.as_bytes());
    let _ = execute!(
        out,
        terminal::EndSynchronizedUpdate,
        event::DisableFocusChange,
        event::DisableBracketedPaste,
        crossterm::style::ResetColor,
        terminal::LeaveAlternateScreen,
        cursor::Show
    );
    let _ = terminal::disable_raw_mode();
}
