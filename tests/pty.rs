//! The real program under a real terminal: it takes it, and gives it back as it was, whatever happens.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod pty {
    mod flood;
    mod jobs;
    mod keys;
    mod leaving;
    mod lesson;
    mod measure;
    mod node_shell;
    mod outside;
    mod rough;
    mod seat;
    mod terminal;
    mod travel;
}
