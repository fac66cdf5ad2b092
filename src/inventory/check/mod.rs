//! What is wrong with an inventory as a whole. Everything is looked at, whatever else is wrong.

mod files;
mod hosts;
mod networks;
mod settings;

use super::model::Inventory;
use super::read::Places;
use super::surroundings::Surroundings;
use super::yaml::Report;

/// Reports what is wrong with `inventory`.
pub(crate) fn check(
    inventory: &Inventory,
    places: &Places,
    outside: &dyn Surroundings,
    report: &mut Report<'_>,
) {
    hosts::check(inventory, places, report);
    networks::check(inventory, places, report);
    settings::check(inventory, places, report);
    files::check(inventory, places, outside, report);
}
