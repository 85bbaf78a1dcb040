//! Raw bindings to the DeSmuME core, built from source as a loadable image.
