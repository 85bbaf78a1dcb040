//! Vectors as bytes, and bounds of the distances between the vectors that they stand for.
//!
//! A vector x is centred by the mean m of all, and becomes integers q and a scale s, so that x = m + s·q + e; the length of the
//! error e is stored. With a query y = m + t·r + f in the same form, the triangle inequality bounds the distance of x and y:
//! it differs from |s·q − t·r| by at most |e| + |f|. |s·q − t·r| needs the product q·r alone, which is computed in integers
//! without rounding. So a pass over a quarter of the memory leaves few rows whose exact distance must be computed.
//! Centring makes |e| small where all vectors are alike, as those of pictures of one game are.

use pulp::{Arch, WithSimd};

/// Integers of rows are from -`ROW_STEPS` to `ROW_STEPS`, of queries so far from 0 that no sum of products leaves 32 bits.
const ROW_STEPS: i32 = 127;

/// A part of the lengths that the rounding of 64-bit numbers in the bounds stays far below.
const ROUNDING: f64 = 1e-6;

/// What is known of a quantised vector, beside its integers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    /// The value of an integer's step.
    pub(crate) step: f64,
    /// The length of the vector that the integers stand for.
    pub(crate) length: f64,
    /// No less than the distance to the vector that was quantised.
    pub(crate) margin: f64,
}

/// The components of a vector that is centred by `mean`.
fn centred<'a>(vector: &'a [f32], mean: &'a [f32]) -> impl Iterator<Item = f64> + Clone + 'a {
    let pairs = vector.iter().zip(mean);
    pairs.map(|(value, mean)| f64::from(*value) - f64::from(*mean))
}

/// Quantises a vector, which is finite, in integers from -`steps` to `steps`, given to `keep`.
fn quantise(vector: &[f32], mean: &[f32], steps: i32, mut keep: impl FnMut(i32)) -> Scale {
    let largest = centred(vector, mean).fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let step = largest / f64::from(steps);
    let (mut length, mut error) = (0.0, 0.0);
    for value in centred(vector, mean) {
        let integer = if step > 0.0 {
            (value / step)
                .round()
                .clamp(-f64::from(steps), f64::from(steps))
        } else {
            0.0
        };
        length += (step * integer).powi(2);
        error += (value - step * integer).powi(2);
        keep(integer as i32);
    }
    let length = length.sqrt();
    Scale {
        step,
        length,
        margin: error.sqrt() + ROUNDING * length,
    }
}

/// Quantises a row and adds its integers to `codes`.
pub(crate) fn quantise_row(vector: &[f32], mean: &[f32], codes: &mut Vec<i8>) -> Scale {
    quantise(vector, mean, ROW_STEPS, |integer| codes.push(integer as i8))
}

/// A quantised query.
pub(crate) struct QuantisedQuery {
    integers: Vec<i16>,
    scale: Scale,
}

impl QuantisedQuery {
    pub(crate) fn new(vector: &[f32], mean: &[f32]) -> Self {
        // A damaged row may have an integer of -128.
        let most = i32::MAX / (128 * vector.len() as i32);
        let mut integers = Vec::with_capacity(vector.len());
        let steps = most.min(i32::from(i16::MAX));
        let scale = quantise(vector, mean, steps, |integer| integers.push(integer as i16));
        Self { integers, scale }
    }

    /// Bounds of the distance to a row: a value, and by how much it may be wrong.
    #[inline(always)]
    fn distance(&self, codes: &[i8], row: &Scale) -> (f64, f64) {
        let product = f64::from(product(codes, &self.integers));
        let query = &self.scale;
        let square = row.length * row.length + query.length * query.length
            - 2.0 * row.step * query.step * product;
        (square.max(0.0).sqrt(), row.margin + query.margin)
    }
}

/// The sum of products.
#[inline(always)]
fn product(codes: &[i8], integers: &[i16]) -> i32 {
    let products = codes.iter().zip(integers);
    products
        .map(|(code, integer)| i32::from(*code) * i32::from(*integer))
        .fold(0, i32::wrapping_add)
}

/// Calls `visit` for each row that `allows`, in no order, with bounds of its distance from the query.
pub(crate) fn for_each_bound(
    query: &QuantisedQuery,
    codes: &[i8],
    scales: &[Scale],
    allows: impl Fn(usize) -> bool,
    visit: impl FnMut(u32, Bounds),
) {
    Arch::new().dispatch(Pass {
        query,
        codes,
        scales,
        allows,
        visit,
    });
}

/// A distance is from `lower` to `upper`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) lower: f64,
    pub(crate) upper: f64,
}

/// Rows of as many parts of the index are visited in turn. The processor fetches each part's next rows meanwhile: that takes three
/// quarters of the time of one pass from the first row to the last.
const PARTS: usize = 4;

/// A pass over all rows, which is compiled for each set of instructions.
struct Pass<'a, A, V> {
    query: &'a QuantisedQuery,
    codes: &'a [i8],
    scales: &'a [Scale],
    allows: A,
    visit: V,
}

impl<A: Fn(usize) -> bool, V: FnMut(u32, Bounds)> WithSimd for Pass<'_, A, V> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(mut self, _: S) {
        let dimension = self.query.integers.len();
        let rows = self.scales.len();
        let part = rows.div_ceil(PARTS);
        for row in (0..part).flat_map(|at| (0..PARTS).map(move |number| number * part + at)) {
            if row >= rows {
                continue;
            }
            if !(self.allows)(row) {
                continue;
            }
            let codes = &self.codes[row * dimension..][..dimension];
            let (distance, margin) = self.query.distance(codes, &self.scales[row]);
            let bounds = Bounds {
                lower: distance - margin,
                upper: distance + margin,
            };
            (self.visit)(row as u32, bounds);
        }
    }
}
