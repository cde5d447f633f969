//! HTTP, in process: the real router, a fresh database, real engine processes. Files are named as the paths they test.

mod addresses;
mod files;
mod health;
mod origin;
mod public;
mod render;
mod routes;
mod support;
mod v1;
