//! Purlin's command line, configuration and telemetry, and the place where all crates meet.

pub mod app_data;
pub mod cli;
pub mod config;
pub mod dev;
pub mod doctor;
pub mod moving;
pub mod policy;
pub mod schema_files;
pub mod seed;
pub mod telemetry;
pub mod wire;
