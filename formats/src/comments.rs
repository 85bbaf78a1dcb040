//! The lines of text that a movie carries beside its inputs.

use std::borrow::Cow;

/// A movie that carries lines of text.
pub trait Comments {
    /// The comments, in order.
    fn comments(&self) -> impl Iterator<Item = Cow<'_, str>>;

    /// Adds a comment after the others.
    fn add_comment(&mut self, text: &str);

    /// Removes the comments that are unwanted.
    fn remove_comments(&mut self, unwanted: impl FnMut(&str) -> bool);
}
