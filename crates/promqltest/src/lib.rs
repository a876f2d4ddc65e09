//! Prometheus's query test scripts: parser, runner and an in-memory store.
