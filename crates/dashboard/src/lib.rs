//! Dashboard files, users and sessions.
