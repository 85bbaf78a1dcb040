//! The bundled DS kart racer: its ROM, and its game logic built natively.
