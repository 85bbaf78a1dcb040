//! A game of the window: where its frames come from, and what is seen of it.

use std::time::{Duration, Instant};

use anyhow::Result;
use machine::{Held, PictureShape};

use crate::feed::Feed;
use crate::game::{Drawn, Fields};
use crate::stage::Stage;
use crate::view::View;

/// Where a game's frames come from.
pub enum Content {
    /// It is played here.
    Stage(Box<Stage>),
    /// It is played elsewhere.
    Feed(Box<Feed>),
}

impl Content {
    /// What the game is called.
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

/// A game, and what is seen of it.
pub(crate) struct Game {
    pub(crate) content: Content,
    pub(crate) view: View,
    /// The changes of its session up to which a file has it.
    pub(crate) saved: u64,
    /// Whether there is something new to see.
    pub(crate) stale: bool,
}

impl Game {
    /// Gives the game time; says whether it has changed.
    pub(crate) fn advance(
        &mut self,
        passed: Duration,
        hands: &mut dyn FnMut() -> Held,
        rewinds: bool,
        deadline: Instant,
    ) -> Result<bool> {
        match &mut self.content {
            Content::Stage(stage) => {
                let changed = match rewinds {
                    true => stage.rewind(deadline),
                    false => stage.tick(passed, hands, deadline),
                };
                if changed.is_err() {
                    stage.set_playing(false);
                }
                changed
            }
            Content::Feed(feed) => Ok(feed.update()),
        }
    }

    /// Takes in the present frame, with the overlays that are on and the pinned fields.
    pub(crate) fn see(&mut self, fields: &dyn Fields, overlays: &[&'static str]) -> Result<()> {
        let Self { content, view, .. } = self;
        match content {
            Content::Stage(stage) => {
                let drawn = Drawn {
                    overlays,
                    fields: &fields.pinned_values(stage.run().ram()),
                };
                view.see(&stage.run().picture(), |list| stage.draw(drawn, list))
            }
            Content::Feed(feed) => {
                let Some(picture) = feed.picture() else {
                    return Ok(());
                };
                let drawn = Drawn {
                    overlays,
                    fields: &fields.pinned_values(feed.ram()),
                };
                view.see(picture, |list| feed.draw(drawn, list))
            }
        }
    }

    /// The whole run was written as a movie: with nothing beside it, that is all there is to save.
    pub(crate) fn note_movie(&mut self) {
        if let Content::Stage(stage) = &self.content
            && stage.run().is_a_run_alone()
        {
            self.saved = stage.run().changes();
        }
    }
}
