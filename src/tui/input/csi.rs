//! Control sequences that a terminal sends: keys, the mouse, the focus.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};

/// The event of `ESC [ sequence end`; none if it is not one of ours.
pub(super) fn event(sequence: &[u8], end: u8) -> Option<Event> {
    if let Some(report) = sequence.strip_prefix(b"<") {
        return mouse(report, end);
    }
    if sequence == b"[" {
        return matches!(end, b'A'..=b'E').then(|| plain(KeyCode::F(end - b'A' + 1)));
    }
    match (sequence, end) {
        (b"", b'I') => return Some(Event::FocusGained),
        (b"", b'O') => return Some(Event::FocusLost),
        (_, b'Z') => return Some(with(KeyCode::BackTab, KeyModifiers::SHIFT)),
        _ => {}
    }
    let numbers = numbers(sequence)?;
    let first = numbers.first().copied().unwrap_or(0);
    let held = modifiers(numbers.get(1).copied().unwrap_or(1));
    let code = match end {
        b'~' => numbered(first)?,
        b'u' => typed(first)?,
        _ => letter(end)?,
    };
    Some(with(code, held))
}

/// The key of `ESC O byte`.
pub(super) const fn ss3(byte: u8) -> Option<KeyCode> {
    match byte {
        b'M' => Some(KeyCode::Enter),
        b'I' => Some(KeyCode::Tab),
        _ => letter(byte),
    }
}

const fn letter(byte: u8) -> Option<KeyCode> {
    Some(match byte {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P' => KeyCode::F(1),
        b'Q' => KeyCode::F(2),
        b'R' => KeyCode::F(3),
        b'S' => KeyCode::F(4),
        _ => return None,
    })
}

fn numbered(number: u32) -> Option<KeyCode> {
    let function =
        |from: u32, first: u8| u8::try_from(number - from).ok().map(|offset| KeyCode::F(first + offset));
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => function(11, 1),
        17..=21 => function(17, 6),
        23..=24 => function(23, 11),
        _ => None,
    }
}

/// A key by its character's number, as terminals with the keyboard protocol of kitty or xterm send it.
fn typed(number: u32) -> Option<KeyCode> {
    Some(match number {
        9 => KeyCode::Tab,
        13 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        _ => KeyCode::Char(char::from_u32(number).filter(|character| !character.is_control())?),
    })
}

fn modifiers(number: u32) -> KeyModifiers {
    let bits = number.saturating_sub(1);
    let mut held = KeyModifiers::NONE;
    for (bit, modifier) in [(1, KeyModifiers::SHIFT), (2, KeyModifiers::ALT), (4, KeyModifiers::CONTROL)] {
        if bits & bit != 0 {
            held |= modifier;
        }
    }
    held
}

/// Numbers between `;`; of `a:b` the first.
fn numbers(sequence: &[u8]) -> Option<Vec<u32>> {
    if sequence.is_empty() {
        return Some(Vec::new());
    }
    let text = std::str::from_utf8(sequence).ok()?;
    text.split(';')
        .map(|part| {
            let part = part.split(':').next().unwrap_or("");
            if part.is_empty() { Some(1) } else { part.parse().ok() }
        })
        .collect()
}

fn mouse(report: &[u8], end: u8) -> Option<Event> {
    let [bits, column, row] = numbers(report)?.try_into().ok()?;
    let place = |number: u32| u16::try_from(number.checked_sub(1)?).ok();
    let button = match bits & 0b11 {
        0 => MouseButton::Left,
        1 => MouseButton::Middle,
        _ => MouseButton::Right,
    };
    let kind = match (bits & 0b1110_0011, end) {
        (0..=2, b'M') => MouseEventKind::Down(button),
        (0..=2, b'm') => MouseEventKind::Up(button),
        (32..=34, _) => MouseEventKind::Drag(button),
        (35, _) => MouseEventKind::Moved,
        (64, _) => MouseEventKind::ScrollUp,
        (65, _) => MouseEventKind::ScrollDown,
        (66, _) => MouseEventKind::ScrollLeft,
        (67, _) => MouseEventKind::ScrollRight,
        _ => return None,
    };
    let mut held = KeyModifiers::NONE;
    for (bit, modifier) in [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)] {
        if bits & bit != 0 {
            held |= modifier;
        }
    }
    Some(Event::Mouse(MouseEvent { kind, column: place(column)?, row: place(row)?, modifiers: held }))
}

fn plain(code: KeyCode) -> Event {
    with(code, KeyModifiers::NONE)
}

const fn with(code: KeyCode, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent { code, modifiers, kind: KeyEventKind::Press, state: KeyEventState::NONE })
}
