//! Where the games are in the window: a grid of tiles, each as large as fits.

use mkds_formats::pad::Touch;

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
}

impl Tile {
    /// Whether a point of the window lies in it.
    #[must_use]
    pub fn contains(&self, point: [f64; 2], shown: Screens) -> bool {
        let [width, height] = shown.size();
        let [x, y] = self.to_shown(point);
        (0.0..width).contains(&x) && (0.0..height).contains(&y)
    }

    /// The pixel of the lower screen that a point of the window lies on; `None` beside it.
    #[must_use]
    pub fn to_touch(&self, point: [f64; 2], shown: Screens) -> Option<Touch> {
        let [x, y] = self.to_shown(point);
        let y = y + shown.top() - 192.0;
        let is_inside = self.contains(point, shown) && y >= 0.0;
        is_inside.then_some(Touch {
            x: x as u8,
            y: y as u8,
        })
    }

    /// The point of what is shown of the console, in its pixels.
    fn to_shown(self, [x, y]: [f64; 2]) -> [f64; 2] {
        [(x - self.at[0]) / self.scale, (y - self.at[1]) / self.scale]
    }
}

/// The tiles of `count` games in an area of the window. Pixels stay square, and whole where there is room for that.
#[must_use]
pub fn tiles(count: usize, area: [f64; 2], shown: Screens) -> Vec<Tile> {
    let count = count.max(1);
    let columns = best_columns(count, area, shown);
    let rows = count.div_ceil(columns);
    let cell = [area[0] / columns as f64, area[1] / rows as f64];
    let scale = fitting_scale(cell, count, shown);
    let size = shown.size().map(|side| side * scale);
    (0..count)
        .map(|number| {
            let place = [number % columns, number / columns];
            let at = [0, 1].map(|axis| {
                (cell[axis] * place[axis] as f64 + (cell[axis] - size[axis]) / 2.0).floor()
            });
            Tile { at, scale }
        })
        .collect()
}

/// How many tiles stand in a row so that they are largest.
fn best_columns(count: usize, area: [f64; 2], shown: Screens) -> usize {
    let scale = |columns: usize| {
        let rows = count.div_ceil(columns);
        fitting_scale(
            [area[0] / columns as f64, area[1] / rows as f64],
            count,
            shown,
        )
    };
    (1..=count)
        .max_by(|a, b| scale(*a).total_cmp(&scale(*b)).then(b.cmp(a)))
        .unwrap_or(1)
}

fn fitting_scale(cell: [f64; 2], count: usize, shown: Screens) -> f64 {
    let border = if count > 1 { 2.0 * BORDER } else { 0.0 };
    let size = shown.size();
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
        let [tile] = tiles(1, [800.0, 800.0], Screens::Both)[..] else {
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
                    let tiles = tiles(count, area, shown);
                    let boxes = tiles.iter().map(|tile| {
                        let size = shown.size().map(|side| side * tile.scale);
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
    fn four_games_stand_in_a_square() {
        let tiles = tiles(4, [1024.0, 768.0], Screens::Upper);
        assert_eq!(tiles[0].at[1], tiles[1].at[1]);
        assert_eq!(tiles[0].at[0], tiles[2].at[0]);
    }

    #[test]
    fn points_of_the_lower_screen_are_touched_at_every_scale() {
        for area in [[256.0, 384.0], [1300.0, 1200.0]] {
            let tile = tiles(1, area, Screens::Both)[0];
            let at = |x: f64, y: f64| [tile.at[0] + x * tile.scale, tile.at[1] + y * tile.scale];
            let touch = |point| tile.to_touch(point, Screens::Both);
            assert_eq!(touch(at(100.5, 212.5)), Some(Touch { x: 100, y: 20 }));
            assert_eq!(touch(at(255.9, 383.9)), Some(Touch { x: 255, y: 191 }));
            assert_eq!(touch(at(100.0, 190.0)), None);
            assert_eq!(touch(at(256.0, 200.0)), None);
            assert_eq!(touch(at(-0.1, 200.0)), None);
        }
        let tile = tiles(1, [256.0, 192.0], Screens::Lower)[0];
        assert_eq!(
            tile.to_touch([3.0, 4.0], Screens::Lower),
            Some(Touch { x: 3, y: 4 })
        );
        assert_eq!(tile.to_touch([3.0, 4.0], Screens::Upper), None);
    }
}
