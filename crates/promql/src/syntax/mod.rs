//! Lexer, parser, tree and printer of the language.
//!
//! ```
//! use promql::syntax::{Features, parse};
//! let expr = parse("sum by (job) (rate(http_requests_total[5m]))", &Features::NONE).unwrap();
//! assert_eq!(expr.value_type().as_str(), "vector");
//! let error = parse("1 +", &Features::NONE).unwrap_err();
//! assert_eq!(error.to_string(), "1:4: parse error: unexpected end of input");
//! ```

pub mod ast;
mod check;
mod error;
mod features;
pub mod function;
mod lexer;
mod number;
mod parser;
mod pretty;
mod print;
mod quote;
mod selectors;
mod token;
mod value_type;

pub use ast::Expr;
pub use error::ParseError;
pub use features::Features;
pub use parser::{DEPTH_MAX, LENGTH_MAX, NESTING_MAX, parse, parse_selector};
pub use pretty::pretty;
pub use selectors::selectors;
pub use token::keywords;
pub use value_type::ValueType;

#[cfg(test)]
mod tests;
