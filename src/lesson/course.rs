//! One reader's way through a lesson.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::condition::{Condition, Said, Spoken};
use super::deed::{Deed, Next};
use super::model::{Lesson, Page};
use super::progress::Progress;
use super::question::Verdict;
use crate::ids::NodeName;
use crate::state::{Command, RunState};

/// What a deed asked for is not asked for again before so much of the run's time.
const AGAIN: Duration = Duration::from_secs(4);
/// A node is not asked the same again before so much of the run's time.
const LOOK: Duration = Duration::from_secs(2);

/// Where somebody is in a lesson, and what was done there.
#[derive(Debug, Clone)]
pub struct Course {
    lesson: Arc<Lesson>,
    page: usize,
    /// Pages whose conditions were seen to hold.
    done: BTreeSet<usize>,
    /// Pages whose questions were answered rightly, and what was said then.
    answered: BTreeMap<usize, String>,
    /// What helps after the last wrong answer on the open page.
    hint: Option<String>,
    /// Everything up to this page is being done for the reader.
    goal: Option<usize>,
    /// What was last asked for each deed, and when; by page and place.
    told: BTreeMap<(usize, usize), (Duration, Next)>,
    /// What nodes said.
    said: Said,
    /// What they were asked, and when.
    asked: BTreeMap<(NodeName, String), Duration>,
}

/// Something for the face to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Errand {
    /// Tell the engine.
    Tell(Command),
    /// Type this on the node, and bring what it says with [`Course::hear`].
    Type {
        /// Where.
        node: NodeName,
        /// What.
        command: String,
    },
}

/// Where the open page stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Something on it is still to be done; these conditions don't hold yet.
    ToDo(Vec<String>),
    /// It is being done for the reader.
    Doing,
    /// Its question is to be answered.
    ToAnswer,
    /// Nothing keeps the reader.
    Open,
}

impl Course {
    /// At the first page.
    pub const fn new(lesson: Arc<Lesson>) -> Self {
        Self {
            lesson,
            page: 0,
            done: BTreeSet::new(),
            answered: BTreeMap::new(),
            hint: None,
            goal: None,
            told: BTreeMap::new(),
            said: BTreeMap::new(),
            asked: BTreeMap::new(),
        }
    }

    /// Where `progress` left off: at its page, with everything before it still to be done for the reader.
    pub fn resumed(lesson: Arc<Lesson>, progress: &Progress) -> Self {
        let page = progress.place(&lesson);
        let titles = lesson.pages.iter().enumerate();
        let answered = titles
            .filter(|(_, page)| progress.answered.contains(&page.title))
            .map(|(at, page)| {
                let because = page.ask.as_ref().and_then(|ask| ask.because.clone());
                (at, because.unwrap_or_default())
            })
            .collect();
        Self { page, answered, goal: page.checked_sub(1), ..Self::new(lesson) }
    }

    /// What is kept of it.
    pub fn progress(&self) -> Progress {
        let title = |at: usize| self.lesson.pages.get(at).map(|page| page.title.clone());
        Progress {
            page: title(self.page).unwrap_or_default(),
            number: self.page + 1,
            answered: self.answered.keys().filter_map(|at| title(*at)).collect(),
            finished: self.page + 1 >= self.lesson.pages.len(),
        }
    }

    /// The lesson.
    pub const fn lesson(&self) -> &Arc<Lesson> {
        &self.lesson
    }

    /// The open page's place, from 0.
    pub const fn at(&self) -> usize {
        self.page
    }

    /// The open page; none in a lesson without pages.
    pub fn page(&self) -> Option<&Page> {
        self.lesson.pages.get(self.page)
    }

    /// Turns to a page; whether that is another one.
    pub fn turn_to(&mut self, page: usize) -> bool {
        let page = page.min(self.lesson.pages.len().saturating_sub(1));
        let turns = page != self.page;
        if turns {
            self.page = page;
            self.hint = None;
        }
        turns
    }

    /// Whether a page was done, and its question answered.
    pub fn is_finished(&self, page: usize) -> bool {
        let asks = self.lesson.pages.get(page).is_some_and(|page| page.ask.is_some());
        self.done.contains(&page) && (!asks || self.answered.contains_key(&page))
    }

    /// What was said to the right answer on the open page, if it was given.
    pub fn because(&self) -> Option<&str> {
        self.answered.get(&self.page).map(String::as_str)
    }

