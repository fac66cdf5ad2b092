//! What belongs to the shell itself.

use std::time::Duration;

use super::super::call::{Call, Slow, Working, lines};
use super::{FAMILIES, Program, Run, names, now};

pub(super) const PROGRAMS: &[Program] = &[
    now("help", "what there is here", 0, help),
    now("cd", "another folder", 0, cd),
    now("pwd", "the folder", 0, pwd),
    now("echo", "prints its words", 0, echo),
    now("printf", "prints by a format", 0, printf),
    now("export", "sets variables", 0, export),
    now("unset", "removes variables", 0, unset),
    now("env", "the variables", 0, env),
    now("test", "compares, and looks for files", 0, test),
    now("[", "the same", 0, test),
    now("true", "succeeds", 0, |_| 0),
    now(":", "succeeds", 0, |_| 0),
    now("false", "fails", 0, |_| 1),
    now("command", "-v: where a program is", 0, which),
    now("type", "where a program is", 0, which),
    now("which", "where a program is", 0, which),
    now("clear", "clears the screen", 0, clear),
    Program { name: "sleep", about: "waits so many seconds", takes: 0, run: Run::Slow(sleep) },
    now("exit", "leaves the shell", 0, exit),
    now("logout", "leaves the shell", 0, exit),
];

fn help(call: &mut Call<'_>) -> i32 {
    if let Some(wanted) = call.args.first() {
        let all = FAMILIES.iter().flat_map(|(_, programs)| programs.iter());
        return match all.into_iter().find(|program| program.name == wanted) {
            Some(program) => {
                call.say(format!("{wanted}: {}\n", program.about));
                0
            }
            None => call.fail(1, format!("the simulation has no {wanted}")),
        };
    }
    call.say(
        "This is a simulated node. Its files, services, containers and cluster are the\n\
         rack's true state, and what you change here changes the run. It has\n",
    );
    for (family, programs) in FAMILIES {
        let mut line = format!("  {family:<16}");
        for program in *programs {
            if line.len() + program.name.len() > 77 {
                call.say(format!("{}\n", line.trim_end()));
                line = " ".repeat(16);
            }
            line += program.name;
            line.push(' ');
        }
        call.say(format!("{}\n", line.trim_end()));
    }
    call.say(
        "and pipes, `;` `&&` `||`, quotes, `$NAME`, `$(…)`, `*`, `>` `>>` `<` `<<END`.\n\
         `help PROGRAM` says what one is for, `ssh ADDRESS COMMAND` reaches other machines, such as\n\
         the load balancer. KUBECONFIG names /etc/kubernetes/admin.conf.\n",
    );
    0
}

fn cd(call: &mut Call<'_>) -> i32 {
    let given = match call.args.first().map(String::as_str) {
        None | Some("~") => call.session.variable("HOME").to_owned(),
        Some("-") => call.session.variable("OLDPWD").to_owned(),
        Some(given) => given.to_owned(),
    };
    let path = call.session.absolute(&given);
    match call.machine() {
        Ok(node) if node.is_folder(&path) => {
            let former = std::mem::replace(&mut call.session.folder, path);
            call.session.set("OLDPWD", &former);
            0
        }
        Ok(node) if node.is_there(&path) => call.fail(1, format!("{given}: Not a directory")),
        Ok(_) => call.fail(1, format!("{given}: No such file or directory")),
        Err(rc) => rc,
    }
}

fn pwd(call: &mut Call<'_>) -> i32 {
    call.say(format!("{}\n", call.session.folder));
    0
}

fn echo(call: &mut Call<'_>) -> i32 {
    let (mut newline, mut escapes, mut args) = (true, false, call.args);
    while let Some((first, rest)) = args.split_first() {
        match first.as_str() {
            "-n" => newline = false,
            "-e" => escapes = true,
            "-ne" | "-en" => (newline, escapes) = (false, true),
            _ => break,
        }
        args = rest;
    }
    let mut text = args.join(" ");
    if escapes {
        text = unescaped(&text);
    }
    call.say(text + if newline { "\n" } else { "" });
    0
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('\\') | None => out.push('\\'),
            Some(other) => out.extend(['\\', other]),
        }
    }
    out
}

