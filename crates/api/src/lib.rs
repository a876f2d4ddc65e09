//! HTTP handlers and their JSON; the only place where an error becomes a status.
