//! The network, as this node sees it.

use std::time::Duration;

use super::super::call::{Call, Known, Options, Slow, Working};
use super::{Program, Run, now, web};
use crate::sim::model::network::Met;
use crate::sim::model::{Node, World};

pub(super) const PROGRAMS: &[Program] = &[
    now("ss", "which ports are listened on", 20, ss),
    now("ip", "addr, route, route get, link", 10, ip),
    Program { name: "ping", about: "whether a machine answers", takes: 0, run: Run::Slow(ping) },
    now("nc", "-vz HOST PORT: whether a port is open", 30, nc),
    now("getent", "hosts NAME: a name's address", 20, getent),
    now("curl", "-k https://HOST:PORT/healthz and such", 40, web::curl),
];

/// The network that the rack's machines are in.
const BITS: u8 = 20;

fn ss(call: &mut Call<'_>) -> i32 {
    let known = Known { switches: &["l", "t", "n", "p", "u", "a", "H", "4", "6"], valued: &[] };
    let options = match call.options(&known) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    let filter = options.operands.join(" ");
    let wanted = match filter.rsplit_once(':') {
        Some((_, port)) => match port.trim().parse::<u16>() {
            Ok(port) => Some(port),
            Err(_) => return call.lacks(format!("filter `{filter}`")),
        },
        None if filter.is_empty() => None,
        None => return call.lacks(format!("filter `{filter}`")),
    };
    let now = call.world.now;
    let Ok(node) = call.machine() else { return 255 };
    let process = options.has(&["p"]);
    let mut out = String::new();
    if !options.has(&["H"]) {
        out += &format!(
            "State  Recv-Q Send-Q Local Address:Port  Peer Address:Port{}\n",
            if process { " Process" } else { "" }
        );
    }
    if !options.has(&["u"]) || options.has(&["t"]) {
        for port in node.listening(now).into_iter().filter(|port| wanted.is_none_or(|wanted| wanted == *port))
        {
            let (address, program) = listener(node, port);
            let local = format!("{address}:{port}");
            let users = if process {
                let pid = node.holder(port).map_or(900 + u32::from(port) % 900, |(_, pid)| pid);
                format!("         users:((\"{program}\",pid={pid},fd=3))")
            } else {
                String::new()
            };
            out += &format!("LISTEN 0      4096   {local:>18}            *:*{users}\n");
        }
    }
    call.say(out);
    0
}

/// Where a port is listened on, and by whom.
fn listener(node: &Node, port: u16) -> (String, &str) {
    let local = || "127.0.0.1".to_owned();
    if let Some((program, _)) = node.holder(port) {
        return ("0.0.0.0".into(), program);
    }
    match port {
        22 => ("0.0.0.0".into(), "sshd"),
        10_248 if node.kubelet.wanted => (local(), "kubelet"),
        10_250 if node.kubelet.wanted => ("*".into(), "kubelet"),
        6443 if node.pods.contains_key("kube-apiserver") => ("*".into(), "kube-apiserver"),
        10_257 if node.pods.contains_key("kube-controller-manager") => (local(), "kube-controller"),
        10_259 if node.pods.contains_key("kube-scheduler") => (local(), "kube-scheduler"),
        2379 | 2380 if node.pods.contains_key("etcd") => (node.address().to_owned(), "etcd"),
        2381 if node.pods.contains_key("etcd") => (local(), "etcd"),
        _ => ("0.0.0.0".into(), "python3"),
    }
}

