//! What the macros that declare structures and field types expand to.

use crate::layout::FieldInfo;

/// Whether every field lies inside `size` bytes and overlaps no other but the one it is part of.
#[must_use]
pub const fn layout_is_sound(fields: &[FieldInfo], size: usize) -> bool {
    let mut i = 0;
    while i < fields.len() {
        let field = &fields[i];
        if field.offset + field.size > size {
            return false;
        }
        if field.part_of.is_none() {
            let mut j = i + 1;
            while j < fields.len() {
                let other = &fields[j];
                let apart = field.offset + field.size <= other.offset
                    || other.offset + other.size <= field.offset;
                if other.part_of.is_none() && !apart {
                    return false;
                }
                j += 1;
            }
        }
        i += 1;
    }
    true
}

#[must_use]
pub const fn greatest(numbers: &[usize]) -> usize {
    let (mut greatest, mut index) = (0, 0);
    while index < numbers.len() {
        if numbers[index] > greatest {
            greatest = numbers[index];
        }
        index += 1;
    }
    greatest
}

#[must_use]
pub const fn is_aligned(offset: usize, align: usize) -> bool {
    offset.is_multiple_of(align)
}

/// The only element, if there is one: what an optional repetition of a macro leaves.
#[must_use]
pub const fn first(names: &[&'static str]) -> Option<&'static str> {
    match names {
        [] => None,
        [name, ..] => Some(name),
    }
}