fn printf(call: &mut Call<'_>) -> i32 {
    let Some((format, args)) = call.args.split_first() else {
        return call.fail(2, "usage: printf format [arguments]");
    };
    let format = unescaped(format);
    let takes = format.matches("%s").count() + format.matches("%d").count();
    let mut rest = args.iter();
    let rounds = if takes == 0 { 1 } else { args.len().div_ceil(takes).max(1) };
    let mut out = String::new();
    for _ in 0..rounds {
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            match (c, c == '%') {
                (_, true) => match chars.next() {
                    Some('s' | 'd') => out += rest.next().map_or("", String::as_str),
                    Some('%') => out.push('%'),
                    other => {
                        return call.lacks(format!("format %{}", other.map_or(String::new(), String::from)));
                    }
                },
                (c, false) => out.push(c),
            }
        }
    }
    call.say(out);
    0
}

fn export(call: &mut Call<'_>) -> i32 {
    let mut rc = 0;
    for arg in call.args {
        let Some((name, value)) = arg.split_once('=') else { continue };
        if !call.session.set(name, value) {
            rc = call.fail(1, format!("{name}: no room for more"));
        }
    }
    rc
}

fn unset(call: &mut Call<'_>) -> i32 {
    for name in call.args {
        call.session.variables.remove(name);
    }
    0
}

fn env(call: &mut Call<'_>) -> i32 {
    if !call.args.is_empty() {
        return call.lacks("arguments; write NAME=value before the command");
    }
    let list: String = lines(call.session.variables.iter().map(|(name, value)| format!("{name}={value}")));
    call.say(list);
    0
}

fn test(call: &mut Call<'_>) -> i32 {
    let mut args: Vec<&str> = call.args.iter().map(String::as_str).collect();
    if call.name == "[" && args.pop() != Some("]") {
        return call.fail(2, "missing ]");
    }
    let negated = args.first() == Some(&"!");
    if negated {
        args.remove(0);
    }
    let Ok(node) = call.machine() else { return 255 };
    let path = |path: &str| call.session.absolute(path);
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    let holds = match args.as_slice() {
        [] => false,
        [word] => !word.is_empty(),
        ["-n", word] => !word.is_empty(),
        ["-z", word] => word.is_empty(),
        ["-e" | "-r" | "-w", file] => node.is_there(&path(file)),
        ["-f", file] => node.content(&path(file)).is_some(),
        ["-d", file] => node.is_folder(&path(file)),
        ["-S", file] => node.is_socket(&path(file)),
        ["-s", file] => node.content(&path(file)).is_some_and(|content| !content.is_empty()),
        [one, "=" | "==", other] => one == other,
        [one, "!=", other] => one != other,
        [one, "-eq", other] => number(one) == number(other),
        [one, "-ne", other] => number(one) != number(other),
        [one, "-gt", other] => number(one) > number(other),
        [one, "-ge", other] => number(one) >= number(other),
        [one, "-lt", other] => number(one) < number(other),
        [one, "-le", other] => number(one) <= number(other),
        _ => return call.lacks(format!("`{}`", args.join(" "))),
    };
    i32::from(holds == negated)
}

fn which(call: &mut Call<'_>) -> i32 {
    let mut rc = 1;
    for name in call.args.iter().filter(|arg| !arg.starts_with('-')) {
        let missing = call.machine().is_ok_and(|node| node.hardware.missing_programs.contains(name));
        if !missing && names().any(|known| known == name) {
            call.say(format!("/usr/bin/{name}\n"));
            rc = 0;
        }
    }
    rc
}

fn clear(call: &mut Call<'_>) -> i32 {
    call.printer.out.put(super::super::CLEAR);
    0
}

fn exit(call: &mut Call<'_>) -> i32 {
    call.session.over = true;
    match call.args.first() {
        None => call.session.status,
        Some(status) => match status.parse::<i32>() {
            Ok(status) => status & 0xff,
            Err(_) => call.fail(2, format!("Illegal number: {status}")),
        },
    }
}

/// A day at most.
const LONGEST: f64 = 86_400.0;

fn sleep(slow: Slow<'_>) -> Working<'_> {
    Box::pin(async move {
        let Some(given) = slow.args.first() else {
            slow.printer.complain("sleep: missing operand\n");
            return 1;
        };
        let (number, unit) = match given.strip_suffix(['s', 'm', 'h']) {
            Some(number) if given.ends_with('m') => (number, 60.0),
            Some(number) if given.ends_with('h') => (number, 3_600.0),
            Some(number) => (number, 1.0),
            None => (given.as_str(), 1.0),
        };
        match number.parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => {
                slow.inner.clock.sleep(Duration::from_secs_f64((number * unit).min(LONGEST))).await;
                0
            }
            _ => {
                slow.printer.complain(&format!("sleep: invalid time interval '{given}'\n"));
                1
            }
        }
    })
}
