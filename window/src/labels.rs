//! Labels whose text changes often.

/// Sets a label's text if it differs: setting the same text would lay the window out anew.
pub(crate) fn set_text(label: &gtk::Label, text: &str) {
    if label.text() != text {
        label.set_text(text);
    }
}
