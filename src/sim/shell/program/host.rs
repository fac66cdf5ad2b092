//! The machine itself: its names, clock, memory, disks, kernel settings.

use super::super::call::{Call, Known};
use super::{Program, now};
use crate::sim::model::Node;

pub(super) const PROGRAMS: &[Program] = &[
    now("hostname", "its name", 5, hostname),
    now("hostnamectl", "status, and set-hostname", 40, hostnamectl),
    now("uname", "its kernel", 5, uname),
    now("nproc", "how many processors", 5, nproc),
    now("date", "its clock's time; -u, +FORMAT", 5, date),
    now("timedatectl", "its clock, and set-ntp true", 60, timedatectl),
    now("id", "who one is", 5, id),
    now("whoami", "who one is", 5, whoami),
    now("free", "memory and swap", 5, free),
    now("df", "how full the disks are", 10, df),
    now("mount", "what is mounted, and whether it can be written", 10, mount),
    now("swapon", "--show, and -a for what /etc/fstab names", 20, swapon),
    now("swapoff", "-a", 40, swapoff),
    now("sysctl", "kernel settings: NAME, -w NAME=VALUE, --system", 10, sysctl),
    now("lsmod", "kernel modules", 10, lsmod),
    now("modprobe", "loads a kernel module", 40, modprobe),
    now("ulimit", "-n: open files of a process", 0, ulimit),
    now("kubelet", "--version", 60, kubelet),
];

fn hostname(call: &mut Call<'_>) -> i32 {
    let args = call.args;
    let Ok(node) = call.machine() else { return 255 };
    match args.first().map(String::as_str) {
        None | Some("-f" | "-s") => call.say(format!("{}\n", node.hardware.hostname)),
        Some("-I" | "-i") => call.say(format!("{}\n", node.addresses.join(" "))),
        Some(option) if option.starts_with('-') => return call.lacks(format!("option {option}")),
        Some(name) => return rename(call, name),
    }
    0
}

fn rename(call: &mut Call<'_>, name: &str) -> i32 {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        return call.fail(1, "the specified hostname is invalid");
    }
    let Ok(node) = call.machine_mut() else { return 255 };
    name.clone_into(&mut node.hardware.hostname);
    node.disk.write("/etc/hostname", 0o644, format!("{name}\n"));
    0
}

fn hostnamectl(call: &mut Call<'_>) -> i32 {
    let args = call.args;
    let words: Vec<&str> = args.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    match words.as_slice() {
        [] | ["status"] => {
            let Ok(node) = call.machine() else { return 255 };
            let hardware = &node.hardware;
            call.say(format!(
                " Static hostname: {}\n      Machine ID: {}\nOperating System: {}\n          Kernel: Linux {}\n    Architecture: {}\n",
                hardware.hostname,
                hardware.machine_id,
                hardware.os,
                hardware.kernel,
                if hardware.arch == "aarch64" { "arm64" } else { "x86-64" }
            ));
            0
        }
        ["hostname"] => hostname(&mut Call { args: &[], world: call.world, session: call.session, ..*call }),
        ["set-hostname" | "hostname", name] => rename(call, name),
        _ => call.lacks(format!("`{}`", words.join(" "))),
    }
}

