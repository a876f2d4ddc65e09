//! Lexer, parser, tree and printer of the language.

pub mod ast;
pub mod function;
