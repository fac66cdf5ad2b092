//! Memory, swap and disks.

use super::super::call::{Call, Known};
use crate::sim::model::Node;

/// Of a swap device, in MiB.
const SWAP_MIB: u64 = 100;

pub(super) fn free(call: &mut Call<'_>) -> i32 {
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

pub(super) fn df(call: &mut Call<'_>) -> i32 {
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

pub(super) fn mount(call: &mut Call<'_>) -> i32 {
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

pub(super) fn swapon(call: &mut Call<'_>) -> i32 {
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

pub(super) fn swapoff(call: &mut Call<'_>) -> i32 {
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
