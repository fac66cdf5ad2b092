//! One console: a run from its first event to its last, or to the moment it is killed.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kubestep::engine::{Command, Engine, Policy};
use kubestep::event::{Envelope, EventKind, FORMAT, NodeInfo};
use kubestep::ids::{NodeName, RunId};
use kubestep::journal::{Durability, Reader, Writer};
use kubestep::plan::Wish;
use kubestep::report::{Face, Faces, Github, Json, Junit, Plain, PlainOptions, Style};
use kubestep::runner::{Answer, Ask, Context, Ending, Goal, Hands, Planner, Question, Recorder, Run};
use kubestep::secret::Redactor;
use kubestep::sim::Rack;
use kubestep::state::RunState;
use tokio::sync::{Notify, mpsc, oneshot};

use super::story::Story;
use super::world::{World, secrets_on};

/// What was answered, in the order of the questions.
type Answers = Arc<Mutex<Vec<oneshot::Receiver<Answer>>>>;
type When = Box<dyn FnMut(&Envelope) -> bool + Send>;

/// A console to be: change what is to be other than `--auto`'s defaults, then [`Console::go`].
pub(crate) struct Console<'a> {
    world: &'a World,
    pub(crate) goal: Goal,
    pub(crate) policy: Policy,
    pub(crate) wish: Wish,
    pub(crate) redactor: Redactor,
    pub(crate) kubeconfig: bool,
    commands: Vec<(When, Command)>,
    asks: Vec<(When, NodeName, Question)>,
    kill: Option<When>,
    run: Option<RunId>,
    /// Somebody who sees every event and gets the other end of the commands.
    operator: Option<(mpsc::UnboundedSender<Envelope>, oneshot::Sender<mpsc::Sender<Command>>)>,
}

/// What a console left behind.
pub(crate) struct Left {
    pub(crate) run: RunId,
    /// None when it was killed.
    pub(crate) ending: Option<Ending>,
    /// The read model at the end; none when it was killed.
    pub(crate) state: Option<RunState>,
    /// The journal, read back.
    pub(crate) story: Story,
    pub(crate) journal: Vec<u8>,
    /// What was answered, in the order of the questions.
    pub(crate) answers: Vec<Answer>,
    pub(crate) text: String,
    pub(crate) verbose: String,
    pub(crate) json: String,
    pub(crate) github: String,
    pub(crate) summary: String,
    pub(crate) junit: String,
}

impl World {
    /// A console as `run --auto` has it.
    pub(crate) fn console(&self) -> Console<'_> {
        let inventory = &self.inventory;
        let roles = inventory.hosts.iter().map(|host| (host.name.clone(), host.role)).collect();
        let mut policy = Policy::auto(roles);
        policy.nodes_at_once = inventory.options.concurrency.max(1);
        policy.joins_at_once = inventory.options.joins.max(1);
        policy.workers_continue = inventory.options.workers_continue;
        policy.worker_allowance = inventory.worker_allowance();
        Console {
            world: self,
            goal: Goal::Cluster,
            policy,
            wish: Wish::default(),
            redactor: Redactor::default(),
            kubeconfig: false,
            commands: Vec::new(),
            asks: Vec::new(),
            kill: None,
            run: None,
            operator: None,
        }
    }
}

