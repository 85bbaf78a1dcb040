//! AdamW (Loshchilov and Hutter 2019) on tensors: libtorch's implementation does not expose its moments,
//! which an exact resume needs.

use tch::Tensor;

/// Exponential decay of the first and the second moment, and the term that keeps the quotient
/// finite: the paper's values.
const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// The moments of one parameter, shaped as it is.
#[derive(Debug)]
pub(crate) struct Moments {
    pub(crate) first: Tensor,
    pub(crate) second: Tensor,
}

/// The optimiser's state.
#[derive(Debug)]
pub(crate) struct AdamW {
    pub(crate) lr: f64,
    pub(crate) weight_decay: f64,
    /// Steps taken.
    pub(crate) step: u64,
    /// In the order of the parameters.
    pub(crate) moments: Vec<Moments>,
}

impl AdamW {
    pub(crate) fn new(parameters: &[(String, Tensor)], lr: f64, weight_decay: f64) -> Self {
        let moments = parameters
            .iter()
            .map(|(_, tensor)| Moments {
                first: zeros(tensor),
                second: zeros(tensor),
            })
            .collect();
        Self {
            lr,
            weight_decay,
            step: 0,
            moments,
        }
    }

    /// One step with the gradients of the last `backward`, their norm clipped to `clip`; the gradients
    /// are cleared afterwards.
    pub(crate) fn step(&mut self, parameters: &mut [(String, Tensor)], clip: f64) {
        self.step += 1;
        let steps = i32::try_from(self.step).unwrap_or(i32::MAX);
        let correction_1 = 1.0 - BETA_1.powi(steps);
        let correction_2 = 1.0 - BETA_2.powi(steps);
        tch::no_grad(|| {
            let scale = clip_scale(parameters, clip);
            for ((_, parameter), moments) in parameters.iter_mut().zip(&mut self.moments) {
                let gradient = parameter.grad() * &scale;
                let _ = parameter.g_mul_scalar_(1.0 - self.lr * self.weight_decay);
                let first = &mut moments.first;
                let _ = first
                    .g_mul_scalar_(BETA_1)
                    .g_add_(&(&gradient * (1.0 - BETA_1)));
                let second = &mut moments.second;
                let square = gradient.square() * (1.0 - BETA_2);
                let _ = second.g_mul_scalar_(BETA_2).g_add_(&square);
                let deviation = second.sqrt() / correction_2.sqrt() + EPSILON;
                let change = &*first / deviation * (-self.lr / correction_1);
                let _ = parameter.g_add_(&change);
                parameter.zero_grad();
            }
        });
    }
}

fn zeros(like: &Tensor) -> Tensor {
    tch::no_grad(|| like.zeros_like())
}

/// The factor that clips all gradients. It stays on their device, to avoid a round trip per step.
fn clip_scale(parameters: &[(String, Tensor)], clip: f64) -> Tensor {
    let norms: Vec<Tensor> = parameters
        .iter()
        .map(|(_, tensor)| tensor.grad().norm())
        .collect();
    let norm = Tensor::stack(&norms, 0).norm();
    ((norm + 1e-6).reciprocal() * clip).clamp_max(1.0)
}

#[cfg(test)]
mod tests {
    use tch::nn::{self, OptimizerConfig};
    use tch::{Device, Kind};

    use super::*;

    /// A loss with another curvature for each weight, so that every weight has its own gradient history.
    fn loss(weights: &Tensor) -> Tensor {
        let scales = Tensor::from_slice(&[0.5f32, 2.0, 5.0, 0.01]);
        ((weights - 0.3) * scales)
            .pow_tensor_scalar(4)
            .sum(Kind::Float)
    }

    #[test]
    fn steps_are_those_of_libtorch() {
        let start = [1.0f32, -2.0, 0.7, 3.0];
        let (lr, decay) = (0.05, 0.1);

        let store = nn::VarStore::new(Device::Cpu);
        let mut reference = store.root().zeros("weights", &[4]);
        tch::no_grad(|| reference.copy_(&Tensor::from_slice(&start)));
        let mut optimiser = nn::AdamW {
            wd: decay,
            ..nn::AdamW::default()
        }
        .build(&store, lr)
        .expect("libtorch has AdamW");

        let weights = Tensor::from_slice(&start).set_requires_grad(true);
        let mut parameters = vec![("weights".to_owned(), weights)];
        let mut ours = AdamW::new(&parameters, lr, decay);

        for step in 0..50 {
            optimiser.backward_step(&loss(&reference));
            loss(&parameters[0].1).backward();
            ours.step(&mut parameters, f64::MAX);
            let apart = (&parameters[0].1 - &reference)
                .abs()
                .max()
                .double_value(&[]);
            assert!(apart < 2e-6, "{apart} apart after step {step}");
        }
        let moved = (&reference - Tensor::from_slice(&start))
            .abs()
            .min()
            .double_value(&[]);
        assert!(moved > 0.1, "the comparison would be empty: moved {moved}");
    }

    #[test]
    fn a_long_gradient_is_cut() {
        let weights = Tensor::from_slice(&[0.0f32, 0.0]).set_requires_grad(true);
        (&weights * Tensor::from_slice(&[30.0f32, 40.0]))
            .sum(Kind::Float)
            .backward();
        let scale = clip_scale(&[("weights".to_owned(), weights)], 1.0).double_value(&[]);
        assert!((scale * 50.0 - 1.0).abs() < 1e-5, "{scale}");
    }
}