    /// What helps after a wrong answer on the open page.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// What the open page wants done, each as a sentence, and whether it is.
    pub fn deeds_done(&self, run: &RunState) -> Vec<(String, bool)> {
        let Some(page) = self.page() else { return Vec::new() };
        let all = self.done.contains(&self.page);
        let is_done = |(place, deed): (usize, &Deed)| {
            let told = deed.is_once() && self.told.contains_key(&(self.page, place));
            let holds = deed.effect().is_some_and(|effect| effect.holds(run, &self.said));
            (deed.to_string(), all || told || holds)
        };
        page.deeds.iter().enumerate().map(is_done).collect()
    }

    /// Whether everything that was asked to be done for the reader is done.
    pub const fn is_idle(&self) -> bool {
        self.goal.is_none()
    }

    /// Does what the open page wants, and what pages before it wanted and nobody has done.
    pub const fn act(&mut self) {
        self.goal = Some(self.page);
    }

    /// Leaves the rest to the reader.
    pub const fn stop(&mut self) {
        self.goal = None;
    }

    /// Where the open page stands.
    pub fn place(&self, run: &RunState) -> Place {
        let Some(page) = self.page() else { return Place::Open };
        if !self.done.contains(&self.page) {
            if self.goal.is_some() {
                return Place::Doing;
            }
            let open = self.unmet(page, run);
            if !open.is_empty() {
                return Place::ToDo(open);
            }
        }
        match page.ask {
            Some(_) if !self.answered.contains_key(&self.page) => Place::ToAnswer,
            _ => Place::Open,
        }
    }

    /// What is not so yet of what is being done for the reader, or of what the open page waits for.
    pub fn missing(&self, run: &RunState) -> Vec<String> {
        let last = self.goal.unwrap_or(self.page);
        let next = (0..=last).find(|page| !self.done.contains(page)).unwrap_or(self.page);
        self.lesson.pages.get(next).map(|page| self.unmet(page, run)).unwrap_or_default()
    }

    /// Conditions of a page that don't hold, as sentences.
    fn unmet(&self, page: &Page, run: &RunState) -> Vec<String> {
        conditions(page).iter().filter(|one| !one.holds(run, &self.said)).map(ToString::to_string).collect()
    }

    /// Takes an answer to the open page's question.
    pub fn answer(&mut self, answer: &str, run: &RunState) -> Verdict {
        let Some(question) = self.page().and_then(|page| page.ask.as_ref()) else { return Verdict::Unknown };
        let verdict = question.judge(answer, run, &self.said);
        match &verdict {
            Verdict::Right(because) => {
                self.hint = None;
                self.answered.insert(self.page, because.clone());
            }
            Verdict::Wrong(hint) => self.hint = Some(hint.clone()),
            Verdict::Unknown => {}
        }
        verdict
    }

    /// The right answer to the open page's question as things stand. An error says why there is none.
    pub fn solution(&self, run: &RunState) -> Result<String, String> {
        let Some(question) = self.page().and_then(|page| page.ask.as_ref()) else {
            return Err("nothing is asked".to_owned());
        };
        if let Some(given) = question.given.iter().find(|given| !given.holds(run, &self.said)) {
            return Err(format!("the answer rests on something that is not so: {given}"));
        }
        question.solution(run, &self.said).ok_or_else(|| "no answer is right as the run stands".to_owned())
    }

    /// What was typed on nodes for the open page or is asked there again and again, and what they said last.
    pub fn spoken(&self) -> Vec<(&NodeName, &str, &Spoken)> {
        let Some(page) = self.page() else { return Vec::new() };
        let typed = page.deeds.iter().filter_map(Deed::question);
        let asked = page.until.iter().filter_map(Condition::question);
        let mut found: Vec<(&NodeName, &str, &Spoken)> = Vec::new();
        for (node, command) in typed.chain(asked) {
            let Some(((node, command), spoken)) = self.said.get_key_value(&(node.clone(), command.clone()))
            else {
                continue;
            };
            if !found.iter().any(|(known, same, _)| known == &node && same == command) {
                found.push((node, command, spoken));
            }
        }
        found
    }

    /// Whether a page types this, and has not yet: to ask for it would answer before the reader has asked.
    fn is_to_be_typed(&self, page: &Page, at: usize, question: (&NodeName, &String)) -> bool {
        let mut deeds = page.deeds.iter().enumerate();
        deeds.any(|(place, deed)| deed.question() == Some(question) && !self.told.contains_key(&(at, place)))
    }

