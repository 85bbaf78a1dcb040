//! Which keys, and which buttons of a controller, stand for which button of the console.

use std::collections::BTreeMap;
use std::fmt;

use gtk::gdk;
use serde::{Deserialize, Serialize};

use super::button::Button;

/// What each button is bound to. No key, and no button of a controller, is bound to two.
///
/// Serialised, it is a table of keys and one of controller buttons, each with a list of names per
/// button of the console: `[keys]`, `a = ["x"]`. Keys have GDK's names, controller buttons gilrs'.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Tables", into = "Tables")]
pub struct Bindings {
    keys: Map<Key>,
    controller: Map<Trigger>,
}

/// What is bound to each button.
type Map<T> = BTreeMap<Button, Vec<T>>;

/// A key of the keyboard, whether shift is held or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(gdk::Key);

impl Key {
    /// The key that gives `key`, alone or with shift.
    #[must_use]
    pub fn new(key: gdk::Key) -> Self {
        Self(key.to_lower())
    }

    /// The key with this GDK name.
    ///
    /// # Errors
    ///
    /// [`BindingError::Key`] if no key has it.
    pub fn named(name: &str) -> Result<Self, BindingError> {
        // A NUL ends names on their way to GDK.
        let known = (!name.contains('\0')).then(|| gdk::Key::from_name(name));
        known.flatten().map(Self::new).ok_or(BindingError::Key {
            found: name.to_owned(),
        })
    }

    /// GDK's name of it.
    #[must_use]
    pub fn name(self) -> String {
        self.0.name().map_or_else(String::new, Into::into)
    }

    /// Its label: `X`, `↑`, `Space`.
    #[must_use]
    pub fn label(self) -> String {
        match self.0 {
            gdk::Key::Up => "↑".to_owned(),
            gdk::Key::Down => "↓".to_owned(),
            gdk::Key::Left => "←".to_owned(),
            gdk::Key::Right => "→".to_owned(),
            gdk::Key::space => "Space".to_owned(),
            gdk::Key::Return => "Enter".to_owned(),
            gdk::Key::BackSpace => "Backspace".to_owned(),
            key => match key.to_unicode().filter(|letter| letter.is_alphanumeric()) {
                Some(letter) => letter.to_uppercase().collect(),
                None => self.name().replace('_', " "),
            },
        }
    }
}

/// A button of a game controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Trigger(pub gilrs::Button);

impl Trigger {
    /// The button with this gilrs name.
    fn named(name: &str) -> Result<Self, BindingError> {
        let known = TRIGGERS.iter().find(|(_, known)| *known == name);
        let (button, _) = known.ok_or_else(|| BindingError::Trigger {
            found: name.to_owned(),
        })?;
        Ok(Self(*button))
    }

    /// gilrs' name of it.
    #[must_use]
    pub fn name(self) -> &'static str {
        let known = TRIGGERS.iter().find(|(button, _)| *button == self.0);
        known.map_or("Unknown", |(_, name)| name)
    }
}

/// The buttons of controllers that can be bound.
const TRIGGERS: [(gilrs::Button, &str); 19] = [
    (gilrs::Button::South, "South"),
    (gilrs::Button::East, "East"),
    (gilrs::Button::North, "North"),
    (gilrs::Button::West, "West"),
    (gilrs::Button::C, "C"),
    (gilrs::Button::Z, "Z"),
    (gilrs::Button::LeftTrigger, "LeftTrigger"),
    (gilrs::Button::LeftTrigger2, "LeftTrigger2"),
    (gilrs::Button::RightTrigger, "RightTrigger"),
    (gilrs::Button::RightTrigger2, "RightTrigger2"),
    (gilrs::Button::Select, "Select"),
    (gilrs::Button::Start, "Start"),
    (gilrs::Button::Mode, "Mode"),
    (gilrs::Button::LeftThumb, "LeftThumb"),
    (gilrs::Button::RightThumb, "RightThumb"),
    (gilrs::Button::DPadUp, "DPadUp"),
    (gilrs::Button::DPadDown, "DPadDown"),
    (gilrs::Button::DPadLeft, "DPadLeft"),
    (gilrs::Button::DPadRight, "DPadRight"),
];

/// Why a binding is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BindingError {
    /// There is no such key.
    #[error("expected a key's GDK name, as \"x\", \"Up\" or \"space\", found \"{found}\"")]
    Key {
        /// The name.
        found: String,
    },
    /// There is no such button of a controller.
    #[error("expected a controller button's name, as \"South\" or \"DPadUp\", found \"{found}\"")]
    Trigger {
        /// The name.
        found: String,
    },
    /// It is bound already.
    #[error("{what} is bound to {} already, and can't be bound to {} too", taken_by.name(), wanted_by.name())]
    Taken {
        /// The key, or the controller's button.
        what: String,
        /// What it is bound to.
        taken_by: Button,
        /// What it was to be bound to.
        wanted_by: Button,
    },
}

