//! A Gymnasium-style environment trait with spaces, seeding and a contract check.