    /// Takes what a node said.
    pub fn hear(&mut self, node: NodeName, command: String, spoken: Spoken) {
        self.said.insert((node, command), spoken);
    }

    /// Looks at the run, and says what is to be done now. To be called when something happened, and now and then.
    pub fn errands(&mut self, run: &RunState, now: Duration) -> Vec<Errand> {
        let lesson = Arc::clone(&self.lesson);
        let mut errands = Vec::new();
        // What is so on the way to a page is no news on it: a member that just starts is not well either.
        if self.goal.is_none_or(|goal| goal >= self.page) {
            self.take_note(&lesson, self.page, run);
        }
        if let Some(goal) = self.goal {
            loop {
                let next = (0..=goal).find(|page| !self.done.contains(page));
                let Some(at) = next else {
                    self.goal = None;
                    break;
                };
                if self.take_note(&lesson, at, run) {
                    continue;
                }
                if let Some(page) = lesson.pages.get(at) {
                    errands.extend(self.deeds(page, at, run, now));
                    self.looks(conditions(page).iter().filter_map(Condition::question), now, &mut errands);
                }
                break;
            }
        }
        let is_reached = self.goal.is_none_or(|goal| goal >= self.page);
        if let Some(page) = lesson.pages.get(self.page).filter(|_| is_reached) {
            if !self.done.contains(&self.page) {
                let conditions = conditions(page);
                let questions: Vec<(&NodeName, &String)> = conditions
                    .iter()
                    .filter_map(Condition::question)
                    .filter(|question| !self.is_to_be_typed(page, self.page, *question))
                    .collect();
                self.looks(questions.into_iter(), now, &mut errands);
            } else if let (Some(ask), false) = (&page.ask, self.answered.contains_key(&self.page)) {
                self.looks(ask.questions(), now, &mut errands);
            }
        }
        errands
    }

    /// Whether a page's conditions hold, or once did.
    fn take_note(&mut self, lesson: &Lesson, at: usize, run: &RunState) -> bool {
        if self.done.contains(&at) {
            return true;
        }
        let Some(page) = lesson.pages.get(at) else { return true };
        // What is typed once and has no condition is done when it was typed.
        let typed = page.deeds.iter().enumerate().all(|(place, deed)| {
            !deed.is_once() || !page.until.is_empty() || self.told.contains_key(&(at, place))
        });
        if typed && self.unmet(page, run).is_empty() {
            self.done.insert(at);
            return true;
        }
        false
    }

    /// What the deeds of a page ask for: the first one that is not done.
    fn deeds(&mut self, page: &Page, at: usize, run: &RunState, now: Duration) -> Option<Errand> {
        for (place, deed) in page.deeds.iter().enumerate() {
            let told = self.told.get(&(at, place));
            if deed.effect().is_some_and(|effect| effect.holds(run, &self.said)) {
                continue;
            }
            if deed.is_once() && told.is_some() {
                continue;
            }
            let next = deed.next(run);
            let just_now =
                told.is_some_and(|(when, what)| *what == next && now.saturating_sub(*when) < AGAIN);
            // A run that is on its way somewhere goes nowhere else meanwhile; all else can be done beside it.
            let on_its_way = matches!(next, Next::Tell(Command::RunTo(_))) && run.target.is_some();
            if just_now || on_its_way {
                return None;
            }
            let errand = match next.clone() {
                Next::Nothing => return None,
                Next::Tell(command) => Errand::Tell(command),
                Next::Type(node, command) => {
                    self.asked.insert((node.clone(), command.clone()), now);
                    Errand::Type { node, command }
                }
            };
            self.told.insert((at, place), (now, next));
            return Some(errand);
        }
        None
    }

    /// Asks nodes what was not asked just now.
    fn looks<'q>(
        &mut self,
        questions: impl Iterator<Item = (&'q NodeName, &'q String)>,
        now: Duration,
        errands: &mut Vec<Errand>,
    ) {
        for (node, command) in questions {
            let key = (node.clone(), command.clone());
            if self.asked.get(&key).is_some_and(|asked| now.saturating_sub(*asked) < LOOK) {
                continue;
            }
            self.asked.insert(key, now);
            errands.push(Errand::Type { node: node.clone(), command: command.clone() });
        }
    }
}

/// What has to be so before a page counts as done.
fn conditions(page: &Page) -> Vec<Condition> {
    if page.until.is_empty() {
        page.deeds.iter().filter_map(Deed::effect).collect()
    } else {
        page.until.clone()
    }
}
