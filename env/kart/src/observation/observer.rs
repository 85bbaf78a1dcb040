//! From frames to observations.

use std::sync::Arc;

use env_core::columns::{Column, DType};

use super::kart::Keymask;
use super::observe::{Observe, Writer};
use super::terms::Term;
use super::values::Observation;
use crate::{Error, Result, facts::Controls, moment::Moment};

/// Turns frames into observations. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Observer {
    terms: Arc<[Box<dyn Observe>]>,
    fields: Arc<[Column]>,
    low: Arc<[f32]>,
    high: Arc<[f32]>,
    words: usize,
}

impl Observer {
    /// An observer of `terms`, in order, of a game on a console with these buttons.
    ///
    /// # Errors
    /// [`Error::Setting`] if a term's setting makes no sense, or two fields have one name.
    pub fn new(terms: &[Term], keymask: Keymask) -> Result<Self> {
        let terms = terms.iter().map(|term| term.build(keymask));
        Self::of(terms.collect::<Result<_>>()?)
    }

    /// An observer of the caller's own terms.
    ///
    /// # Errors
    /// [`Error::Setting`] if two fields have one name.
    pub fn of(terms: Vec<Box<dyn Observe>>) -> Result<Self> {
        let fields: Vec<Column> = terms.iter().flat_map(|term| term.fields()).collect();
        for (index, field) in fields.iter().enumerate() {
            if fields[..index].iter().any(|other| other.name == field.name) {
                let found = format!("{} twice", field.name);
                let expected = "fields of different names";
                return Err(Error::setting("observation", expected, found));
            }
        }
        let floats = || {
            fields
                .iter()
                .filter(|field| field.dtype == DType::F32)
                .flat_map(|field| std::iter::repeat_n(field.range(), field.width()))
        };
        let words = fields.iter().filter(|field| field.dtype == DType::U16);
        Ok(Self {
            terms: terms.into(),
            low: floats().map(|(low, _)| low).collect(),
            high: floats().map(|(_, high)| high).collect(),
            words: words.map(Column::width).sum(),
            fields: fields.into(),
        })
    }

    /// The observer of datasets and of the models trained on them: [`Term::driving`].
    pub fn driving() -> Self {
        Self::new(&Term::driving(), Keymask::default()).expect("its terms have different names")
    }

    /// The fields of an observation, in order.
    pub fn fields(&self) -> &[Column] {
        &self.fields
    }

    /// How many `f32` values an observation has.
    pub fn width(&self) -> usize {
        self.low.len()
    }

    /// The least and greatest `f32` values.
    pub fn bounds(&self) -> (&[f32], &[f32]) {
        (&self.low, &self.high)
    }

    /// The indices of the values of the `f32` field `name` in [`Observation::floats`]; `None` if there is no such field.
    pub fn range(&self, name: &str) -> Option<std::ops::Range<usize>> {
        let mut start = 0;
        for field in self.fields.iter().filter(|field| field.dtype == DType::F32) {
            if field.name == name {
                return Some(start..start + field.width());
            }
            start += field.width();
        }
        None
    }

    /// Writes the observation of a frame to `out`. Every value is finite and inside its field's bounds.
    pub fn observe(&self, moment: &Moment<'_>, out: &mut Observation) {
        let mut writer = self.writer(out);
        for term in self.terms.iter() {
            term.observe(moment, &mut writer);
        }
        debug_assert_eq!(writer.written(), (self.low.len(), self.words));
    }

    /// Writes the observation without a race to `out`: zeros, except for the held controls.
    pub fn observe_nothing(&self, controls: &Controls, out: &mut Observation) {
        let mut writer = self.writer(out);
        for term in self.terms.iter() {
            term.observe_nothing(controls, &mut writer);
        }
    }

    fn writer<'a>(&'a self, out: &'a mut Observation) -> Writer<'a> {
        out.floats.resize(self.low.len(), 0.0);
        out.words.resize(self.words, 0);
        Writer::new(out, &self.low, &self.high)
    }
}