fn ip(call: &mut Call<'_>) -> i32 {
    let brief = call.args.iter().any(|arg| matches!(arg.as_str(), "-br" | "-brief"));
    let words: Vec<&str> = call.args.iter().map(String::as_str).filter(|arg| !arg.starts_with('-')).collect();
    if let ["a" | "addr" | "address", verb @ ("add" | "del" | "delete"), address, ..] = words.as_slice() {
        let (add, address) = (*verb == "add", address.split('/').next().unwrap_or(address).to_owned());
        return change_address(call, add, address);
    }
    let Ok(node) = call.machine() else { return 255 };
    let mac = node.hardware.macs.first().map_or("02:00:00:00:00:01", String::as_str);
    let bits = |address: &str| if address.contains(':') { 64 } else { BITS };
    let own: Vec<String> =
        node.addresses.iter().map(|address| format!("{address}/{}", bits(address))).collect();
    match words.as_slice() {
        ["a" | "addr" | "address", ..] if brief => {
            call.say(format!(
                "lo               UNKNOWN        127.0.0.1/8 ::1/128\neth0             UP             {}\n",
                own.join(" ")
            ));
        }
        ["a" | "addr" | "address", ..] => {
            let mut out = "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n    inet6 ::1/128 scope host\n".to_owned();
            out += &format!(
                "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP\n    link/ether {mac} brd ff:ff:ff:ff:ff:ff\n"
            );
            for address in &own {
                let family = if address.contains(':') { "inet6" } else { "inet" };
                out += &format!("    {family} {address} scope global eth0\n");
            }
            call.say(out);
        }
        ["l" | "link", ..] if brief => {
            call.say(format!("lo               UNKNOWN        00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP>\neth0             UP             {mac} <BROADCAST,MULTICAST,UP,LOWER_UP>\n"));
        }
        ["l" | "link", ..] => {
            call.say(format!("1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 state UNKNOWN\n2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state UP\n    link/ether {mac} brd ff:ff:ff:ff:ff:ff\n"));
        }
        ["r" | "route", "get", to] => {
            let Ok(target) = to.parse::<std::net::IpAddr>() else {
                return call.fail(1, format!("Error: any valid prefix is expected rather than \"{to}\"."));
            };
            let source = node.address();
            call.say(if target.is_loopback() || node.addresses.iter().any(|own| own == to) {
                format!("local {to} dev lo src {to} uid 0\n    cache <local>\n")
            } else if network(source) == network_of(target) {
                format!("{to} dev eth0 src {source} uid 0\n    cache\n")
            } else {
                format!("{to} via {} dev eth0 src {source} uid 0\n    cache\n", gateway(source))
            });
        }
        ["r" | "route"] | ["r" | "route", "show" | "list"] => {
            let source = node.address();
            let mut out = format!("default via {} dev eth0 proto static\n", gateway(source));
            if let Some(network) = network(source) {
                out += &format!("{network}/{BITS} dev eth0 proto kernel scope link src {source}\n");
            }
            call.say(out);
        }
        _ => return call.lacks(format!("`{}`", words.join(" "))),
    }
    0
}

/// Gives the machine an address, or takes it away.
fn change_address(call: &mut Call<'_>, add: bool, address: String) -> i32 {
    if address.parse::<std::net::IpAddr>().is_err() {
        return call.fail(1, format!("Error: any valid prefix is expected rather than \"{address}\"."));
    }
    let machine = call.node.to_owned();
    let Ok(node) = call.machine_mut() else { return 255 };
    let at = node.addresses.iter().position(|own| *own == address);
    match (add, at) {
        (true, Some(_)) => return call.fail(2, "RTNETLINK answers: File exists"),
        (true, None) => {
            node.addresses.push(address.clone());
            call.world.hosts.insert(address, machine);
        }
        (false, Some(at)) => {
            node.addresses.remove(at);
        }
        (false, None) => return call.fail(2, "RTNETLINK answers: Cannot assign requested address"),
    }
    0
}

/// The network of an address; none for IPv6.
fn network_of(address: std::net::IpAddr) -> Option<std::net::Ipv4Addr> {
    match address {
        std::net::IpAddr::V4(address) => Some((u32::from(address) & (!0 << (32 - BITS))).into()),
        std::net::IpAddr::V6(_) => None,
    }
}

fn network(address: &str) -> Option<std::net::Ipv4Addr> {
    address.parse().ok().and_then(network_of)
}

/// The first address of the network.
fn gateway(address: &str) -> String {
    network(address).map_or_else(
        || "fe80::1".to_owned(),
        |network| std::net::Ipv4Addr::from(u32::from(network) + 1).to_string(),
    )
}

/// What a connection from here to there meets.
pub(super) fn dial(world: &World, node: &str, host: &str, port: u16) -> Met {
    match world.dial(node, host, port) {
        Met::NoSuchHost if host.eq_ignore_ascii_case("localhost") => Met::Refused,
        // A name that the machine's own list of hosts leads back to itself.
        Met::NoSuchHost if world.nodes.get(node).is_some_and(|node| node.hosts_block(host)) => Met::Refused,
        met => met,
    }
}

