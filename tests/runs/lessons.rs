//! Every scenario that ships with a trouble, played as a learner plays it: the trouble appears, is told with its cause and
//! its fix, is mended as the scenario says, and the run ends well.

use std::collections::BTreeSet;
use std::time::Duration;

use kubestep::catalog::{Diagnosis, NotRunnable, is_about_cluster, published_by, runnable_look};
use kubestep::engine::Command;
use kubestep::event::{Envelope, EventKind, StepOutcome};
use kubestep::ids::{NodeName, StepId};
use kubestep::inventory::model::{Inventory, Role};
use kubestep::sim::{Deed, Scenario, Session, Trouble, list};
use kubestep::survey::awaited::Awaited;
use kubestep::survey::look;
use kubestep::transport::Request;
use tokio::sync::mpsc;

use super::world::{GOLDENTOOTH, World, name, on_virtual_time, parsed};

/// The scenarios that have something to teach.
fn lessons() -> Vec<Scenario> {
    let all = list().into_iter().map(|(name, _)| Scenario::named(&name).unwrap());
    all.filter(|scenario| !scenario.trouble.is_empty()).collect()
}

/// A node by what a scenario calls it.
fn node(inventory: &Inventory, title: &str) -> NodeName {
    let Some((role, number)) = title.split_once('.') else { return name(title) };
    let role = if role == "worker" { Role::Worker } else { Role::ControlPlane };
    let mut hosts = inventory.hosts.iter().filter(|host| host.role == role);
    hosts.nth(number.parse::<usize>().unwrap() - 1).unwrap().name.clone()
}

/// How a trouble showed.
#[derive(Debug)]
struct Shown {
    diagnosis: Option<Diagnosis>,
    /// Everything that was to be read there: kubeadm's lines, the reason, a wait's words, or the finding with its fix.
    text: String,
    took: Duration,
}

/// Looks that show nothing on a machine that is well but for this trouble.
const SILENT: &[&str] = &["crictl ps -a", "swapon --show", "grep swap /etc/fstab"];

/// Somebody at the console.
struct Operator<'a> {
    world: &'a World,
    events: mpsc::UnboundedReceiver<Envelope>,
    commands: mpsc::Sender<Command>,
    /// Steps whose last try failed.
    failed: BTreeSet<StepId>,
}

