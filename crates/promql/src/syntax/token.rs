//! The tokens of the language and how messages name them.

use std::fmt;

use model::label::Quoted;

use super::{
    Features,
    ast::{AggregateOp, BinaryOp, Span},
};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// The end of the text.
    End,
    /// A name without a colon.
    Identifier,
    /// A name with a colon.
    MetricIdentifier,
    /// A number, `Inf` and `NaN` included.
    Number,
    /// A number with units.
    Duration,
    /// A string with its quotes.
    String,
    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Comma,
    Colon,
    /// `=`
    Assign,
    /// `=~`
    EqualRegex,
    /// `!~`
    NotEqualRegex,
    /// `@`
    At,
    Operator(BinaryOp),
    Aggregator(AggregateOp),
    Keyword(Keyword),
}

/// Words with a meaning of their own that are neither operators nor aggregators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Offset,
    Smoothed,
    Anchored,
    By,
    Without,
    On,
    Ignoring,
    GroupLeft,
    GroupRight,
    Fill,
    FillLeft,
    FillRight,
    Bool,
    Start,
    End,
    Step,
    Range,
    MaxOf,
    MinOf,
}

/// The keywords as they are written; case does not matter.
const KEYWORDS: [(&str, Keyword); 19] = [
    ("offset", Keyword::Offset),
    ("smoothed", Keyword::Smoothed),
    ("anchored", Keyword::Anchored),
    ("by", Keyword::By),
    ("without", Keyword::Without),
    ("on", Keyword::On),
    ("ignoring", Keyword::Ignoring),
    ("group_left", Keyword::GroupLeft),
    ("group_right", Keyword::GroupRight),
    ("fill", Keyword::Fill),
    ("fill_left", Keyword::FillLeft),
    ("fill_right", Keyword::FillRight),
    ("bool", Keyword::Bool),
    ("start", Keyword::Start),
    ("end", Keyword::End),
    ("step", Keyword::Step),
    ("range", Keyword::Range),
    ("max_of", Keyword::MaxOf),
    ("min_of", Keyword::MinOf),
];

/// The words of the language that are neither operators nor functions, each with whether it is switched on.
pub fn keywords(features: &Features) -> impl Iterator<Item = (&'static str, bool)> {
    KEYWORDS.iter().map(|&(word, keyword)| {
        let enabled = match keyword {
            Keyword::Anchored | Keyword::Smoothed => features.extended_range_selectors,
            Keyword::Fill | Keyword::FillLeft | Keyword::FillRight => features.binop_fill_modifiers,
            _ => true,
        };
        (word, enabled)
    })
}

const WORD_OPERATORS: [BinaryOp; 4] = [BinaryOp::And, BinaryOp::Or, BinaryOp::Unless, BinaryOp::Atan2];

impl TokenKind {
    /// What a word outside of braces is.
    pub(super) fn of_word(word: &str) -> Self {
        let is = |name: &str| name.eq_ignore_ascii_case(word);
        if let Some(keyword) = Self::keyword(word) {
            return Self::Keyword(keyword);
        }
        if let Some(op) = AggregateOp::ALL.into_iter().find(|op| is(op.as_str())) {
            return Self::Aggregator(op);
        }
        if let Some(op) = WORD_OPERATORS.into_iter().find(|op| is(op.as_str())) {
            return Self::Operator(op);
        }
        match word {
            _ if is("inf") || is("nan") => Self::Number,
            _ if word.contains(':') => Self::MetricIdentifier,
            _ => Self::Identifier,
        }
    }

    /// The keyword that a word is.
    pub(super) fn keyword(word: &str) -> Option<Keyword> {
        let found = KEYWORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        found.map(|(_, keyword)| *keyword)
    }

    /// True for tokens that name a metric where an expression starts.
    pub(super) fn names_metric(self) -> bool {
        match self {
            Self::Identifier | Self::MetricIdentifier | Self::Aggregator(_) => true,
            Self::Operator(op) => matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Unless),
            Self::Keyword(keyword) => !matches!(
                keyword,
                Keyword::On | Keyword::Ignoring | Keyword::GroupLeft | Keyword::GroupRight | Keyword::Bool
            ),
            _ => false,
        }
    }

    /// True for tokens that an expression can start with.
    pub(super) fn starts_expression(self) -> bool {
        use TokenKind::{Duration, LeftBrace, LeftParen, Number, Operator, String};
        let signs = [Operator(BinaryOp::Add), Operator(BinaryOp::Sub)];
        matches!(self, Number | Duration | String | LeftParen | LeftBrace)
            || signs.contains(&self)
            || self.names_metric()
    }

    /// True for tokens that name a label in a grouping clause.
    pub(super) fn names_label(self) -> bool {
        match self {
            Self::Identifier | Self::MetricIdentifier | Self::Aggregator(_) => true,
            Self::Operator(op) => WORD_OPERATORS.contains(&op),
            Self::Keyword(keyword) => keyword != Keyword::Without,
            _ => false,
        }
    }
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind,
    /// As it is written.
    pub(super) text: &'a str,
    pub(super) span: Span,
}

/// As Prometheus names an unexpected token: `identifier "x"`, `<op:*>`, `end of input`.
impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TokenKind::End => f.write_str("end of input"),
            TokenKind::Identifier => named(f, "identifier ", self.text),
            TokenKind::MetricIdentifier => named(f, "metric identifier ", self.text),
            TokenKind::Number => shortened(f, "number ", self.text),
            TokenKind::Duration => shortened(f, "duration ", self.text),
            TokenKind::String => shortened(f, "string ", self.text),
            TokenKind::At | TokenKind::EqualRegex | TokenKind::NotEqualRegex | TokenKind::Operator(_) => {
                write!(f, "<op:{}>", self.text)
            }
            TokenKind::Aggregator(_) => write!(f, "<aggr:{}>", self.text),
            TokenKind::Keyword(
                Keyword::Start
                | Keyword::End
                | Keyword::Step
                | Keyword::Range
                | Keyword::MaxOf
                | Keyword::MinOf,
            ) => write!(f, "{}", Quoted(self.text)),
            TokenKind::Keyword(_) => write!(f, "<{}>", self.text),
            _ => write!(f, "{}", Quoted(self.text)),
        }
    }
}

fn named(f: &mut fmt::Formatter<'_>, what: &str, text: &str) -> fmt::Result {
    write!(f, "{what}{}", Quoted(text))
}

/// Literals are cut after ten characters when they are longer than ten bytes.
fn shortened(f: &mut fmt::Formatter<'_>, what: &str, text: &str) -> fmt::Result {
    if text.len() <= 10 {
        return named(f, what, text);
    }
    let cut = text.char_indices().nth(10).map_or(text.len(), |(i, _)| i);
    named(f, what, text.get(..cut).unwrap_or(text))?;
    f.write_str("...")
}
