//! Exit statuses, as a type.

use std::process::ExitCode;

/// What the process's exit status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// A step failed.
    Failed = 1,
    /// Bad usage or inventory.
    Usage = 2,
    /// A node could not be reached or logged in to.
    Unreachable = 3,
    /// Done, with failed workers inside the budget.
    Partly = 4,
    /// Cancelled.
    Cancelled = 5,
    /// A bug of ours.
    Bug = 70,
}

/// The table in `--help`.
pub(super) const TABLE: &str = "\
Exit status:
  0   done
  1   a step failed
  2   bad usage or inventory
  3   a node could not be reached or logged in to
  4   done, with failed workers inside the budget
  5   cancelled, or stopped at a breakpoint
  70  a bug of kubestep";

impl Exit {
    /// The status for a run's `exit_code`.
    pub const fn of(code: u8) -> Self {
        match code {
            0 => Self::Done,
            1 => Self::Failed,
            2 => Self::Usage,
            3 => Self::Unreachable,
            4 => Self::Partly,
            5 => Self::Cancelled,
            _ => Self::Bug,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_in_the_table() {
        for exit in [
            Exit::Done,
            Exit::Failed,
            Exit::Usage,
            Exit::Unreachable,
            Exit::Partly,
            Exit::Cancelled,
            Exit::Bug,
        ] {
            let line = format!("\n  {:<3} ", exit as u8);
            assert!(TABLE.contains(&line), "{exit:?}");
            assert_eq!(Exit::of(exit as u8), exit);
        }
    }
}
