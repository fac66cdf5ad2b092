//! kubeadm's configuration API by release: kubeadm.md §3.

use std::fmt;

use super::RenderError;
use crate::version::Version;

/// A version of `kubeadm.k8s.io`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApiVersion {
    /// 1.20 and 1.21 here.
    V1Beta2,
    /// 1.22 to 1.30.
    V1Beta3,
    /// 1.31 and later.
    V1Beta4,
}

impl ApiVersion {
    /// What to write for a kubeadm of that version.
    pub fn of(kubeadm: &Version) -> Result<Self, RenderError> {
        if !kubeadm.at_least(20) {
            Err(RenderError::TooOld(kubeadm.clone()))
        } else if !kubeadm.at_least(22) {
            Ok(Self::V1Beta2)
        } else if kubeadm.at_least(31) {
            Ok(Self::V1Beta4)
        } else {
            Ok(Self::V1Beta3)
        }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::V1Beta2 => "kubeadm.k8s.io/v1beta2",
            Self::V1Beta3 => "kubeadm.k8s.io/v1beta3",
            Self::V1Beta4 => "kubeadm.k8s.io/v1beta4",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_release_gets_the_newest_api_it_reads_without_a_warning() {
        for (minor, want) in [
            (20, ApiVersion::V1Beta2),
            (21, ApiVersion::V1Beta2),
            (22, ApiVersion::V1Beta3),
            (30, ApiVersion::V1Beta3),
            (31, ApiVersion::V1Beta4),
            (36, ApiVersion::V1Beta4),
        ] {
            assert_eq!(ApiVersion::of(&Version::new(1, minor, 3)), Ok(want), "{minor}");
        }
        let old = Version::new(1, 19, 0);
        assert_eq!(ApiVersion::of(&old), Err(RenderError::TooOld(old)));
    }
}
