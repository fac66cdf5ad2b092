//! Whole runs on the simulated rack: the driver, the engine, the plan, the journal and the faces together, on virtual time.
#![allow(clippy::single_match_else, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "runs/console.rs"]
mod console;
#[path = "runs/story.rs"]
mod story;
#[path = "runs/world.rs"]
mod world;

#[path = "runs/anew.rs"]
mod anew;
#[path = "runs/asks.rs"]
mod asks;
#[path = "runs/attended.rs"]
mod attended;
#[path = "runs/bring_up.rs"]
mod bring_up;
#[path = "runs/disturbances.rs"]
mod disturbances;
#[path = "runs/failures.rs"]
mod failures;
#[path = "runs/files.rs"]
mod files;
#[path = "runs/lessons.rs"]
mod lessons;
#[path = "runs/order.rs"]
mod order;
#[path = "runs/record.rs"]
mod record;
#[path = "runs/reset.rs"]
mod reset;
#[path = "runs/resume.rs"]
mod resume;
#[path = "runs/revise.rs"]
mod revise;
#[path = "runs/scale.rs"]
mod scale;
#[path = "runs/secrets.rs"]
mod secrets;
#[path = "runs/storm.rs"]
mod storm;
#[path = "runs/wishes.rs"]
mod wishes;
