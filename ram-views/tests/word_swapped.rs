//! Views of a big-endian console whose emulator keeps RAM in 32-bit words of a little-endian host, against
//! a reader of the console's own bytes, one after the other.

use proptest::prelude::*;
use ram_views::differences::{ByteChange, Comparison};
use ram_views::layout::{Integer, Source};
use ram_views::path::{Path, WriteError};
use ram_views::places::Places;
use ram_views::pointer::{Pointee, To};
use ram_views::search::{Condition, Number, Search};
use ram_views::symbol::{Confidence, Count, Holds, Image, ImageMut, Program, Symbol};
use ram_views::view::View;
use ram_views::{
    Error, FieldValue, Memory, Ram, RamMut, WordSwapped, bit_fields, enumeration, view,
};

/// A console with 4 KiB.
#[derive(Debug)]
pub struct Small;

impl Memory for Small {
    const BASE: u32 = 0x8000_0000;
    const SIZE: usize = 0x1000;
    type Order = WordSwapped;
}

enumeration! {
    /// What a racer does.
    pub struct State: u16 {
        WAITING = 0, "It waits.";
        RACING = 3, "It races.";
    }
}

bit_fields! {
    /// A racer's place.
    pub struct Place: u16 {
        place: 0, 4, "The place, from 0.";
        player: 4, 4, "The player's number.";
    }
}

view! {
    Small;
    /// A racer.
    pub struct Racer, RacerMut = "racer_t" [0x48] {
        /// Its character.
        Headers character @ 0x0: u8,
        /// Its lean.
        Headers lean @ 0x1: i8,
        /// Its lap.
        Headers lap @ 0x2: i16,
        /// Its effects.
        Headers effects @ 0x4: u32,
        /// Its speed.
        Headers speed @ 0x8: f32,
        /// Its rotation.
        Headers rotation @ 0xC: [i16; 3],
        /// What it does.
        Headers state @ 0x12: State,
        /// Its position.
        Headers position @ 0x14: [f32; 3],
        /// Its items.
        Headers items @ 0x20: [u8; 6],
        /// Its place.
        Headers place @ 0x26: Place,
        /// The points of its path.
        Headers points @ 0x28 counted_by point_count: To<Point<'static>>,
        /// Their number.
        Headers point_count @ 0x2E: u16,
        /// The nearest of them.
        Headers nearest @ 0x30: To<Point<'static>>,
        /// The time at a line.
        Headers line_time @ 0x34: To<u16>,
        /// What is added to its score.
        Headers score @ 0x38: i32,
    }
    structs {
        /// Its wheels.
        Headers wheel @ 0x3C: [Wheel, WheelMut; 3],
    }
}

view! {
    Small;
    /// A wheel.
    pub struct Wheel, WheelMut = "wheel_t" [0x4] {
        /// What it is on.
        Headers surface @ 0x0: u8,
        /// Its flags.
        Headers flags @ 0x1: u8,
        /// Its height.
        Headers height @ 0x2: i16,
    }
}

view! {
    Small;
    /// A point of a path.
    pub struct Point, PointMut = "point_t" [0x8] {
        /// Its position.
        Headers position @ 0x0: [i16; 3],
        /// Its section.
        Headers section @ 0x6: u16,
    }
}

const RACERS: u32 = Small::BASE + 0x100;
const PATH: u32 = Small::BASE + 0x48;
const PATH_LENGTH: u32 = Small::BASE + 0x46;
const POINTS: u32 = Small::BASE + 0x800;
/// As many points as the tests' paths have at most.
const MOST_POINTS: u16 = 9;
const RACER_SIZE: u32 = 0x48;

const fn symbol(name: &'static str, address: u32, target: ram_views::layout::Target) -> Symbol {
    Symbol {
        name,
        path: name,
        address,
        holds: Holds::Value,
        ty: "",
        target,
        count: Count::Fixed(1),
        inside: None,
        unknown_in: &[],
        description: "",
        source: "",
        confidence: Confidence::High,
    }
}

static LENGTH: Symbol = symbol("path_length", PATH_LENGTH, <u16 as Pointee<Small>>::TARGET);

