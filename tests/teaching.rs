//! Every explanation against the catalog: nothing missing, nothing that the catalog doesn't know, and all of it readable.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;

use kubestep::catalog::{self, Command, Phase, diagnose, knowledge, tree};
use kubestep::ids::PhaseId;
use kubestep::report::Style;
use kubestep::report::explain::{idea, pages, phase};
use kubestep::teaching::{self, Explanation, Failure, Item, Ranged, Section};
use kubestep::version::Version;

fn versions() -> impl Iterator<Item = Version> {
    (20..=36).map(|minor| Version::new(1, minor, 0))
}

fn phases(version: &Version) -> Vec<Phase> {
    Command::ALL.into_iter().flat_map(|command| tree(command, version)).collect()
}

fn every() -> impl Iterator<Item = (Version, Phase, &'static Explanation)> {
    versions().flat_map(|version| {
        let of = |phase: Phase| (version.clone(), phase.clone(), teaching::explanation(&phase.id).unwrap());
        phases(&version).into_iter().map(of).collect::<Vec<_>>()
    })
}

fn named<'a, T: Ranged>(parts: &'a [T], version: &'a Version) -> impl Iterator<Item = &'a T> {
    parts.iter().filter(move |part| part.holds(version))
}

#[test]
fn every_phase_of_every_release_is_explained_and_nothing_else_is() {
    let mut known = BTreeSet::new();
    for version in versions() {
        for phase in phases(&version) {
            assert!(teaching::explanation(&phase.id).is_some(), "{} of {version}", phase.id);
            known.insert(phase.id.to_string());
        }
    }
    let explained: BTreeSet<String> = teaching::explanations().iter().map(|it| it.phase.clone()).collect();
    assert_eq!(explained, known);
}

#[test]
fn a_file_is_told_as_written_exactly_where_the_catalog_says_so() {
    for (version, phase, text) in every() {
        let told: Vec<&str> = named(&text.writes, &version).map(|file| file.path.as_str()).collect();
        let unique: BTreeSet<&str> = told.iter().copied().collect();
        assert_eq!(unique.len(), told.len(), "{} of {version} names a file twice", phase.id);
        let known = knowledge(&phase.id, &version).unwrap();
        let writes: BTreeSet<&str> = known.writes.iter().copied().collect();
        if phase.group {
            assert!(told.is_empty(), "{}: the files of a group are those of its phases", phase.id);
        } else if known.no_op {
            assert!(unique.is_subset(&writes), "{} of {version}: {told:?}", phase.id);
        } else {
            assert_eq!(unique, writes, "{} of {version}", phase.id);
        }
    }
}

#[test]
fn a_file_with_a_key_is_for_root_alone_and_a_certificate_ends() {
    for file in teaching::explanations().iter().flat_map(|text| &text.writes) {
        let kind = file.path.rsplit_once('.').map(|(_, kind)| kind);
        let secret = matches!(kind, Some("key" | "conf"));
        assert!(!secret || file.mode.as_deref() == Some("0600"), "{}", file.path);
        assert_eq!(file.owner, "root", "{}", file.path);
        if kind == Some("crt") {
            assert!(file.expires.is_some(), "{}", file.path);
        }
    }
}

/// The rule that the diagnosis card would find for kubeadm's words.
fn found(phase: &str, symptom: &str) -> Option<String> {
    let lines: Vec<String> = symptom.lines().map(str::to_owned).collect();
    diagnose(&PhaseId::new(phase), &lines).map(|diagnosis| diagnosis.rule)
}

#[test]
fn every_failure_is_diagnosed_by_the_rule_that_it_names() {
    let of_phases = teaching::explanations().iter().map(|text| (text.phase.as_str(), &text.fails));
    let of_ideas = teaching::ideas().iter().map(|idea| ("wait", &idea.fails));
    for (phase, fails) in of_phases.chain(of_ideas) {
        for failure in fails {
            assert!(!failure.look.is_empty(), "{phase}: {}", failure.symptom);
            let Some(rule) = &failure.rule else { continue };
            // A warning isn't diagnosed; what it turns into when it is an error is.
            let symptom = failure.symptom.replace("[WARNING ", "[ERROR ");
            // What is seen on another node is diagnosed in the phase in which it is seen.
            let rules = [phase, "join/preflight", "init/preflight"].map(|phase| found(phase, &symptom));
            assert!(rules.contains(&Some(rule.clone())), "{phase}: {symptom}: {rules:?}, not {rule}");
        }
    }
}

#[test]
fn a_phase_that_can_not_be_run_alone_says_what_to_type_instead() {
    for (version, phase, text) in every() {
        let alone = catalog::why_not_alone(&phase.id, &version, &[]).is_none();
        let known = knowledge(&phase.id, &version).unwrap();
        let instead = named(&text.instead, &version).count();
        assert!(alone || known.no_op || instead > 0, "{} of {version}", phase.id);
    }
}

