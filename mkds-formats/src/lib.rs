//! Mario Kart DS's file formats: saves, ghosts, movies, courses, ROM headers.
