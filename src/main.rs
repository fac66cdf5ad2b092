//! The `kubestep` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    kubestep::cli::main()
}
