//! The races of a game, as displays read them from RAM.

use env_kart::facts::Facts;
use machine::Input;

use crate::course::Course;
use crate::kinds::OverlayKind;
use crate::scene::Scene;

/// Reads the races of a game from RAM.
pub trait Races: 'static {
    /// A race in RAM.
    type Race<'a>;
    /// A course, read once a race.
    type Course: 'static;
    /// The input of a frame.
    type Input: Input;
    /// A race in RAM is malformed.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The overlays that have nothing to draw in this game.
    const UNUSED: &'static [OverlayKind];

    /// The race in RAM, the machine's whole main memory; `None` without a race.
    ///
    /// # Errors
    /// The bytes are not all of main memory, or the race is malformed.
    fn race(ram: &[u8]) -> Result<Option<Self::Race<'_>>, Self::Error>;

    /// The game's number of the course.
    ///
    /// # Errors
    /// The race is malformed.
    fn course_id(race: &Self::Race<'_>) -> Result<u32, Self::Error>;

    /// Reads the course.
    ///
    /// # Errors
    /// The course is not loaded yet, or malformed.
    fn read_course(race: &Self::Race<'_>) -> Result<Self::Course, Self::Error>;

    /// The course as it is drawn.
    fn course(course: &Self::Course) -> Course<'_>;

    /// The facts of the frame, in which `input` was pressed.
    ///
    /// # Errors
    /// The race is malformed.
    fn facts(race: &Self::Race<'_>, input: &Self::Input) -> Result<Facts, Self::Error>;

    /// The scene of the frame, in which `input` was pressed, on its course: without rays and the caller's data.
    ///
    /// # Errors
    /// The race is malformed.
    fn scene<'a>(
        race: &Self::Race<'_>,
        course: &'a Self::Course,
        input: &Self::Input,
    ) -> Result<Scene<'a>, Self::Error>;
}
