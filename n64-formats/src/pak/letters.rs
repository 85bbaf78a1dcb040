//! The pak's own letters.

/// The letter 0 ends a text.
const END: u8 = 0;
const SPACE: u8 = 0x0F;
/// Letters from 0x10 on. Source: n64brew.
const FIRST: u8 = 0x10;
const LETTERS: &str = concat!(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ!\"#'*+,-./:=?@",
    "。゛゜ァィゥェォッャュョヲンアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホ",
    "マミムメモヤユヨラリルレロワガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポ",
);

/// The text up to its end. Bytes that are no letters are written as U+FFFD.
pub(super) fn to_text(letters: &[u8]) -> String {
    let text = letters.iter().take_while(|letter| **letter != END);
    text.map(|letter| match *letter {
        SPACE => ' ',
        letter => letter
            .checked_sub(FIRST)
            .and_then(|place| LETTERS.chars().nth(place.into()))
            .unwrap_or(char::REPLACEMENT_CHARACTER),
    })
    .collect()
}

/// The letters of a text and zeros behind them; `None` if it is too long or has others.
pub(super) fn from_text<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut letters = [END; N];
    let mut places = letters.iter_mut();
    for character in text.chars() {
        *places.next()? = match character {
            ' ' => SPACE,
            character => FIRST + LETTERS.chars().position(|letter| letter == character)? as u8,
        };
    }
    Some(letters)
}
