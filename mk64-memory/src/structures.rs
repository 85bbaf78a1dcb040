//! Every structure that the views declare.

use ram_views::layout::Layout;
use ram_views::view::View;

macro_rules! layouts {
    ($($module:ident: $($view:ident),+;)*) => {
        &[$($(<crate::$module::$view<'static> as View<'static>>::layout,)+)*]
    };
}

/// Every structure.
pub const ALL: &[fn() -> &'static Layout] = layouts! {
    actor: Actor;
    camera: Camera;
    collision: CollisionTriangle, Vertex, GridCell, CourseBounds;
    contact: Contact;
    controller: Controller;
    course_path: PathPoint;
    hud: Hud;
    player: Player, Tyre, Particle;
    save: CourseRecords, SaveInfo, SaveData;
};

/// The structure with this name in the published headers.
#[must_use]
pub fn find(published: &str) -> Option<&'static Layout> {
    ALL.iter()
        .map(|layout| layout())
        .find(|layout| layout.published == published)
}
