//! Becoming root.

use crate::secret::Secret;
use crate::transport::error::Fault;

use super::classify;

/// How commands are given to root's `sh`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// The login user is root, or is to stay what it is.
    Login,
    /// sudo asks for nothing.
    Sudo,
    /// sudo asks.
    SudoPassword,
}

/// Ends what is in front of the program when a password is sent. If sudo does not read the password after all, it is
/// skipped here rather than run.
const OPENING: &str = "#kubestep";

impl Root {
    /// What sshd gives to the login shell. The same words mean the same to sh, bash, csh, tcsh, fish and zsh.
    pub(super) const fn command(self) -> &'static str {
        match self {
            Self::Login => "exec sh",
            Self::Sudo => "exec env LC_ALL=C sudo -n sh",
            Self::SudoPassword => {
                "exec env LC_ALL=C sudo -S -k -p '' sh -c \
                 'while IFS= read -r l; do case $l in \"#kubestep\") exec sh;; esac; done; exit 9'"
            }
        }
    }

    /// `program` as it goes to standard input of [`Self::command`].
    pub(super) fn input(self, program: Secret, password: Option<&Secret>) -> Secret {
        match self {
            Self::Login | Self::Sudo => program,
            Self::SudoPassword => Secret::new(format!(
                "{}\n{OPENING}\n{}",
                password.map_or("", Secret::expose),
                program.expose()
            )),
        }
    }
}

/// Asked as the login user: who am I, and does sudo ask for a password?
pub(super) fn question() -> Secret {
    Secret::new(
        "[ \"$(id -u)\" != 0 ] || { echo root; exit; }\n\
         command -v sudo >/dev/null 2>&1 || { echo none; exit; }\n\
         if e=$(LC_ALL=C sudo -k -n sh -c : 2>&1); then echo free; else echo asks; printf '%s\\n' \"$e\"; fi\n",
    )
}

/// The way to root by the answer to [`question`].
pub(super) fn answer(said: &str, password: bool) -> Result<Root, Fault> {
    let (word, rest) = said.split_once('\n').unwrap_or((said, ""));
    match word.trim() {
        "root" => Ok(Root::Login),
        "none" => Err(Fault::NoSudo),
        "free" => Ok(Root::Sudo),
        "asks" => match classify::sudo(rest) {
            Fault::SudoPasswordNeeded if password => Ok(Root::SudoPassword),
            fault => Err(fault),
        },
        _ => Err(Fault::Shell { detail: classify::last_line(said) }),
    }
}

/// Tries the password, once: nothing follows it that sudo could take for a second try.
pub(super) const TRIAL: &str = "exec env LC_ALL=C sudo -S -k -p '' sh -c 'echo \"kubestep is root\"'";
/// Printed when it was right.
pub(super) const TRIAL_PASSED: &str = "kubestep is root";
