//! The known differences between the peer's readings and ours, and their reasons.

/// An expected difference, which must occur.
pub struct Difference {
    /// The peer's reading, including its parts.
    pub name: &'static str,
    /// How it differs.
    pub how: How,
    /// Why ours is right.
    pub why: &'static str,
}

/// How a reading differs from ours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The peer reads a signed number as unsigned.
    Unsigned,
    /// The peer reads a fixed-point number as an integer.
    Raw,
    /// The peer returns the value of this reading of ours, with the same index.
    Instead(&'static str),
    /// The peer returns another value.
    Other,
    /// The peer's reading fails.
    Fails,
}

impl How {
    /// Whether the two values differ in this way, or are equal.
    pub fn explains(self, ours: f64, theirs: f64) -> bool {
        const WORD: f64 = 4_294_967_296.0;
        const HALF_WORD: f64 = 65_536.0;
        const FIXED_ONE: f64 = 4096.0;
        let apart = theirs - ours;
        match self {
            Self::Unsigned => apart == 0.0 || apart == WORD || apart == HALF_WORD,
            Self::Raw => theirs == (ours * FIXED_ONE).rem_euclid(WORD),
            Self::Other => true,
            // `Instead` is explained by comparing with the other reading.
            Self::Instead(_) | Self::Fails => false,
        }
    }
}

/// All known differences.
pub const DIFFERENCES: &[Difference] = &[
    Difference {
        name: "driver.fieldD4",
        how: How::Raw,
        why: "a factor of 1.0 that speeds are multiplied with: fixed point",
    },
    Difference {
        name: "driver.field394",
        how: How::Raw,
        why: "the factor of effects on the speed: fixed point",
    },
    Difference {
        name: "driver.yRotSpeed",
        how: How::Unsigned,
        why: "a yaw rate, negative to the right",
    },
    Difference {
        name: "driver.yRotSpeedTarget",
        how: How::Unsigned,
        why: "a yaw rate, negative to the right",
    },
    Difference {
        name: "driver.floorDriverColType",
        how: How::Unsigned,
        why: "-1 in the air",
    },
    Difference {
        name: "driver.jumpPadSpeed",
        how: How::Raw,
        why: "units a frame: fixed point",
    },
    Difference {
        name: "driver_velocity",
        how: How::Instead("driving_direction"),
        why: "its getter reads drivingDirection; its setter writes velocity",
    },
    Difference {
        name: "stag",
        how: How::Other,
        why: "it skips the section's magic number, which the pointer is past already: all is 4 bytes late",
    },
    Difference {
        name: "screen[0][2]",
        how: How::Other,
        why: "what it calls the depth, and clips at the near plane, is the third coordinate of clip space",
    },
    Difference {
        name: "checkpoint_pos",
        how: How::Fails,
        why: "it makes an array of fixed-point structures, which numpy refuses",
    },
    Difference {
        name: "checkpoint_angle",
        how: How::Fails,
        why: "as checkpoint_pos, which it starts from",
    },
    Difference {
        name: "read_facing_point_checkpoint",
        how: How::Fails,
        why: "as checkpoint_pos, which it starts from",
    },
    Difference {
        name: "pointer_contents",
        how: How::Fails,
        why: "its pointers follow themselves through a reader that nothing registers",
    },
    Difference {
        name: "collision_search",
        how: How::Fails,
        why: "it unpacks a structure as if it were a list",
    },
];

/// The known difference that applies to a reading of the peer.
pub fn difference_of(name: &str) -> Option<&'static Difference> {
    DIFFERENCES.iter().find(|difference| {
        name.strip_prefix(difference.name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    })
}

#[cfg(test)]
mod tests {
    use super::{How, difference_of};

    #[test]
    fn a_reading_is_known_by_its_whole_name() {
        let name = |reading| difference_of(reading).map(|difference| difference.name);
        assert_eq!(name("driver.yRotSpeed"), Some("driver.yRotSpeed"));
        assert_eq!(
            name("driver.yRotSpeedTarget"),
            Some("driver.yRotSpeedTarget")
        );
        assert_eq!(name("driver_velocity[2]"), Some("driver_velocity"));
        assert_eq!(name("stag.nrLaps"), Some("stag"));
        assert_eq!(name("driver.yRot"), None);
    }

    #[test]
    fn only_the_listed_way_explains_a_difference() {
        assert!(How::Unsigned.explains(-96.0, 4_294_967_200.0));
        assert!(How::Unsigned.explains(-1.0, 65_535.0));
        assert!(!How::Unsigned.explains(-96.0, 4_294_967_201.0));
        assert!(How::Raw.explains(1.5, 6144.0));
        assert!(How::Raw.explains(-1.0, 4_294_963_200.0));
        assert!(!How::Raw.explains(1.5, 1.5));
        assert!(!How::Fails.explains(1.0, 2.0));
    }
}
