//! Which themes there are, and what is said of files that are none.

use std::fs;

use ratatui::style::{Color, Modifier, Style};

use crate::diag::render::show;
use crate::tui::theme::draft::Draft;
use crate::tui::theme::library::SHIPPED;
use crate::tui::theme::{Depth, Glyphs, Role, Theme, Themes};

fn with(files: &[(&str, &str)]) -> (Themes, Vec<String>) {
    let files = files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned()));
    let (themes, found) = Themes::with_files(files);
    (themes, found.iter().map(ToString::to_string).collect())
}

fn theme(themes: &Themes, name: &str) -> Theme {
    themes.theme(name, Depth::True, Glyphs::Unicode).unwrap()
}

#[test]
fn ours_say_everything_themselves() {
    for (file, text) in SHIPPED {
        let draft = Draft::read(file, (*text).to_owned()).map_err(|found| show(&found, false)).unwrap();
        assert_eq!(format!("{}.yaml", draft.name.value), *file);
        assert_eq!(draft.roles(), Role::ALL, "{file}: every role, in its order");
        assert!(draft.background().is_some() && draft.extends.is_none(), "{file}");
        Theme::named(&draft.name.value).unwrap();
    }
    let themes = Themes::shipped();
    let titles: std::collections::BTreeSet<_> = themes.list().map(|(_, title)| title).collect();
    assert_eq!(titles.len(), SHIPPED.len());
}

#[test]
fn a_file_changes_only_what_it_names() {
    let mine = "name: mine\nextends: default-dark\nroles:\n  failed: { fg: \"#ff00ff\" }\n  running: { bold: false }\n  selection: { bg: none, reversed: true }\n";
    let (themes, found) = with(&[("mine.yaml", mine)]);
    assert_eq!(found, [""; 0]);
    let (mine, dark) = (theme(&themes, "mine"), theme(&themes, "default-dark"));
    assert_eq!(mine.style(Role::Failed), dark.style(Role::Failed).fg(Color::Rgb(255, 0, 255)));
    assert_eq!(mine.style(Role::Running).add_modifier, Modifier::empty());
    assert_eq!(mine.style(Role::Selection), Style::new().add_modifier(Modifier::REVERSED));
    for role in Role::ALL {
        if ![Role::Failed, Role::Running, Role::Selection].contains(&role) {
            assert_eq!(mine.style(role), dark.style(role), "{role:?}");
        }
    }
}

#[test]
fn a_palette_colours_the_roles_of_the_extended_theme() {
    let child = "name: child\nextends: parent\npalette: { green: ansi-red }\n";
    let parent = "name: parent\npalette: { green: \"#00ff00\" }\n";
    let (themes, found) = with(&[("child.yaml", child), ("parent.yaml", parent)]);
    assert_eq!(found, [""; 0]);
    assert_eq!(theme(&themes, "parent").style(Role::Done).fg, Some(Color::Rgb(0, 255, 0)));
    assert_eq!(theme(&themes, "child").style(Role::Done).fg, Some(Color::Red));
    let names: Vec<_> = themes.list().map(|(name, _)| name).collect();
    assert_eq!(names[SHIPPED.len()..], ["child", "parent"]);
}

#[test]
fn without_a_word_the_default_of_the_background_is_extended() {
    let (themes, found) = with(&[("l.yml", "name: l\nbackground: light\n"), ("d.yml", "name: d\n")]);
    assert_eq!(found, [""; 0]);
    assert_eq!(theme(&themes, "l").styles, theme(&themes, "default-light").styles);
    assert_eq!(theme(&themes, "d").styles, theme(&themes, "default-dark").styles);
}

#[test]
fn a_theme_of_our_name_takes_its_place_and_may_extend_it() {
    let (themes, found) = with(&[("m.yaml", "name: mono\nextends: mono\nroles: { done: { bold: true } }\n")]);
    assert_eq!(found, [""; 0]);
    assert_eq!(themes.list().count(), SHIPPED.len());
    let done = |name| themes.theme(name, Depth::Mono, Glyphs::Ascii).unwrap().style(Role::Done).add_modifier;
    assert_eq!((done("mono"), done("default-dark")), (Modifier::BOLD, Modifier::BOLD));
}

