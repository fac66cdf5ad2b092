//! Containers, as the runtime lists them.

use super::super::call::Call;
use super::{Program, now};

pub(super) const PROGRAMS: &[Program] = &[now("crictl", "ps: containers of this node", 60, crictl)];

fn crictl(call: &mut Call<'_>) -> i32 {
    let Ok(node) = call.machine() else { return 255 };
    let words: Vec<&str> = call.args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["ps", ..] => {
            let mut out = format!("{:<10}{:<26}ATTEMPT\n", "STATE", "NAME");
            for (component, pod) in &node.pods {
                let state = if pod.is_running() { "Running" } else { "Exited" };
                out += &format!("{state:<10}{component:<26}{}\n", pod.restarts);
            }
            call.say(out);
            0
        }
        _ => call.lacks(format!("`{}`", words.join(" "))),
    }
}
