//! Cards of a simulated run.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::{Configs, Part, config, diagnosis, preview, rendered};
use crate::ids::NodeName;
use crate::inventory::ThisMachine;
use crate::tui::model::Model;
use crate::tui::testing::{Demo, model, play, step};
use crate::version::Version;

const GOLDENTOOTH: &str = include_str!("../../../inventory/goldentooth.yaml");

fn played() -> Model {
    let mut model = model(80, 24);
    play(&mut model, Demo::goldentooth().events());
    model
}

fn text(parts: &[Part]) -> String {
    format!("{parts:#?}")
}

#[test]
fn a_configuration_is_shown_without_its_secrets_and_held_against_the_former() {
    let model = played();
    let mut inventory =
        crate::inventory::parse(Path::new("g.yaml"), GOLDENTOOTH.to_owned(), &ThisMachine).unwrap().0;
    let (fenn, mut configs) = (NodeName::new("fenn").unwrap(), Configs::default());
    let (path, written) = rendered(&model.run, &inventory, &fenn).unwrap();
    assert_eq!(path, crate::runner::JOIN_CONFIG);
    assert!(written.contains("JoinConfiguration") && written.contains(crate::secret::MASK), "{written}");
    configs.written(&fenn, (path, written));
    let same = text(&config(&model.run, &inventory, &configs, &fenn).unwrap());
    assert!(same.contains("fenn, written") && !same.contains("\"- "), "{same}");
    inventory.kubernetes.control_plane_endpoint.as_mut().unwrap().port = 7443;
    let other = text(&config(&model.run, &inventory, &configs, &fenn).unwrap());
    assert!(other.contains("\"- ") && other.contains("\"+ ") && other.contains("7443"), "{other}");
}

#[test]
fn a_preview_names_command_configuration_and_files() {
    let model = played();
    let step = model.run.step(&step("bettley", "init/certs/ca")).unwrap();
    let told = text(&preview(&model.run, step, &Version::new(1, 29, 6)));
    assert!(told.contains("kubeadm init phase certs ca") && told.contains("pki/ca.crt"), "{told}");
    assert!(told.contains(crate::runner::INIT_CONFIG), "{told}");
}

/// Every line of a card, as it is laid out.
fn lines(parts: &[Part]) -> Vec<String> {
    let theme = crate::tui::theme::Theme::default();
    super::lay_out(parts, 400, &theme).iter().map(ToString::to_string).collect()
}

#[test]
fn a_diagnosis_says_nothing_twice_and_no_try_comes_before_the_mending() {
    let taken = "error execution phase kubelet-start: a Node with name \\\"w001\\\" and status \\\"Ready\\\" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node";
    let mut model = model(80, 24);
    let fault = format!(
        "{{ node: w001, phase: join/kubelet-start, kind: fail, attempts: [], output: \"it goes on\\n{taken}\" }}"
    );
    play(&mut model, Demo::rack(1, 1).faults(&[&fault]).events());
    let step = model.run.step(&step("w001", "join/kubelet-start")).unwrap();
    let found = step.end.as_ref().unwrap().diagnosis.as_ref().unwrap();
    assert_eq!(found.rule, "node-name-taken");
    let card = lines(&diagnosis(&model.run, step));
    let told = card.iter().filter(|line| line.contains("already exists in the cluster")).count();
    assert_eq!(told, 1, "{card:#?}");
    assert!(card.iter().any(|line| line.contains("once that is put right")), "{card:#?}");
    assert!(!card.iter().any(|line| line.contains("as it is")), "{card:#?}");
}
