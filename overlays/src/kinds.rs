//! All overlays by name.

use std::str::FromStr;

use crate::{
    Boundary, Buttons, Centreline, Checkpoints, Collision, Fields, Gates, Gauges, Ghost, Karts,
    MapPlace, Minimap, Objects, Overlay, Paths, Rays, ReferenceLine, Rewards, Trajectory,
    UnknownOverlay,
};

/// The overlays that there are, each with its usual settings: what menus, switches and command lines offer.
///
/// ```
/// use overlays::OverlayKind;
///
/// let chosen = OverlayKind::parse_list("rays, checkpoints")?;
/// assert_eq!(chosen, [OverlayKind::Rays, OverlayKind::Checkpoints]);
/// let overlays: Vec<_> = chosen.iter().map(|kind| kind.make()).collect();
/// assert_eq!(overlays[0].name(), "rays");
/// # Ok::<(), overlays::UnknownOverlay>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OverlayKind {
    /// [`Collision`].
    Collision,
    /// [`Boundary`].
    Boundary,
    /// [`Centreline`].
    Centreline,
    /// [`Paths`].
    Paths,
    /// [`ReferenceLine`].
    ReferenceLine,
    /// [`Trajectory`], coloured by lap.
    Trajectory,
    /// [`Trajectory`], coloured by speed.
    SpeedTrajectory,
    /// [`Checkpoints`], all of them.
    AllCheckpoints,
    /// [`Checkpoints`], the key checkpoints.
    KeyCheckpoints,
    /// [`Checkpoints`], the next ones.
    Checkpoints,
    /// [`Rays`].
    Rays,
    /// [`Objects`].
    Objects,
    /// [`Karts`].
    Karts,
    /// [`Ghost`].
    Ghost,
    /// [`Minimap`] in the corner of the top screen.
    Minimap,
    /// [`Minimap`] over the bottom screen.
    BottomMap,
    /// [`Gauges`].
    Gauges,
    /// [`Rewards`].
    Rewards,
    /// [`Fields`].
    Fields,
    /// [`Buttons`].
    Buttons,
}

impl OverlayKind {
    /// All of them in the order in which they are drawn, the first at the bottom.
    pub const ALL: [Self; 20] = [
        Self::Collision,
        Self::Boundary,
        Self::Centreline,
        Self::Paths,
        Self::ReferenceLine,
        Self::Trajectory,
        Self::SpeedTrajectory,
        Self::AllCheckpoints,
        Self::KeyCheckpoints,
        Self::Checkpoints,
        Self::Rays,
        Self::Objects,
        Self::Karts,
        Self::Ghost,
        Self::Minimap,
        Self::BottomMap,
        Self::Gauges,
        Self::Rewards,
        Self::Fields,
        Self::Buttons,
    ];