impl Default for Bindings {
    fn default() -> Self {
        use gdk::Key as K;
        use gilrs::Button as G;
        let keys = [
            (Button::Up, vec![K::w, K::Up]),
            (Button::Down, vec![K::s, K::Down]),
            (Button::Left, vec![K::a, K::Left]),
            (Button::Right, vec![K::d, K::Right]),
            (Button::A, vec![K::x]),
            (Button::B, vec![K::z]),
            (Button::X, vec![K::u]),
            (Button::Y, vec![K::i]),
            (Button::L, vec![K::q]),
            (Button::R, vec![K::e]),
            (Button::Start, vec![K::space]),
            (Button::Select, vec![K::BackSpace]),
            (Button::Z, vec![K::c]),
            (Button::CUp, vec![K::t]),
            (Button::CDown, vec![K::g]),
            (Button::CLeft, vec![K::f]),
            (Button::CRight, vec![K::h]),
        ];
        // Where the buttons are on Nintendo's controllers, whatever is printed on them. The yellow buttons have none: they
        // are the right stick.
        let controller = [
            (Button::Up, vec![G::DPadUp]),
            (Button::Down, vec![G::DPadDown]),
            (Button::Left, vec![G::DPadLeft]),
            (Button::Right, vec![G::DPadRight]),
            (Button::A, vec![G::East]),
            (Button::B, vec![G::South]),
            (Button::X, vec![G::North]),
            (Button::Y, vec![G::West]),
            (Button::L, vec![G::LeftTrigger, G::LeftTrigger2]),
            (Button::R, vec![G::RightTrigger, G::RightTrigger2]),
            (Button::Start, vec![G::Start]),
            (Button::Select, vec![G::Select]),
            (Button::Z, vec![G::Z]),
            (Button::CUp, Vec::new()),
            (Button::CDown, Vec::new()),
            (Button::CLeft, Vec::new()),
            (Button::CRight, Vec::new()),
        ];
        Self {
            keys: keys
                .into_iter()
                .map(|(button, keys)| (button, keys.into_iter().map(Key::new).collect()))
                .collect(),
            controller: controller
                .into_iter()
                .map(|(button, all)| (button, all.into_iter().map(Trigger).collect()))
                .collect(),
        }
    }
}

impl Bindings {
    /// The keys of a button.
    #[must_use]
    pub fn keys(&self, button: Button) -> &[Key] {
        self.keys.get(&button).map_or(&[], Vec::as_slice)
    }

    /// The controller buttons of a button.
    #[must_use]
    pub fn triggers(&self, button: Button) -> &[Trigger] {
        self.controller.get(&button).map_or(&[], Vec::as_slice)
    }

    /// The button that a key stands for.
    #[must_use]
    pub fn of_key(&self, key: Key) -> Option<Button> {
        bound_to(&self.keys, &key)
    }

    /// The button that a controller's stands for.
    #[must_use]
    pub fn of_trigger(&self, trigger: Trigger) -> Option<Button> {
        bound_to(&self.controller, &trigger)
    }

    /// Binds a key to a button, besides those that are.
    ///
    /// # Errors
    ///
    /// [`BindingError::Taken`] if it is bound to another; then nothing changes.
    pub fn bind(&mut self, button: Button, key: Key) -> Result<(), BindingError> {
        bind(&mut self.keys, button, key)
    }

    /// Binds a controller's button to a button, besides those that are.
    ///
    /// # Errors
    ///
    /// [`BindingError::Taken`] if it is bound to another; then nothing changes.
    pub fn bind_trigger(&mut self, button: Button, trigger: Trigger) -> Result<(), BindingError> {
        bind(&mut self.controller, button, trigger)
    }

    /// Unbinds a key.
    pub fn unbind(&mut self, key: Key) {
        for keys in self.keys.values_mut() {
            keys.retain(|bound| *bound != key);
        }
    }
}

fn bound_to<T: PartialEq>(map: &Map<T>, what: &T) -> Option<Button> {
    let mut bound = map.iter();
    bound
        .find(|(_, all)| all.contains(what))
        .map(|(button, _)| *button)
}

fn bind<T>(map: &mut Map<T>, button: Button, what: T) -> Result<(), BindingError>
where
    T: PartialEq + Copy + fmt::Display,
{
    match bound_to(map, &what) {
        Some(taken_by) if taken_by == button => Ok(()),
        Some(taken_by) => Err(BindingError::Taken {
            what: what.to_string(),
            taken_by,
            wanted_by: button,
        }),
        None => {
            map.entry(button).or_default().push(what);
            Ok(())
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key \"{}\"", self.name())
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "controller button \"{}\"", self.name())
    }
}

/// Bindings by names, as they are written in files.
#[derive(Serialize, Deserialize)]
#[serde(default)]
struct Tables {
    keys: Map<String>,
    controller: Map<String>,
}

impl Default for Tables {
    fn default() -> Self {
        Bindings::default().into()
    }
}

impl From<Bindings> for Tables {
    fn from(bindings: Bindings) -> Self {
        let names = |button| bindings.keys(button).iter().map(|key| key.name());
        let triggers = |button| {
            let triggers = bindings.triggers(button).iter();
            triggers.map(|trigger| trigger.name().to_owned())
        };
        // A button with nothing bound to it is written down too: left out, it would be the default.
        Self {
            keys: Button::ALL
                .map(|button| (button, names(button).collect()))
                .into(),
            controller: Button::ALL
                .map(|button| (button, triggers(button).collect()))
                .into(),
        }
    }
}

