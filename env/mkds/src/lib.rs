//! Mario Kart DS as environments: menus, replay, observations, time trials, a scripted driver.
