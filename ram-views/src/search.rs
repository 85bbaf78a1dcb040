//! Finds numbers of unknown place by their values and by how these change from image to image.
//!
//! ```
//! use ram_views::layout::Integer;
//! use ram_views::search::{Number, Search};
//! use ram_views::{LittleEndian, Memory, Ram};
//!
//! struct Small;
//!
//! impl Memory for Small {
//!     const BASE: u32 = 0x8000_0000;
//!     const SIZE: usize = 0x100;
//!     type Order = LittleEndian;
//! }
//!
//! let (first, mut second) = ([7; Small::SIZE], [7; Small::SIZE]);
//! second[0x20] = 8;
//! let (first, second) = (Ram::<Small>::new(&first)?, Ram::<Small>::new(&second)?);
//! let mut search = Search::new(Number::Integer(Integer::U8), false);
//! search.keep(&first, &first, "=7".parse()?);
//! search.keep(&first, &second, "increased".parse()?);
//! assert_eq!(search.addresses().collect::<Vec<_>>(), [0x8000_0020]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use crate::display;
use crate::layout::Integer;
use crate::memory::{ByteOrder, Memory};
use crate::ram::Ram;

/// The kind of number that is searched for. Values are in its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// An integer.
    Integer(Integer),
    /// A fixed-point number: 4096 of the integer are one unit.
    Fixed(Integer),
    /// An angle of 16 bits in degrees: 65536 of the integer are a turn.
    Angle,
    /// A floating-point number of 32 bits.
    Float,
}

impl Number {
    /// Bytes that it takes.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Integer(integer) | Self::Fixed(integer) => integer.size,
            Self::Angle => 2,
            Self::Float => 4,
        }
    }

    /// The integer in RAM; `None` for floating-point numbers.
    const fn integer(self) -> Option<Integer> {
        match self {
            Self::Integer(integer) | Self::Fixed(integer) => Some(integer),
            Self::Angle => Some(Integer::U16),
            Self::Float => None,
        }
    }

    /// What one unit is in RAM.
    const fn unit(self) -> f64 {
        match self {
            Self::Fixed(_) => 4096.0,
            Self::Angle => 65536.0 / 360.0,
            Self::Integer(_) | Self::Float => 1.0,
        }
    }

    /// What is nearest to `value` in RAM.
    fn raw(self, value: f64) -> f64 {
        match self {
            Self::Float => f64::from(value as f32),
            _ => (value * self.unit()).round(),
        }
    }

    /// The least and the greatest in RAM.
    fn raw_range(self) -> (f64, f64) {
        self.integer()
            .map_or((f64::from(f32::MIN), f64::from(f32::MAX)), |integer| {
                let (least, greatest) = integer.range();
                (least as f64, greatest as f64)
            })
    }

    /// The least and the greatest value.
    #[must_use]
    pub fn range(self) -> (f64, f64) {
        let (least, greatest) = self.raw_range();
        (least / self.unit(), greatest / self.unit())
    }

    fn read<M: Memory>(self, ram: &Ram<'_, M>, offset: usize) -> f64 {
        match self.integer() {
            Some(integer) => integer.read::<M::Order>(ram.bytes(), offset) as f64,
            None => f32::from_le_bytes(M::Order::load(ram.bytes(), offset)).into(),
        }
    }

    /// The value at an address; `None` if it leaves RAM.
    #[must_use]
    pub fn value<M: Memory>(self, ram: &Ram<'_, M>, address: u32) -> Option<f64> {
        let offset = ram.offset(address)?;
        (offset + self.size() <= M::SIZE).then(|| self.read(ram, offset) / self.unit())
    }

    /// A value as text.
    #[must_use]
    pub fn text(self, value: f64) -> String {
        match self {
            Self::Integer(_) => value.to_string(),
            Self::Fixed(_) => display::fixed(value),
            Self::Angle => format!("{value:.2}"),
            Self::Float => (value as f32).to_string(),
        }
    }
}

/// A condition on a value, and on the value before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Condition {
    /// Every value.
    Any,
    /// This value.
    Is(f64),
    /// The values from the first to the second, both included.
    Within(f64, f64),
    /// Another value than before.
    Changed,
    /// The same value as before.
    Unchanged,
    /// A greater value than before.
    Increased,
    /// A smaller value than before.
    Decreased,
    /// The value before and so much; integers wrap, as a console's arithmetic does.
    By(f64),
}

impl Condition {
    /// Whether it needs the value before.
    #[must_use]
    pub const fn is_relative(self) -> bool {
        !matches!(self, Self::Any | Self::Is(_) | Self::Within(..))
    }

