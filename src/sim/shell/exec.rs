//! Scripts at work: one command after the other, each reading what the one before it printed.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::call::{Call, Slow};
use super::expand::{self, Part};
use super::printer::{Buffer, Drain, MOST, Printer, Screen};
use super::program::{self, Run};
use super::session::Session;
use super::syntax::{self, Command, Flaw, Pipeline, Redirection, Script, When, Word};
use crate::sim::rack::Inner;

/// What a command that the shell itself can't run ends with.
const NOT_FOUND: i32 = 127;

type Work<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A shell at work on one line.
pub(super) struct Shell<'a> {
    inner: &'a Inner,
    node: &'a str,
    session: &'a mut Session,
    screen: Arc<dyn Screen>,
}

/// A stream that goes into a file.
struct IntoFile {
    path: String,
    append: bool,
    buffer: Buffer,
}

/// A command whose words are known.
struct Prepared {
    words: Vec<String>,
    assignments: Vec<(String, String)>,
    input: Option<Vec<u8>>,
    printer: Printer,
    files: Vec<IntoFile>,
}

impl<'a> Shell<'a> {
    pub(super) fn new(
        inner: &'a Inner,
        node: &'a str,
        session: &'a mut Session,
        screen: Arc<dyn Screen>,
    ) -> Self {
        Self { inner, node, session, screen }
    }

    /// Runs a line and gives its exit status.
    pub(super) async fn line(mut self, line: &str) -> i32 {
        let printer = Printer {
            out: Drain::Screen(Arc::clone(&self.screen), false),
            err: Drain::Screen(Arc::clone(&self.screen), true),
        };
        let status = match syntax::parse(line) {
            Ok(script) => self.script(&script, printer).await,
            Err(flaw) => {
                printer.complain(&format!("sh: {flaw}\n"));
                if matches!(flaw, Flaw::Missing(_)) { NOT_FOUND } else { 2 }
            }
        };
        self.session.status = status;
        status
    }

    fn script<'s>(&'s mut self, script: &'s Script, printer: Printer) -> Work<'s, i32> {
        Box::pin(async move {
            for (when, pipeline) in &script.0 {
                let wanted = match when {
                    When::Always => true,
                    When::Succeeded => self.session.status == 0,
                    When::Failed => self.session.status != 0,
                };
                if !wanted {
                    continue;
                }
                self.session.status = self.pipeline(pipeline, &printer).await;
                if self.session.over {
                    break;
                }
            }
            self.session.status
        })
    }

    async fn pipeline(&mut self, pipeline: &Pipeline, printer: &Printer) -> i32 {
        let mut input = None;
        let mut status = 0;
        let last = pipeline.commands.len().saturating_sub(1);
        for (index, command) in pipeline.commands.iter().enumerate() {
            let pipe = (index < last).then(Buffer::new);
            let out = pipe.as_ref().map_or_else(|| printer.out.clone(), |pipe| Drain::Buffer(pipe.clone()));
            let own = Printer { out, err: printer.err.clone() };
            status = self.command(command, input.take(), own).await;
            input = pipe.map(|pipe| pipe.take());
            if self.session.over {
                break;
            }
        }
        if pipeline.negated { i32::from(status == 0) } else { status }
    }

    async fn command(&mut self, command: &Command, input: Option<Vec<u8>>, printer: Printer) -> i32 {
        let complaints = printer.clone();
        let prepared = match self.prepare(command, input, printer).await {
            Ok(prepared) => prepared,
            Err(words) => {
                complaints.complain(&format!("sh: {words}\n"));
                return 2;
            }
        };
        let Prepared { words, assignments, input, printer, files } = prepared;
        let status = if words.is_empty() {
            for (name, value) in assignments {
                self.session.set(&name, &value);
            }
            0
        } else {
            let former = self.session.variables.clone();
            for (name, value) in &assignments {
                self.session.set(name, value);
            }
            let status = self.program(words, input, &printer).await;
            if !assignments.is_empty() {
                self.session.variables = former;
            }
            status
        };
        match self.save(files) {
            Ok(()) => status,
            Err(words) => {
                complaints.complain(&format!("sh: {words}\n"));
                2
            }
        }
    }

    async fn program(&mut self, words: Vec<String>, input: Option<Vec<u8>>, printer: &Printer) -> i32 {
        let words = program::without_prefixes(words);
        let Some((name, args)) = words.split_first() else { return 0 };
        if self.inner.store.with(|world| world.nodes.get(self.node).is_none_or(|node| !node.up)) {
            printer.complain(&format!("Connection to {} closed by remote host.\n", self.node));
            self.session.over = true;
            return 255;
        }
        let found = match program::find(name, |missing| self.misses(missing)) {
            Ok(found) => found,
            Err(words) => {
                printer.complain(&words);
                return NOT_FOUND;
            }
        };
        match found.run {
            Run::Now(run) => {
                if found.takes > 0 {
                    self.inner.clock.sleep(Duration::from_millis(found.takes)).await;
                }
                let (node, session) = (self.node, &mut *self.session);
                self.inner.store.with(|world| {
                    run(&mut Call {
                        world,
                        node,
                        session,
                        name: found.name,
                        args,
                        input: input.as_deref(),
                        printer,
                    })
                })
            }
            Run::Slow(run) => {
                let (inner, node, session) = (self.inner, self.node, &mut *self.session);
                run(Slow { inner, node, session, args: args.to_vec(), printer: printer.clone() }).await
            }
        }
    }

