//! Sensor and process figures from the kernel's files.