impl Console<'_> {
    /// Every leaf is a step of its own.
    pub(crate) fn leaves(mut self) -> Self {
        self.wish.leaves = true;
        self
    }

    pub(crate) fn skip(mut self, phase: &str, reason: &str) -> Self {
        self.policy.skips.push((phase.to_owned(), reason.to_owned()));
        self.wish.split.push(phase.to_owned());
        self
    }

    pub(crate) fn stop_before(mut self, phase: &str) -> Self {
        self.policy.breaks.push(phase.to_owned());
        self.wish.split.push(phase.to_owned());
        self
    }

    pub(crate) fn time_limit(mut self, limit: Duration) -> Self {
        self.policy.time_limit = Some(limit);
        self
    }

    pub(crate) fn reset(mut self, nodes: &[&str]) -> Self {
        self.goal = Goal::Reset(nodes.iter().map(|node| super::world::name(node)).collect());
        self
    }

    /// Sends `command` when an event is seen for which `when` holds.
    pub(crate) fn command(
        mut self,
        when: impl FnMut(&Envelope) -> bool + Send + 'static,
        command: Command,
    ) -> Self {
        self.commands.push((Box::new(when), command));
        self
    }

    /// Asks this about a node when an event is seen for which `when` holds.
    pub(crate) fn ask(
        mut self,
        when: impl FnMut(&Envelope) -> bool + Send + 'static,
        node: &str,
        command: &str,
    ) -> Self {
        self.asks.push((Box::new(when), super::world::name(node), Question::Look(command.to_owned())));
        self
    }

    /// Asks for kubeadm's configuration on a node in the same way.
    pub(crate) fn ask_config(
        mut self,
        when: impl FnMut(&Envelope) -> bool + Send + 'static,
        node: &str,
    ) -> Self {
        self.asks.push((Box::new(when), super::world::name(node), Question::Config));
        self
    }

    /// Lets somebody sit there: every event as it comes, and where to send commands.
    pub(crate) fn attended(
        &mut self,
    ) -> (mpsc::UnboundedReceiver<Envelope>, oneshot::Receiver<mpsc::Sender<Command>>) {
        let (events, seen) = mpsc::unbounded_channel();
        let (commands, given) = oneshot::channel();
        self.operator = Some((events, commands));
        (seen, given)
    }

    /// Ends the console like `kill -9`, as soon as the journal holds an event for which `when` holds.
    pub(crate) fn killed(mut self, when: impl FnMut(&Envelope) -> bool + Send + 'static) -> Self {
        self.kill = Some(Box::new(when));
        self
    }

    /// Goes on with that run.
    pub(crate) fn resume(mut self, run: &RunId) -> Self {
        self.run = Some(run.clone());
        self
    }

    pub(crate) async fn go(self) -> Left {
        let Self {
            world,
            goal,
            policy,
            wish,
            redactor,
            kubeconfig,
            commands,
            asks,
            kill,
            run: resumes,
            operator,
        } = self;
        let command = if matches!(goal, Goal::Reset(_)) { "reset" } else { "run" };
        let (run, writer, former) = if let Some(run) = resumes {
            let reopened = Writer::reopen(&world.dir, &run, Durability::Buffered).unwrap();
            (run, reopened.writer, Some(reopened.state))
        } else {
            let run = RunId::new(&format!("run-{}", world.number()));
            let writer = Writer::create(&world.dir, &run, Durability::Buffered).unwrap();
            (run, writer, None)
        };
        let pages: [Page; 4] = Default::default();
        let [text, verbose, json, github] = pages.clone();
        let (to_run, from_us) = mpsc::channel(64);
        let (to_answer, from_asker) = mpsc::channel(64);
        let answers = Answers::default();
        let dead = Arc::new(Dead::default());
        let mut faces = Faces::default();
        faces.add(Box::new(Plain::new(text.sink(), options(false))));
        faces.add(Box::new(Plain::new(verbose.sink(), options(true))));
        faces.add(Box::new(Json::new(json.sink())));
        let (summary, junit) = (world.path("summary.md"), world.path("junit.xml"));
        faces.add(Box::new(Github::new(github.sink(), options(false), Some(summary.clone()))));
        faces.add(Box::new(Junit::new(&junit).unwrap()));
        faces.add(Box::new(Watcher {
            rack: world.rack.clone(),
            secrets: Arc::clone(&world.secrets),
            commands,
            to_run: to_run.clone(),
            asks,
            to_answer,
            answers: Arc::clone(&answers),
            kill,
            dead: Arc::clone(&dead),
        }));
        if let Some((events, commands)) = operator {
            faces.add(Box::new(Tap(events)));
            let _ = commands.send(to_run.clone());
        }
        let (to_links, links) = mpsc::channel(64);
        world.rack.report_links(to_links);
        let started = started(&run, command, world, former.is_some());
        let root = run.clone();
        let mut context = Context::new(
            Hands::Sim(world.rack.clone()),
            world.clock.clone(),
            world.inventory.clone(),
            redactor,
            root,
        );
        context.resuming = former.is_some();
        let mut wish = wish;
        if kubeconfig {
            context.kubeconfig = Some(world.path("admin.kubeconfig"));
            wish.kubeconfig = true;
        }
        let recorder =
            Recorder::resumed(world.clock.clone(), former.clone().unwrap_or_default(), Some(writer), faces);
        let planner = Planner { goal, wish, former };
        let engine = Engine::new(policy);
        let going = Run { context, engine, recorder, planner, commands: from_us, asks: from_asker, links }
            .go(started);
        let ended = tokio::select! {
            biased;
            () = dead.wait() => None,
            ended = going => Some(ended),
        };
        drop(to_run);
        // What was being written when the console died is written before anybody reads it.
        tokio::task::spawn_blocking(|| ()).await.unwrap();
        let (ending, state) = ended.map_or((None, None), |(ending, state)| (Some(ending), Some(state)));
        let journal = std::fs::read(world.dir.events(&run)).unwrap();
        let events = Reader::new(journal.as_slice(), &world.dir.events(&run)).map(Result::unwrap).collect();
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        Left {
            run,
            ending,
            state,
            story: Story(events),
            answers: answers.lock().unwrap().iter_mut().map(|from| from.try_recv().unwrap()).collect(),
            journal,
            text: pages[0].text(),
            verbose: pages[1].text(),
            json: pages[2].text(),
            github: pages[3].text(),
            summary: read(summary),
            junit: read(junit),
        }
    }
}