impl Operator<'_> {
    async fn until<T>(&mut self, what: &str, mut see: impl FnMut(&EventKind, Duration) -> Option<T>) -> T {
        let mut last = Vec::new();
        while let Some(event) = self.events.recv().await {
            match &event.kind {
                EventKind::StepFinished { node, phase, outcome: StepOutcome::Failed, .. } => {
                    self.failed.insert(StepId::new(node.clone(), phase.clone()));
                }
                EventKind::StepStarted { node, phase, .. } => {
                    self.failed.remove(&StepId::new(node.clone(), phase.clone()));
                }
                _ => {}
            }
            if let Some(seen) = see(&event.kind, event.elapsed) {
                return seen;
            }
            if let EventKind::StepFinished { node, phase, outcome, reason, .. } = &event.kind {
                last.push(format!("{phase} on {node}: {outcome:?} {reason:?}"));
            }
        }
        let from = last.len().saturating_sub(12);
        panic!("the run was over before {what}:\n{}", last[from..].join("\n"));
    }

    async fn send(&self, command: Command) {
        self.commands.send(command).await.unwrap();
    }

    /// Nothing stands in the way: the run goes on.
    async fn pass_the_gate(&mut self, scenario: &str) {
        let obstacle = self
            .until("the gate", |event, _| match event {
                EventKind::GateReached { obstacle } => Some(obstacle.clone()),
                _ => None,
            })
            .await;
        assert_eq!(obstacle, None, "{scenario}");
        self.send(Command::Continue).await;
    }

    /// Waits until the trouble shows.
    async fn see(&mut self, trouble: &Trouble) -> Shown {
        let on = node(&self.world.inventory, &trouble.on);
        if trouble.at == "check" {
            return self.see_finding(&on, trouble).await;
        }
        let waits = trouble.at.starts_with("wait/") || trouble.at == "verify";
        let (mut lines, mut begun) = (Vec::new(), Duration::ZERO);
        let what = format!("{} on {on} showed {}", trouble.at, trouble.rule);
        self.until(&what, |event, elapsed| {
            match event {
                EventKind::StepStarted { node, phase, .. } if *node == on && phase.as_str() == trouble.at => {
                    begun = elapsed;
                }
                EventKind::StepOutput { node, phase, lines: more, .. }
                    if *node == on && phase.as_str() == trouble.at =>
                {
                    lines.extend(more.iter().cloned());
                }
                EventKind::StepFinished {
                    node,
                    phase,
                    outcome: StepOutcome::Failed,
                    diagnosis,
                    reason,
                    duration,
                    ..
                } if *node == on && phase.as_str() == trouble.at => {
                    lines.extend(reason.clone());
                    let (diagnosis, took) = (diagnosis.clone(), *duration);
                    return Some(Shown { diagnosis, text: lines.join("\n"), took });
                }
                EventKind::WaitFacts { node, phase, waiting_for, facts }
                    if waits && *node == on && phase.as_str() == trouble.at =>
                {
                    let fact = |name: &str| {
                        facts.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
                    };
                    let (Some(cause), Some(fix)) = (fact("likely cause"), fact("fix")) else { return None };
                    let text: Vec<String> =
                        facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                    // A wait tells cause and fix; the name of the rule is known once it is over.
                    let told = Diagnosis {
                        rule: trouble.rule.clone(),
                        symptom: waiting_for.clone(),
                        cause,
                        fix,
                        look: Vec::new(),
                    };
                    return Some(Shown {
                        diagnosis: Some(told),
                        text: format!("{waiting_for}\n{}", text.join("\n")),
                        took: elapsed.saturating_sub(begun),
                    });
                }
                _ => {}
            }
            None
        })
        .await
    }

    async fn see_finding(&mut self, on: &NodeName, trouble: &Trouble) -> Shown {
        let mut text = String::new();
        let obstacle = self
            .until("the gate", |event, _| match event {
                EventKind::NodeFinding { node, finding } if node == on && finding.check == trouble.rule => {
                    let fix = finding.fix.clone().expect("a fix");
                    text += &format!("{}; {fix}\n", finding.message);
                    None
                }
                EventKind::GateReached { obstacle } => Some(obstacle.clone()),
                _ => None,
            })
            .await;
        assert!(!text.is_empty(), "{} was not found on {on}", trouble.rule);
        assert!(obstacle.is_some(), "nothing stands in the way, though {text}");
        Shown { diagnosis: None, text, took: Duration::ZERO }
    }

    /// What the card names to look closer with says something, wherever it can be run as it stands.
    async fn look_closer(&self, trouble: &Trouble, shown: &Shown) {
        let on = node(&self.world.inventory, &trouble.on);
        let first = self.world.planes()[0].clone();
        let mut looks = shown.diagnosis.iter().flat_map(|told| told.look.clone()).collect::<Vec<_>>();
        if trouble.at.starts_with("wait/") {
            let what = if trouble.at == "wait/endpoint" { Awaited::Endpoint } else { Awaited::ApiServer };
            let host = self.world.inventory.host(&on).unwrap();
            let endpoint = self.world.inventory.kubernetes.control_plane_endpoint.clone();
            let request =
                Request::Look { what, endpoint, advertise: host.private_address.unwrap().to_string() };
            let reply = self.world.rack.ask(&on, &request, Duration::from_secs(20)).await.unwrap();
            let known = look::parse(&reply.stdout).after_long().stuck.expect("the wait's trouble is known");
            assert_eq!(known.rule, trouble.rule);
            looks = known.look;
        }
        assert!(
            trouble.at == "check" || trouble.at == "verify" || !looks.is_empty(),
            "{} names nothing to look at",
            trouble.rule
        );
        for command in looks {
            match runnable_look(&command, look::commands()) {
                Ok(()) => {}
                Err(NotRunnable::HasBlanks | NotRunnable::Changes) => continue,
                Err(NotRunnable::Unknown) => {
                    panic!("{}: `{command}` can't be run from the card", trouble.rule)
                }
            }
            let at = if is_about_cluster(&command) { &first } else { &on };
            let request = Request::Inspect { command: command.clone() };
            let reply = self.world.rack.ask(at, &request, Duration::from_secs(20)).await.unwrap();
            let said = format!("{}{}", reply.stdout, reply.stderr);
            let hollow = said.trim().is_empty() && !SILENT.contains(&command.as_str());
            assert!(
                !hollow && !said.contains("simulation"),
                "{}: `{command}` on {at} says `{said}`",
                trouble.rule
            );
        }
    }

    /// Has published again what the join lacks. In a paused run that and the join's step run, and nothing else.
    async fn publish_again(&mut self, trouble: &Trouble, shown: &Shown, paused: bool) {
        let rule = &shown.diagnosis.as_ref().unwrap().rule;
        let publisher = StepId::new(self.world.planes()[0].clone(), published_by(rule).unwrap());
        let join = StepId::new(node(&self.world.inventory, &trouble.on), trouble.at.as_str());
        if paused {
            self.send(Command::Pause).await;
        }
        let (publishes, joins) = (publisher.clone(), join.clone());
        self.send(Command::PublishAgain { publisher, join, undo: false }).await;
        let mut published = false;
        self.until("the join", |event, _| match event {
            EventKind::StepStarted { node, phase, .. } if (node, phase) == (&joins.node, &joins.phase) => {
                assert!(published, "it joins before anything is published");
                None
            }
            EventKind::StepFinished { node, phase, outcome: StepOutcome::Succeeded, .. } => {
                published |= (node, phase) == (&publishes.node, &publishes.phase);
                ((node, phase) == (&joins.node, &joins.phase)).then_some(())
            }
            _ => None,
        })
        .await;
        if paused {
            self.until("the end of the way", |event, _| match event {
                EventKind::RunTo { target: None } => Some(()),
                EventKind::StepStarted { node, phase, .. } => {
                    panic!("{phase} on {node} starts in a paused run")
                }
                _ => None,
            })
            .await;
            self.send(Command::Continue).await;
        }
    }

    /// Does one thing that mends.
    async fn mend(&mut self, deed: &Deed, told: &Trouble) {
        let on = node(&self.world.inventory, &deed.on);
        if let Some(line) = &deed.run {
            let reply = self.world.rack.shell(&on, &mut Session::login(), line).await.unwrap();
            assert_eq!(reply.rc, 0, "{line} on {on}: {reply:?}");
        }
        // What was found before the run is looked at again, and what waits ends by itself.
        let fails = told.at != "check" && !told.at.starts_with("wait/") && told.at != "verify";
        if let Some(step) = deed.retry.as_ref().filter(|_| fails) {
            let step = StepId::new(on.clone(), step.as_str());
            if !self.failed.contains(&step) {
                self.until(&format!("{step} failed"), |event, _| match event {
                    EventKind::StepFinished { node, phase, outcome: StepOutcome::Failed, .. } => {
                        (*node == step.node && *phase == step.phase).then_some(())
                    }
                    _ => None,
                })
                .await;
            }
            self.send(Command::Retry { step, undo: deed.undo }).await;
        }
        if deed.reset {
            self.send(Command::Reset(on)).await;
        }
    }
}