#[test]
fn mistakes_are_located_and_explained() {
    for (text, want) in [
        (
            "name: x\nroles:\n  faild: { fg: green }\n",
            "x.yaml:3:3: error: unknown key `faild` in the roles (did you mean `failed`?)",
        ),
        (
            "name: x\nroles:\n  failed: { fgg: green }\n",
            "x.yaml:3:13: error: unknown key `fgg` in the role `failed` (did you mean `fg`?)",
        ),
        (
            "name: x\npalete: {}\n",
            "x.yaml:2:1: error: unknown key `palete` in a theme (did you mean `palette`?)",
        ),
        (
            "name: x\nroles:\n  done: { fg: gren }\n",
            "x.yaml:3:15: error: `gren` is no colour (did you mean `green`?)",
        ),
        (
            "name: x\nroles:\n  done: { fg: \"#12345\" }\n",
            "x.yaml:3:15: error: `#12345` is no colour (write #rrggbb",
        ),
        ("name: x\npalette:\n  a: #ff0000\n", "x.yaml:3:3: error: `a` has no colour (a colour needs quotes"),
        (
            "name: x\nroles:\n  done:\n    fg: #ff0000\n",
            "x.yaml:4:5: error: `fg` has no value (a colour needs quotes",
        ),
        ("name: x\nroles:\n  done: { fg: #ff0000 }\n", "(a colour needs quotes"),
        (
            "name: x\npalette: { ansi-red: \"#ff0000\" }\n",
            "x.yaml:2:12: error: `ansi-red` already means something",
        ),
        ("name: x\nroles:\n  done: { bold: yes }\n", "x.yaml:3:17: error: `yes` is not true or false"),
        ("name: X y\n", "x.yaml:1:7: error: `X y` is not a name (use lower-case"),
        ("title: x\n", "x.yaml:1:1: error: the theme has no `name`"),
        ("name: x\nbackground: grey\n", "x.yaml:2:13: error: `grey` is not a background"),
        (
            "name: x\nextends: defualt-dark\n",
            "x.yaml:2:10: error: there is no theme `defualt-dark` (did you mean `default-dark`?)",
        ),
        ("name: x\nextends: x\n", "x.yaml:2:10: error: there is no theme `x` ("),
        ("name: x\nroles: [failed]\n", "x.yaml:2:9: error: the roles must be a map of keys and values"),
        ("name: x\nname: x\n", "x.yaml:2:1: error: `name` stands here twice"),
        ("", "error: x.yaml holds 0 documents, not one"),
        ("name: x\n--- \nname: y\n", "error: x.yaml holds 2 documents, not one"),
        ("name: [\n", "error: not valid YAML"),
    ] {
        let (themes, found) = with(&[("x.yaml", text)]);
        assert!(found.len() == 1 && found[0].contains(want), "{text}\n{found:#?}\n{want}");
        assert_eq!(themes, Themes::shipped(), "{text}");
    }
}

#[test]
fn themes_that_need_one_another_are_told_apart_from_those_that_can_be_read() {
    let circle = [
        ("a.yaml", "name: a\nextends: b\n"),
        ("b.yaml", "name: b\nextends: c\n"),
        ("c.yaml", "name: c\nextends: b\n"),
        ("d.yaml", "name: d\nextends: e\n"),
        ("e.yaml", "name: e\nextends: defaultdark\n"),
        ("f.yaml", "name: f\nextends: g\n"),
        ("g.yaml", "name: g\nroles: { done: { fg: mauve } }\n"),
        ("good.yaml", "name: good\n"),
        ("twice.yaml", "name: good\n"),
    ];
    let (themes, found) = with(&circle);
    insta::assert_snapshot!(found.join("\n"));
    assert_eq!(themes.list().last(), Some(("good", "good")));
    assert_eq!(themes.list().count(), SHIPPED.len() + 1);
}

#[test]
fn an_unknown_theme_is_answered_with_a_likely_one() {
    let said = |name: &str| Theme::named(name).unwrap_err().to_string();
    assert_eq!(said("defaultdark"), "there is no theme `defaultdark`; did you mean `default-dark`?");
    assert!(said("zzz").starts_with("there is no theme `zzz`; there are default-dark, default-light"));
}

#[test]
fn a_directory_is_read_and_what_is_no_theme_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let (themes, found) = Themes::with_directory(&directory.path().join("absent"));
    assert_eq!((themes, found.len()), (Themes::shipped(), 0));
    let write = |name: &str, text: &[u8]| fs::write(directory.path().join(name), text).unwrap();
    write("mine.yaml", b"name: mine\n");
    write("README.md", b"not: [yaml");
    write("binary.yaml", b"\xff\xfe\x00");
    write("large.yml", &vec![b'#'; 300 * 1024]);
    fs::create_dir(directory.path().join("folder.yaml")).unwrap();
    let (themes, found) = Themes::with_directory(directory.path());
    assert_eq!(themes.list().last(), Some(("mine", "mine")));
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|problem| problem.starts_with("error: can't read ")), "{found:?}");
    let file = directory.path().join("mine.yaml");
    assert_eq!(Themes::with_directory(&file).1.len(), 1, "a file is no directory");
}
