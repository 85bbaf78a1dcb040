//! How the panel looks.

use gtk::gdk;

/// Rows are as low as text allows; values have digits of one width; changes stand out and fade.
const STYLE: &str = "
.field-panel columnview row cell { padding: 0 6px; }
.field-panel .field-value, .field-editor entry { font-family: monospace; font-size: 0.92em; }
.field-panel .field-kind { font-size: 0.88em; }
.field-panel .field-value { border-radius: 4px; padding: 2px 6px; }
.field-panel .field-value.fresh { background-color: alpha(@theme_selected_bg_color, 0.24); }
.field-panel .field-value.fading { background-color: alpha(@theme_selected_bg_color, 0.10); }
.field-panel row:selected .field-value.fresh { background-color: alpha(currentColor, 0.30); }
.field-panel row:selected .field-value.fading { background-color: alpha(currentColor, 0.15); }
.field-panel row:selected button.field-pin { color: inherit; }
.field-panel button.field-pin { min-height: 22px; min-width: 22px; padding: 0; opacity: 0.35; }
.field-panel button.field-pin:hover, .field-panel button.field-pin:focus-visible { opacity: 0.8; }
.field-panel button.field-pin:checked { opacity: 1; background: none; box-shadow: none; }
.field-panel row:not(:selected) button.field-pin:checked { color: @theme_selected_bg_color; }
.field-panel button.field-pin:disabled { opacity: 0; }
.field-panel .field-plot { color: @theme_selected_bg_color; }
.field-panel .field-pinned { padding: 6px 12px; }
.field-panel .field-pinned:not(:last-child) { border-bottom: 1px solid alpha(currentColor, 0.1); }
.field-panel .field-bound { font-size: 0.8em; }
.field-editor .field-refused { color: @error_color; }
";

/// Adds the styles to the display, if there is one and it does not have them yet.
pub(crate) fn install() {
    thread_local! {
        static INSTALLED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }
    let Some(display) = gdk::Display::default() else {
        return;
    };
    if INSTALLED.replace(true) {
        return;
    }
    let provider = gtk::CssProvider::new();
    provider.load_from_data(STYLE);
    let priority = gtk::STYLE_PROVIDER_PRIORITY_APPLICATION;
    gtk::style_context_add_provider_for_display(&display, &provider, priority);
}