fn nc(call: &mut Call<'_>) -> i32 {
    let options = match call.options(&Known { switches: &["v", "z", "n", "u"], valued: &["w"] }) {
        Ok(options) => options,
        Err(rc) => return rc,
    };
    if !options.has(&["z"]) {
        return call.lacks("connection that something is sent over: only -z");
    }
    let [host, ports] = options.operands.as_slice() else { return call.fail(1, "usage: nc -vz HOST PORT") };
    let Ok(port) = ports.parse::<u16>() else { return call.fail(1, format!("invalid port {ports}")) };
    let verb = |words: &str| format!("connect to {host} port {port} (tcp) failed: {words}");
    let words = match dial(call.world, call.node, host, port) {
        Met::Node(_) | Met::Closed => {
            if options.has(&["v"]) {
                call.printer.complain(&format!("Connection to {host} {port} port [tcp/*] succeeded!\n"));
            }
            return 0;
        }
        Met::Refused => verb("Connection refused"),
        Met::Silence => verb("Connection timed out"),
        Met::NoRoute => verb("No route to host"),
        Met::NoSuchHost => format!("getaddrinfo for host \"{host}\" port {port}: Name or service not known"),
    };
    if options.has(&["v"]) { call.fail(1, words) } else { 1 }
}

fn getent(call: &mut Call<'_>) -> i32 {
    let [database, name] = call.args else { return call.lacks("such a query: only `getent hosts NAME`") };
    if !matches!(database.as_str(), "hosts" | "ahosts") {
        return call.lacks(format!("database {database}"));
    }
    let Ok(node) = call.machine() else { return 255 };
    let own = *name == node.hardware.hostname;
    let balancer = call.world.balancer.as_ref().is_some_and(|balancer| balancer.hosts.contains(name));
    let owner = call.world.owner(call.node, name).and_then(|owner| call.world.nodes.get(owner));
    let address = match owner {
        Some(_) if own && !node.hardware.name_resolves => None,
        Some(_) if name == "localhost" => Some("127.0.0.1".to_owned()),
        Some(owner) => Some(owner.address().to_owned()),
        None if own && node.hardware.name_resolves => Some("127.0.1.1".to_owned()),
        None if balancer && name.parse::<std::net::IpAddr>().is_ok() => Some(name.clone()),
        None if balancer => Some("10.4.0.10".to_owned()),
        None => node.address_in_hosts(name).map(str::to_owned),
    };
    match address {
        Some(address) => {
            call.say(format!("{address:<15} {name}\n"));
            0
        }
        None => 2,
    }
}

fn ping(slow: Slow<'_>) -> Working<'_> {
    Box::pin(async move {
        let known = Known { switches: &["n", "q", "4", "6"], valued: &["c", "W", "w", "i"] };
        let options = match Options::read(&slow.args, &known) {
            Ok(options) => options,
            Err(unknown) => {
                slow.printer.complain(&format!("ping: the simulation's ping has no option {unknown}\n"));
                return 2;
            }
        };
        let Some(host) = options.operands.first() else {
            slow.printer.complain("ping: usage error: Destination address required\n");
            return 1;
        };
        // Without -c it would go on for ever.
        let count: u32 = options.value(&["c"]).and_then(|count| count.parse().ok()).unwrap_or(4).clamp(1, 60);
        let mut answered = 0;
        slow.printer.say(&format!("PING {host} 56(84) bytes of data.\n"));
        for number in 1..=count {
            let met = slow.inner.store.with(|world| dial(world, slow.node, host, 22));
            match met {
                Met::Node(_) | Met::Closed | Met::Refused => {
                    answered += 1;
                    slow.printer
                        .say(&format!("64 bytes from {host}: icmp_seq={number} ttl=64 time=0.4 ms\n"));
                }
                Met::NoSuchHost => {
                    slow.printer.complain(&format!("ping: {host}: Name or service not known\n"));
                    return 2;
                }
                // The balancer is a machine of its own, which answers whatever its services do.
                Met::Silence
                    if slow
                        .inner
                        .store
                        .with(|world| world.balancer.as_ref().is_some_and(|b| b.hosts.contains(host))) =>
                {
                    answered += 1;
                    slow.printer
                        .say(&format!("64 bytes from {host}: icmp_seq={number} ttl=64 time=0.6 ms\n"));
                }
                Met::Silence | Met::NoRoute => {}
            }
            if number < count {
                slow.inner.clock.sleep(Duration::from_secs(1)).await;
            }
        }
        let lost = (count - answered) * 100 / count;
        slow.printer.say(&format!("\n--- {host} ping statistics ---\n{count} packets transmitted, {answered} received, {lost}% packet loss\n"));
        i32::from(answered == 0)
    })
}
