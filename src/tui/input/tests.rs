#![allow(clippy::unwrap_used)]

use crossterm::event::{Event, KeyCode, KeyModifiers, MouseEventKind};
use proptest::prelude::*;

use super::parser::Parser;

fn parse(bytes: &[u8]) -> Vec<Event> {
    let mut parser = Parser::default();
    parser.feed(bytes);
    parser.settle();
    std::iter::from_fn(|| parser.next()).collect()
}

fn keys(bytes: &[u8]) -> Vec<(KeyCode, KeyModifiers)> {
    parse(bytes)
        .into_iter()
        .filter_map(|event| event.as_key_event().map(|key| (key.code, key.modifiers)))
        .collect()
}

#[test]
fn keys_are_told_apart() {
    use KeyModifiers as M;
    for (bytes, code, held) in [
        (&b"s"[..], KeyCode::Char('s'), M::NONE),
        (b"S", KeyCode::Char('S'), M::SHIFT),
        ("ß".as_bytes(), KeyCode::Char('ß'), M::NONE),
        ("語".as_bytes(), KeyCode::Char('語'), M::NONE),
        (b"\r", KeyCode::Enter, M::NONE),
        (b"\n", KeyCode::Char('j'), M::CONTROL),
        (b"\x03", KeyCode::Char('c'), M::CONTROL),
        (b"\x1a", KeyCode::Char('z'), M::CONTROL),
        (b"\x7f", KeyCode::Backspace, M::NONE),
        (b"\x1b", KeyCode::Esc, M::NONE),
        (b"\x1bx", KeyCode::Char('x'), M::ALT),
        (b"\x1b[", KeyCode::Char('['), M::ALT),
        (b"\x1b[A", KeyCode::Up, M::NONE),
        (b"\x1bOA", KeyCode::Up, M::NONE),
        (b"\x1b[1;5C", KeyCode::Right, M::CONTROL),
        (b"\x1b[Z", KeyCode::BackTab, M::SHIFT),
        (b"\x1b[3~", KeyCode::Delete, M::NONE),
        (b"\x1b[6;2~", KeyCode::PageDown, M::SHIFT),
        (b"\x1bOP", KeyCode::F(1), M::NONE),
        (b"\x1b[[B", KeyCode::F(2), M::NONE),
        (b"\x1b[15~", KeyCode::F(5), M::NONE),
        (b"\x1b[17~", KeyCode::F(6), M::NONE),
        (b"\x1b[24~", KeyCode::F(12), M::NONE),
        (b"\x1b[99;5u", KeyCode::Char('c'), M::CONTROL),
    ] {
        assert_eq!(keys(bytes), [(code, held)], "{bytes:?}");
    }
}

#[test]
fn the_mouse_and_the_focus_are_heard() {
    let events = parse(b"\x1b[<64;230;7M\x1b[O\x1b[I\x1b[<0;1;1M");
    let Event::Mouse(wheel) = &events[0] else { unreachable!("{events:?}") };
    assert_eq!((wheel.kind, wheel.column, wheel.row), (MouseEventKind::ScrollUp, 229, 6));
    assert_eq!(events[1..3], [Event::FocusLost, Event::FocusGained]);
    assert_eq!(events.len(), 4);
}

#[test]
fn what_answers_nobody_is_no_key() {
    for bytes in [
        &b"\x1b]11;rgb:0000/0000/0000\x1b\\"[..],
        b"\x1b]10;rgb:ffff/ffff/ffff\x07",
        b"\x1bP>|xterm(380)\x1b\\",
        b"\x1b[?64;1;2c",
        b"\x1b[M abq"[..6].as_ref(),
        b"\xff\xfe\x80",
        b"\x1b[0;0\x00",
    ] {
        assert_eq!(keys(bytes), [], "{bytes:?}");
    }
    assert_eq!(keys(b"\x1b]0;title\x07q"), [(KeyCode::Char('q'), KeyModifiers::NONE)]);
}

#[test]
fn a_paste_is_one_event_and_its_keys_are_none() {
    assert_eq!(parse(b"\x1b[200~q\x1b[A\rq\x1b[201~"), [Event::Paste("q\x1b[A\rq".to_owned())]);
}

#[test]
fn a_pasted_megabyte_is_cut_and_the_next_key_is_heard() {
    for length in [65_530, 65_535, 65_536, 65_537, 1 << 20] {
        let mut bytes = b"\x1b[200~".to_vec();
        bytes.resize(6 + length, b'x');
        bytes.extend_from_slice(b"\x1b[201~q");
        let events = parse(&bytes);
        let [Event::Paste(text), Event::Key(key)] = &events[..] else { unreachable!("{}", events.len()) };
        assert!(text.bytes().all(|byte| byte == b'x'), "{length}");
        assert_eq!(text.len(), length.min(65_536));
        assert_eq!(key.code, KeyCode::Char('q'));
    }
}

#[test]
fn an_endless_paste_ends_in_silence() {
    let mut parser = Parser::default();
    parser.feed(b"\x1b[200~abc");
    assert!(parser.patience().is_some());
    parser.settle();
    parser.feed(b"q");
    assert_eq!(parser.next(), Some(Event::Paste("abc".to_owned())));
    assert_eq!(parser.next().unwrap().as_key_event().unwrap().code, KeyCode::Char('q'));
}

proptest! {
    #[test]
    fn it_does_not_matter_how_the_bytes_are_cut(
        pieces in proptest::collection::vec(
            prop_oneof![
                any::<Vec<u8>>(),
                "\\PC{0,3}".prop_map(String::into_bytes),
                Just(b"\x1b[200~".to_vec()),
                Just(b"\x1b[201~".to_vec()),
                Just(b"\x1b[<0;3;4M".to_vec()),
                Just(b"\x1b[1;2A".to_vec()),
                Just(b"\x1b".to_vec()),
            ],
            0..12,
        ),
    ) {
        let whole = pieces.concat();
        let mut cut = Parser::default();
        for byte in &whole {
            cut.feed(std::slice::from_ref(byte));
        }
        cut.settle();
        let cut: Vec<Event> = std::iter::from_fn(|| cut.next()).collect();
        prop_assert_eq!(parse(&whole), cut);
    }

    #[test]
    fn after_any_bytes_and_a_silence_a_key_is_a_key(bytes in any::<Vec<u8>>()) {
        let mut parser = Parser::default();
        parser.feed(&bytes);
        parser.settle();
        while parser.next().is_some() {}
        parser.feed(b"q");
        prop_assert_eq!(parser.next().unwrap().as_key_event().unwrap().code, KeyCode::Char('q'));
    }
}
