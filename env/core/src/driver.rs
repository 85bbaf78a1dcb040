//! The driver trait.

/// Decides actions, step by step, from what it sees: an observation, or more of the game.
///
/// A driver drives one run at a time, and remembers what it needs of the steps before.
pub trait Driver<View: ?Sized> {
    /// The type of its decisions.
    type Action;
    /// Why no decision can be made.
    type Error;

    /// Forgets the steps so far: a run begins, or continues elsewhere.
    fn reset(&mut self);

    /// Whether the next decision looks at the picture of its view, which has to be drawn for that.
    fn needs_picture(&self) -> bool {
        false
    }

    /// Decides the action of the step that follows what `view` shows. Called once a step.
    ///
    /// # Errors
    /// If no decision can be made.
    fn act(&mut self, view: &View) -> Result<Self::Action, Self::Error>;
}
