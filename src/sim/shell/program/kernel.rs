//! The kernel: its settings, modules and limits.

use super::super::call::{Call, Known};

pub(super) fn uname(call: &mut Call<'_>) -> i32 {
    let Ok(node) = call.machine() else { return 255 };
    let hardware = &node.hardware;
    call.say(match call.args.first().map(String::as_str) {
        None | Some("-s") => "Linux\n".to_owned(),
        Some("-r") => format!("{}\n", hardware.kernel),
        Some("-m") => format!("{}\n", hardware.arch),
        Some("-n") => format!("{}\n", hardware.hostname),
        Some(_) => {
            format!(
                "Linux {} {} #1 SMP PREEMPT {} GNU/Linux\n",
                hardware.hostname, hardware.kernel, hardware.arch
            )
        }
    });
    0
}

/// Settings that the module brings with it.
fn of_module(setting: &str) -> bool {
    setting.starts_with("net.bridge.")
}

pub(super) fn sysctl(call: &mut Call<'_>) -> i32 {
    let known = Known { switches: &["w", "a", "n", "e", "q", "system"], valued: &[] };
    // `-p` may stand without a file.
    let loads = call.args.iter().any(|arg| arg == "-p");
    let args: Vec<String> = call.args.iter().filter(|arg| *arg != "-p").cloned().collect();
    let options = match super::super::call::Options::read(&args, &known) {
        Ok(options) => options,
        Err(unknown) => return call.lacks(format!("option {unknown}")),
    };
    let Ok(node) = call.machine_mut() else { return 255 };
    let mut assignments: Vec<String> = Vec::new();
    let mut wanted: Vec<String> = Vec::new();
    if options.has(&["system"]) || loads {
        let mut files: Vec<String> =
            node.disk.under("/etc/sysctl.d").map(|(path, _)| path.to_owned()).collect();
        files.push("/etc/sysctl.conf".into());
        if loads {
            files = options.operands.iter().map(|file| call.session.absolute(file)).collect();
            if files.is_empty() {
                files.push("/etc/sysctl.conf".into());
            }
        }
        let Ok(node) = call.machine() else { return 255 };
        for file in &files {
            let text = node.disk.text(file).unwrap_or_default();
            let lines = text
                .lines()
                .map(str::trim)
                .filter(|line| !line.starts_with(['#', ';']) && line.contains('='));
            assignments.extend(lines.map(str::to_owned));
        }
    } else if options.has(&["a"]) || options.operands.is_empty() {
        wanted.extend(node.hardware.sysctls.keys().cloned());
    } else {
        for operand in &options.operands {
            let list = if operand.contains('=') { &mut assignments } else { &mut wanted };
            list.push(operand.clone());
        }
    }
    let mut rc = 0;
    let mut out = String::new();
    let unknown = |setting: &str| {
        format!("cannot stat /proc/sys/{}: No such file or directory", setting.replace('.', "/"))
    };
    let Ok(node) = call.machine_mut() else { return 255 };
    let mut complaints = Vec::new();
    for assignment in assignments {
        let Some((setting, value)) = assignment.split_once('=').map(|(s, v)| (s.trim(), v.trim())) else {
            continue;
        };
        match node.hardware.sysctls.get(setting) {
            Some(old) if !old.is_empty() => {
                node.hardware.sysctls.insert(setting.to_owned(), value.to_owned());
                out += &format!("{setting} = {value}\n");
            }
            None if !of_module(setting) && KNOWN.contains(&setting) => {
                node.hardware.sysctls.insert(setting.to_owned(), value.to_owned());
                out += &format!("{setting} = {value}\n");
            }
            _ => complaints.push(unknown(setting)),
        }
    }
    for setting in wanted {
        // A name may stand for all settings below it.
        let below = format!("{setting}.");
        let found: Vec<(&String, &String)> = node
            .hardware
            .sysctls
            .iter()
            .filter(|(name, value)| !value.is_empty() && (**name == setting || name.starts_with(&below)))
            .collect();
        if found.is_empty() && !options.has(&["a"]) {
            complaints.push(unknown(&setting));
        }
        for (name, value) in found {
            out += &if options.has(&["n"]) { format!("{value}\n") } else { format!("{name} = {value}\n") };
        }
    }
    call.say(out);
    for complaint in complaints {
        rc = call.fail(1, complaint);
    }
    rc
}

/// Settings that every kernel has, and that nodes begin without a value of their own for.
const KNOWN: &[&str] = &[
    "fs.inotify.max_user_instances",
    "fs.inotify.max_user_watches",
    "net.ipv6.conf.default.forwarding",
    "vm.overcommit_memory",
];

pub(super) fn lsmod(call: &mut Call<'_>) -> i32 {
    let Ok(node) = call.machine() else { return 255 };
    let bridge = node.hardware.sysctls.iter().any(|(setting, value)| of_module(setting) && !value.is_empty());
    let mut out = format!("{:<24}{:<8}Used by\n", "Module", "Size");
    for (module, size, used) in
        [("br_netfilter", 32_768, "0"), ("bridge", 294_912, "1 br_netfilter"), ("overlay", 151_552, "0")]
    {
        if bridge || module == "overlay" {
            out += &format!("{module:<24}{size:<8}{used}\n");
        }
    }
    call.say(out);
    0
}

pub(super) fn modprobe(call: &mut Call<'_>) -> i32 {
    let args = call.args;
    let Ok(node) = call.machine_mut() else { return 255 };
    match args.iter().map(String::as_str).find(|arg| !arg.starts_with('-')) {
        Some("br_netfilter") => {
            for name in ["net.bridge.bridge-nf-call-iptables", "net.bridge.bridge-nf-call-ip6tables"] {
                let value = node.hardware.sysctls.entry(name.to_owned()).or_default();
                if value.is_empty() {
                    // The kernel's default.
                    "1".clone_into(value);
                }
            }
            0
        }
        Some("overlay" | "bridge" | "ip_vs" | "nf_conntrack") => 0,
        Some(module) => call.fail(1, format!("FATAL: Module {module} not found in directory /lib/modules")),
        None => call.fail(1, "ERROR: missing parameters"),
    }
}

pub(super) fn ulimit(call: &mut Call<'_>) -> i32 {
    match call.args.first().map(String::as_str) {
        None | Some("-n") => call.say("1024\n"),
        Some(other) => return call.lacks(format!("`{other}`")),
    }
    0
}