    fn misses(&self, program: &str) -> bool {
        self.inner.store.with(|world| {
            let missing = |node: &crate::sim::model::Node| {
                node.hardware.missing_programs.iter().any(|missing| missing == program)
            };
            world.nodes.get(self.node).is_some_and(missing)
        })
    }

    async fn prepare(
        &mut self,
        command: &Command,
        input: Option<Vec<u8>>,
        printer: Printer,
    ) -> Result<Prepared, String> {
        let mut prepared =
            Prepared { words: Vec::new(), assignments: Vec::new(), input, printer, files: Vec::new() };
        for (name, value) in &command.assignments {
            let value = self.one(value).await;
            prepared.assignments.push((name.clone(), value));
        }
        let mut bytes = 0;
        for word in &command.words {
            let parts = self.parts(word).await;
            let (node, session) = (self.node, &*self.session);
            let words = self.inner.store.with(|world| expand::words(&parts, session, world.nodes.get(node)));
            bytes += words.iter().map(String::len).sum::<usize>();
            prepared.words.extend(words);
            if bytes > expand::MOST_BYTES {
                return Err("Argument list too long".into());
            }
        }
        for redirection in &command.redirections {
            self.redirect(redirection, &mut prepared).await?;
        }
        Ok(prepared)
    }

    async fn redirect(&mut self, redirection: &Redirection, prepared: &mut Prepared) -> Result<(), String> {
        match redirection {
            Redirection::Read(from) => {
                let shown = self.one(from).await;
                let path = self.session.absolute(&shown);
                let content = self
                    .inner
                    .store
                    .with(|world| Some(world.nodes.get(self.node)?.content(&path)?.into_owned()));
                prepared.input = Some(content.ok_or(format!("cannot open {shown}: No such file"))?);
            }
            Redirection::Text(text) => prepared.input = Some(self.one(text).await.into_bytes()),
            Redirection::Join { error: true } => prepared.printer.err = prepared.printer.out.clone(),
            Redirection::Join { error: false } => prepared.printer.out = prepared.printer.err.clone(),
            Redirection::Write { error, append, to } => {
                let drain = self.file(to, *append, prepared).await?;
                if *error {
                    prepared.printer.err = drain;
                } else {
                    prepared.printer.out = drain;
                }
            }
            Redirection::WriteBoth { append, to } => {
                let drain = self.file(to, *append, prepared).await?;
                prepared.printer = Printer { out: drain.clone(), err: drain };
            }
        }
        Ok(())
    }

    async fn file(&mut self, to: &Word, append: bool, prepared: &mut Prepared) -> Result<Drain, String> {
        let shown = self.one(to).await;
        let path = self.session.absolute(&shown);
        if path == "/dev/null" {
            return Ok(Drain::Nowhere);
        }
        let possible = self.inner.store.with(|world| match world.nodes.get_mut(self.node) {
            Some(node) => {
                node.may_write(&path)?;
                if !append {
                    // As a shell does, before the command runs.
                    node.put(&path, Vec::new())?;
                }
                Ok(())
            }
            None => Err("the node is gone"),
        });
        possible.map_err(|why| format!("cannot create {shown}: {why}"))?;
        let buffer = Buffer::new();
        prepared.files.push(IntoFile { path, append, buffer: buffer.clone() });
        Ok(Drain::Buffer(buffer))
    }

    fn save(&self, files: Vec<IntoFile>) -> Result<(), String> {
        for file in files {
            let news = file.buffer.take();
            let saved = self.inner.store.with(|world| {
                let node = world.nodes.get_mut(self.node).ok_or("the node is gone")?;
                let mut content = Vec::new();
                if file.append {
                    content.extend_from_slice(&node.content(&file.path).unwrap_or_default());
                }
                content.extend_from_slice(&news);
                content.truncate(MOST);
                node.put(&file.path, content)
            });
            saved.map_err(|why| format!("{}: {why}", file.path))?;
        }
        Ok(())
    }

    async fn one(&mut self, word: &Word) -> String {
        expand::joined(&self.parts(word).await)
    }

    async fn parts(&mut self, word: &Word) -> Vec<Part> {
        let mut outputs: Vec<String> = Vec::new();
        for piece in &word.0 {
            if outputs.iter().map(String::len).sum::<usize>() > expand::MOST_BYTES {
                break;
            }
            if let syntax::Piece::Output { script, .. } = piece {
                // What it changes of the shell stays in it.
                let former = self.session.clone();
                let buffer = Buffer::new();
                let printer = Printer {
                    out: Drain::Buffer(buffer.clone()),
                    err: Drain::Screen(Arc::clone(&self.screen), true),
                };
                self.script(script, printer).await;
                *self.session = former;
                outputs.push(String::from_utf8_lossy(&buffer.take()).into_owned());
            }
        }
        expand::parts(word, self.session, outputs.into_iter())
    }
}
