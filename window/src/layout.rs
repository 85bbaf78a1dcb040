//! Where the games are in the window: a grid of tiles, each as large as fits.

use nds_formats::pad::Touch;

use crate::settings::Screens;

/// Width of a tile's border where there are several, pixels of the window.
const BORDER: f64 = 4.0;

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
    pub fn contains(&self, point: [f64; 2], shown: Screens) -> bool {
        let [width, height] = self.console_size(shown);
        let [x, y] = self.to_console(point);
        (0.0..width).contains(&x) && (0.0..height).contains(&y)
    }

    /// The pixel of the lower screen that a point of the window lies on; `None` beside it.
    #[must_use]
    pub fn to_touch(&self, point: [f64; 2], shown: Screens) -> Option<Touch> {
        let [x, y] = self.to_console(point);
        let [left, top] = match shown {
            Screens::Both if self.beside => [256.0, 0.0],
            Screens::Both => [0.0, 192.0],
            Screens::Upper => return None,
            Screens::Lower => [0.0, 0.0],
        };
        let [x, y] = [x - left, y - top];
        let is_inside = (0.0..256.0).contains(&x) && (0.0..192.0).contains(&y);
        is_inside.then_some(Touch {
            x: x as u8,
            y: y as u8,
        })
    }

    /// Width and height, pixels of the window.
    #[must_use]
    pub fn size(&self, shown: Screens) -> [f64; 2] {
        self.console_size(shown).map(|side| side * self.scale)
    }

    fn console_size(&self, shown: Screens) -> [f64; 2] {
        console_size(shown, self.beside)
    }

    /// The point of what is shown of the console, in its pixels.
    fn to_console(self, [x, y]: [f64; 2]) -> [f64; 2] {
        [(x - self.at[0]) / self.scale, (y - self.at[1]) / self.scale]
    }
}

/// Width and height of what is shown, pixels of the console.
fn console_size(shown: Screens, beside: bool) -> [f64; 2] {
    match shown {
        Screens::Both if beside => [512.0, 192.0],
        shown => shown.size(),
    }
}

/// The tiles of `count` games in an area of the window, `scale` times as large as the console's picture if that fits, 0
/// for as large as fits. Pixels stay square, and whole where there is room for that. Both screens stand beside each other
/// where they are larger so.
#[must_use]
pub fn tiles(count: usize, area: [f64; 2], shown: Screens, scale: u32) -> Vec<Tile> {
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
    let is_beside = shown == Screens::Both && beside.1 > above.1;
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
pub fn free_from(tiles: &[Tile], shown: Screens) -> f64 {
    let ends = tiles.iter().map(|tile| {
        let [_, height] = tile.size(shown);
        let screens = match shown {
            Screens::Both if !tile.beside => 2.0,
            _ => 1.0,
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

    #[test]
    fn one_game_is_centred_at_the_largest_whole_scale() {
        let [tile] = tiles(1, [800.0, 800.0], Screens::Both, 0)[..] else {
            panic!("one tile");
        };
        assert_eq!(tile.scale, 2.0);
        assert_eq!(tile.at, [(800.0 - 512.0) / 2.0, (800.0 - 768.0) / 2.0]);
    }

    #[test]
    fn tiles_never_touch_and_stay_inside() {
        for count in 1..20 {
            for area in [[300.0, 200.0], [1280.0, 720.0], [500.0, 1400.0]] {
                for shown in [Screens::Upper, Screens::Both, Screens::Lower] {
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
        let tile = tiles(1, [1100.0, 500.0], Screens::Both, 0)[0];
        assert!(tile.beside);
        assert_eq!((tile.scale, tile.at), (2.0, [38.0, 58.0]));
        assert_eq!(tile.size(Screens::Both), [1024.0, 384.0]);
        let at = |x: f64, y: f64| [tile.at[0] + x * 2.0, tile.at[1] + y * 2.0];
        let touch = |point| tile.to_touch(point, Screens::Both);
        assert_eq!(touch(at(256.5, 0.5)), Some(Touch { x: 0, y: 0 }));
        assert_eq!(touch(at(511.5, 191.5)), Some(Touch { x: 255, y: 191 }));
        assert_eq!(touch(at(100.0, 20.0)), None);
        assert!(tile.contains(at(100.0, 20.0), Screens::Both));
        assert!(!tiles(1, [800.0, 800.0], Screens::Both, 0)[0].beside);
        assert!(!tiles(1, [1100.0, 500.0], Screens::Upper, 0)[0].beside);
    }

    #[test]
    fn only_the_lower_half_of_the_lowest_screen_may_be_covered() {
        for (area, shown, expected) in [
            ([800.0, 800.0], Screens::Both, 16.0 + 192.0 * 3.0),
            ([1100.0, 500.0], Screens::Both, 58.0 + 192.0),
            ([256.0, 192.0], Screens::Upper, 96.0),
        ] {
            assert_eq!(free_from(&tiles(1, area, shown, 0), shown), expected);
        }
        let four = tiles(4, [1024.0, 768.0], Screens::Lower, 0);
        assert_eq!(free_from(&four, Screens::Lower), four[3].at[1] + 96.0);
    }

    #[test]
    fn a_chosen_scale_is_taken_where_it_fits() {
        for (scale, expected) in [(0, 3.0), (1, 1.0), (2, 2.0), (3, 3.0), (8, 3.0)] {
            let tile = tiles(1, [800.0, 1200.0], Screens::Both, scale)[0];
            assert_eq!(tile.scale, expected, "{scale}");
        }
    }

    #[test]
    fn four_games_stand_in_a_square() {
        let tiles = tiles(4, [1024.0, 768.0], Screens::Upper, 0);
        assert_eq!(tiles[0].at[1], tiles[1].at[1]);
        assert_eq!(tiles[0].at[0], tiles[2].at[0]);
    }

    #[test]
    fn points_of_the_lower_screen_are_touched_at_every_scale() {
        for area in [[256.0, 384.0], [1300.0, 1200.0]] {
            let tile = tiles(1, area, Screens::Both, 0)[0];
            let at = |x: f64, y: f64| [tile.at[0] + x * tile.scale, tile.at[1] + y * tile.scale];
            let touch = |point| tile.to_touch(point, Screens::Both);
            assert_eq!(touch(at(100.5, 212.5)), Some(Touch { x: 100, y: 20 }));
            assert_eq!(touch(at(255.9, 383.9)), Some(Touch { x: 255, y: 191 }));
            assert_eq!(touch(at(100.0, 190.0)), None);
            assert_eq!(touch(at(256.0, 200.0)), None);
            assert_eq!(touch(at(-0.1, 200.0)), None);
        }
        let tile = tiles(1, [256.0, 192.0], Screens::Lower, 0)[0];
        assert_eq!(
            tile.to_touch([3.0, 4.0], Screens::Lower),
            Some(Touch { x: 3, y: 4 })
        );
        assert_eq!(tile.to_touch([3.0, 4.0], Screens::Upper), None);
    }
}