impl Left {
    /// The exit status of a console that was not killed; with everything it said if that is another than `code`.
    #[track_caller]
    pub(crate) fn assert_exit(&self, code: u8) {
        let found = self.ending.as_ref().expect("the console was killed").exit_code;
        assert_eq!(found, code, "exit status; the run said:\n{}", self.text);
    }
}

fn started(run: &RunId, command: &str, world: &World, resumed: bool) -> EventKind {
    let nodes = world.inventory.hosts.iter().map(|host| NodeInfo {
        name: host.name.clone(),
        role: host.role,
        address: host.ssh.address.clone(),
        rack: host.rack.clone(),
    });
    EventKind::RunStarted {
        format: FORMAT,
        run: run.clone(),
        cluster: world.inventory.cluster.clone(),
        command: command.to_owned(),
        inventory: world.inventory.file.display().to_string(),
        resumes: resumed.then(|| run.clone()),
        nodes: nodes.collect(),
    }
}

/// What the text faces of these tests use.
pub(crate) fn options(verbose: bool) -> PlainOptions {
    let style = Style { colour: false, unicode: true, width: 100 };
    PlainOptions { style, verbose, journal: None, resume: None }
}

/// A sink whose content can be looked at.
#[derive(Clone, Default)]
pub(crate) struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    pub(crate) fn sink(&self) -> Box<dyn io::Write + Send> {
        Box::new(self.clone())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Sits among the faces: sends commands, notes secrets, and pulls the plug.
struct Watcher {
    rack: Rack,
    secrets: Arc<Mutex<std::collections::BTreeSet<String>>>,
    commands: Vec<(When, Command)>,
    to_run: mpsc::Sender<Command>,
    asks: Vec<(When, NodeName, Question)>,
    to_answer: mpsc::Sender<Ask>,
    answers: Answers,
    kill: Option<When>,
    dead: Arc<Dead>,
}

impl Face for Watcher {
    fn event(&mut self, envelope: &Envelope, _: &RunState) -> io::Result<()> {
        if let EventKind::StepFinished { node, phase, .. } = &envelope.kind
            && phase.as_str() == "config"
        {
            self.secrets.lock().unwrap().extend(secrets_on(&self.rack, node));
        }
        let due: Vec<usize> = (0..self.commands.len()).filter(|&at| self.commands[at].0(envelope)).collect();
        for at in due.into_iter().rev() {
            let (_, command) = self.commands.remove(at);
            self.to_run.try_send(command).unwrap();
        }
        let due: Vec<usize> = (0..self.asks.len()).filter(|&at| self.asks[at].0(envelope)).collect();
        for at in due.into_iter().rev() {
            let (_, node, what) = self.asks.remove(at);
            let (answer, from) = oneshot::channel();
            self.to_answer.try_send(Ask { node, what, answer }).unwrap();
            self.answers.lock().unwrap().push(from);
        }
        if self.kill.as_mut().is_some_and(|when| when(envelope)) {
            self.dead.is.store(true, Ordering::Relaxed);
            self.dead.told.notify_one();
        }
        Ok(())
    }

    fn finish(&mut self, _: &RunState) -> io::Result<()> {
        Ok(())
    }
}

/// Passes every event on.
struct Tap(mpsc::UnboundedSender<Envelope>);

impl Face for Tap {
    fn event(&mut self, envelope: &Envelope, _: &RunState) -> io::Result<()> {
        let _ = self.0.send(envelope.clone());
        Ok(())
    }

    fn finish(&mut self, _: &RunState) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Dead {
    is: AtomicBool,
    told: Notify,
}

impl Dead {
    async fn wait(&self) {
        while !self.is.load(Ordering::Relaxed) {
            self.told.notified().await;
        }
    }
}
