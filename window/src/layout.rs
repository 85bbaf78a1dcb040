//! Where the games are in the window: a grid of tiles, each as large as fits.

use machine::PictureShape;

use crate::settings::Screens;

/// Width of a tile's border where there are several, pixels of the window.
const BORDER: f64 = 4.0;

/// What is shown of a machine's picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisibleScreens {
    /// Which of its screens.
    pub screens: Screens,
    /// The picture.
    pub of: PictureShape,
}

impl VisibleScreens {
    /// Width and height of one screen, pixels of the machine.
    #[must_use]
    pub fn screen(&self) -> [f64; 2] {
        [self.of.width.into(), self.of.height.into()]
    }

    /// How many screens are shown, one above the other.
    #[must_use]
    pub fn count(&self) -> u32 {
        match self.screens {
            Screens::Both => self.of.count,
            Screens::Upper | Screens::Lower => 1,
        }
    }

    /// The number of the first screen that is shown.
    #[must_use]
    pub fn first(&self) -> u32 {
        match self.screens {
            Screens::Both | Screens::Upper => 0,
            Screens::Lower => self.of.count - 1,
        }
    }

    /// Width and height of the screens one above the other, pixels of the machine.
    #[must_use]
    pub fn size(&self) -> [f64; 2] {
        let [width, height] = self.screen();
        [width, height * f64::from(self.count())]
    }
}

/// A rectangle of the window that shows a game.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tile {
    /// Left and top, pixels of the window.
    pub at: [f64; 2],
    /// Pixels of the window for one of the console.
    pub scale: f64,
    /// Whether the screens stand beside each other, the upper one at the left, and not one above the other.
    pub beside: bool,
}

impl Tile {
    /// Whether a point of the window lies in it.
    #[must_use]
    pub fn contains(&self, point: [f64; 2], shown: VisibleScreens) -> bool {
        let [width, height] = self.console_size(shown);
        let [x, y] = self.to_console(point);
        (0.0..width).contains(&x) && (0.0..height).contains(&y)
    }

    /// The pixel of the screen that can be touched on which a point of the window lies; `None` beside it.
    #[must_use]
    pub fn to_touch(&self, point: [f64; 2], shown: VisibleScreens) -> Option<[u32; 2]> {
        let number = shown.of.touch?.checked_sub(shown.first())?;
        if number >= shown.count() {
            return None;
        }
        let [x, y] = self.to_console(point);
        let [width, height] = shown.screen();
        let before = f64::from(number);
        let [x, y] = match self.beside {
            true => [x - before * width, y],
            false => [x, y - before * height],
        };
        let is_inside = (0.0..width).contains(&x) && (0.0..height).contains(&y);
        is_inside.then_some([x as u32, y as u32])
    }

    /// Width and height, pixels of the window.
    #[must_use]
    pub fn size(&self, shown: VisibleScreens) -> [f64; 2] {
        self.console_size(shown).map(|side| side * self.scale)
    }

    fn console_size(&self, shown: VisibleScreens) -> [f64; 2] {
        console_size(shown, self.beside)
    }

    /// The point of what is shown of the console, in its pixels.
    fn to_console(self, [x, y]: [f64; 2]) -> [f64; 2] {
        [(x - self.at[0]) / self.scale, (y - self.at[1]) / self.scale]
    }
}

/// Width and height of what is shown, pixels of the machine.
fn console_size(shown: VisibleScreens, beside: bool) -> [f64; 2] {
    let [width, height] = shown.screen();
    let count = f64::from(shown.count());
    match beside {
        true => [width * count, height],
        false => [width, height * count],
    }
}

