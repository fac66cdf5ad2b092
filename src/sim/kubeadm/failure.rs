//! How a kubeadm process ends when it doesn't end well.

/// Why a phase, and with it the process, stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Exit {
    /// An error of the running phase; kubeadm puts the phase's name before it.
    Phase(String),
    /// An error before any phase, or one that is printed as it is.
    Bare { text: String, rc: i32 },
    /// Ends at once with this status, saying nothing.
    Silent(i32),
}

impl Exit {
    pub(crate) fn phase(text: impl Into<String>) -> Self {
        Self::Phase(text.into())
    }

    pub(crate) fn bare(text: impl Into<String>) -> Self {
        Self::Bare { text: text.into(), rc: 1 }
    }
}

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Phase(text) | Self::Bare { text, .. } => f.write_str(text),
            Self::Silent(_) => Ok(()),
        }
    }
}

/// What phases return.
pub(crate) type Outcome<T = ()> = Result<T, Exit>;

impl From<crate::sim::model::pki::PkiError> for Exit {
    fn from(error: crate::sim::model::pki::PkiError) -> Self {
        Self::phase(format!("unable to create certificate: {error}"))
    }
}