    /// Its name in options: the [`Overlay::name`] of what [`OverlayKind::make`] makes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Collision => "collision",
            Self::Boundary => "boundary",
            Self::Centreline => "centreline",
            Self::Paths => "paths",
            Self::ReferenceLine => "reference-line",
            Self::Trajectory => "trajectory",
            Self::SpeedTrajectory => "speed-trajectory",
            Self::AllCheckpoints => "all-checkpoints",
            Self::KeyCheckpoints => "key-checkpoints",
            Self::Checkpoints => "checkpoints",
            Self::Rays => "rays",
            Self::Objects => "objects",
            Self::Karts => "karts",
            Self::Ghost => "ghost",
            Self::Minimap => "minimap",
            Self::BottomMap => "bottom-map",
            Self::Gauges => "gauges",
            Self::Rewards => "rewards",
            Self::Fields => "fields",
            Self::Buttons => "buttons",
        }
    }

    /// Its name in menus.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Collision => "Collision triangles",
            Self::Boundary => "Edge of the road",
            Self::Centreline => "Centreline",
            Self::Paths => "Paths of the computer's drivers",
            Self::ReferenceLine => "Reference line",
            Self::Trajectory => "Trajectory, by lap",
            Self::SpeedTrajectory => "Trajectory, by speed",
            Self::AllCheckpoints => "All checkpoints",
            Self::KeyCheckpoints => "Key checkpoints",
            Self::Checkpoints => "Next checkpoints",
            Self::Rays => "Sensor rays",
            Self::Objects => "Objects and items",
            Self::Karts => "Other karts",
            Self::Ghost => "Ghosts and time deltas",
            Self::Minimap => "Minimap",
            Self::BottomMap => "Map on the bottom screen",
            Self::Gauges => "Speed, boost and drift",
            Self::Rewards => "Rewards",
            Self::Fields => "Fields of RAM",
            Self::Buttons => "Buttons held",
        }
    }

    /// Whether a viewer shows it before anybody chose: what says much and hides little.
    #[must_use]
    pub const fn default_on(self) -> bool {
        matches!(
            self,
            Self::ReferenceLine
                | Self::Trajectory
                | Self::Checkpoints
                | Self::Rays
                | Self::Ghost
                | Self::Minimap
                | Self::Gauges
                | Self::Rewards
                | Self::Fields
                | Self::Buttons
        )
    }

    /// The overlay of that [`OverlayKind::name`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The overlays of a list of names with commas between them, in its order and each once. An empty list has none,
    /// `all` stands for all, and `default` for those that are on by default.
    ///
    /// # Errors
    /// [`UnknownOverlay`] for a name of no overlay.
    pub fn parse_list(names: &str) -> Result<Vec<Self>, UnknownOverlay> {
        let mut kinds = Vec::new();
        for name in names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let named: Vec<Self> = match name {
                "all" => Self::ALL.to_vec(),
                "default" => Self::ALL
                    .into_iter()
                    .filter(|kind| kind.default_on())
                    .collect(),
                name => vec![name.parse()?],
            };
            for kind in named {
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
        }
        Ok(kinds)
    }

    /// The overlay with its usual settings.
    #[must_use]
    pub fn make(self) -> Box<dyn Overlay + Send + Sync> {
        match self {
            Self::Collision => Box::new(Collision::default()),
            Self::Boundary => Box::new(Boundary::default()),
            Self::Centreline => Box::new(Centreline::default()),
            Self::Paths => Box::new(Paths::default()),
            Self::ReferenceLine => Box::new(ReferenceLine::default()),
            Self::Trajectory => Box::new(Trajectory::default()),
            Self::SpeedTrajectory => Box::new(Trajectory {
                by_speed: true,
                ..Trajectory::default()
            }),
            Self::AllCheckpoints => Box::new(Checkpoints::of(Gates::All)),
            Self::KeyCheckpoints => Box::new(Checkpoints::of(Gates::Key)),
            Self::Checkpoints => Box::new(Checkpoints::default()),
            Self::Rays => Box::new(Rays),
            Self::Objects => Box::new(Objects::default()),
            Self::Karts => Box::new(Karts),
            Self::Ghost => Box::new(Ghost),
            Self::Minimap => Box::new(Minimap::default()),
            Self::BottomMap => Box::new(Minimap::at(MapPlace::Bottom)),
            Self::Gauges => Box::new(Gauges),
            Self::Rewards => Box::new(Rewards),
            Self::Fields => Box::new(Fields),
            Self::Buttons => Box::new(Buttons),
        }
    }
}

impl FromStr for OverlayKind {
    type Err = UnknownOverlay;

    fn from_str(name: &str) -> Result<Self, UnknownOverlay> {
        Self::parse(name).ok_or_else(|| UnknownOverlay {
            expected: Self::ALL.map(Self::name).join(", "),
            found: name.to_owned(),
        })
    }
}

/// Every overlay with its usual settings, in the order in which they are drawn, the first at the bottom.
#[must_use]
pub fn all() -> Vec<Box<dyn Overlay + Send + Sync>> {
    OverlayKind::ALL
        .into_iter()
        .map(OverlayKind::make)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_the_name_of_what_it_makes() {
        for (index, kind) in OverlayKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, index, "all of them, in their order");
            assert_eq!(kind.make().name(), kind.name());
            assert_eq!(OverlayKind::parse(kind.name()), Some(kind));
        }
    }

    #[test]
    fn lists_of_names_keep_their_order_and_wrong_names_are_refused() {
        use OverlayKind::{Buttons, Rays};
        let list = |names| OverlayKind::parse_list(names).expect("names");
        assert_eq!(list("rays,buttons,rays"), [Rays, Buttons]);
        assert_eq!(list(" buttons , rays,"), [Buttons, Rays]);
        assert_eq!(list(""), []);
        assert_eq!(list("all"), OverlayKind::ALL);
        assert!(list("default").contains(&Rays));
        let error = OverlayKind::parse_list("rays,beams").expect_err("no such overlay");
        let error = error.to_string();
        assert!(error.starts_with("overlay: expected collision, boundary, "));
        assert!(error.ends_with(", buttons, found \"beams\""), "{error}");
    }
}
