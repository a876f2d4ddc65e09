//! The sensor service: readings, simulation, metrics, faults on demand.
