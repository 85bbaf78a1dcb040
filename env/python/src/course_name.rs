//! Courses as Python names them.

use mkds_formats::names::{COURSE_SLOTS, Course};
use pyo3::prelude::*;

use crate::errors::CourseError;

/// The course with this abbreviation, or with this number of the game's.
pub(crate) fn course_of(course: &Bound<'_, PyAny>) -> PyResult<&'static Course> {
    let found = match course.extract::<String>() {
        Ok(abbreviation) => Course::by_abbreviation(&abbreviation),
        Err(_) => Course::by_id(course.extract()?),
    };
    found.ok_or_else(|| {
        let names: Vec<_> = COURSE_SLOTS
            .iter()
            .map(|course| course.abbreviation)
            .collect();
        let names = names.join(", ");
        CourseError::new_err(format!(
            "course: expected one of {names} or its number, found {course}"
        ))
    })
}