fn uname(call: &mut Call<'_>) -> i32 {
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

fn nproc(call: &mut Call<'_>) -> i32 {
    let Ok(node) = call.machine() else { return 255 };
    call.say(format!("{}\n", node.hardware.cpus));
    0
}

/// The time by the node's own clock.
fn local_time(call: &Call<'_>) -> jiff::Zoned {
    let offset = call.machine().map_or(0, |node| node.hardware.clock_offset_ms);
    jiff::Timestamp::from_millisecond(call.world.now + offset)
        .unwrap_or_default()
        .to_zoned(jiff::tz::TimeZone::UTC)
}

fn date(call: &mut Call<'_>) -> i32 {
    let now = local_time(call);
    match call.args.iter().map(String::as_str).find(|arg| !matches!(*arg, "-u" | "--utc")) {
        None => call.say(now.strftime("%a %b %e %H:%M:%S UTC %Y\n").to_string()),
        Some("-R") => call.say(now.strftime("%a, %d %b %Y %H:%M:%S +0000\n").to_string()),
        Some("-Is" | "-Iseconds") => call.say(now.strftime("%Y-%m-%dT%H:%M:%S+00:00\n").to_string()),
        Some(format) if format.starts_with('+') => {
            let milli = format!("{:03}", now.subsec_nanosecond() / 1_000_000);
            let format =
                format[1..].replace("%3N", &milli).replace("%N", &format!("{:09}", now.subsec_nanosecond()));
            match jiff::fmt::strtime::format(format.as_str(), &now) {
                Ok(text) => call.say(format!("{text}\n")),
                Err(_) => return call.lacks("this format"),
            }
        }
        Some(other) => return call.lacks(format!("`{other}`")),
    }
    0
}

/// Clocks within this are taken to be kept by NTP.
const KEPT_MS: i64 = 500;

fn timedatectl(call: &mut Call<'_>) -> i32 {
    let words: Vec<&str> =
        call.args.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    match words.as_slice() {
        [] | ["status"] => {
            let now = local_time(call);
            let Ok(node) = call.machine() else { return 255 };
            let kept = node.hardware.clock_offset_ms.abs() <= KEPT_MS;
            let (yes, active) = if kept { ("yes", "active") } else { ("no", "inactive") };
            let time = now.strftime("%a %Y-%m-%d %H:%M:%S UTC");
            call.say(format!(
                "               Local time: {time}\n           Universal time: {time}\n                Time zone: Etc/UTC (UTC, +0000)\nSystem clock synchronized: {yes}\n              NTP service: {active}\n"
            ));
            0
        }
        ["set-ntp", "true" | "yes" | "1"] => {
            let Ok(node) = call.machine_mut() else { return 255 };
            node.hardware.clock_offset_ms = node.hardware.clock_offset_ms.clamp(-3, 3);
            0
        }
        _ => call.lacks(format!("`{}`", words.join(" "))),
    }
}

fn id(call: &mut Call<'_>) -> i32 {
    call.say(match call.args.first().map(String::as_str) {
        Some("-u" | "-g") => "0\n",
        Some("-un" | "-gn") => "root\n",
        _ => "uid=0(root) gid=0(root) groups=0(root)\n",
    });
    0
}

fn whoami(call: &mut Call<'_>) -> i32 {
    call.say("root\n");
    0
}

/// Of a swap device, in MiB.
const SWAP_MIB: u64 = 100;

fn free(call: &mut Call<'_>) -> i32 {
    let known = Known { switches: &["h", "m", "k", "g", "human", "mebi"], valued: &[] };
    let options = match call.options(&known) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    let Ok(node) = call.machine() else { return 255 };
    let total = node.hardware.memory_mib;
    let used =
        210 + 160 * u64::try_from(node.pods.values().filter(|pod| pod.is_running()).count()).unwrap_or(0);
    let swap = SWAP_MIB * u64::try_from(node.hardware.swap.len()).unwrap_or(0);
    let show = |mib: u64| {
        if options.has(&["h", "human"]) {
            if mib >= 1024 {
                format!("{}.{}Gi", mib / 1024, mib % 1024 * 10 / 1024)
            } else {
                format!("{mib}Mi")
            }
        } else if options.has(&["m", "mebi"]) {
            mib.to_string()
        } else if options.has(&["g"]) {
            (mib / 1024).to_string()
        } else {
            (mib * 1024).to_string()
        }
    };
    let used = used.min(total);
    let rest = total - used;
    call.say(format!(
        "{:>20}{:>12}{:>12}{:>12}\nMem:  {:>14}{:>12}{:>12}{:>12}\nSwap: {:>14}{:>12}{:>12}\n",
        "total",
        "used",
        "free",
        "available",
        show(total),
        show(used),
        show(rest / 2),
        show(rest),
        show(swap),
        show(0),
        show(swap)
    ));
    0
}

fn df(call: &mut Call<'_>) -> i32 {
    let known = Known { switches: &["h", "k", "m", "T", "i"], valued: &["t", "x"] };
    let options = match call.options(&known) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    let Ok(node) = call.machine() else { return 255 };
    let total = node.hardware.free_mib.max(1) + 12_000;
    let show = |mib: u64| {
        if options.has(&["h"]) {
            if mib >= 1024 { format!("{}G", mib / 1024) } else { format!("{mib}M") }
        } else {
            (mib * 1024).to_string()
        }
    };
    let share = |free: u64, all: u64| format!("{}%", (all - free) * 100 / all.max(1));
    let mut out = format!(
        "{:<15}{:>10}{:>10}{:>10} Use% Mounted on\n",
        "Filesystem",
        if options.has(&["h"]) { "Size" } else { "1K-blocks" },
        "Used",
        if options.has(&["h"]) { "Avail" } else { "Available" }
    );
    let mut row = |source: &str, all: u64, free: u64, place: &str| {
        out += &format!(
            "{source:<15}{:>10}{:>10}{:>10} {:>4} {place}\n",
            show(all),
            show(all - free),
            show(free),
            share(free, all)
        );
    };
    if options.operands.is_empty() {
        row("/dev/mmcblk0p2", total, node.hardware.free_mib, "/");
        row("tmpfs", node.hardware.memory_mib / 5, node.hardware.memory_mib / 5 - 2, "/run");
    }
    let mut strangers = Vec::new();
    for operand in &options.operands {
        let path = call.session.absolute(operand);
        if !node.is_there(&path) {
            strangers.push(operand.clone());
        } else if path.starts_with("/run") {
            row("tmpfs", node.hardware.memory_mib / 5, node.hardware.memory_mib / 5 - 2, "/run");
        } else {
            row("/dev/mmcblk0p2", total, node.hardware.free_mib, "/");
        }
    }
    call.say(out);
    for stranger in &strangers {
        call.complain(format!("{stranger}: No such file or directory"));
    }
    i32::from(!strangers.is_empty())
}

fn mount(call: &mut Call<'_>) -> i32 {
    if !call.args.is_empty() {
        return call.lacks("arguments: nothing can be mounted");
    }
    let Ok(node) = call.machine() else { return 255 };
    let mut out = "/dev/mmcblk0p2 on / type ext4 (rw,noatime)\nproc on /proc type proc (rw,nosuid,nodev,noexec,relatime)\nsysfs on /sys type sysfs (rw,nosuid,nodev,noexec,relatime)\ntmpfs on /run type tmpfs (rw,nosuid,nodev)\n".to_owned();
    out += if node.hardware.cgroup == 2 {
        "cgroup2 on /sys/fs/cgroup type cgroup2 (rw,nosuid,nodev,noexec,relatime)\n"
    } else {
        "tmpfs on /sys/fs/cgroup type tmpfs (rw,nosuid,nodev,noexec,mode=755)\n"
    };
    for folder in &node.hardware.not_writable {
        out += &format!("/dev/mmcblk0p3 on {folder} type ext4 (ro,relatime)\n");
    }
    call.say(out);
    0
}

/// Swap devices that `/etc/fstab` names.
fn listed_swap(node: &Node) -> Vec<String> {
    let table = node.disk.text("/etc/fstab").unwrap_or_default();
    let lines = table.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let swaps = lines.filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        (fields.get(2) == Some(&"swap")).then(|| (*fields.first().unwrap_or(&"")).to_owned())
    });
    swaps.collect()
}

