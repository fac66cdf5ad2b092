//! `group_vars` and `host_vars` beside the inventory.

use std::path::{Path, PathBuf};

use super::Left;
use super::ansible::{Ansible, Place, Vars};
use super::yaml;
use crate::inventory::Surroundings;

/// What the file of a vault begins with.
pub(super) const VAULT: &str = "$ANSIBLE_VAULT";

pub(super) fn read(
    inventory: &Path,
    ansible: &mut Ansible,
    outside: &dyn Surroundings,
    left: &mut Vec<Left>,
) {
    let beside = |folder: &str, name: &str| inventory.with_file_name(folder).join(name);
    let groups: Vec<String> = ansible.groups.keys().cloned().collect();
    for name in groups {
        let vars = named(&beside("group_vars", &name), outside, left);
        ansible.group(&name).outer.extend(vars);
    }
    for (name, machine) in &mut ansible.hosts {
        machine.vars.extend(named(&beside("host_vars", name), outside, left));
    }
}

/// The variables of `path` with one of Ansible's endings, or of all files in the folder of that name.
fn named(path: &Path, outside: &dyn Surroundings, left: &mut Vec<Left>) -> Vars {
    let ending = |ending: &str| {
        let mut whole = path.as_os_str().to_owned();
        whole.push(ending);
        PathBuf::from(whole)
    };
    let mut files: Vec<PathBuf> = ["", ".yml", ".yaml", ".json"].map(ending).into();
    let mut inside = outside.list(path);
    inside.sort();
    files.extend(inside);
    let mut vars = Vars::new();
    for file in files.into_iter().filter(|file| outside.exists(file)) {
        vars.extend(of_file(&file, outside, left));
    }
    vars
}

fn of_file(file: &Path, outside: &dyn Surroundings, left: &mut Vec<Left>) -> Vars {
    let name = file.display().to_string();
    let place = |line| Place { file: name.clone(), line };
    let mut leave = |line, why: &str| {
        left.push(Left::new(&place(line), "the whole file".to_owned(), why));
        Vars::new()
    };
    let text = match outside.read(file) {
        Ok(text) => text,
        Err(error) => return leave(0, &format!("can't be read: {error}")),
    };
    if text.starts_with(VAULT) {
        return leave(0, "is encrypted; secrets have no place in an inventory");
    }
    match yaml::documents(&name, &text) {
        Ok(documents) => documents.iter().flat_map(|node| yaml::vars(&name, node)).collect(),
        Err(problem) => leave(problem.location.as_ref().map_or(0, |at| at.line), &problem.message),
    }
}