#[test]
fn no_release_is_left_without_a_text_and_none_gets_too_much() {
    for (version, phase, text) in every() {
        let place = format!("{} of {version}", phase.id);
        let (why, what) = (named(&text.why, &version).count(), named(&text.what, &version).count());
        assert!(why > 0 && what > 0, "{place}");
        assert!(named(&text.later, &version).count() > 0, "{place}");
        let told: Vec<&str> = named(&text.why, &version)
            .chain(named(&text.what, &version))
            .map(|said| said.text.as_str())
            .collect();
        let count = sentences(&told.join(" ")).len();
        assert!((2..=5).contains(&count), "{place} has {count} sentences on why and what");
        assert!(!text.ideas.is_empty(), "{place}");
    }
    for idea in teaching::ideas() {
        for version in versions() {
            assert!(named(&idea.text, &version).count() > 1, "{} of {version}", idea.idea);
        }
        assert!(!idea.see.is_empty() && !idea.fails.is_empty(), "{}", idea.idea);
    }
}

#[test]
fn ranges_are_within_what_there_is_and_the_right_way_round() {
    fn check<T: Ranged>(place: &str, parts: &[T]) {
        let all: Vec<Version> = versions().collect();
        for (n, part) in parts.iter().enumerate() {
            assert!(all.iter().any(|version| part.holds(version)), "{place}: part {n} never holds");
            let ranged = part.since().is_some() || part.until().is_some();
            let always = all.iter().all(|version| part.holds(version));
            assert!(!(ranged && always), "{place}: part {n} has a range that says nothing");
        }
    }
    for text in teaching::explanations() {
        check(&text.phase, &text.why);
        check(&text.phase, &text.what);
        check(&text.phase, &text.instead);
        check(&text.phase, &text.reads);
        check(&text.phase, &text.writes);
        check(&text.phase, &text.stores);
        check(&text.phase, &text.removes);
        check(&text.phase, &text.later);
        check(&text.phase, &text.fails);
        check(&text.phase, &text.see);
        assert!(text.changes.is_sorted_by_key(|change| change.since), "{}", text.phase);
    }
    for idea in teaching::ideas() {
        check(&idea.idea, &idea.text);
        check(&idea.idea, &idea.see);
        check(&idea.idea, &idea.fails);
        assert!(idea.changes.is_sorted_by_key(|change| change.since), "{}", idea.idea);
    }
}

#[test]
fn links_lead_somewhere_and_no_idea_is_forgotten() {
    let ideas: BTreeSet<&str> = teaching::ideas().iter().map(|idea| idea.idea.as_str()).collect();
    let of_phases = teaching::explanations().iter().map(|text| (&text.phase, &text.ideas));
    let of_ideas = teaching::ideas().iter().map(|idea| (&idea.idea, &idea.ideas));
    for (place, links) in of_phases.chain(of_ideas) {
        for link in links {
            assert!(ideas.contains(link.as_str()), "{place} links to {link}");
            assert_ne!(link, place);
        }
    }
    for version in versions() {
        for idea in &ideas {
            assert!(!teaching::needed_by(idea, &version).is_empty(), "no phase of {version} needs {idea}");
            let meant = kubestep::report::explain::meant(idea, &version);
            assert!(meant.is_empty(), "{idea} is a phase's name as well: {meant:?}");
        }
    }
}

/// Sentences, as a person would count them.
fn sentences(text: &str) -> Vec<&str> {
    text.split_inclusive(['.', '?', '!']).fold(Vec::<&str>::new(), |mut all, piece| {
        // A dot inside of a word or a number ends nothing.
        match all.pop() {
            Some(last) if !piece.starts_with(' ') => {
                let start = last.as_ptr() as usize - text.as_ptr() as usize;
                all.push(&text[start..start + last.len() + piece.len()]);
            }
            Some(last) => all.extend([last, piece]),
            None => all.push(piece),
        }
        all
    })
}

fn prose(sections: &[Section]) -> Vec<String> {
    let of = |item: &Item| match item {
        Item::Prose(text) | Item::Command { shows: text, .. } | Item::Thing { text, .. } => {
            vec![text.clone()]
        }
        Item::Failure(Failure { means, fix, .. }) => vec![means.clone(), fix.clone()],
        Item::Change(change) => vec![change.text.clone()],
        Item::Picture(_) | Item::Idea { .. } | Item::Phase(_) => Vec::new(),
    };
    sections.iter().flat_map(|section| &section.items).flat_map(of).filter(|text| !text.is_empty()).collect()
}

