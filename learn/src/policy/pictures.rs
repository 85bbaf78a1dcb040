use std::num::NonZeroU32;
use std::path::Path;

use env_core::Driver;
use env_kart::observation::Observation;

use super::{decide, numbers};
use crate::bc::{CARD, Card, Heads, Memory, Network, Scaler, logit_shifts};
use crate::dataset::{Column, Console, Held, PictureFormat};
use crate::device::Device;
use crate::{Error, Result, pad};

/// A driver that sees pictures, and decides what is held on the console's pad. It remembers nothing; threads that drive
/// several karts [`share`](Self::share) the weights.
///
/// An observation's `bytes` are the picture: red, green and blue, row by row, of the size that
/// [`pictures`](Self::pictures) says.
#[derive(Debug)]
pub struct PicturePolicy {
    card: Card,
    format: PictureFormat,
    heads: Heads,
    network: Network,
    /// The shifts of the outputs by the class weights in training.
    shifts: Vec<f32>,
    scaler: Scaler,
}

impl PicturePolicy {
    /// Loads a model's folder onto `device`. The policy decides for the likeliest class.
    ///
    /// # Errors
    /// The folder, its card or its weights are missing, damaged, of another version or not a model's; it sees no pictures or
    /// decides something else than what is held; the device does not exist.
    pub fn load(folder: impl AsRef<Path>, device: Device) -> Result<Self> {
        let folder = folder.as_ref();
        let card = Card::read(folder)?;
        let path = folder.join(CARD);
        let heads = card.heads(&path)?;
        let scaler = Scaler::of(&card.config, &card.observation)?;
        let (Some(scaler), Some(format)) = (scaler, card.observation.pictures()) else {
            let expected = "a network that sees pictures";
            let found = card.config.model.name();
            return Err(Error::mismatch(&path, "config.model", expected, found));
        };
        require_held(&path, &card)?;
        let network = card.network(folder, &heads, device.resolve()?)?;
        Ok(Self {
            shifts: logit_shifts(&card.class_weights, &heads),
            card,
            format,
            heads,
            network,
            scaler,
        })
    }

    /// The frames that each decision is held.
    pub fn frames_per_step(&self) -> NonZeroU32 {
        self.card.observation.frames_per_step()
    }

    /// The pictures that it was trained on; it is shown pictures of their size.
    pub fn pictures(&self) -> PictureFormat {
        self.format
    }

    /// The console whose pad it holds.
    pub fn console(&self) -> Console {
        self.card.observation.console()
    }

    /// The model's card.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// Another driver with the same weights.
    pub fn share(&self) -> Self {
        Self {
            card: self.card.clone(),
            format: self.format,
            heads: self.heads.clone(),
            network: self.network.share(),
            shifts: self.shifts.clone(),
            scaler: self.scaler.clone(),
        }
    }

    /// Decides what is held, by a picture: red, green and blue, row by row.
    ///
    /// # Errors
    /// A picture of another size, or libtorch fails.
    pub fn decide(&mut self, picture: &[u8]) -> Result<Held> {
        let _no_gradients = tch::no_grad_guard();
        let input = self.scaler.tensor(picture)?;
        let input = input.f_to_device(self.network.device())?;
        let outputs = self.network.forward(&input, &mut Memory::default(), None);
        let numbers = decide(&self.heads, &numbers(&outputs)?, &self.shifts, None);
        Ok(pad::decode(self.console(), &numbers))
    }
}

impl Driver<Observation> for PicturePolicy {
    type Action = Held;
    type Error = Error;

    fn reset(&mut self) {}

    fn act(&mut self, observation: &Observation) -> Result<Held> {
        self.decide(&observation.bytes)
    }
}

/// Refuses a model that decides something else than what is held on its console's pad.
fn require_held(path: &Path, card: &Card) -> Result<()> {
    let console = card.observation.console();
    let known = [pad::columns(console), pad::columns_of_numbers(console)];
    let list = |columns: &[Column]| {
        let columns: Vec<String> = columns.iter().map(Column::to_string).collect();
        columns.join("; ")
    };
    let found = list(&card.action);
    let mut known = known.iter().map(|columns| list(columns));
    let Some(expected) = known.next().filter(|first| *first != found) else {
        return Ok(());
    };
    match known.any(|other| other == found) {
        true => Ok(()),
        false => Err(Error::mismatch(path, "action", expected, found)),
    }
}
