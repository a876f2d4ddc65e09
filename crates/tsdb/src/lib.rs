//! The store: head, write-ahead log, parts on disk, queries over them.
