//! One line of a shell being typed, and those typed before. Keys as in readline.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_width::UnicodeWidthChar;

/// Longer lines are not taken.
const LONGEST: usize = 16 * 1024;
/// Lines that are remembered.
const REMEMBERED: usize = 500;

/// What a key asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    Nothing,
    /// The line looks otherwise now.
    Changed,
    /// This line is to be run.
    Run(String),
    /// C-c: away with the line.
    Cancel,
    /// C-d on an empty line.
    Leave,
    Complete,
    Clear,
}

/// The line, its cursor, and the lines before it.
#[derive(Debug, Default)]
pub(super) struct Editor {
    text: Vec<char>,
    cursor: usize,
    killed: Vec<char>,
    history: Vec<String>,
    /// Which line of the history is shown; its length: the new one.
    at: usize,
    /// The new line, while another is shown.
    draft: Vec<char>,
}

impl Editor {
    /// Begins with lines that were typed earlier.
    pub(super) fn new(history: Vec<String>) -> Self {
        let at = history.len();
        Self { history, at, ..Self::default() }
    }

    pub(super) fn into_history(self) -> Vec<String> {
        self.history
    }

    /// The line up to the cursor.
    pub(super) fn before(&self) -> String {
        self.text[..self.cursor].iter().collect()
    }

    pub(super) fn line(&self) -> String {
        self.text.iter().collect()
    }

    /// Puts `text` in place of what stands between `from` and the cursor.
    pub(super) fn replace(&mut self, from: usize, text: &str) {
        let from = from.min(self.cursor);
        self.text.drain(from..self.cursor);
        self.cursor = from;
        self.insert(text);
    }

    pub(super) fn insert(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.text.len());
        // What would be a control character on the screen is none in the line, but for line ends and tabs.
        let typed: Vec<char> = text
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .chars()
            .filter(|&c| !c.is_control() || c == '\n' || c == '\t')
            .take(room)
            .collect();
        let count = typed.len();
        self.text.splice(self.cursor..self.cursor, typed);
        self.cursor += count;
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Asked {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        match key.code {
            KeyCode::Enter => return self.submit(),
            KeyCode::Char('j' | 'm') if control => return self.submit(),
            KeyCode::Tab => return Asked::Complete,
            KeyCode::Char('i') if control => return Asked::Complete,
            KeyCode::Char('c') if control => {
                self.reset();
                return Asked::Cancel;
            }
            KeyCode::Char('d') if control && self.text.is_empty() => return Asked::Leave,
            KeyCode::Char('l') if control => return Asked::Clear,
            KeyCode::Left => {
                self.cursor = if control || alt { self.word_left() } else { self.cursor.saturating_sub(1) }
            }
            KeyCode::Right => self.cursor = if control || alt { self.word_right() } else { self.right() },
            KeyCode::Char('b') if control => self.cursor = self.cursor.saturating_sub(1),
            KeyCode::Char('f') if control => self.cursor = self.right(),
            KeyCode::Char('b') if alt => self.cursor = self.word_left(),
            KeyCode::Char('f') if alt => self.cursor = self.word_right(),
            KeyCode::Home => self.cursor = 0,
            KeyCode::Char('a') if control => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            KeyCode::Char('e') if control => self.cursor = self.text.len(),
            KeyCode::Char('u') if control => self.kill(0, self.cursor),
            KeyCode::Char('k') if control => self.kill(self.cursor, self.text.len()),
            KeyCode::Char('w') if control => self.kill(self.blank_left(), self.cursor),
            KeyCode::Backspace if alt => self.kill(self.word_left(), self.cursor),
            KeyCode::Char('d') if alt => self.kill(self.cursor, self.word_right()),
            KeyCode::Char('y') if control => {
                let text: String = self.killed.iter().collect();
                self.insert(&text);
            }
            KeyCode::Backspace => self.cut(self.cursor.saturating_sub(1), self.cursor),
            KeyCode::Char('h') if control => self.cut(self.cursor.saturating_sub(1), self.cursor),
            KeyCode::Delete => self.cut(self.cursor, self.right()),
            KeyCode::Char('d') if control => self.cut(self.cursor, self.right()),
            KeyCode::Up => self.show(self.at.saturating_sub(1)),
            KeyCode::Char('p') if control => self.show(self.at.saturating_sub(1)),
            KeyCode::Down => self.show((self.at + 1).min(self.history.len())),
            KeyCode::Char('n') if control => self.show((self.at + 1).min(self.history.len())),
            KeyCode::Char(typed) if !control && !alt => self.insert(typed.encode_utf8(&mut [0; 4])),
            _ => return Asked::Nothing,
        }
        Asked::Changed
    }

    fn submit(&mut self) -> Asked {
        let line = self.line();
        if !line.trim().is_empty() && self.history.last() != Some(&line) {
            self.history.push(line.clone());
            if self.history.len() > REMEMBERED {
                self.history.remove(0);
            }
        }
        self.reset();
        Asked::Run(line)
    }

    /// An empty line.
    pub(super) fn reset(&mut self) {
        self.text.clear();
        self.cursor = 0;
        self.draft.clear();
        self.at = self.history.len();
    }

    fn show(&mut self, at: usize) {
        if at == self.at {
            return;
        }
        if self.at == self.history.len() {
            self.draft = std::mem::take(&mut self.text);
        }
        self.at = at;
        self.text = self
            .history
            .get(at)
            .map_or_else(|| std::mem::take(&mut self.draft), |line| line.chars().collect());
        self.cursor = self.text.len();
    }

    fn right(&self) -> usize {
        (self.cursor + 1).min(self.text.len())
    }