fn check_told(scenario: &Scenario, trouble: &Trouble, shown: &Shown) {
    let what = format!("{} at {}", scenario.name, trouble.at);
    for words in &trouble.words {
        let all = format!("{}\n{:?}", shown.text, shown.diagnosis.as_ref().map(|told| &told.symptom));
        assert!(all.contains(words.as_str()), "{what}: no `{words}` in\n{all}");
    }
    if let Some((least, most)) = trouble.seconds {
        assert!((least..=most).contains(&shown.took.as_secs()), "{what}: it took {:?}", shown.took);
    }
    if trouble.at == "check" {
        return;
    }
    let told = shown.diagnosis.as_ref().unwrap_or_else(|| panic!("{what}: no diagnosis of\n{}", shown.text));
    assert_eq!(told.rule, trouble.rule, "{what}: {told:?}\n{}", shown.text);
    assert!(!told.cause.is_empty() && !told.fix.is_empty(), "{what}: {told:?}");
}

/// How a learner mends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mends {
    /// As the scenario says.
    AsWritten,
    /// By one wish: what the join needs is published again. The run may be paused.
    Publishing { paused: bool },
}

/// One way through a scenario.
async fn play(scenario: &Scenario, trouble: &Trouble, mends: Mends) {
    let mut inventory = parsed(GOLDENTOOTH);
    inventory.kubernetes.ignore_preflight_errors = trouble.ignoring.clone();
    let world = World::new(inventory, "v1.29.6", scenario.clone());
    let mut console = world.console();
    console.policy.interactive = true;
    console.policy.gate_after_check = true;
    console.wish.leaves = true;
    let (events, commands) = console.attended();
    let learner = async {
        let mut operator =
            Operator { world: &world, events, commands: commands.await.unwrap(), failed: BTreeSet::new() };
        if trouble.at != "check" {
            operator.pass_the_gate(&scenario.name).await;
        }
        let shown = operator.see(trouble).await;
        check_told(scenario, trouble, &shown);
        operator.look_closer(trouble, &shown).await;
        match mends {
            Mends::AsWritten => {
                for deed in &scenario.repair {
                    operator.mend(deed, trouble).await;
                }
            }
            Mends::Publishing { paused } => operator.publish_again(trouble, &shown, paused).await,
        }
        if trouble.at == "check" {
            let on = node(&world.inventory, &trouble.on);
            operator.send(Command::Recheck(on)).await;
            operator.pass_the_gate(&scenario.name).await;
        }
        operator
            .until("the end", |event, _| match event {
                EventKind::StepFinished {
                    node,
                    phase,
                    outcome: StepOutcome::Failed,
                    reason,
                    diagnosis,
                    ..
                } => {
                    panic!("{}: {phase} on {node} failed again: {reason:?} {diagnosis:?}", scenario.name)
                }
                EventKind::RunFinished { .. } => Some(()),
                _ => None,
            })
            .await;
    };
    let (left, ()) = tokio::join!(console.go(), learner);
    left.assert_exit(0);
    world.assert_healthy().await;
}

