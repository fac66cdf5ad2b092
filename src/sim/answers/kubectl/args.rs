//! kubectl's command line.

use crate::sim::model::paths;

/// Switches that change nothing here.
const IGNORED: &[&str] = &[
    "--overwrite",
    "--wait",
    "--server-side",
    "--force-conflicts",
    "--ignore-daemonsets",
    "--delete-emptydir-data",
    "--force",
    "--client",
    "--short",
    "--insecure-skip-tls-verify",
];

/// A kubectl's command line, read.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) words: Vec<String>,
    pub(super) output: String,
    pub(super) files: Vec<String>,
    pub(super) kubeconfig: String,
    pub(super) namespace: String,
    pub(super) selector: String,
    pub(super) patch: String,
    pub(super) all_namespaces: bool,
    pub(super) ignore_not_found: bool,
    pub(super) no_headers: bool,
    pub(super) show_labels: bool,
    pub(super) switches: Vec<String>,
    pub(super) tail: Option<usize>,
    /// A flag that is not known.
    pub(super) unknown: Option<String>,
}

impl Parsed {
    pub(super) fn of(args: &[String]) -> Self {
        let mut parsed = Self { kubeconfig: paths::ADMIN.into(), ..Self::default() };
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            let (name, value) = arg
                .split_once('=')
                .map_or((arg.as_str(), None), |(name, value)| (name, Some(value.to_owned())));
            if !name.starts_with('-') || name == "-" {
                parsed.words.push(arg.clone());
                continue;
            }
            match name {
                "--ignore-not-found" => parsed.ignore_not_found = value.as_deref() != Some("false"),
                "--no-headers" => parsed.no_headers = true,
                "--show-labels" => parsed.show_labels = true,
                "-A" | "--all-namespaces" => parsed.all_namespaces = true,
                switch if IGNORED.contains(&switch) => parsed.switches.push(switch.to_owned()),
                _ => parsed.valued(name, value, &mut rest),
            }
        }
        parsed
    }

    fn valued<'a>(&mut self, name: &str, value: Option<String>, rest: &mut impl Iterator<Item = &'a String>) {
        // `-owide`, `-nkube-system`.
        let (name, value) = match (value, name.get(..2), name.get(2..)) {
            (None, Some(short @ ("-o" | "-n" | "-l" | "-f")), Some(attached)) if !attached.is_empty() => {
                (short, Some(attached.to_owned()))
            }
            (value, _, _) => (name, value),
        };
        let value = value.or_else(|| rest.next().cloned()).unwrap_or_default();
        match name {
            "-o" | "--output" => self.output = value,
            "-f" | "--filename" => self.files.push(value),
            "--kubeconfig" => self.kubeconfig = value,
            "-n" | "--namespace" => self.namespace = value,
            "-l" | "--selector" => self.selector = value,
            "-p" | "--patch" => self.patch = value,
            "--tail" => self.tail = value.parse().ok(),
            "--type" | "--field-manager" | "--timeout" | "--request-timeout" | "--grace-period"
            | "--sort-by" | "-c" | "--container" | "--context" | "--cluster" | "--user" | "-s"
            | "--server" | "--cascade" => {}
            _ => {
                self.unknown.get_or_insert_with(|| name.to_owned());
            }
        }
    }

    /// The namespace that is asked for.
    pub(super) fn namespace(&self) -> &str {
        if self.namespace.is_empty() { "default" } else { &self.namespace }
    }
}
