//! Draws a course from above, for its designer.

use std::fmt::Write as _;

use mkds_formats::kcl::{CollisionType, Kcl};
use mkds_formats::nkm::Nkm;

/// An SVG document, one unit of the course to one of the picture.
pub(super) fn draw(kcl: &Kcl, nkm: &Nkm) -> String {
    let [x, _, z] = kcl.area().area_min.to_f64();
    let (mut right, mut bottom) = (x, z);
    let mut shapes = String::new();
    for (index, prism) in (1..).zip(kcl.prisms()) {
        let (Some(vertices), Some(collision)) =
            (kcl.triangle(index), prism.attribute.collision_type())
        else {
            continue;
        };
        for [vertex_x, _, vertex_z] in vertices {
            right = right.max(vertex_x);
            bottom = bottom.max(vertex_z);
        }
        let points: Vec<_> = vertices
            .iter()
            .map(|[x, _, z]| format!("{x:.1},{z:.1}"))
            .collect();
        let (fill, stroke) = colours(collision);
        let _ = writeln!(
            shapes,
            r#"<polygon points="{}" fill="{fill}" stroke="{stroke}"/>"#,
            points.join(" ")
        );
    }
    for checkpoint in &nkm.checkpoints {
        let colour = if checkpoint.key_id >= 0 {
            "#d00000"
        } else {
            "#d0a000"
        };
        let [x1, z1, x2, z2] =
            [checkpoint.x1, checkpoint.z1, checkpoint.x2, checkpoint.z2].map(|fx| fx.to_f64());
        let _ = writeln!(
            shapes,
            r#"<line x1="{x1:.1}" y1="{z1:.1}" x2="{x2:.1}" y2="{z2:.1}" stroke="{colour}" stroke-width="6"/>"#
        );
    }
    let dots = nkm
        .starts
        .iter()
        .map(|start| (start.position, "#ff00ff", 24));
    let respawns = nkm
        .respawns
        .iter()
        .map(|respawn| (respawn.position, "#00a0ff", 14));
    for (position, colour, radius) in dots.chain(respawns) {
        let [x, _, z] = position.to_f64();
        let _ = writeln!(
            shapes,
            r#"<circle cx="{x:.1}" cy="{z:.1}" r="{radius}" fill="{colour}"/>"#
        );
    }
    let (width, height) = (right - x, bottom - z);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{x} {z} {width} {height}\" \
         width=\"{width}\" height=\"{height}\">\n<rect x=\"{x}\" y=\"{z}\" width=\"100%\" \
         height=\"100%\" fill=\"white\"/>\n{shapes}</svg>\n"
    )
}

fn colours(collision: CollisionType) -> (&'static str, &'static str) {
    match collision {
        CollisionType::Road => ("#808080", "#6a6a6a"),
        CollisionType::SlipperyRoad => ("#9fc5e8", "#86aacc"),
        CollisionType::WeakOffRoad => ("#b6d7a8", "#9abf8a"),
        CollisionType::OffRoad => ("#d9b98a", "#b89868"),
        CollisionType::HeavyOffRoad => ("#6aa84f", "#558a3e"),
        CollisionType::BoostPanel => ("#ff9900", "#cc7a00"),
        CollisionType::JumpPad => ("#00ccff", "#0099cc"),
        CollisionType::Wall => ("none", "#000000"),
        CollisionType::FallBoundary => ("none", "#eeeeee"),
        _ => ("#ff0000", "#ff0000"),
    }
}