/// All ways through one scenario; the names of those that are left out are told by a panic.
fn played(name: &str) {
    let scenario = Scenario::named(name).unwrap();
    assert!(!scenario.trouble.is_empty() && !scenario.repair.is_empty(), "{name} teaches nothing");
    for trouble in &scenario.trouble {
        on_virtual_time(play(&scenario, trouble, Mends::AsWritten));
    }
}

#[test]
fn what_a_join_lacks_is_published_again_by_one_wish() {
    for (at, name) in
        ["certs-expired", "token-gone", "unsigned-request", "wrong-authority"].iter().enumerate()
    {
        let scenario = Scenario::named(name).unwrap();
        on_virtual_time(play(&scenario, &scenario.trouble[0], Mends::Publishing { paused: at % 2 == 0 }));
    }
}

macro_rules! lessons {
    ($($test:ident $name:literal),* $(,)?) => {
        $(#[test]
        fn $test() {
            played($name);
        })*

        #[test]
        fn every_lesson_is_played() {
            let played = [$($name),*];
            let lessons = lessons();
            let names: Vec<&str> = lessons.iter().map(|scenario| scenario.name.as_str()).collect();
            assert_eq!(names, played);
            assert!(names.len() >= 18, "{}", names.len());
        }
    };
}

lessons! {
    balancer_empty "balancer-empty",
    certs_expired "certs-expired",
    cgroup_driver "cgroup-driver",
    clock_behind "clock-behind",
    cri_disabled "cri-disabled",
    etcd_port_closed "etcd-port-closed",
    image_pull "image-pull",
    inotify_limit "inotify-limit",
    ip_forward "ip-forward",
    kubelet_flag "kubelet-flag",
    kubelet_masked "kubelet-masked",
    leftovers "leftovers",
    name_taken "name-taken",
    no_cni "no-cni",
    port_in_use "port-in-use",
    stale_etcd_member "stale-etcd-member",
    swap_on "swap-on",
    token_gone "token-gone",
    unsigned_request "unsigned-request",
    wrong_address "wrong-address",
    wrong_authority "wrong-authority",
}
