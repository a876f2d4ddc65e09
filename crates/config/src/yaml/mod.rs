//! YAML with positions: text to tree, trees to typed values, and what is wrong on the way.

mod fields;
mod node;
mod report;
pub(crate) mod scalar;

pub(crate) use fields::{Fields, Key, Schema, string_items};
pub(crate) use node::{Entry, Node, Tag, Value, parse};
pub(crate) use report::{Complaint, Path, Report};