static SYMBOLS: [Symbol; 3] = [
    LENGTH,
    Symbol {
        holds: Holds::Pointer,
        count: Count::Symbol(&LENGTH),
        ..symbol("path", PATH, <Point<'static> as Pointee<Small>>::TARGET)
    },
    Symbol {
        count: Count::Fixed(2),
        ..symbol("racer", RACERS, <Racer<'static> as Pointee<Small>>::TARGET)
    },
];

/// The only build of the program.
#[derive(Debug, Clone, Copy)]
struct Game;

impl Program for Game {
    type Memory = Small;
    type Error = ram_views::Error;

    fn image(bytes: &[u8]) -> ram_views::Result<Image<'_, Self>> {
        Ok(Image::new(Ram::new(bytes)?, Self))
    }

    fn image_mut(bytes: &mut [u8]) -> ram_views::Result<ImageMut<'_, Self>> {
        Ok(ImageMut::new(RamMut::new(bytes)?, Self))
    }

    fn symbols() -> &'static [Symbol] {
        &SYMBOLS
    }

    fn address(self, symbol: &Symbol) -> ram_views::Result<u32> {
        Ok(symbol.address)
    }

    fn publishers(_: Source) -> &'static str {
        "this test"
    }
}

/// The bytes as the console numbers them.
#[derive(Debug, Clone, PartialEq)]
struct Console(Vec<u8>);

impl Console {
    fn bytes<const N: usize>(&self, address: u32) -> [u8; N] {
        std::array::from_fn(|index| self.0[(address - Small::BASE) as usize + index])
    }

    fn set<const N: usize>(&mut self, address: u32, bytes: [u8; N]) {
        for (index, byte) in bytes.into_iter().enumerate() {
            self.0[(address - Small::BASE) as usize + index] = byte;
        }
    }

    fn u16(&self, address: u32) -> u16 {
        u16::from_be_bytes(self.bytes(address))
    }

    fn i16(&self, address: u32) -> i16 {
        i16::from_be_bytes(self.bytes(address))
    }

    fn u32(&self, address: u32) -> u32 {
        u32::from_be_bytes(self.bytes(address))
    }

    fn f32(&self, address: u32) -> f32 {
        f32::from_be_bytes(self.bytes(address))
    }

    fn i16s(&self, address: u32) -> [i16; 3] {
        [0, 2, 4].map(|offset| self.i16(address + offset))
    }

    /// The bytes as the emulator keeps them.
    fn image(&self) -> Vec<u8> {
        let words = self.0.chunks_exact(4);
        words
            .flat_map(|word| [word[3], word[2], word[1], word[0]])
            .collect()
    }

    /// The console whose bytes the emulator keeps so.
    fn of(image: &[u8]) -> Self {
        Self(Self(image.to_vec()).image())
    }
}

/// Random RAM, whose pointers lead into RAM, as far as three halfwords for the lines' times.
fn console() -> impl Strategy<Value = Console> {
    let noise = prop::collection::vec(any::<u8>(), Small::SIZE);
    let point = (0u32..0x80).prop_map(|index| POINTS + 8 * index);
    let pointers = (
        prop::array::uniform4(point),
        0..MOST_POINTS,
        (0u32..0x3FE).prop_map(|index| POINTS + 2 * index),
    );
    (noise, pointers).prop_map(|(noise, (points, count, line_time))| {
        let mut console = Console(noise);
        let [path, first, second, nearest] = points;
        console.set(PATH, path.to_be_bytes());
        console.set(PATH_LENGTH, count.to_be_bytes());
        for (racer, points) in [(RACERS, first), (RACERS + RACER_SIZE, second)] {
            console.set(racer + 0x28, points.to_be_bytes());
            console.set(racer + 0x2E, count.to_be_bytes());
            console.set(racer + 0x30, nearest.to_be_bytes());
            console.set(racer + 0x34, line_time.to_be_bytes());
        }
        console
    })
}

fn same(a: f32, b: f32) -> bool {
    a.to_bits() == b.to_bits()
}

fn program(image: &[u8]) -> Image<'_, Game> {
    Image::new(Ram::new(image).expect("a whole image"), Game)
}

fn path(text: &str) -> Path<Game> {
    Path::parse(text).expect("a field")
}

fn read(image: &[u8], text: &str) -> FieldValue {
    let value = path(text).read(&program(image)).expect("inside RAM");
    value.expect("no pointer is null")
}

