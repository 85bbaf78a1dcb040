//! Mario Kart DS as environments: menus, replay, observations, time trials, a scripted driver.
#![forbid(unsafe_code)]

pub mod action;
pub mod observation;
