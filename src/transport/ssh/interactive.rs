//! A shell for the operator, over the same way as everything else.

use super::config;
use super::options::{SshOptions, Target, UnfitTarget};

/// ssh's arguments for a shell on `target`: the operator's own configuration, with the same address, key, bastion and
/// check of the host key as a [`super::Fleet`] has. Not its connection, so that a shell can't take a session from a phase.
pub fn interactive(target: &Target, options: &SshOptions) -> Result<Vec<String>, UnfitTarget> {
    config::check(target)?;
    let mut arguments = Vec::new();
    if let Some(file) = config::operators_file(target)? {
        arguments.extend(["-F".to_owned(), file.to_string_lossy().into_owned()]);
    }
    let strict = if options.accept_new_host_keys { "accept-new" } else { "yes" };
    let mut option = |value: String| arguments.extend(["-o".to_owned(), value]);
    option(format!("StrictHostKeyChecking={strict}"));
    option("UpdateHostKeys=no".to_owned());
    option("ForwardAgent=no".to_owned());
    option("ClearAllForwardings=yes".to_owned());
    if let Some(path) = &options.known_hosts {
        option(format!("UserKnownHostsFile=\"{}\"", config::percent(&path.to_string_lossy())));
    }
    arguments.extend(config::login(target, options.connect_timeout.as_secs().max(1)));
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::PathBuf;

    use super::*;
    use crate::ids::NodeName;
    use crate::inventory::model::{Become, BecomeMethod, PasswordSource, Ssh};
    use crate::secret::Secret;

    fn target(ssh: Ssh) -> Target {
        Target {
            name: NodeName::new("bettley").unwrap(),
            ssh,
            r#become: Become { method: BecomeMethod::None, password: PasswordSource::None },
            password: None,
        }
    }

    #[test]
    fn a_shell_goes_the_way_of_the_fleet() {
        let mut options = SshOptions::new(Secret::new("x".to_owned()));
        options.known_hosts = Some(PathBuf::from("/k/hosts"));
        let target = target(Ssh {
            address: "10.4.0.11".to_owned(),
            user: Some("admin".to_owned()),
            port: Some(2222),
            key_path: Some(PathBuf::from("/k/id")),
            config_path: None,
            bastion: Some("op@gate:22".to_owned()),
            options: [("Compression".to_owned(), "yes".to_owned())].into(),
        });
        let arguments = interactive(&target, &options).unwrap().join(" ");
        assert_eq!(
            arguments,
            "-o StrictHostKeyChecking=yes -o UpdateHostKeys=no -o ForwardAgent=no -o ClearAllForwardings=yes \
             -o UserKnownHostsFile=\"/k/hosts\" -o Compression=yes -o ConnectTimeout=10 -o IdentitiesOnly=yes \
             -o IdentityFile=\"/k/id\" -l admin -p 2222 -J op@gate:22 -- 10.4.0.11"
        );
    }

    #[test]
    fn what_ssh_would_take_for_an_option_is_refused() {
        let ssh = Ssh {
            address: "-oProxyCommand=id".to_owned(),
            user: None,
            port: None,
            key_path: None,
            config_path: None,
            bastion: None,
            options: std::collections::BTreeMap::new(),
        };
        assert!(interactive(&target(ssh), &SshOptions::new(Secret::new("x".to_owned()))).is_err());
    }
}