fn swapon(call: &mut Call<'_>) -> i32 {
    let words: Vec<&str> = call.args.iter().map(String::as_str).collect();
    let Ok(node) = call.machine_mut() else { return 255 };
    match words.as_slice() {
        [] | ["--show" | "-s", ..] => {
            let mut out = String::new();
            let headings = !words.contains(&"--noheadings");
            if headings && !node.hardware.swap.is_empty() {
                out += "NAME           TYPE      SIZE USED PRIO\n";
            }
            for device in &node.hardware.swap {
                out += &format!("{device:<14} partition {SWAP_MIB}M   0B   -2\n");
            }
            call.say(out);
            0
        }
        ["-a" | "--all"] => {
            for device in listed_swap(node) {
                if !node.hardware.swap.contains(&device) {
                    node.hardware.swap.push(device);
                }
            }
            0
        }
        [device] if device.starts_with("/dev/") => {
            if !node.hardware.swap.iter().any(|known| known == device) {
                node.hardware.swap.push((*device).to_owned());
            }
            0
        }
        _ => call.lacks(format!("`{}`", words.join(" "))),
    }
}

fn swapoff(call: &mut Call<'_>) -> i32 {
    let words: Vec<&str> = call.args.iter().map(String::as_str).filter(|word| *word != "-v").collect();
    let Ok(node) = call.machine_mut() else { return 255 };
    match words.as_slice() {
        ["-a" | "--all"] => {
            node.hardware.swap.clear();
            0
        }
        [device] if device.starts_with('/') => {
            let before = node.hardware.swap.len();
            node.hardware.swap.retain(|known| known != device);
            if node.hardware.swap.len() == before {
                return call.fail(4, format!("{device}: swapoff failed: Invalid argument"));
            }
            0
        }
        _ => call.fail(1, "usage: swapoff -a, or swapoff DEVICE"),
    }
}

/// Settings that the module brings with it.
fn of_module(setting: &str) -> bool {
    setting.starts_with("net.bridge.")
}

fn sysctl(call: &mut Call<'_>) -> i32 {
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

fn lsmod(call: &mut Call<'_>) -> i32 {
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

fn modprobe(call: &mut Call<'_>) -> i32 {
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

fn ulimit(call: &mut Call<'_>) -> i32 {
    match call.args.first().map(String::as_str) {
        None | Some("-n") => call.say("1024\n"),
        Some(other) => return call.lacks(format!("`{other}`")),
    }
    0
}

fn kubelet(call: &mut Call<'_>) -> i32 {
    if call.args.first().map(String::as_str) != Some("--version") {
        return call.lacks("such a start: the kubelet runs as a service; `systemctl status kubelet`");
    }
    let Ok(node) = call.machine() else { return 255 };
    call.say(format!("Kubernetes {}\n", node.kubelet_version));
    0
}