    fn word_left(&self) -> usize {
        let before = &self.text[..self.cursor];
        let end = before.iter().rposition(|c| c.is_alphanumeric()).map_or(0, |at| at + 1);
        before[..end].iter().rposition(|c| !c.is_alphanumeric()).map_or(0, |at| at + 1)
    }

    fn word_right(&self) -> usize {
        let after = &self.text[self.cursor..];
        let begin = after.iter().position(|c| c.is_alphanumeric()).unwrap_or(after.len());
        let length = after[begin..].iter().position(|c| !c.is_alphanumeric()).unwrap_or(after.len() - begin);
        self.cursor + begin + length
    }

    fn blank_left(&self) -> usize {
        let before = &self.text[..self.cursor];
        let end = before.iter().rposition(|c| !c.is_whitespace()).map_or(0, |at| at + 1);
        before[..end].iter().rposition(|c| c.is_whitespace()).map_or(0, |at| at + 1)
    }

    fn kill(&mut self, from: usize, to: usize) {
        if from < to {
            self.killed = self.text[from..to].to_vec();
            self.cut(from, to);
        }
    }

    fn cut(&mut self, from: usize, to: usize) {
        self.text.drain(from..to);
        self.cursor = from;
    }

    /// The part of the line that fits into `room` columns, with the cursor in it, and the cursor's column.
    pub(super) fn window(&self, room: usize) -> (String, usize) {
        let room = room.max(2);
        let wide = |c: char| shown(c).1;
        let mut begin = 0;
        let mut column: usize = self.text[..self.cursor].iter().map(|&c| wide(c)).sum();
        while column >= room {
            column -= wide(self.text[begin]);
            begin += 1;
        }
        let mut out = String::new();
        let mut used = 0;
        for &c in &self.text[begin..] {
            let (text, width) = shown(c);
            if used + width > room - 1 {
                break;
            }
            out += &text;
            used += width;
        }
        (out, column)
    }
}

/// How a character is shown, and how wide that is.
fn shown(c: char) -> (String, usize) {
    match c {
        '\n' => ("^J".into(), 2),
        '\t' => ("^I".into(), 2),
        c => (c.to_string(), c.width().unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Types keys: `C-a`, `M-b`, `left` …, everything else letter by letter.
    fn type_in(editor: &mut Editor, keys: &str) -> Asked {
        let mut asked = Asked::Nothing;
        for word in keys.split(' ') {
            let (code, with) = match word {
                "enter" => (KeyCode::Enter, KeyModifiers::NONE),
                "left" => (KeyCode::Left, KeyModifiers::NONE),
                "home" => (KeyCode::Home, KeyModifiers::NONE),
                "end" => (KeyCode::End, KeyModifiers::NONE),
                "up" => (KeyCode::Up, KeyModifiers::NONE),
                "down" => (KeyCode::Down, KeyModifiers::NONE),
                "back" => (KeyCode::Backspace, KeyModifiers::NONE),
                "del" => (KeyCode::Delete, KeyModifiers::NONE),
                "space" => (KeyCode::Char(' '), KeyModifiers::NONE),
                _ => match (word.strip_prefix("C-"), word.strip_prefix("M-")) {
                    (Some(key), _) => {
                        (KeyCode::Char(key.chars().next().unwrap_or(' ')), KeyModifiers::CONTROL)
                    }
                    (_, Some(key)) => (KeyCode::Char(key.chars().next().unwrap_or(' ')), KeyModifiers::ALT),
                    _ => {
                        editor.insert(word);
                        continue;
                    }
                },
            };
            asked = editor.key(KeyEvent::new(code, with));
        }
        asked
    }

    #[test]
    fn a_line_is_edited_as_in_a_shell() {
        for (keys, line) in [
            ("kubectl space get C-a sudo space", "sudo kubectl get"),
            ("abc left left X", "aXbc"),
            ("abc home del", "bc"),
            ("abc back back", "a"),
            ("one space two space three C-w C-w X", "one X"),
            ("one space two C-a C-k", ""),
            ("one space two C-u C-y C-y", "one twoone two"),
            ("/etc/kube M-b X", "/etc/Xkube"),
            ("a space b C-a M-f X", "aX b"),
            ("größe left left ß", "größ\u{df}\u{df}e"),
        ] {
            let mut editor = Editor::default();
            type_in(&mut editor, keys);
            let wanted = if keys.starts_with("gr") { "größße".into() } else { line.to_owned() };
            assert_eq!(editor.line(), wanted, "{keys}");
        }
    }

    #[test]
    fn lines_before_come_back_and_the_new_one_is_kept() {
        let mut editor = Editor::new(vec!["ls".into()]);
        assert_eq!(type_in(&mut editor, "pwd enter"), Asked::Run("pwd".into()));
        type_in(&mut editor, "new up");
        assert_eq!(editor.line(), "pwd");
        type_in(&mut editor, "up up");
        assert_eq!(editor.line(), "ls");
        type_in(&mut editor, "down down");
        assert_eq!(editor.line(), "new");
        assert_eq!(type_in(&mut editor, "C-c"), Asked::Cancel);
        assert_eq!(type_in(&mut editor, "C-d"), Asked::Leave);
        assert_eq!(editor.into_history(), ["ls", "pwd"]);
    }

    #[test]
    fn what_does_not_fit_is_scrolled_so_that_the_cursor_is_seen() {
        let mut editor = Editor::default();
        editor.insert("0123456789abcdef\n日本");
        let (shown, column) = editor.window(10);
        assert!(column < 10 && shown.ends_with('本'), "{shown} {column}");
        type_in(&mut editor, "home");
        assert_eq!(editor.window(10), ("012345678".into(), 0));
        editor.insert(&"x".repeat(1 << 20));
        assert_eq!(editor.line().chars().count(), LONGEST);
        editor.insert("\u{1b}[31m");
        assert!(!editor.line().contains('\u{1b}'));
    }
}
