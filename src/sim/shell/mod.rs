//! A shell on a simulated node: to explore, and to repair.
//!
//! A line is read as POSIX's shell reads it ([`syntax`]), its words are filled in ([`expand`]), and its programs ([`program`])
//! answer from the node's true state, or change it ([`exec`]). What a real node would have and the simulation hasn't is said
//! plainly. Output is bounded; time passes by the rack's clock.

mod call;
mod complete;
mod exec;
mod expand;
mod glob;
mod printer;
mod program;
mod session;
mod syntax;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::rack::{Inner, Rack};
use crate::ids::NodeName;
use crate::transport::error::TransportError;
use crate::transport::request::Reply;

pub use complete::Completion;
pub(crate) use printer::Heard;
pub use printer::Screen;
pub use session::Session;

/// What clears the screen, when it is put there.
pub const CLEAR: &[u8] = b"\x1b[H\x1b[2J";

/// Whether `line` has something open that another line may close: a quote, a pipe, a here-document.
pub fn is_unfinished(line: &str) -> bool {
    matches!(syntax::parse(line), Err(syntax::Flaw::Unfinished(_)))
}

impl Rack {
    /// What the last word of `before` could become on `node`: it takes no time.
    pub fn complete(&self, node: &NodeName, session: &Session, before: &str) -> Completion {
        self.world(|world| complete::complete(world, node.as_str(), session, before))
    }

    /// Runs `line`, which may be several lines, as root on `node`, and waits for its end. As a shell, it goes on by `session`:
    /// folder, variables and exit status stay from line to line. An error is the link's, not the line's.
    pub async fn shell(
        &self,
        node: &NodeName,
        session: &mut Session,
        line: &str,
    ) -> Result<Reply, TransportError> {
        let heard = Arc::new(Heard::default());
        let rc = self.shell_on(node, session, line, heard.clone()).await?;
        Ok(heard.reply(rc))
    }

    /// The same, with the output shown on `screen` as it comes. Dropping the future ends what runs.
    pub async fn shell_on(
        &self,
        node: &NodeName,
        session: &mut Session,
        line: &str,
        screen: Arc<dyn Screen>,
    ) -> Result<i32, TransportError> {
        let inner = self.inner();
        inner.admitted(node)?;
        inner.way(node, super::rack::CONNECT).await?;
        inner.clock.sleep(inner.latency(node)).await;
        let rc = inner.type_in(node, session, line, screen).await;
        inner.clock.sleep(inner.latency(node)).await;
        inner.way(node, super::rack::CONNECT).await?;
        Ok(rc)
    }
}

impl Inner {
    /// Runs `line` on the node itself.
    pub(super) async fn type_in(
        &self,
        node: &NodeName,
        session: &mut Session,
        line: &str,
        screen: Arc<dyn Screen>,
    ) -> i32 {
        exec::Shell::new(self, node.as_str(), session, screen).line(line).await
    }
}
