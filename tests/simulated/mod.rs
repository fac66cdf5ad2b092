mod bring_up;
mod driver;
mod failures;
mod faults;
mod node;
mod output;
mod stand_in;