proptest! {
    #[test]
    fn getters_read_the_consoles_numbers(console in console()) {
        let image = console.image();
        let ram = Ram::<Small>::new(&image)?;
        for at in [RACERS, RACERS + RACER_SIZE] {
            let racer = ram.at::<Racer<'_>>(at)?;
            prop_assert_eq!([racer.character()], console.bytes(at));
            prop_assert_eq!(racer.lean().to_be_bytes(), console.bytes(at + 1));
            prop_assert_eq!(racer.lap(), console.i16(at + 2));
            prop_assert_eq!(racer.effects(), console.u32(at + 4));
            prop_assert!(same(racer.speed(), console.f32(at + 8)));
            prop_assert_eq!(racer.rotation(), console.i16s(at + 0xC));
            prop_assert_eq!(racer.state(), State(console.u16(at + 0x12)));
            for (axis, part) in (0..).zip(racer.position()) {
                prop_assert!(same(part, console.f32(at + 0x14 + 4 * axis)));
            }
            prop_assert_eq!(racer.items(), console.bytes(at + 0x20));
            let place = console.u16(at + 0x26);
            prop_assert_eq!(racer.place().place(), place & 15);
            prop_assert_eq!(racer.place().player(), place >> 4 & 15);
            prop_assert_eq!(racer.score() as u32, console.u32(at + 0x38));
            for (index, wheel) in (0..).zip([0, 1, 2].map(|index| racer.wheel(index))) {
                let (wheel, at) = (wheel.expect("three wheels"), at + 0x3C + 4 * index);
                prop_assert_eq!([wheel.surface(), wheel.flags()], console.bytes(at));
                prop_assert_eq!(wheel.height(), console.i16(at + 2));
            }
            prop_assert!(racer.wheel(3).is_none());
        }
    }

    #[test]
    fn pointers_lead_to_what_the_console_has_there(console in console()) {
        let image = console.image();
        let ram = Ram::<Small>::new(&image)?;
        let racer = ram.at::<Racer<'_>>(RACERS)?;
        let points = racer.points().follow_many(&ram, racer.point_count().into())?;
        let (start, count) = (console.u32(RACERS + 0x28), console.u16(RACERS + 0x2E));
        prop_assert_eq!(points.len(), usize::from(count));
        for (index, point) in (0..).zip(points) {
            prop_assert_eq!(point.position(), console.i16s(start + 8 * index));
            prop_assert_eq!(point.section(), console.u16(start + 8 * index + 6));
        }
        // A halfword may be either half of a word.
        let times: Vec<u16> = racer.line_time().follow_many(&ram, 3)?.collect();
        let at = console.u32(RACERS + 0x34);
        prop_assert_eq!(times, [0, 2, 4].map(|offset| console.u16(at + offset)));
        let table = ram.table::<Point<'_>>("points", PATH, racer.points().pointer(), 2)?;
        prop_assert_eq!(table.get(1).map(|point| point.section()), Some(console.u16(start + 14)));
        prop_assert_eq!(ram.value::<u16>(PATH_LENGTH), Some(console.u16(PATH_LENGTH)));
    }

    #[test]
    fn paths_read_the_consoles_numbers(console in console(), index in 0..MOST_POINTS) {
        let image = console.image();
        let integer = |value: i64| FieldValue::Integer(value);
        let at = RACERS + RACER_SIZE;
        prop_assert_eq!(read(&image, "racer[1].character"), integer(console.bytes::<1>(at)[0].into()));
        prop_assert_eq!(read(&image, "racer[1].lap"), integer(console.i16(at + 2).into()));
        prop_assert_eq!(read(&image, "racer[1].effects"), integer(console.u32(at + 4).into()));
        if console.f32(at + 8).is_finite() {
            let speed = FieldValue::Number(console.f32(at + 8).into());
            prop_assert_eq!(read(&image, "racer[1].speed"), speed);
        }
        let rotation = console.i16s(at + 0xC).map(|part| integer(part.into()));
        prop_assert_eq!(read(&image, "racer[1].rotation"), FieldValue::List(rotation.to_vec()));
        let place = console.u16(at + 0x26);
        prop_assert_eq!(read(&image, "racer[1].place.player"), integer((place >> 4 & 15).into()));
        let height = console.i16(at + 0x3C + 8 + 2);
        prop_assert_eq!(read(&image, "racer[1].wheel[2].height"), integer(height.into()));
        let nearest = console.u32(at + 0x30);
        let section = console.u16(nearest + 6);
        prop_assert_eq!(read(&image, "racer[1].nearest.section"), integer(section.into()));
        let (start, count) = (console.u32(PATH), console.u16(PATH_LENGTH));
        let point = path(&format!("path[{index}].position[1]"));
        let found = point.read(&program(&image));
        if index < count {
            let position = console.i16(start + 8 * u32::from(index) + 2);
            prop_assert_eq!(found, Ok(Some(integer(position.into()))));
            let address = point.address(&program(&image));
            prop_assert_eq!(address, Ok(Some(start + 8 * u32::from(index) + 2)));
        } else {
            let (symbol, index, count) = ("path", index.into(), count.into());
            prop_assert_eq!(found, Err(Error::NoSuchElement { symbol, index, count }));
        }
    }

    #[test]
    fn an_address_has_the_name_that_leads_there(console in console(), offset in 0..RACER_SIZE) {
        let image = console.image();
        let places = Places::new(&program(&image));
        let place = places.at(RACERS + offset).expect("a racer");
        let address = place.path.address(&program(&image))?.expect("no pointer is null");
        prop_assert_eq!(address + place.offset, RACERS + offset);
    }

    #[test]
    fn what_is_written_changes_the_consoles_bytes_and_no_others(
        console in console(),
        byte in any::<u8>(),
        half in any::<i16>(),
        word in any::<u32>(),
        number in -1e6f32..1e6,
    ) {
        let at = RACERS + RACER_SIZE;
        let nearest = console.u32(at + 0x30);
        let mut expected = console.clone();
        expected.set(at, [byte]);
        expected.set(at + 2, half.to_be_bytes());
        expected.set(at + 4, word.to_be_bytes());
        expected.set(at + 8, number.to_be_bytes());
        expected.set(at + 0xE, half.to_be_bytes());
        expected.set(at + 0x25, [byte]);
        expected.set(at + 0x3C + 4, [byte]);
        expected.set(at + 0x3C + 6, half.to_be_bytes());
        expected.set(nearest + 6, (half as u16).to_be_bytes());

        let mut by_path = console.image();
        let mut ram = ImageMut::new(RamMut::new(&mut by_path)?, Game);
        let (byte_value, half_value) = (FieldValue::Integer(byte.into()), FieldValue::Integer(half.into()));
        for (text, value) in [
            ("racer[1].character", &byte_value),
            ("racer[1].lap", &half_value),
            ("racer[1].effects", &FieldValue::Integer(word.into())),
            ("racer[1].speed", &FieldValue::Number(number.into())),
            ("racer[1].rotation[1]", &half_value),
            ("racer[1].items[5]", &byte_value),
            ("racer[1].wheel[1].surface", &byte_value),
            ("racer[1].wheel[1].height", &half_value),
            ("racer[1].nearest.section", &FieldValue::Integer((half as u16).into())),
        ] {
            path(text).write(&mut ram, value).map_err(|error| TestCaseError::fail(error.to_string()))?;
        }
        prop_assert_eq!(Console::of(&by_path), expected.clone());

        let mut by_setters = console.image();
        let offset = (at - Small::BASE) as usize;
        let mut racer = RacerMut::from_prefix(&mut by_setters[offset..]).expect("a racer");
        racer.set_character(byte);
        racer.set_lap(half);
        racer.set_effects(word);
        racer.set_speed(number);
        let [x, _, z] = racer.view().rotation();
        racer.set_rotation([x, half, z]);
        let mut items = racer.view().items();
        items[5] = byte;
        racer.set_items(items);
        let mut wheel = racer.wheel_mut(1).expect("three wheels");
        wheel.set_surface(byte);
        wheel.set_height(half);
        let mut ram = ImageMut::new(RamMut::new(&mut by_setters)?, Game);
        let mut point = path("racer[1].nearest")
            .view_mut::<Point<'static>>(&mut ram)
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        point.set_section(half as u16);
        prop_assert_eq!(Console::of(&by_setters), expected);
    }

    #[test]
    fn a_value_that_does_not_fit_writes_nothing(console in console(), value in 0x8000i64..) {
        let mut image = console.image();
        let mut ram = ImageMut::new(RamMut::new(&mut image)?, Game);
        let value = FieldValue::List(vec![FieldValue::Integer(1), FieldValue::Integer(value), FieldValue::Integer(1)]);
        let refused = path("racer[0].rotation").write(&mut ram, &value);
        let is_mismatch = matches!(refused, Err(WriteError::Mismatch { .. }));
        prop_assert!(is_mismatch, "{:?}", refused);
        prop_assert_eq!(Console::of(&image), console);
    }

    #[test]
    fn a_search_finds_what_the_console_has(
        console in console(),
        changes in prop::collection::vec((0..Small::SIZE, any::<u8>()), 0..40),
        every_byte in any::<bool>(),
        value in any::<u8>(),
    ) {
        let mut later = console.clone();
        for (at, byte) in changes {
            later.0[at] = byte;
        }
        let images = [console.image(), later.image()];
        let [before, now] = [Ram::<Small>::new(&images[0])?, Ram::new(&images[1])?];
        let found = |number, condition| {
            let mut search = Search::<Small>::new(number, every_byte);
            search.keep(&before, &now, condition);
            search.addresses().collect::<Vec<_>>()
        };
        let expected = |size: usize, holds: &dyn Fn(u32) -> bool| {
            let step = if every_byte { 1 } else { size };
            let addresses = (0..=Small::SIZE - size).step_by(step).map(|offset| Small::BASE + offset as u32);
            addresses.filter(|at| holds(*at)).collect::<Vec<_>>()
        };
        let bytes = found(Number::Integer(Integer::U8), Condition::Is(value.into()));
        prop_assert_eq!(bytes, expected(1, &|at| later.bytes(at) == [value]));
        let halves = found(Number::Integer(Integer::S16), Condition::Decreased);
        prop_assert_eq!(halves, expected(2, &|at| later.i16(at) < console.i16(at)));
        let words = found(Number::Integer(Integer::U32), Condition::Changed);
        prop_assert_eq!(words, expected(4, &|at| later.u32(at) != console.u32(at)));
        let numbers = found(Number::Float, Condition::Within(-1.0, 1.0));
        prop_assert_eq!(numbers, expected(4, &|at| (-1.0..=1.0).contains(&later.f32(at))));
        let value = Number::Integer(Integer::S16).value(&now, PATH_LENGTH);
        prop_assert_eq!(value, Some(later.i16(PATH_LENGTH).into()));
        prop_assert_eq!(Number::Float.value(&now, Small::BASE + 0xFFD), None);
    }

    #[test]
    fn differences_are_those_of_the_console(
        console in console(),
        lap in any::<i16>(),
        flips in prop::collection::vec((0x200usize..0x800, 1u8..), 0..20),
    ) {
        let mut later = console.clone();
        later.set(RACERS + 2, lap.to_be_bytes());
        for (at, flip) in flips {
            later.0[at] ^= flip;
        }
        let images = [console.image(), later.image()];
        let comparison = Comparison::new(program(&images[0]), program(&images[1]));
        let fields = comparison.fields(|| Ok::<(), std::convert::Infallible>(())).expect("infallible");
        let fields: Vec<_> = fields
            .into_iter()
            .map(|change| (change.path.to_string(), change.old, change.new))
            .collect();
        let old = console.i16(RACERS + 2);
        let changed = (
            "racer[0].lap".to_owned(),
            Some(FieldValue::Integer(old.into())),
            Some(FieldValue::Integer(lap.into())),
        );
        let expected = if old == lap { vec![] } else { vec![changed] };
        prop_assert_eq!(fields, expected);
        // All flips lie between the racers and the points, where no structure is.
        let mut ranges: Vec<ByteChange> = Vec::new();
        for at in (0x200..0x800).filter(|at| console.0[*at] != later.0[*at]) {
            let address = Small::BASE + at as u32;
            match ranges.last_mut() {
                Some(last) if address - last.addresses.end < 16 => {
                    last.addresses.end = address + 1;
                    last.count += 1;
                }
                _ => ranges.push(ByteChange { addresses: address..address + 1, count: 1 }),
            }
        }
        prop_assert_eq!(comparison.elsewhere(), ranges);
    }
}

