//! What the errors of a movie have in common.

/// The format's name in errors.
pub(super) const FORMAT: &str = "movie";

/// At most 40 bytes of outside data, fit for an error message.
pub(super) fn quote(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(40)];
    let more = if shown.len() < bytes.len() { "…" } else { "" };
    format!("\"{}{more}\"", shown.escape_ascii())
}
