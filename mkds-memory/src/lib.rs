//! Mario Kart DS's RAM as typed views, with sensors on top.