#[test]
fn a_structure_begins_at_a_word() {
    assert_eq!(<Point<'static> as View<'static>>::ALIGN, 4);
    let image = vec![0; Small::SIZE];
    let ram = Ram::<Small>::new(&image).expect("a whole image");
    let point = To::<Point<'static>>::new(POINTS + 2);
    let misaligned = Error::MisalignedTarget {
        target: "point_t".to_owned(),
        found: POINTS + 2,
        align: 4,
    };
    assert_eq!(point.follow(&ram).err(), Some(misaligned));
    let time = To::<u16>::new(POINTS + 2);
    assert_eq!(time.follow(&ram), Ok(Some(0)));
    let last = Small::BASE + Small::SIZE as u32;
    for beyond in [last, last - 4, Small::BASE - 8, 0x8000_0000 + (1 << 30)] {
        let error = To::<Point<'static>>::new(beyond).follow(&ram).err();
        let is_dangling = matches!(error, Some(Error::DanglingTarget { .. }));
        assert!(is_dangling, "{beyond:#X}: {error:?}");
    }
    assert_eq!(
        To::<Point<'static>>::new(0)
            .follow(&ram)
            .map(|point| point.is_none()),
        Ok(true)
    );
}

#[test]
fn an_image_of_another_size_is_refused() {
    let (expected, found) = (Small::SIZE, Small::SIZE - 4);
    let short = Ram::<Small>::new(&vec![0; found]).err();
    assert_eq!(short, Some(Error::ImageSize { expected, found }));
}