    /// Whether some value of that kind can meet it.
    #[must_use]
    pub fn can_hold(self, number: Number) -> bool {
        let (least, greatest) = number.raw_range();
        match self.bounds(number) {
            Some((low, high)) => low <= greatest && high >= least,
            None => true,
        }
    }

    /// The least and the greatest in RAM that meet it, for conditions that name values.
    fn bounds(self, number: Number) -> Option<(f64, f64)> {
        match self {
            Self::Is(value) => Some((number.raw(value), number.raw(value))),
            Self::Within(low, high) => Some((number.raw(low), number.raw(high))),
            _ => None,
        }
    }

    /// Whether `new` in RAM meets it, after `old`.
    fn holds(self, number: Number, old: f64, new: f64) -> bool {
        match self {
            Self::Any => true,
            Self::Is(_) | Self::Within(..) => self
                .bounds(number)
                .is_some_and(|(low, high)| (low..=high).contains(&new)),
            Self::Changed => new != old,
            Self::Unchanged => new == old,
            Self::Increased => new > old,
            Self::Decreased => new < old,
            Self::By(step) => {
                let step = number.raw(step);
                match number.integer() {
                    Some(integer) => {
                        let mask = (1 << (8 * integer.size)) - 1;
                        (new as i64 - old as i64 - step as i64) & mask == 0
                    }
                    None => new - old == step,
                }
            }
        }
    }
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let condition = match text {
            "any" => Some(Self::Any),
            "changed" => Some(Self::Changed),
            "unchanged" => Some(Self::Unchanged),
            "increased" => Some(Self::Increased),
            "decreased" => Some(Self::Decreased),
            _ => {
                if let Some(value) = text.strip_prefix('=') {
                    parse(value).map(Self::Is)
                } else if let Some(value) = text.strip_prefix("by=") {
                    parse(value).map(Self::By)
                } else {
                    text.split_once("..")
                        .and_then(|(low, high)| Some(Self::Within(parse(low)?, parse(high)?)))
                        .filter(|within| !matches!(within, Self::Within(low, high) if low > high))
                }
            }
        };
        condition.ok_or_else(|| {
            format!(
                "expected a condition: any, =VALUE, A..B with A up to B, changed, unchanged, \
                 increased, decreased or by=N; found {text:?}"
            )
        })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Is(value) => write!(f, "={value}"),
            Self::Within(low, high) => write!(f, "{low}..{high}"),
            Self::Changed => f.write_str("changed"),
            Self::Unchanged => f.write_str("unchanged"),
            Self::Increased => f.write_str("increased"),
            Self::Decreased => f.write_str("decreased"),
            Self::By(value) => write!(f, "by={value}"),
        }
    }
}

/// A decimal number, or a hexadecimal one after `0x`.
fn parse(text: &str) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, text),
    };
    let value = match digits.strip_prefix("0x") {
        Some(digits) => f64::from(u32::from_str_radix(digits, 16).ok()?),
        None => digits.parse().ok()?,
    };
    (digits.starts_with(|first: char| first.is_ascii_digit()) && value.is_finite())
        .then_some(sign * value)
}

/// A search: the addresses whose numbers met every condition so far.
#[derive(Debug, Clone)]
pub struct Search<M> {
    number: Number,
    offsets: Vec<u32>,
    memory: PhantomData<fn() -> M>,
}

impl<M: Memory> Search<M> {
    /// A search of all of RAM: at multiples of the number's size, or at every byte.
    #[must_use]
    pub fn new(number: Number, every_byte: bool) -> Self {
        let step = if every_byte { 1 } else { number.size() };
        let end = M::SIZE - number.size();
        Self {
            number,
            offsets: (0..=end as u32).step_by(step).collect(),
            memory: PhantomData,
        }
    }

    /// Keeps the addresses whose number in `now` meets `condition`, compared with the one in `before`.
    pub fn keep(&mut self, before: &Ram<'_, M>, now: &Ram<'_, M>, condition: Condition) {
        let number = self.number;
        self.offsets.retain(|offset| {
            let [old, new] = [before, now].map(|ram| number.read(ram, *offset as usize));
            condition.holds(number, old, new)
        });
    }

    /// How many addresses are left.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Whether no address is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    /// The addresses that are left, in order.
    pub fn addresses(&self) -> impl Iterator<Item = u32> + '_ {
        self.offsets.iter().map(|offset| M::BASE + offset)
    }
}