/// The tiles of `count` games in an area of the window, `scale` times as large as the machine's picture if that fits, 0
/// for as large as fits. Pixels stay square, and whole where there is room for that. The screens stand beside each other
/// where they are larger so.
#[must_use]
pub fn tiles(count: usize, area: [f64; 2], shown: VisibleScreens, scale: u32) -> Vec<Tile> {
    let count = count.max(1);
    let fitting = |beside: bool| {
        let size = console_size(shown, beside);
        let columns = best_columns(count, area, size);
        (
            columns,
            fitting_scale(cell_of(area, columns, count), count, size),
        )
    };
    let (above, beside) = (fitting(false), fitting(true));
    let is_beside = shown.count() > 1 && beside.1 > above.1;
    let (columns, fits) = if is_beside { beside } else { above };
    let scale = match scale {
        0 => fits,
        scale => f64::from(scale).min(fits),
    };
    let cell = cell_of(area, columns, count);
    let size = console_size(shown, is_beside).map(|side| side * scale);
    (0..count)
        .map(|number| {
            let place = [number % columns, number / columns];
            let at = [0, 1].map(|axis| {
                (cell[axis] * place[axis] as f64 + (cell[axis] - size[axis]) / 2.0).floor()
            });
            Tile {
                at,
                scale,
                beside: is_beside,
            }
        })
        .collect()
}

/// From where on, pixels of the window from its top, something may lie over the games: over the lower half of the lowest
/// screens. Games write lap and time into the upper half of both screens.
#[must_use]
pub fn free_from(tiles: &[Tile], shown: VisibleScreens) -> f64 {
    let ends = tiles.iter().map(|tile| {
        let [_, height] = tile.size(shown);
        let screens = match tile.beside {
            true => 1.0,
            false => f64::from(shown.count()),
        };
        tile.at[1] + height - height / screens / 2.0
    });
    ends.fold(0.0, f64::max)
}

/// Width and height that there are for each of `count` games in so many columns.
fn cell_of(area: [f64; 2], columns: usize, count: usize) -> [f64; 2] {
    let rows = count.div_ceil(columns);
    [area[0] / columns as f64, area[1] / rows as f64]
}

/// How many tiles of a size stand in a row so that they are largest.
fn best_columns(count: usize, area: [f64; 2], size: [f64; 2]) -> usize {
    let scale = |columns: usize| fitting_scale(cell_of(area, columns, count), count, size);
    (1..=count)
        .max_by(|a, b| scale(*a).total_cmp(&scale(*b)).then(b.cmp(a)))
        .unwrap_or(1)
}

