mod bring_up;
mod driver;
