//! A terminal with the program in it.

use std::io::{Read as _, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tempfile::TempDir;

/// For anything to happen, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_kubestep");

/// What the terminal has shown so far.
struct Shown {
    parser: vt100::Parser,
    raw: Vec<u8>,
    over: bool,
    /// Nobody looks any more.
    closed: bool,
}

/// How a program is to be started.
pub(crate) struct Start {
    program: String,
    args: Vec<String>,
    env: Vec<(String, String)>,
    state: Arc<TempDir>,
}

pub(crate) struct Terminal {
    shown: Arc<(Mutex<Shown>, Condvar)>,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    reading: Option<std::thread::JoinHandle<()>>,
    child: Box<dyn Child + Send + Sync>,
    tty: std::path::PathBuf,
    before: Termios,
    state: Arc<TempDir>,
}

impl Start {
    pub(crate) fn kubestep(args: &[&str]) -> Self {
        Self::program(PROGRAM, args)
    }

    pub(crate) fn program(program: &str, args: &[&str]) -> Self {
        let env = [
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("PAGER", "cat"),
            ("EDITOR", "true"),
            ("RUST_BACKTRACE", "0"),
            ("PS1", "$ "),
        ];
        Self {
            program: program.to_owned(),
            args: args.iter().map(ToString::to_string).collect(),
            env: env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            state: Arc::new(tempfile::tempdir().unwrap()),
        }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a file in the folder it starts in.
    pub(crate) fn with(self, name: &str, text: &str) -> Self {
        std::fs::write(self.state.path().join(name), text).unwrap();
        self
    }

    /// In the same home as `other`.
    pub(crate) fn beside(mut self, other: &Terminal) -> Self {
        self.state = Arc::clone(&other.state);
        self
    }

    pub(crate) fn go(self) -> Terminal {
        let size = PtySize { rows: 30, cols: 100, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(&self.program);
        command.args(&self.args);
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", self.state.path());
        command.env("KUBESTEP_STATE_DIR", self.state.path());
        for (name, value) in &self.env {
            command.env(name, value);
        }
        command.cwd(self.state.path());
        let tty = pair.master.tty_name().unwrap();
        let before = modes(&tty);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let parser = vt100::Parser::new(size.rows.try_into().unwrap(), size.cols.try_into().unwrap(), 200);
        let shown = Arc::new((
            Mutex::new(Shown { parser, raw: Vec::new(), over: false, closed: false }),
            Condvar::new(),
        ));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let to = Arc::clone(&shown);
        let reading = std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            loop {
                let count = reader.read(&mut bytes).unwrap_or(0);
                let mut shown = to.0.lock().unwrap();
                shown.parser.process(&bytes[..count]);
                shown.raw.extend_from_slice(&bytes[..count]);
                shown.over = count == 0;
                to.1.notify_all();
                if count == 0 || shown.closed {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer().unwrap();
        let (master, writer) = (Some(pair.master), Some(writer));
        Terminal { shown, master, writer, reading: Some(reading), child, tty, before, state: self.state }
    }
}

fn modes(tty: &std::path::Path) -> Termios {
    tcgetattr(rustix::fs::open(tty, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap()).unwrap()
}

impl Terminal {
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(bytes.as_ref()).unwrap();
        writer.flush().unwrap();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.process_id().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    pub(crate) fn resize(&self, cols: u16, rows: u16) {
        // The emulator first: it must not be drawn on with the old size.
        if let (Some(rows), Some(cols)) = (rows.try_into().ok(), cols.try_into().ok()) {
            self.shown.0.lock().unwrap().parser.screen_mut().set_size(rows, cols);
        }
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().unwrap().resize(size).unwrap();
    }

    /// Waits until `is_so`; `what` names it should it never come.
    fn until(&self, what: &str, is_so: impl Fn(&Shown) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut shown = self.shown.0.lock().unwrap();
        while !is_so(&shown) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !shown.over, "no {what} on\n{}", shown.parser.screen().contents());
            // Some things are asked of the terminal and not told by it.
            shown = self.shown.1.wait_timeout(shown, left.min(Duration::from_millis(50))).unwrap().0;
        }
    }

    /// Waits until the screen has `text`.
    pub(crate) fn shows(&self, text: &str) {
        self.until(text, |shown| shown.parser.screen().contents().contains(text));
    }

    /// The same; `why` is told should it never come.
    pub(crate) fn shows_for(&self, why: &str, text: &str) {
        self.until(&format!("{text} by {why}"), |shown| shown.parser.screen().contents().contains(text));
    }

    /// Waits until the screen no longer has `text`; `why` is told should that never be.
    pub(crate) fn hides_for(&self, why: &str, text: &str) {
        let told = format!("screen without {text} by {why}");
        self.until(&told, |shown| !shown.parser.screen().contents().contains(text));
    }

    /// Waits until the screen no longer has `text`.
    pub(crate) fn hides(&self, text: &str) {
        self.until(&format!("screen without {text}"), |shown| {
            !shown.parser.screen().contents().contains(text)
        });
    }

    /// Waits until the bytes sent so far have `text`.
    pub(crate) fn told(&self, text: &str) {
        self.until(text, |shown| shown.raw.windows(text.len()).any(|bytes| bytes == text.as_bytes()));
    }

    /// Opens the list of keys and closes it again: how long it took to come.
    pub(crate) fn answers(&mut self) -> Duration {
        let pressed = Instant::now();
        self.send("?");
        self.shows(" keys ");
        let took = pressed.elapsed();
        self.send("\x1b");
        self.hides(" keys ");
        took
    }

    pub(crate) fn screen(&self) -> String {
        self.shown.0.lock().unwrap().parser.screen().contents()
    }

    /// Whether the screen has `text` now.
    pub(crate) fn sees(&self, text: &str) -> bool {
        self.screen().contains(text)
    }

    /// The journal of the only run in this home.
    pub(crate) fn journal(&self) -> String {
        let run = std::fs::read_dir(self.state.path().join("runs")).unwrap().next().unwrap().unwrap();
        std::fs::read_to_string(run.path().join("events.jsonl")).unwrap()
    }

    /// What the program has held at most, in megabytes (`VmHWM` of proc(5)).
    pub(crate) fn most_memory(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.child.process_id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1024
    }

    /// Whether the bytes sent so far have `text`.
    pub(crate) fn has_told(&self, text: &str) -> bool {
        let shown = self.shown.0.lock().unwrap();
        shown.raw.windows(text.len()).any(|bytes| bytes == text.as_bytes())
    }

    /// Waits until the console has the terminal.
    pub(crate) fn is_taken(&self) {
        self.until("console", |shown| {
            let screen = shown.parser.screen();
            screen.alternate_screen()
                && screen.hide_cursor()
                && screen.bracketed_paste()
                && screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None
                && on(&shown.raw, "1004")
                && !self.modes().local_modes.contains(LocalModes::ICANON)
        });
    }

    /// Waits until the main screen is there, with nothing of the console left on the terminal.
    pub(crate) fn is_given_back(&self) {
        self.until("terminal given back", |shown| {
            let screen = shown.parser.screen();
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
                && !on(&shown.raw, "1004")
                && !on(&shown.raw, "2026")
        });
    }

    pub(crate) fn modes(&self) -> Termios {
        modes(&self.tty)
    }

    /// Makes the terminal as a shell has it.
    pub(crate) fn cook(&self) {
        let tty = rustix::fs::open(&self.tty, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        tcsetattr(tty, OptionalActions::Now, &self.before).unwrap();
    }

    /// Bytes that came so far.
    pub(crate) fn count(&self) -> usize {
        self.shown.0.lock().unwrap().raw.len()
    }

    /// Closes the window: the terminal is gone, as when its emulator is.
    pub(crate) fn close(&mut self) {
        self.shown.0.lock().unwrap().closed = true;
        // What is drawn for another size wakes the reader, so that it lets go of its end.
        self.resize(90, 28);
        self.reading.take().unwrap().join().unwrap();
        (self.writer, self.master) = (None, None);
    }

    /// Waits for the program's end: its exit status, and what it wrote once it had given the terminal back. The
    /// terminal is as it was.
    pub(crate) fn end(mut self) -> (u32, String) {
        let code = self.wait();
        let deadline = Instant::now() + PATIENCE;
        let mut shown = self.shown.0.lock().unwrap();
        while !shown.over && Instant::now() < deadline {
            shown = self.shown.1.wait_timeout(shown, Duration::from_millis(50)).unwrap().0;
        }
        let raw = String::from_utf8_lossy(&shown.raw).into_owned();
        drop(shown);
        self.is_as_before();
        let last = raw.rsplit("\x1b[?1049l").next().unwrap();
        (code, last.replace('\r', ""))
    }

    /// Waits for the program's end, and gives its exit status.
    pub(crate) fn wait(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            let shown = self.shown.0.lock().unwrap();
            assert!(Instant::now() < deadline, "it goes on:\n{}", shown.parser.screen().contents());
            let (shown, _) = self.shown.1.wait_timeout(shown, Duration::from_millis(20)).unwrap();
            drop(shown);
        }
    }

    fn is_as_before(&self) {
        let shown = self.shown.0.lock().unwrap();
        let screen = shown.parser.screen();
        assert!(!screen.alternate_screen(), "on the main screen");
        assert!(!screen.hide_cursor(), "with a cursor");
        assert!(!screen.bracketed_paste(), "pastes as they come");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert!(!on(&shown.raw, "1004"), "nothing said of the focus");
        assert!(!on(&shown.raw, "2026"), "no update begun");
        assert!(!screen.inverse() && !screen.bold() && screen.fgcolor() == vt100::Color::Default);
        let after = self.modes();
        assert_eq!(format!("{after:?}"), format!("{:?}", self.before), "the terminal's modes");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether the mode was set last, not reset.
fn on(raw: &[u8], mode: &str) -> bool {
    let last = |end: char| {
        let sequence = format!("\x1b[?{mode}{end}");
        raw.windows(sequence.len()).rposition(|bytes| bytes == sequence.as_bytes())
    };
    last('h') > last('l')
}