fn fitting_scale(cell: [f64; 2], count: usize, size: [f64; 2]) -> f64 {
    let border = if count > 1 { 2.0 * BORDER } else { 0.0 };
    let scale = ((cell[0] - border) / size[0]).min((cell[1] - border) / size[1]);
    if scale >= 1.0 {
        scale.floor()
    } else {
        scale.max(0.05)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn shown(screens: Screens) -> VisibleScreens {
        VisibleScreens {
            screens,
            of: PictureShape {
                width: 256,
                height: 192,
                count: 2,
                touch: Some(1),
            },
        }
    }

    const BOTH: VisibleScreens = shown(Screens::Both);
    const UPPER: VisibleScreens = shown(Screens::Upper);
    const LOWER: VisibleScreens = shown(Screens::Lower);

    #[test]
    fn one_game_is_centred_at_the_largest_whole_scale() {
        let [tile] = tiles(1, [800.0, 800.0], BOTH, 0)[..] else {
            panic!("one tile");
        };
        assert_eq!(tile.scale, 2.0);
        assert_eq!(tile.at, [(800.0 - 512.0) / 2.0, (800.0 - 768.0) / 2.0]);
    }

    #[test]
    fn tiles_never_touch_and_stay_inside() {
        for count in 1..20 {
            for area in [[300.0, 200.0], [1280.0, 720.0], [500.0, 1400.0]] {
                for shown in [UPPER, BOTH, LOWER] {
                    let tiles = tiles(count, area, shown, 0);
                    let boxes = tiles.iter().map(|tile| {
                        let size = tile.size(shown);
                        [
                            tile.at[0],
                            tile.at[1],
                            tile.at[0] + size[0],
                            tile.at[1] + size[1],
                        ]
                    });
                    let boxes: Vec<[f64; 4]> = boxes.collect();
                    for (number, a) in boxes.iter().enumerate() {
                        assert!(a[0] >= 0.0 && a[1] >= 0.0 && a[2] <= area[0] && a[3] <= area[1]);
                        for b in &boxes[number + 1..] {
                            let apart =
                                a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
                            assert!(apart, "{count} in {area:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn screens_stand_beside_each_other_where_they_are_larger_so() {
        let tile = tiles(1, [1100.0, 500.0], BOTH, 0)[0];
        assert!(tile.beside);
        assert_eq!((tile.scale, tile.at), (2.0, [38.0, 58.0]));
        assert_eq!(tile.size(BOTH), [1024.0, 384.0]);
        let at = |x: f64, y: f64| [tile.at[0] + x * 2.0, tile.at[1] + y * 2.0];
        let touch = |point| tile.to_touch(point, BOTH);
        assert_eq!(touch(at(256.5, 0.5)), Some([0, 0]));
        assert_eq!(touch(at(511.5, 191.5)), Some([255, 191]));
        assert_eq!(touch(at(100.0, 20.0)), None);
        assert!(tile.contains(at(100.0, 20.0), BOTH));
        assert!(!tiles(1, [800.0, 800.0], BOTH, 0)[0].beside);
        assert!(!tiles(1, [1100.0, 500.0], UPPER, 0)[0].beside);
    }

    #[test]
    fn only_the_lower_half_of_the_lowest_screen_may_be_covered() {
        for (area, shown, expected) in [
            ([800.0, 800.0], BOTH, 16.0 + 192.0 * 3.0),
            ([1100.0, 500.0], BOTH, 58.0 + 192.0),
            ([256.0, 192.0], UPPER, 96.0),
        ] {
            assert_eq!(free_from(&tiles(1, area, shown, 0), shown), expected);
        }
        let four = tiles(4, [1024.0, 768.0], LOWER, 0);
        assert_eq!(free_from(&four, LOWER), four[3].at[1] + 96.0);
    }

    #[test]
    fn a_chosen_scale_is_taken_where_it_fits() {
        for (scale, expected) in [(0, 3.0), (1, 1.0), (2, 2.0), (3, 3.0), (8, 3.0)] {
            let tile = tiles(1, [800.0, 1200.0], BOTH, scale)[0];
            assert_eq!(tile.scale, expected, "{scale}");
        }
    }

    #[test]
    fn four_games_stand_in_a_square() {
        let tiles = tiles(4, [1024.0, 768.0], UPPER, 0);
        assert_eq!(tiles[0].at[1], tiles[1].at[1]);
        assert_eq!(tiles[0].at[0], tiles[2].at[0]);
    }

    #[test]
    fn points_of_the_lower_screen_are_touched_at_every_scale() {
        for area in [[256.0, 384.0], [1300.0, 1200.0]] {
            let tile = tiles(1, area, BOTH, 0)[0];
            let at = |x: f64, y: f64| [tile.at[0] + x * tile.scale, tile.at[1] + y * tile.scale];
            let touch = |point| tile.to_touch(point, BOTH);
            assert_eq!(touch(at(100.5, 212.5)), Some([100, 20]));
            assert_eq!(touch(at(255.9, 383.9)), Some([255, 191]));
            assert_eq!(touch(at(100.0, 190.0)), None);
            assert_eq!(touch(at(256.0, 200.0)), None);
            assert_eq!(touch(at(-0.1, 200.0)), None);
        }
        let tile = tiles(1, [256.0, 192.0], LOWER, 0)[0];
        assert_eq!(tile.to_touch([3.0, 4.0], LOWER), Some([3, 4]));
        assert_eq!(tile.to_touch([3.0, 4.0], UPPER), None);
    }

    #[test]
    fn a_machine_with_one_screen_has_it_alone_and_no_touch() {
        let of = PictureShape {
            width: 320,
            height: 240,
            count: 1,
            touch: None,
        };
        for screens in [Screens::Both, Screens::Upper, Screens::Lower] {
            let shown = VisibleScreens { screens, of };
            assert_eq!((shown.size(), shown.first()), ([320.0, 240.0], 0));
            let tile = tiles(1, [1300.0, 500.0], shown, 0)[0];
            assert_eq!((tile.beside, tile.scale), (false, 2.0));
            assert_eq!(tile.to_touch([400.0, 100.0], shown), None);
        }
    }
}