#[test]
fn sentences_are_short_and_whole() {
    let texts = every().flat_map(|(version, phase, _)| prose(&teaching::phase(&phase.id, &version))).chain(
        versions().flat_map(|version| {
            let of = |idea: &teaching::Idea| prose(&teaching::idea(&idea.idea, &version));
            teaching::ideas().iter().flat_map(of).collect::<Vec<_>>()
        }),
    );
    for text in texts.collect::<BTreeSet<String>>() {
        for sentence in sentences(&text) {
            let words = sentence.split_whitespace().count();
            assert!(words <= 40, "{words} words: {sentence}");
        }
        assert!(text.ends_with(['.', '?', '!']), "no full stop: {text}");
        assert!(!text.contains("  ") && !text.contains('\n'), "{text}");
        assert_eq!(text.matches('`').count() % 2, 0, "{text}");
    }
}

#[test]
fn sentences_are_counted_as_people_do() {
    assert_eq!(
        sentences("The kubelet reads config.yaml of 1.29. It starts."),
        ["The kubelet reads config.yaml of 1.29.", " It starts."]
    );
}

#[test]
fn commands_and_pictures_are_clean() {
    for (version, phase, _) in every() {
        for section in teaching::phase(&phase.id, &version) {
            assert!(!section.items.is_empty());
            for item in section.items {
                let commands = match item {
                    Item::Command { run, .. } => vec![run],
                    Item::Failure(failure) => failure.look,
                    _ => Vec::new(),
                };
                for command in commands {
                    assert!(command.is_ascii() && !command.contains('\n') && command.trim() == command);
                    assert!(!command.contains("--token ") && !command.starts_with("rm "), "{command}");
                }
            }
        }
    }
    for idea in teaching::ideas() {
        let picture = idea.picture.as_deref().unwrap_or_default();
        assert!(picture.is_ascii(), "{}: drawings are plain characters", idea.idea);
        assert!(picture.lines().all(|line| line.len() <= 74), "{}: too wide", idea.idea);
    }
}

#[test]
fn both_faces_tell_everything_in_every_release() {
    for version in versions() {
        for found in phases(&version) {
            let sections = teaching::phase(&found.id, &version);
            let text = phase(&found.id, &version, Style::PLAIN);
            let told = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for words in prose(&sections) {
                assert!(told.contains(&words), "{} of {version} lacks: {words}\n{text}", found.id);
            }
            let wide = text.lines().find(|line| {
                let typed = line.trim_start();
                let raw = ["$ ", "command ", "undo "].iter().any(|lead| typed.starts_with(lead));
                line.chars().count() > 80 && !raw && !line.contains("   #")
            });
            assert_eq!(wide, None, "{}", found.id);
        }
        for found in teaching::ideas() {
            let text = idea(&found.idea, &version, Style::PLAIN).unwrap();
            assert!(text.starts_with(&found.title) && text.contains("Phases that rest on it"), "{text}");
        }
    }
}

#[test]
fn pages_link_to_pages_only() {
    for version in versions() {
        let all = pages(&version);
        let files: BTreeSet<&str> = all.iter().map(|page| page.file.as_str()).collect();
        assert_eq!(files.len(), all.len());
        assert_eq!(all.len(), 1 + teaching::ideas().len() + phases(&version).len());
        let mut linked = BTreeSet::new();
        for page in &all {
            assert_eq!(page.text.matches("```").count() % 2, 0, "{}", page.file);
            assert!(
                page.text.starts_with("# ") && !page.text.contains("\n\n\n"),
                "{}\n{}",
                page.file,
                page.text
            );
            for (at, _) in page.text.match_indices("](") {
                let target = page.text[at + 2..].split(')').next().unwrap();
                assert!(files.contains(target), "{} links to {target}", page.file);
                if page.file == "index.md" {
                    linked.insert(target);
                }
            }
        }
        assert_eq!(linked.len(), all.len() - 1, "the index leads to every page");
    }
}

#[test]
fn a_few_to_look_at() {
    let wide = Style { unicode: true, width: 100, ..Style::PLAIN };
    let of = |id: &str, minor| phase(&PhaseId::new(id), &Version::new(1, minor, 0), wide);
    let told =
        [of("init/kubeconfig/admin", 28), of("init/kubeconfig/admin", 29), of("init/kubelet-start", 29)];
    insta::assert_snapshot!("phases", told.join("\n"));
    let told =
        [of("join/etcd-join", 34), of("join/control-plane-join/etcd", 34), of("reset/cleanup-node", 36)];
    insta::assert_snapshot!("phases-of-join-and-reset", told.join("\n"));
    insta::assert_snapshot!("idea", idea("quorum", &Version::new(1, 36, 0), wide).unwrap());
    let all = pages(&Version::new(1, 29, 0));
    let page = |file: &str| all.iter().find(|page| page.file == file).unwrap().text.clone();
    insta::assert_snapshot!("page", [page("init-certs-ca.md"), page("idea-admins.md")].join("\n=====\n"));
    insta::assert_snapshot!("index", page("index.md"));
}
