//! kubestep's own diagnostics: what the transport, the runner and the console have to say of themselves.
//!
//! `tui-logger` keeps the last ten thousand lines of all of them in one place, outside of the model.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, Clear};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tui_logger::{
    LevelFilter, TuiLoggerLevelOutput, TuiLoggerSmartWidget, TuiTracingSubscriberLayer, TuiWidgetEvent,
    TuiWidgetState,
};

use super::action::{Action, Key};
use super::model::Model;
use super::overlay::{Overlay, Reply};
use super::theme::Role;

/// What is collected where `KUBESTEP_LOG` says nothing.
const USUAL: &str = "kubestep=debug";

/// Begins to collect diagnostics, as `filter` (of `KUBESTEP_LOG`) wants them. Once in a process.
pub fn collect(filter: Option<&str>) -> Result<(), String> {
    let filter =
        EnvFilter::try_new(filter.unwrap_or(USUAL)).map_err(|error| format!("KUBESTEP_LOG: {error}"))?;
    tui_logger::init_logger(LevelFilter::Trace).map_err(|error| error.to_string())?;
    tracing_subscriber::registry()
        .with(filter)
        .with(TuiTracingSubscriberLayer)
        .try_init()
        .map_err(|error| error.to_string())
}

/// The drawer over the lower half of the screen.
#[derive(Default)]
pub struct Drawer(TuiWidgetState);

impl fmt::Debug for Drawer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Drawer")
    }
}

impl Overlay for Drawer {
    fn key(&mut self, key: KeyEvent, model: &Model) -> Reply {
        let pressed = Key::from(key);
        if key.code == KeyCode::Char('q') || model.keys.keys(Action::Drawer).contains(&pressed) {
            return Reply::Close;
        }
        let event = match key.code {
            KeyCode::Esc => return Reply::Close,
            KeyCode::Up | KeyCode::Char('k') => TuiWidgetEvent::UpKey,
            KeyCode::Down | KeyCode::Char('j') => TuiWidgetEvent::DownKey,
            KeyCode::Left => TuiWidgetEvent::LeftKey,
            KeyCode::Right => TuiWidgetEvent::RightKey,
            KeyCode::Char('+') => TuiWidgetEvent::PlusKey,
            KeyCode::Char('-') => TuiWidgetEvent::MinusKey,
            KeyCode::Char('h') => TuiWidgetEvent::HideKey,
            KeyCode::Char('f') => TuiWidgetEvent::FocusKey,
            KeyCode::Char(' ') => TuiWidgetEvent::SpaceKey,
            KeyCode::PageUp => TuiWidgetEvent::PrevPageKey,
            KeyCode::PageDown => TuiWidgetEvent::NextPageKey,
            // Back to the newest lines.
            KeyCode::End | KeyCode::Char('G') => TuiWidgetEvent::EscapeKey,
            _ => return Reply::Stay,
        };
        self.0.transition(event);
        Reply::Stay
    }

    fn render(&self, frame: &mut Frame<'_>, area: Rect, model: &Model) {
        let height = (area.height / 2).max(8).min(area.height);
        let place = Rect { y: area.bottom() - height, height, ..area };
        let theme = &model.theme;
        frame.render_widget(Clear, place);
        frame.render_widget(Block::new().style(theme.style(Role::Text)), place);
        let widget = TuiLoggerSmartWidget::default()
            .title_log(" diagnostics  esc back  pgup/pgdn scroll  end newest ")
            .title_target(" j k ← → f h ")
            .style_error(theme.style(Role::LogError))
            .style_warn(theme.style(Role::LogWarning))
            .style_info(theme.style(Role::Text))
            .style_debug(theme.style(Role::Dim))
            .style_trace(theme.style(Role::Dim))
            .border_style(theme.style(Role::Focus))
            .highlight_style(theme.style(Role::Selection))
            .output_level(Some(TuiLoggerLevelOutput::Abbreviated))
            .output_file(false)
            .output_line(false)
            .output_timestamp(Some("%H:%M:%S".to_owned()))
            .output_separator(' ')
            .state(&self.0);
        frame.render_widget(widget, place);
    }
}
