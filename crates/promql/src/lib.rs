//! The query language: syntax and engine over the querier trait.
