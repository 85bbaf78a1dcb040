//! Exact distances. They are computed in 64 bits and summed in a fixed order, so that they are the same on every machine.

/// The number of partial sums, which a processor adds at the same time.
const LANES: usize = 8;

/// The square of the distance between two vectors.
#[inline]
pub(crate) fn squared_distance(x: &[f32], y: &[f32]) -> f64 {
    let square = |(x, y): (&f32, &f32)| {
        let difference = f64::from(*x) - f64::from(*y);
        difference * difference
    };
    let (xs, x_rest) = x.as_chunks::<LANES>();
    let (ys, y_rest) = y.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (x, y) in xs.iter().zip(ys) {
        for (lane, sum) in sums.iter_mut().enumerate() {
            *sum += square((&x[lane], &y[lane]));
        }
    }
    let rest: f64 = x_rest.iter().zip(y_rest).map(square).sum();
    sums.iter().sum::<f64>() + rest
}

/// The vector of length 1 in the direction of `vector`, which is finite and not zero.
pub(crate) fn unit(vector: &[f32]) -> Vec<f32> {
    let squares = vector.iter().map(|value| f64::from(*value).powi(2));
    let length = squares.sum::<f64>().sqrt();
    let scaled = vector
        .iter()
        .map(|value| (f64::from(*value) / length) as f32);
    scaled.collect()
}
