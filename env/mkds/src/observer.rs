//! The observation of a course, read from RAM.

/// Observes one course. The course is read from RAM once, with its sensors.
#[derive(Clone, Debug)]
pub struct Observer {
    course: Course,
    fan: RayFan,
}

/// Writes values into an observation one after the other, each clamped into its field's bounds.
struct Writer<'a> {
    out: &'a mut Observation,
    field: usize,
    at: usize,
    /// Values of the present field still to come.
    left: usize,
}

impl<'a> Writer<'a> {
    fn new(out: &'a mut Observation) -> Self {
        Self { out, field: 0, at: 0, left: FIELDS[0].len }
    }

    fn put(&mut self, name: &'static str, value: f32) {
        if self.left == 0 {
            self.field += 1;
            self.left = FIELDS[self.field].len;
        }
        let Field { name: expected, low, high, .. } = FIELDS[self.field];
        debug_assert_eq!(name, expected, "fields are written in the order of FIELDS");
        // A NaN of a degenerate course must not reach a learner.
        self.out[self.at] = if value.is_nan() { low.max(0.0) } else { value.clamp(low, high) };
        self.at += 1;
        self.left -= 1;
    }

    fn flag(&mut self, name: &'static str, value: bool) {
        self.put(name, f32::from(u8::from(value)));
    }
}
