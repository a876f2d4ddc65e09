//! The YAML schemas: defaults, validation with line and column, settings for the layers below.