impl TryFrom<Tables> for Bindings {
    type Error = BindingError;

    fn try_from(tables: Tables) -> Result<Self, BindingError> {
        let mut bindings = Self {
            keys: Map::new(),
            controller: Map::new(),
        };
        for (button, names) in &tables.keys {
            for name in names {
                bindings.bind(*button, Key::named(name)?)?;
            }
        }
        for (button, names) in &tables.controller {
            for name in names {
                bindings.bind_trigger(*button, Trigger::named(name)?)?;
            }
        }
        bindings.add_defaults(&tables);
        Ok(bindings)
    }
}

impl Bindings {
    /// Binds the buttons that `tables` do not mention to their defaults, as far as these are free.
    fn add_defaults(&mut self, tables: &Tables) {
        let defaults = Self::default();
        for button in Button::ALL {
            if !tables.keys.contains_key(&button) {
                for key in defaults.keys(button) {
                    let _taken = self.bind(button, *key);
                }
                self.keys.entry(button).or_default();
            }
            if !tables.controller.contains_key(&button) {
                for trigger in defaults.triggers(button) {
                    let _taken = self.bind_trigger(button, *trigger);
                }
                self.controller.entry(button).or_default();
            }
            self.keys.entry(button).or_default();
            self.controller.entry(button).or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use gtk::gdk;

    use super::{Bindings, Button, Key, Trigger};

    type Result = std::result::Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn the_defaults_are_sound_and_survive_being_written() -> Result {
        let bindings = Bindings::default();
        let text = toml::to_string(&bindings)?;
        assert_eq!(toml::from_str::<Bindings>(&text)?, bindings, "{text}");
        for button in Button::ALL {
            assert!(!bindings.keys(button).is_empty(), "{button:?}");
            let stick = [Button::CUp, Button::CDown, Button::CLeft, Button::CRight];
            let is_on_stick = stick.contains(&button);
            assert_eq!(
                bindings.triggers(button).is_empty(),
                is_on_stick,
                "{button:?}"
            );
            for key in bindings.keys(button) {
                assert_eq!(bindings.of_key(*key), Some(button));
            }
        }
        let east = Trigger(gilrs::Button::East);
        assert_eq!(bindings.of_trigger(east), Some(Button::A));
        Ok(())
    }

    #[test]
    fn shift_makes_no_other_key() -> Result {
        let bindings = Bindings::default();
        assert_eq!(bindings.of_key(Key::new(gdk::Key::Z)), Some(Button::B));
        assert_eq!(Key::named("Z")?, Key::named("z")?);
        Ok(())
    }

    #[test]
    fn a_key_on_two_buttons_is_an_error_that_names_both() {
        let text = "[keys]\na = [\"x\"]\nstart = [\"space\", \"X\"]\n";
        let error = toml::from_str::<Bindings>(text).expect_err("x is on two buttons");
        let expected = "key \"x\" is bound to A already, and can't be bound to Start too";
        assert!(error.message().contains(expected), "{error}");
    }

    #[test]
    fn unknown_names_are_errors() {
        for (text, expected) in [
            ("[keys]\na = [\"hyperspace\"]\n", "found \"hyperspace\""),
            ("[controller]\na = [\"East\", \"Norf\"]\n", "found \"Norf\""),
            ("[keys]\nturbo = [\"x\"]\n", "unknown variant `turbo`"),
        ] {
            let error = toml::from_str::<Bindings>(text).expect_err(text);
            assert!(error.message().contains(expected), "{error}");
        }
    }

    #[test]
    fn buttons_that_are_not_mentioned_keep_their_free_defaults() -> Result {
        let text = "[keys]\na = [\"space\"]\nx = []\n";
        let bindings: Bindings = toml::from_str(text)?;
        assert_eq!(bindings.keys(Button::A), [Key::named("space")?]);
        assert_eq!(bindings.keys(Button::X), []);
        assert_eq!(bindings.keys(Button::Start), [], "A has it");
        assert_eq!(bindings.keys(Button::B), [Key::named("z")?]);
        let again: Bindings = toml::from_str(&toml::to_string(&bindings)?)?;
        assert_eq!(again, bindings);
        Ok(())
    }

    #[test]
    fn keys_say_what_is_on_them() -> Result {
        for (name, label) in [
            ("x", "X"),
            ("Up", "↑"),
            ("space", "Space"),
            ("Page_Up", "Page Up"),
        ] {
            assert_eq!(Key::named(name)?.label(), label);
        }
        Ok(())
    }

    #[test]
    fn an_unbound_key_is_free_for_another_button() -> Result {
        let mut bindings = Bindings::default();
        let x = Key::named("x")?;
        assert!(bindings.bind(Button::Start, x).is_err());
        bindings.unbind(x);
        bindings.bind(Button::Start, x)?;
        assert_eq!(bindings.of_key(x), Some(Button::Start));
        assert_eq!(bindings.keys(Button::A), []);
        Ok(())
    }
}
