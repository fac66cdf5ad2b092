//! `import` and the schema, as their users call them.

use serde_json::Value;

use crate::program::Place;

fn ansible(name: &str) -> String {
    format!("{}/tests/imports/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn an_import_is_an_inventory_and_says_what_it_left() {
    let place = Place::new();
    let done = place.run(&["import", &ansible("kubespray/inventory.ini")]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.starts_with("not carried over:\n  "), "{}", done.err);
    assert!(done.err.contains("inventory.ini:14: ansible_become_password: "), "{}", done.err);
    let rack = place.file("rack.yaml", &done.out);
    let plan = place.run(&["plan", "--offline", &rack]);
    assert_eq!(plan.code, 0, "{}", plan.err);
    assert!(plan.out.contains("node04"), "{}", plan.out);
    assert_eq!(place.run(&["import", "--check", &ansible("kubespray/inventory.ini")]).code, 2);
}

#[test]
fn what_an_import_lacks_is_said_as_of_any_inventory() {
    let place = Place::new();
    let hosts = place.file("hosts", "[masters]\na\nb\nc\n[workers]\nd\n");
    let done = place.run(&["import", &hosts, "--name", "attic"]);
    assert_eq!(done.code, 2, "three control planes have no endpoint");
    assert!(done.out.contains("name: attic"), "{}", done.out);
    assert!(done.err.contains("controlPlaneEndpoint"), "{}", done.err);
    let said = place.run(&["import", "nowhere"]).refused(2);
    assert!(said.contains("can't read nowhere"), "{said}");
}

#[test]
fn the_schema_is_json() {
    let schema: Value = serde_json::from_str(&Place::new().run(&["generate", "schema"]).well().out).unwrap();
    assert_eq!(schema["properties"]["apiVersion"]["anyOf"][0]["enum"][0], "kubestep/v1");
}
