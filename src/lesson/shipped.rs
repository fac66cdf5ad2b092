//! The lessons that are part of the program.

/// Name and text of each, in the order in which to take them.
const LESSONS: [(&str, &str); 3] = [
    ("one-control-plane", include_str!("lessons/one-control-plane.yaml")),
    ("ha-rack", include_str!("lessons/ha-rack.yaml")),
    ("it-broke", include_str!("lessons/it-broke.yaml")),
];

/// A short lesson to begin one's own with.
pub const EXAMPLE: &str = include_str!("lessons/example.yaml");

/// Name and text of each, in the order in which to take them.
pub const fn shipped() -> &'static [(&'static str, &'static str)] {
    &LESSONS
}

/// The text of the lesson of that name.
pub fn named(name: &str) -> Option<&'static str> {
    LESSONS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
