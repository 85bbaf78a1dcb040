//! A game of the window: where its frames come from, and its view.

use std::time::{Duration, Instant};

use anyhow::Result;
use machine::{Held, PictureShape};

use crate::feed::Feed;
use crate::game::{DisplayOptions, Fields};
use crate::stage::Stage;
use crate::view::View;

/// Where a game's frames come from.
pub enum Content {
    /// A run that the window plays.
    Stage(Box<Stage>),
    /// A game that is played on another thread, only to be watched.
    Feed(Box<Feed>),
}

impl Content {
    /// The game's name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Stage(stage) => &stage.name,
            Self::Feed(feed) => feed.name(),
        }
    }

    /// The shape of the game's picture.
    pub(crate) fn shape(&self) -> PictureShape {
        match self {
            Self::Stage(stage) => stage.hardware().picture,
            Self::Feed(feed) => feed.shape(),
        }
    }
}

/// A game and its view.
pub(crate) struct Game {
    pub(crate) content: Content,
    pub(crate) view: View,
    /// The session's count of changes when it was last saved.
    pub(crate) saved: u64,
    /// Whether the view must be drawn again.
    pub(crate) stale: bool,
}

impl Game {
    /// Plays the frames that are due; returns whether the picture has changed.
    pub(crate) fn advance(
        &mut self,
        passed: Duration,
        read_held: &mut dyn FnMut() -> Held,
        rewinds: bool,
        deadline: Instant,
    ) -> Result<bool> {
        match &mut self.content {
            Content::Stage(stage) => {
                let changed = match rewinds {
                    true => stage.rewind(deadline),
                    false => stage.tick(passed, read_held, deadline),
                };
                if changed.is_err() {
                    stage.set_playing(false);
                }
                changed
            }
            Content::Feed(feed) => Ok(feed.update()),
        }
    }

    /// Draws the present frame into the view, with the enabled overlays and the pinned fields.
    pub(crate) fn update_view(
        &mut self,
        fields: &dyn Fields,
        overlays: &[&'static str],
    ) -> Result<()> {
        let Self { content, view, .. } = self;
        match content {
            Content::Stage(stage) => {
                let options = DisplayOptions {
                    overlays,
                    fields: &fields.pinned_values(stage.run().ram()),
                };
                view.update(&stage.run().picture(), |list| stage.draw(options, list))
            }
            Content::Feed(feed) => {
                let Some(picture) = feed.picture() else {
                    return Ok(());
                };
                let options = DisplayOptions {
                    overlays,
                    fields: &fields.pinned_values(feed.ram()),
                };
                view.update(picture, |list| feed.draw(options, list))
            }
        }
    }

    /// Marks the game as saved if the movie of its run, which has been written, holds all that the session does.
    pub(crate) fn note_movie(&mut self) {
        if let Content::Stage(stage) = &self.content
            && stage.run().is_only_a_run()
        {
            self.saved = stage.run().changes();
        }
    }
}
