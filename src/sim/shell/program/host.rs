//! The machine itself: its names, clock, memory, disks, kernel settings.

use super::super::call::Call;
use super::{Program, kernel, memory, now};

pub(super) const PROGRAMS: &[Program] = &[
    now("hostname", "its name", 5, hostname),
    now("hostnamectl", "status, and set-hostname", 40, hostnamectl),
    now("uname", "its kernel", 5, kernel::uname),
    now("nproc", "how many processors", 5, nproc),
    now("date", "its clock's time; -u, +FORMAT", 5, date),
    now("timedatectl", "its clock, and set-ntp true", 60, timedatectl),
    now("id", "who one is", 5, id),
    now("whoami", "who one is", 5, whoami),
    now("free", "memory and swap", 5, memory::free),
    now("df", "how full the disks are", 10, memory::df),
    now("mount", "what is mounted, and whether it can be written", 10, memory::mount),
    now("swapon", "--show, and -a for what /etc/fstab names", 20, memory::swapon),
    now("swapoff", "-a", 40, memory::swapoff),
    now("sysctl", "kernel settings: NAME, -w NAME=VALUE, --system", 10, kernel::sysctl),
    now("lsmod", "kernel modules", 10, kernel::lsmod),
    now("modprobe", "loads a kernel module", 40, kernel::modprobe),
    now("ulimit", "-n: open files of a process", 0, kernel::ulimit),
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

fn kubelet(call: &mut Call<'_>) -> i32 {
    if call.args.first().map(String::as_str) != Some("--version") {
        return call.lacks("such a start: the kubelet runs as a service; `systemctl status kubelet`");
    }
    let Ok(node) = call.machine() else { return 255 };
    call.say(format!("Kubernetes {}\n", node.kubelet_version));
    0
}
